"""The resources of a FHIR Bundle that stand: of each its last version, without what is deleted.

https://hl7.org/fhir/R4/bundle.html, https://hl7.org/fhir/R4/extensibility.html#modifierExtension
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dxnet.errors import Issue
from dxnet.formats.cases.fields import Reading
from dxnet.knowledge.strict_yaml import Map, Scalar

_DOCUMENT_VOID = ("entered-in-error",)
RESOURCE = (
    *("resourceType", "id", "meta", "implicitRules", "language"),
    *("text", "contained", "extension", "modifierExtension"),
)
"""Keys of every resource."""
_BUNDLE = ("identifier", "type", "timestamp", "total", "link", "entry", "signature", "issues")
_ENTRY = (
    "id",
    "extension",
    "modifierExtension",
    "link",
    "fullUrl",
    "resource",
    "search",
    "request",
    "response",
)


class Entry(NamedTuple):
    """A resource of a Bundle: its type, the address of its entry, and how old its version is."""

    kind: Scalar
    resource: Map
    url: Scalar
    version: tuple[int, str]
    is_deleted: bool

    @property
    def name(self) -> str:
        """Type and id, or its address without the version: what all versions of it have in common."""
        id = self.resource.get("id")
        return f"{self.kind}/{id}" if self.kind and id else self.url.partition("/_history/")[0]


def entries_of(reading: Reading, bundle: Map) -> list[Entry]:
    """The resources of a Bundle that stand, those of Bundles within it included."""
    _refuse_modified_bundle(reading, bundle)
    know_keys(reading, bundle, (*RESOURCE, *_BUNDLE), "Bundle")
    found = list(_entries(reading, bundle))
    _warn_of_page(reading, bundle, found)
    if reading.text(bundle, "type") == "history":
        found = [*_latest_versions([*reversed(found)])]  # a history begins with the newest
    else:
        found = _without_older(found)
    kept = []
    for entry in found:
        if entry.is_deleted:
            message = f"the {entry.kind or 'resource'} is to be deleted: left out"
            reading.warn(entry.url.where, message, "", f"{entry.kind} resources are to be deleted: left out")
        elif entry.kind == "Bundle":
            kept += entries_of(reading, entry.resource)
        else:
            kept.append(entry)
    return kept


def _warn_of_page(reading: Reading, bundle: Map, found: Sequence[Entry]) -> None:
    """A search result may come in pages, of which one is not the whole patient."""
    if reading.text(bundle, "type") != "searchset":
        return
    total = bundle.get("total")
    is_cut = isinstance(total, int) and total > len(found)
    if is_cut or any(reading.text(link, "relation") == "next" for link in reading.maps(bundle, "link")):
        of_all = f" with {len(found)} of {total} resources" if is_cut else ""
        message = f"is one page of a search result{of_all}: what is on the others is not read"
        reading.warn(bundle.where, message, "put the entries of all pages into one Bundle")


def know_keys(reading: Reading, part: Map, keys: Sequence[str], what: str) -> None:
    """Refuse keys that FHIR does not have; ``_status`` holds the extensions of ``status``."""
    reading.known(part, [*keys, *(key for key in part if key.startswith("_") and key[1:] in keys)], what)


def modifier_of(reading: Reading, resource: Map) -> str:
    """Which element of a resource may change the meaning of all others, or ''."""
    if reading.text(resource, "implicitRules"):
        return "implicitRules"
    return "modifierExtension" if reading.maps(resource, "modifierExtension") else ""


def _refuse_modified_bundle(reading: Reading, bundle: Map) -> None:
    """A Bundle whose meaning something may change as a whole cannot be read."""
    fix = "read it with a program that knows the rules, and enter the findings"
    if reading.text(bundle, "implicitRules"):
        message = "the Bundle has implicitRules, which may change the meaning of everything in it"
        reading.faults.append(Issue("error", bundle.place("implicitRules"), message, fix))
    for entry in reading.maps(bundle, "entry"):
        resource = reading.map(entry, "resource")
        status = resource.get("status")
        if resource.get("resourceType") == "Composition" and status in _DOCUMENT_VOID:
            message = f"the document is {status}"
            reading.faults.append(Issue("error", resource.place("status"), message, "give the corrected one"))


def _entries(reading: Reading, bundle: Map) -> Iterator[Entry]:
    for entry in reading.maps(bundle, "entry"):
        know_keys(reading, entry, _ENTRY, "entry")
        resource, request = reading.map(entry, "resource"), reading.map(entry, "request")
        method, asked = reading.text(request, "method"), reading.text(request, "url")
        kind = reading.text(resource, "resourceType")
        if not resource and method != "DELETE":
            continue  # a question to a server
        if not resource:
            kind = Scalar(asked.partition("/")[0], entry.place("request"))
            resource = Map(entry.where, {"id": asked.partition("/")[2]} if "/" in asked else {})
        url = reading.text(entry, "fullUrl")
        url = Scalar(str(url), entry.place("request") if method == "DELETE" else resource.where)
        if entry.get("modifierExtension"):
            message = (
                f"the entry of the {kind} has a modifierExtension, which may change its meaning: left out"
            )
            reading.warn(entry.place("modifierExtension"), message, "enter what it says as a finding")
            continue
        if not kind:
            where = resource.where
            reading.warn(where, "a resource without type is not read: left out", "add resourceType")
            continue
        yield Entry(kind, resource, url, _version(reading, entry, resource), method == "DELETE")


def _version(reading: Reading, entry: Map, resource: Map) -> tuple[int, str]:
    """Number and time of a version; (-1, '') where it has none."""
    meta, response = reading.map(resource, "meta"), reading.map(entry, "response")
    in_url = reading.text(entry, "fullUrl").partition("/_history/")[2]
    number = str(reading.text(meta, "versionId") or reading.text(response, "etag") or in_url).strip('W/"')
    time = reading.text(meta, "lastUpdated") or reading.text(response, "lastModified")
    return int(number) if number.isdecimal() else -1, str(time)


def _latest_versions(entries: Sequence[Entry]) -> list[Entry]:
    """The last version of each resource; of two without numbers and times, the one that comes later."""
    last: dict[str, Entry] = {}
    for entry in entries:
        key = entry.name or entry.resource.where
        known = last.get(key)
        if known is None or not _is_older(entry, known):
            last[key] = entry
    return list(last.values())


def _is_older(one: Entry, other: Entry) -> bool:
    (number, time), (other_number, other_time) = one.version, other.version
    if number >= 0 and other_number >= 0:
        return number < other_number
    return bool(time and other_time and time < other_time)


def _without_older(entries: Sequence[Entry]) -> list[Entry]:
    """All but those of which the Bundle also holds a later version; entries without versions all stand."""
    versions: dict[str, list[Entry]] = {}
    for entry in entries:
        versions.setdefault(entry.name, []).append(entry)
    return [
        entry
        for entry in entries
        if not entry.name or not any(_is_older(entry, other) for other in versions[entry.name])
    ]
