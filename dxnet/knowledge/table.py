"""Table: P(state | parents) as a file states it; Frozen, Sourced: the bases of the parts of a network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from itertools import product
from typing import Annotated, Any, Final, NoReturn, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from dxnet.errors import Issue, NetworkError, brief, did_you_mean
from dxnet.knowledge.estimate import ESTIMATE_KEY, VALUE_GRAMMAR, Estimate, keys_cited
from dxnet.knowledge.read_only import NetworkMapping

DEFAULT = "default"
GIVEN: Final = "given <parents>"
"""How a table's key is called in complaints; in files the parents stand in it."""
MAX_COLUMNS = 2**16
"""Largest number of combinations of parent states: beyond it no computer holds the table for long."""

IDENTIFIER = "[A-Za-z][A-Za-z0-9_]*"


def _to_estimate(value: Any) -> Any:
    if isinstance(value, Estimate):
        return value
    if not isinstance(value, str):
        raise ValueError(f"is not one number with its source; {VALUE_GRAMMAR}")
    return Estimate.parse(value, reason=getattr(value, "comment", ""), where=_where(value))


def _identifier(value: str) -> str:
    if not re.fullmatch(IDENTIFIER, value):
        raise ValueError(f"{value!r} is not an identifier; use letters, digits and _ and begin with a letter")
    if value == DEFAULT:
        raise ValueError(f"{DEFAULT!r} is the row for what is not listed; choose another identifier")
    return value


def _where(value: Any) -> str:
    return str(getattr(value, "where", "") or "")


def places_of_block(data: Mapping[str, Any]) -> dict[str, Any]:
    """The places of a block of a file, which a plain copy of it would lose; none of what is no such block."""
    if not (where := _where(data)):
        return {}
    return {"<where>": where, "<places>": {str(key): _where(key) or where for key in data}}


EstimateField = Annotated[Estimate, BeforeValidator(_to_estimate)]
Identifier = Annotated[str, BeforeValidator(_identifier)]


