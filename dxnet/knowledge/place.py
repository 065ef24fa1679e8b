"""Place: the address of a number in a network, as text that people write and as parts that programs read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from dxnet.errors import Issue, ParseError, did_you_mean

NetworkSection = Literal["variables", "settings", "soft words", "recording error", "missed", "unexplained"]


class Place(str):
    """Where a number stands: ``babinski.als``, ``ck.also.age=80+``, ``settings.clinic.als``. It is its text.

    Args:
        section: ``variables`` (which the text leaves out), ``settings``, ``soft words``, ``recording error``,
            ``missed``, ``unexplained``.
        name: id of the variable or setting.
        key: which of its numbers, as in the files (``leak``, ``also``); "" for its table or its prior.
        row: the row of the table, the cause, the diagnosis, the soft word, or the category.

    >>> place = Place("variables", "ck", "also", "age=80+")
    >>> place, place.name, place.key, place.row, place.tail
    ('ck.also.age=80+', 'ck', 'also', 'age=80+', 'also.age=80+')
    >>> Place("settings", "clinic", row="als").in_setting("clinic")
    True
    """

    __slots__ = ("_parts",)
    _parts: tuple[NetworkSection, str, str, str]

    def __new__(cls, section: NetworkSection, name: str = "", key: str = "", row: str = "") -> Place:
        """The place with its text."""
        prefix = "" if section == "variables" else section
        place = super().__new__(cls, ".".join(filter(None, (prefix, name, key, row))))
        place._parts = section, name, key, row
        return place

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles keep the parts."""
        return Place, self._parts

    @property
    def section(self) -> NetworkSection:
        """Part of the network that holds the number."""
        return self._parts[0]

    @property
    def name(self) -> str:
        """Id of the variable or setting; "" for numbers of the network as a whole."""
        return self._parts[1]

    @property
    def key(self) -> str:
        """Key of the number in the files; "" for a row of a table or of a prior."""
        return self._parts[2]

    @property
    def row(self) -> str:
        """Row of the table, cause, diagnosis or soft word."""
        return self._parts[3]

    @property
    def owner(self) -> tuple[NetworkSection, str]:
        """Section and id of the variable or setting that the number belongs to."""
        return self.section, self.name

    @property
    def tail(self) -> str:
        """The text behind the name of the variable or setting."""
        return ".".join(filter(None, (self.key, self.row)))

    def in_setting(self, setting: str) -> bool:
        """Whether it is a pre-test probability of a setting."""
        return self.owner == ("settings", setting)

    @classmethod
    def parse(cls, text: str, known: Collection[Place], where: str = "") -> Place:
        """The place that a text names, among those that a network has.

        Raises:
            ParseError: there is none; names the nearest ones, of the same variable if it has any.

        >>> Place.parse("ck.alz", [Place("variables", "ck", row="als"), Place("settings", "s", row="als")])
        Traceback (most recent call last):
            ...
        dxnet.errors.ParseError: no number 'ck.alz'; did you mean ck.als?
        """
        if isinstance(text, Place) and text in known:
            return text
        places = {str(place): place for place in known}
        if text in places:
            return places[text]
        head = text.partition(".")[0]
        near = [name for name in places if name.partition(".")[0] == head]
        fix = did_you_mean(text, near or places)
        raise ParseError([Issue("error", where, f"no number {text!r}", fix)])
