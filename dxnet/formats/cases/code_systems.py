"""Systems of codes: how records, terminologies and people call each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple


class System(NamedTuple):
    """A system of codes: its name, its place, and how FHIR and ontologies call it."""

    name: str
    url: str
    fhir: str
    iri: str


_OBO = "http://purl.obolibrary.org/obo/"
SYSTEMS: Mapping[str, System] = {
    "HP": System(
        "Human Phenotype Ontology", f"{_OBO}hp.owl", "http://human-phenotype-ontology.org", f"{_OBO}HP_"
    ),
    "MONDO": System("Mondo Disease Ontology", f"{_OBO}mondo.owl", f"{_OBO}mondo.owl", f"{_OBO}MONDO_"),
    "ORPHA": System(
        "Orphanet", "https://www.orpha.net", "http://www.orpha.net", "http://www.orpha.net/ORDO/Orphanet_"
    ),
    "OMIM": System(
        "Online Mendelian Inheritance in Man",
        "https://www.omim.org",
        "http://www.omim.org",
        "https://www.omim.org/entry/",
    ),
}
"""By the prefix of their codes; those that are written."""
ICD10, ICD10CM = "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "HP": (
        f"{_OBO}hp",
        f"{_OBO}hp.fhir",
        "http://hpo.jax.org",
        "https://hpo.jax.org/app",
        "urn:oid:2.16.840.1.113883.6.339",
    ),
    "MONDO": (f"{_OBO}mondo", "http://mondo.monarchinitiative.org"),
    "ORPHA": ("http://www.orphanet.net", "http://www.orpha.net/ORDO"),
    "OMIM": ("http://omim.org", "urn:oid:2.16.840.1.113883.6.174"),
    "ICD10": (ICD10, "urn:oid:2.16.840.1.113883.6.3"),
    "ICD10CM": (ICD10CM, "urn:oid:2.16.840.1.113883.6.90"),
    "LOINC": (LOINC, "urn:oid:2.16.840.1.113883.6.1"),
    "SNOMED": (SNOMED, "urn:oid:2.16.840.1.113883.6.96"),
}
"""Further addresses under which systems are met, from HL7 Terminology and phenopackets in the wild."""


def _address(url: str) -> str:
    """An address without what does not tell systems apart."""
    return re.sub(r"^(https?://)?(www\.)?|[/#]+$", "", url.strip().lower())


_ADDRESSES = {
    _address(address): prefix
    for prefix in (*SYSTEMS, *_ALIASES)
    for address in (
        *((SYSTEMS[prefix].fhir, SYSTEMS[prefix].url) if prefix in SYSTEMS else ()),
        *_ALIASES.get(prefix, ()),
    )
}


def system_of(url: str) -> str:
    """The prefix of a system of codes, whatever the spelling of its address; '' where it is none of SYSTEMS.

    >>> system_of("https://human-phenotype-ontology.org/"), system_of("urn:oid:2.16.840.1.113883.6.90")
    ('HP', 'ICD10CM')
    """
    return _ADDRESSES.get(_address(url), "")


_SYSTEM_NAMES = {
    **{"HP": "HPO", "SNOMED": "SNOMED CT", "LOINC": "LOINC", "MONDO": "MONDO", "ORPHA": "Orphanet"},
    **{"OMIM": "OMIM", "ICD10": "ICD-10", "ICD10CM": "ICD-10-CM"},
}
"""By prefix, what people call a system, and a table of local codes has in its column ``system``."""
_SYSTEM_SPELLINGS = {
    **dict.fromkeys(("hpo", "hp", "humanphenotypeontology"), "HP"),
    **dict.fromkeys(("snomedct", "snomed", "sct", "sctid", "snomedctid"), "SNOMED"),
    **dict.fromkeys(("loinc", "lnc", "ln"), "LOINC"),
    "mondo": "MONDO",
    **dict.fromkeys(("orphanet", "orpha", "ordo", "orphacode"), "ORPHA"),
    **dict.fromkeys(("omim", "mim"), "OMIM"),
    **dict.fromkeys(("icd10", "icd10who"), "ICD10"),
    "icd10cm": "ICD10CM",
}
_CODE_FORMS = {
    "SNOMED CT": (re.compile("[0-9]{6,18}"), "6 to 18 digits"),
    "LOINC": (
        re.compile("(LA|LP|LG|LL)?[0-9]{1,8}-[0-9]"),
        "digits, a hyphen and a digit, as in 2157-6",
    ),
    "HPO": (re.compile("HP:[0-9]{7}"), "HP: and seven digits, as in HP:0001260"),
}
"""By name, how a code of a system looks."""
_CUT_NUMBER = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)


def _letters_of(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def system_name(url: str) -> str:
    """What people call the system of an address; an address that is not known stays as it is.

    >>> system_name("http://snomed.info/sct"), system_name("http://hospital.example/lab")
    ('SNOMED CT', 'http://hospital.example/lab')
    """
    return _SYSTEM_NAMES.get(system_of(url), url)


def system_written(text: str) -> tuple[str, str]:
    """The name of a system that a person wrote by name, prefix or address, and why it is none ('' if it is).

    Any address and any word that is not nearly that of a known system may be a system of the user's own.

    >>> system_written("snomed-ct"), system_written("urn:oid:2.16.840.1.113883.6.1")
    (('SNOMED CT', ''), ('LOINC', ''))
    >>> system_written("SNMED CT")
    ('SNMED CT', 'did you mean SNOMED CT?')
    """
    known = _SYSTEM_SPELLINGS.get(_letters_of(text), "")
    if known or system_of(text):
        return _SYSTEM_NAMES[known or system_of(text)], ""
    near = [] if ":" in text else get_close_matches(_letters_of(text), _SYSTEM_SPELLINGS, n=1, cutoff=0.75)
    return text, f"did you mean {_SYSTEM_NAMES[_SYSTEM_SPELLINGS[near[0]]]}?" if near else ""


def coding_of_curie(text: str, urls: Mapping[str, str]) -> tuple[str, str]:
    """System and code of a code with its prefix; ``urls`` are those of prefixes that are not known.

    >>> coding_of_curie("SNOMEDCT:366575004", {}), coding_of_curie("HP:0001260", {})
    (('SNOMED CT', '366575004'), ('HPO', 'HP:0001260'))
    >>> coding_of_curie("LAB:CK", {"LAB": "http://hospital.example/lab"})
    ('http://hospital.example/lab', 'CK')
    """
    prefix, _, code = text.partition(":")
    if not code:
        return "", text
    known = _SYSTEM_NAMES.get(_SYSTEM_SPELLINGS.get(_letters_of(prefix), ""), "")
    if known:
        return known, text if known == "HPO" else code
    return system_name(urls[prefix]) if urls.get(prefix) else prefix, code


def malformed(system: str, code: str) -> str:
    """Why a code is none of its system, with what was meant to stand there; '' where it may be one.

    >>> malformed("LOINC", "2157-6"), malformed("LOINC", "CK")
    ('', 'LOINC codes are digits, a hyphen and a digit, as in 2157-6')
    >>> malformed("SNOMED CT", "3.66575E+08")
    'a spreadsheet has cut the number; format its column as text, and write the code in full'
    """
    if _CUT_NUMBER.fullmatch(code):
        return "a spreadsheet has cut the number; format its column as text, and write the code in full"
    form, described = _CODE_FORMS.get(system, (None, ""))
    return "" if form is None or form.fullmatch(code) else f"{system} codes are {described}"