class Frozen(BaseModel):
    """Base of all parts of a network: immutable, no unknown keys, and the place it was read from.

    The mappings in it are read-only, too. The aliases of ``where`` and ``places`` are keys that no file has.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        defer_build=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    where: str = Field(default="", alias="<where>", exclude=True, repr=False)
    places: Mapping[str, str] = Field(default_factory=dict, alias="<places>", exclude=True, repr=False)

    def at(self, key: str) -> str:
        """Where a key stands in the files (``file:line``), or else the part itself."""
        return self.places.get(key, self.where)

    def model_post_init(self, _: Any, /) -> None:
        """Make the mappings read-only."""
        held = self.__dict__
        held |= {name: NetworkMapping.of(value) for name, value in held.items() if isinstance(value, Mapping)}

    def _refuse(self, name: str, *_: object) -> NoReturn:
        raise TypeError(f"{name} of a {type(self).__name__} cannot be changed; {NetworkMapping.CURE}")

    __setattr__ = __delattr__ = _refuse

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other fields. It is made anew, so that nothing worked out before stays.

        Each new value is read as that of a file is; whether they fit each other is seen when the network is
        checked or asked.

        Raises:
            NetworkError: no such fields, or values of another kind; all at once.

        >>> from dxnet import load_network
        >>> load_network("asia").model_copy(update={"unexplaned": "0.02 ~ 10 @estimate"})
        Traceback (most recent call last):
        dxnet.errors.NetworkError: Network: no field 'unexplaned'; did you mean unexplained?
        """
        copied = super().model_copy(update=update and self._read_fields(update), deep=deep)
        fields = {name: getattr(copied, name) for name in type(self).model_fields}
        return type(self).model_construct(copied.model_fields_set, **fields)

    def _read_fields(self, update: Mapping[str, Any]) -> Mapping[str, Any]:
        """New values of fields, as they are kept."""
        read, faults = dict[str, Any](), list[Issue]()
        for name, value in update.items():
            try:
                if name not in type(self).model_fields:
                    raise ValueError(f"no field {name!r}; {did_you_mean(name, type(self).model_fields)}")
                read[name] = _reader(type(self), name).validate_python(value)
            except ValidationError as problem:
                faults += [_unlike_field(type(self).__name__, name, error) for error in problem.errors()]
            except ValueError as problem:
                message, _, fix = str(problem).partition("; ")
                faults.append(Issue("error", type(self).__name__, message, fix))
        if faults:
            raise NetworkError(faults)
        return read

    def numbers(self) -> Iterator[tuple[str, str, Estimate]]:
        """The numbers of this part: key ("" for its table), row ("" where it has none), and the number."""
        for name, field in type(self).model_fields.items():
            key, value = field.alias or name, getattr(self, name)
            if isinstance(value, ConditionalTable):
                yield from (("", row, estimate) for row, estimate in value.rows.items())
            elif isinstance(value, Estimate):
                yield key, "", value
            elif isinstance(value, Mapping):
                yield from ((key, row, it) for row, it in value.items() if isinstance(it, Estimate))

    def with_own_numbers(self, numbers: Mapping[tuple[str, str], Estimate]) -> Self:
        """The part with other numbers, by their key and row as in ``numbers``."""
        update = dict[str, Any]()
        for name, field in type(self).model_fields.items():
            key, value = field.alias or name, getattr(self, name)
            if isinstance(value, ConditionalTable):
                rows = {row: numbers.get(("", row), it) for row, it in value.rows.items()}
                update[name] = value.model_copy(update={"rows": rows})
            elif isinstance(value, Estimate):
                update[name] = numbers.get((key, ""), value)
            elif isinstance(value, Mapping):
                update[name] = {row: numbers.get((key, row), it) for row, it in value.items()}
        return self.model_copy(update=update)

    @classmethod
    def number_keys(cls) -> frozenset[str]:
        """The keys in the files, beside that of the table, that hold numbers."""
        fields = cls.model_fields.items()
        return frozenset(field.alias or name for name, field in fields if _holds_numbers(field.annotation))

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, data: Any) -> Any:
        """Keep the places; make one Table of ``given a, b: {...}`` or ``probability: p``."""
        if not isinstance(data, Mapping) or not (known := places_of_block(data)):
            return data
        tables = [key for key in data if is_table(key)] if "given" in cls.model_fields else []
        if len(tables) > 1:
            raise ValueError(f"has {' and '.join(map(repr, tables))}; keep one, a variable has one table")
        rest = {key: value for key, value in data.items() if key not in tables}
        for key in tables:
            parents = [parent.strip() for parent in key[6:].split(",")] if key != "probability" else []
            rows = data[key] if key != "probability" else {DEFAULT: data[key]}
            rest[GIVEN] = {"parents": parents, "rows": rows, "<where>": _where(key) or _where(data)}
        return {**rest, **known}


