"""Lesion patterns: what a lesion of each place shows, and which places a disease chooses, as frozen data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import Field, model_validator

from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.node import Node
from dxnet.knowledge.read_only import NetworkMapping
from dxnet.knowledge.table import EstimateField, Frozen, Identifier, places_of_block

PATTERN = "pattern"
NO_LESION = "no lesion"
"""The place of patterns without a lesion, as fasciculation alone."""


class LesionPattern(Frozen):
    """A clinical picture that one lesion gives, whatever the disease behind it.

    ``place`` is where the lesion is, or NO_LESION; patterns of one place are summed. ``shows`` gives
    P(state | pattern) of the findings and mechanisms that the lesion touches; the others have their
    background rate.
    """

    label: str
    place: str = ""
    shows: Mapping[Identifier, EstimateField] = Field(default_factory=dict)


class LesionPatterns(Node):
    """The latent variable of lesion patterns: P(pattern | diagnosis), and what each pattern shows.

    ``stray`` is the share of the patients of every diagnosis in whom each pattern is equally likely.
    ``shares`` gives P(pattern | diagnosis) of the others: diagnosis -> pattern -> share, in sum 1.
    """

    label: str = "Lesion pattern"
    states: tuple[str, ...] = Field(default=(), alias="<states>", exclude=True)
    stray: EstimateField
    background: Mapping[Identifier, EstimateField]
    shares: Mapping[Identifier, Mapping[Identifier, EstimateField]]
    pictures: Mapping[Identifier, LesionPattern] = Field(min_length=2)

    @model_validator(mode="before")
    @classmethod
    def _has_its_pictures_as_states(cls, data: Any) -> Any:
        pictures = data.get("pictures") if isinstance(data, Mapping) else None
        if not isinstance(pictures, Mapping):
            return data
        return {**data, "<states>": tuple(map(str, pictures)), **places_of_block(data)}

    def numbers(self) -> Iterator[tuple[str, str, Estimate]]:
        """See ``Frozen.numbers``; rows are ``als.bulbar`` (a share) and ``bulbar.dysarthria`` (a rate)."""
        yield from super().numbers()
        for diagnosis, shares in self.shares.items():
            yield from (("shares", f"{diagnosis}.{name}", share) for name, share in shares.items())
        for pattern, it in self.pictures.items():
            yield from (("shows", f"{pattern}.{name}", rate) for name, rate in it.shows.items())

    def with_own_numbers(self, numbers: Mapping[tuple[str, str], Estimate]) -> Self:
        """See ``Frozen.with_own_numbers``."""
        shares = {
            diagnosis: {name: numbers.get(("shares", f"{diagnosis}.{name}"), it) for name, it in of.items()}
            for diagnosis, of in self.shares.items()
        }
        pictures = {
            pattern: it.with_own_numbers(
                {
                    ("shows", name): numbers.get(("shows", f"{pattern}.{name}"), rate)
                    for name, rate in it.shows.items()
                }
            )
            for pattern, it in self.pictures.items()
        }
        return super().with_own_numbers(numbers).model_copy(update={"shares": shares, "pictures": pictures})

    @cached_property
    def by_place(self) -> Mapping[str, tuple[str, ...]]:
        """The patterns of each place; one without a place stands for itself, by its label."""
        of = {name: picture.place or picture.label for name, picture in self.pictures.items()}
        return NetworkMapping(
            {place: tuple(n for n in of if of[n] == place) for place in dict.fromkeys(of.values())}
        )
