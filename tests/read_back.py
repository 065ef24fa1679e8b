"""Reports as they are read: the text of their pages, without white space."""

from html.parser import HTMLParser
from io import BytesIO

from pypdf import PdfReader

from dxnet.evaluation.published_cases import PUBLISHED_CASES
from dxnet.report.parts import Bullets, Chart, Facts, Multiples, Paragraph, Table
from dxnet.report.render.pdf import to_pdf

EXAMPLES = sorted(PUBLISHED_CASES.parent.glob("*.yaml"))
"""The example cases of the app."""


class Page(HTMLParser):
    """Text of an HTML page, its elements, and whether all are closed."""

    def __init__(self, content):
        super().__init__()
        self.texts, self.elements, self.open = [], [], []
        self.feed(content.decode())
        self.text = squeezed("".join(self.texts))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "line", "rect", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)


def squeezed(text):
    """Without white space: where lines break is the page's affair."""
    return "".join(text.split())


def printed(content, drawn=None):
    """Text of a PDF without its feet."""
    reader = PdfReader(BytesIO(drawn or to_pdf(content)))
    pages = [page.extract_text() for page in reader.pages]
    foot = f"{reader.metadata.title.removeprefix(f'{content.title}: ')} · page"
    for number, page in enumerate(pages, 1):
        assert page.rstrip().endswith(f"{foot} {number} of {len(pages)}")
    return squeezed("".join(page[: page.rindex(foot)] for page in pages))


def stated(content):
    """Every text of the parts."""
    for section in content.sections:
        yield section.heading
        for part in section.parts:
            match part:
                case Paragraph():
                    yield part.text
                case Facts():
                    yield from (text for row in part.rows for text in row)
                case Bullets():
                    yield from (*part.items, *part.marks)
                case Table():
                    yield from (part.caption, *(column.removeprefix(">") for column in part.columns))
                    yield from (cell for row in part.rows for cell in row)
                case Multiples():
                    yield from (part.caption, *part.titles)
                    yield from (text for row in part.as_table().rows for text in row)
                case Chart():
                    yield part.caption
