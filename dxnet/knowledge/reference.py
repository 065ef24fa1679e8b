"""A published work, how it is cited and where it is found."""

from __future__ import annotations

from dxnet.knowledge.table import Frozen


class Reference(Frozen):
    """A published work; ``read`` says how much of it was read (full, abstract, secondary).

    >>> Reference(key="a", pmid="1").link, Reference(key="b", url="javascript:alert()").link
    ('https://pubmed.ncbi.nlm.nih.gov/1', '')
    """

    key: str
    authors_short: str = ""
    year: str = ""
    title: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    read: str = ""

    @property
    def link(self) -> str:
        """Where it is found on the web; empty where that is not known."""
        if self.doi or self.pmid:
            return (
                f"https://doi.org/{self.doi}" if self.doi else f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}"
            )
        return self.url if self.url.startswith(("https://", "http://")) else ""

    @property
    def cited(self) -> str:
        """Authors, year, title and journal."""
        return _sentences(self.authors_short, self.year, self.title, self.journal)

    def __str__(self) -> str:
        link = f"doi:{self.doi}" if self.doi else f"PMID {self.pmid}" if self.pmid else self.url
        return _sentences(self.cited, link)


def _sentences(*parts: str) -> str:
    return ". ".join(part.rstrip(".") for part in parts if part)
