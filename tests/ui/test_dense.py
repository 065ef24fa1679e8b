"""Parts in little room: nothing is lost by folding, and no text of a file becomes HTML."""

import re
from html import unescape

import pytest

from dxnet.report.parts import Bullets, Facts, Paragraph, Section, Table
from dxnet.ui.shared.dense import LETTERS_OF_LINE, dense_html

LONG = "Whether the leading diagnosis explains them is another question. " * 4
TABLE = Table("Results", ("Finding", ">Bits", ""), (("a", "1", "x"), ("b <i>", "2", "y"), ("c", "3", "z")))
PARTS = (
    Section("Fit", (Paragraph(LONG),)),
    TABLE,
    Paragraph("A note."),
    Facts((("Short", "fact"), ("Long", LONG))),
    Bullets(("one",), more=2),
    Paragraph("Strong", strong=True),
)


def words(html):
    """The text, but for the heads that a folded table repeats."""
    html = re.sub(r"<thead>.*?</thead>|<caption>.*?</caption>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize("rows", [0, 1, 3, 9])
def test_every_word_is_there_whatever_is_folded(rows):
    text = words(dense_html(PARTS, [rows]))
    for said in (LONG.strip(), "a 1", "b <i> 2", "c 3", "A note.", "Short: fact", "and 2 more", "Strong"):
        assert said in text
    assert "x" not in re.findall(r"\w+", text), "a column without a name is for bars of text"


def test_rows_beyond_the_first_are_folded_with_their_number():
    html = dense_html([TABLE], [1])
    seen, folded = html.split("<details", 1)
    assert ">a<" in seen and ">c<" not in seen and ">c<" in folded and "2 more" in folded
    assert "<details" not in dense_html([TABLE], [3])


def test_each_row_is_named_by_its_first_column_without_numbers():
    ranked = Table("Ranks", (">Rank", "Diagnosis"), (("1", "ALS"), ("2", "MG")))
    for table, names in ((TABLE, ["a", "b &lt;i&gt;", "c"]), (ranked, ["ALS", "MG"])):
        assert re.findall(r'<th scope="row">(.*?)</th>', dense_html([table], [9])) == names


def test_a_whole_table_is_folded_with_its_note_and_says_how_long_it_is():
    html = dense_html([TABLE, Paragraph("A note."), Paragraph("Strong", strong=True)], [0])
    assert html.startswith("<details") and "<b>Results</b> (3)" in html
    assert html.index("A note.") < html.index("</details>") < html.index("Strong")


def test_a_long_text_is_cut_and_a_short_one_is_not():
    assert "cut2" in dense_html([Paragraph(LONG)], []) and "cut" not in dense_html([Paragraph("x")], [])
    assert "cut" not in dense_html([Paragraph("x" * 2 * LETTERS_OF_LINE)], [])
    assert "cut" not in dense_html([Bullets((LONG,))], []), "what must not be missed is never hidden"
    assert "cut1" in dense_html([TABLE, Paragraph(LONG)], [3])


def test_text_of_a_file_is_never_obeyed():
    html = dense_html([Paragraph("<img src=x>"), Facts((("<b>", "<script>"),))], [])
    assert "<img" not in html and "<script" not in html and "&lt;img" in html