class Sourced(Frozen):
    """Base of the parts that state with one source what they say, as numbers do with one each.

    ``source`` is keys of references, or ``@estimate`` with a reason behind ``#``.
    """

    source: str
    reason: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the references that it is from, or ``("estimate",)``."""
        return keys_cited(self.source) if self.source.startswith("@") else ()

    @model_validator(mode="before")
    @classmethod
    def _keep_reason(cls, data: Any) -> Any:
        """The comment behind a source is its reason, as for every number of a network."""
        comment = getattr(data.get("source"), "comment", "") if isinstance(data, Mapping) else ""
        if not comment or "reason" in data:
            return data
        return {**data, "reason": comment, **places_of_block(data)}

    @model_validator(mode="after")
    def _is_founded(self) -> Self:
        if not self.sources:
            raise ValueError("'source' is no source; write '@key', or '@estimate'  # reason")
        if ESTIMATE_KEY in self.sources and not self.reason:
            raise ValueError("is an @estimate without a reason; write it behind a #")
        return self


@cache
def _reader(part: type[Frozen], field: str) -> TypeAdapter[Any]:
    """What reads the value of one field."""
    return TypeAdapter(part.model_fields[field].rebuild_annotation())


def _unlike_field(part: str, field: str, error: Any) -> Issue:
    """That a value is none of a field, as the data model says it."""
    place = ".".join(map(str, (field, *error["loc"])))
    if error["type"] == "value_error":
        message, _, fix = str(error["ctx"]["error"]).partition("; ")
    else:
        message, fix = f"{brief(error['input'])} does not fit", f"it{error['msg'].removeprefix('Input')}"
    return Issue("error", part, f"{place}: {message}", fix)


def _holds_numbers(annotation: Any) -> bool:
    return annotation is Estimate or any(map(_holds_numbers, get_args(annotation)))


def is_table(key: str) -> bool:
    """Whether a key of a file holds a table."""
    return key == "probability" or key.startswith("given ")


def file_keys(part: type[Frozen]) -> list[str]:
    """The keys that a part may have in a file."""
    fields = part.model_fields.items()
    names = [field.alias or name for name, field in fields if not field.exclude]
    return [*names, "probability"] if GIVEN in names else names


class ConditionalTable(Frozen):
    """P(state | parents): one estimate a row.

    A row is ``als`` or ``als, present``: a state of each parent in turn, ``a|b`` for either; a row shorter
    than the parents holds for every state of the rest. A longer row wins over a shorter one, ``default``
    serves what is left.
    """

    parents: tuple[str, ...]
    rows: Mapping[str, EstimateField]

    @cached_property
    def named(self) -> Mapping[tuple[str, ...], Estimate]:
        """The estimate of every combination of parent states that a row names."""
        return NetworkMapping({states: self.rows[row] for states, row in self._row_of.items()})

    @cached_property
    def _row_of(self) -> Mapping[tuple[str, ...], str]:
        return {states: row for row, states in self._named_by_rows}

    @cached_property
    def _named_by_rows(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(self._combinations())

    @model_validator(mode="after")
    def _rows_are_distinct(self) -> Self:
        seen: dict[tuple[str, ...], str] = {}
        for row, states in self._combinations():
            if states in seen:
                raise ValueError(
                    f"rows {seen[states]!r} and {row!r} both state {', '.join(states)}; keep one"
                )
            if len(seen) == MAX_COLUMNS:
                raise ValueError(f"names over {MAX_COLUMNS:,} combinations; take fewer parents, or 'default'")
            seen[states] = row
        return self

    def _combinations(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each row with each combination it names: ``a|b, c`` names (a, c) and (b, c)."""
        for row in self.rows:
            if row != DEFAULT and len(choices := self.choices(row)) <= len(self.parents):
                yield from ((row, states) for states in product(*choices))

    @staticmethod
    def choices(row: str) -> list[list[str]]:
        """The states that a row names for each parent: ``a|b, c`` is [[a, b], [c]]."""
        return [[state.strip() for state in part.split("|")] for part in row.split(",")]

    def rows_for(self, parent: str, state: str) -> list[str]:
        """Keys of the rows that serve a state of one parent, whatever the states of the others."""
        place = self.parents.index(parent) if parent in self.parents else -1
        named = [(row, states) for row, states in self._named_by_rows if place < len(states)]
        own = [row for row, states in named if place >= 0 and states[place] == state]
        rest = [row for row, states in self._named_by_rows if not 0 <= place < len(states)]
        return list(dict.fromkeys(own or ([DEFAULT] if DEFAULT in self.rows else rest)))

    def row_for(self, states: tuple[str, ...]) -> str | None:
        """Key of the row that holds for one combination of parent states, or None when none is stated."""
        for length in range(len(states), 0, -1):
            if (row := self._row_of.get(states[:length])) is not None:
                return row
        return DEFAULT if DEFAULT in self.rows else None

    def lookup(self, states: tuple[str, ...]) -> Estimate | None:
        """The estimate that holds for one combination of parent states, or None when none is stated."""
        row = self.row_for(states)
        return None if row is None else self.rows[row]
