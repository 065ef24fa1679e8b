"""Where on the body a FHIR resource says that something was found, as far as its code does not say so itself.

https://hl7.org/fhir/R4/observation-definitions.html#Observation.bodySite
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dxnet.formats.cases.fhir_values import codings
from dxnet.formats.cases.fields import Reading
from dxnet.knowledge.ontology import spelling
from dxnet.knowledge.strict_yaml import Map

Site = tuple[str, ...]
"""The words of a site."""
WHOLE: Site = ()
"""All of the body, or all of what a code names."""
LEFT_SIDE, RIGHT_SIDE = ("left",), ("right",)
_SIDES = {"7771000": "left", "24028007": "right", "51440002": "left and right"}
"""Of SNOMED CT."""
_NO_SITE = frozenset(
    (
        *("structure", "entire", "whole", "body", "all", "both", "bilateral", "bilaterally"),
        *("side", "of", "the", "and"),
    )
)
_SEVERAL = re.compile(r"\b(or|and|other|outside|beyond|except|without|not)\b|[/,]", re.IGNORECASE)


def site_of(reading: Reading, resource: Map, names: Iterable[str]) -> Site:
    """The site of an Observation or Condition without the words of names of what it is about.

    A name of several sites, such as one of arms or legs, or of all but one, is not that of each.
    """
    given = resource.get("bodySite")
    is_list = isinstance(given, list)
    parts = reading.maps(resource, "bodySite") if is_list else [reading.map(resource, "bodySite")]
    words = [word for part in parts for word in spelling(_site_text(reading, part)).split()]
    if resource.get("bodyStructure") or (given and not words):
        words.append("unnamed")
    known = {word for name in names if not _SEVERAL.search(name) for word in spelling(name).split()}
    known |= {spelling(word) for word in _NO_SITE}
    if "left" in words and "right" in words:
        known |= {"left", "right", "and"}
    return tuple(dict.fromkeys(word for word in words if word not in known))


def _site_text(reading: Reading, concept: Map) -> str:
    """What a site is called; a side by its code, and any other by that where it has no name."""
    coded: Sequence[tuple[str, str]] = [(code, name) for _, code, name in codings(reading, concept)]
    texts = [_SIDES.get(code, "") for code, _ in coded] + [reading.text(concept, "text")]
    texts += [name for _, name in coded] + [code for code, _ in coded]
    return str(next(filter(None, texts), ""))
