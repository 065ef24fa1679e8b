"""An XML file whose elements know their lines, and whose parts are read one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from dxnet.errors import Issue
from dxnet.formats.networks.variables import refuse_network_file


class XmlFile:
    """The root of an XML document, and where each of its elements stands.

    Raises:
        ParseError: no XML.

    >>> file = XmlFile(b"<a>\\n<b/></a>", "x.xml")
    >>> file.root.tag, file.where(file.root[0])
    ('a', 'x.xml:2')
    """

    def __init__(self, raw: bytes, name: str):
        self.name, self._lines = name, dict[Element, int]()
        builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate()
        parser.buffer_text = True
        text = raw.lstrip()  # some programs begin with blanks, which XML does not allow
        skipped = raw[: len(raw) - len(text)].count(b"\n")

        def start(tag: str, attributes: dict[str, str]) -> None:
            self._lines[builder.start(tag, attributes)] = skipped + parser.CurrentLineNumber

        parser.StartElementHandler = start
        parser.EndElementHandler = builder.end
        parser.CharacterDataHandler = builder.data
        try:
            parser.Parse(text, True)
        except (expat.ExpatError, ValueError, LookupError) as problem:
            where = f"{name}:{skipped + parser.ErrorLineNumber}"
            refuse_network_file(where, f"is not XML: {problem}", "check that it is the right file")
        self.root = builder.close()

    def where(self, element: Element) -> str:
        """``file:line`` of an element."""
        return f"{self.name}:{self._lines[element]}"

    def error(self, element: Element, message: str, fix: str) -> Issue:
        """What is wrong with an element."""
        return Issue("error", self.where(element), message, fix)

    def repeated(self, parent: Element, once: Collection[str], what: str) -> Iterator[Issue]:
        """Parts that may stand once but are stated again."""
        seen: dict[str, Element] = {}
        for child in parent:
            if child.tag in once and child.tag in seen:
                first = self._lines[seen[child.tag]]
                yield self.error(
                    child, f"{what} has a second <{child.tag}> (first at line {first})", "keep one"
                )
            seen.setdefault(child.tag, child)

    def unread(self, parent: Element, known: Collection[str], what: str) -> Iterator[Issue]:
        """Parts of a kind that the format does not have, which may change what the numbers mean."""
        for tag, child in {child.tag: child for child in reversed(parent) if child.tag not in known}.items():
            yield self.error(
                child, f"{what} has <{tag}>, which is not read", "remove it, or save another format"
            )


def words_of(parent: Element, tag: str) -> list[str]:
    """The words of a part, without the comments between them; of a part that is not there, none."""
    child = parent.find(tag)
    return "".join(child.itertext()).split() if child is not None else []
