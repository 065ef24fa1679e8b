"""What can go wrong, as one tree, and how it is said.

    DxnetError
      NetworkError(ValueError)        the network's files
        ParseError                    cannot be read: syntax, grammar, unknown keys, sums
        CheckError                    can be read, but cannot be built
      CaseError(ValueError)           one patient's findings
        UnknownFinding                a finding that the network does not have
        UnknownState                  a state that the finding does not have
        ImpossibleEvidence            findings that exclude each other under the network
      BackendError(RuntimeError)      the inference engine

Every error carries ``issues``: all that is wrong, not only the first, each with its place and its cure.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong or worth knowing: where it is and what to do about it.

    ``parts`` are the single issues behind one that sums up several of the same kind.

    >>> print(Issue("warning", "case.yaml:4", "clonus without brisk leg reflexes", "correct one of them"))
    warning: case.yaml:4: clonus without brisk leg reflexes; correct one of them
    """

    level: Level
    where: str
    message: str
    fix: str = ""
    parts: tuple[Issue, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{self.level}: {place}{self.message}" + (f"; {self.fix}" if self.fix else "")


def each_of(issues: Iterable[Issue]) -> list[Issue]:
    """Issues with the parts of each in its place.

    >>> one = Issue("warning", "a:1", "x")
    >>> each_of([Issue("warning", "a:1", "2 of these", parts=(one, one))]) == [one, one]
    True
    """
    return [part for issue in issues for part in (each_of(issue.parts) or [issue])]


class DxnetError(Exception):
    """Base of the errors about networks, cases and the engine; ``issues`` lists all that is wrong.

    A wrong argument of a function may also be a plain ``TypeError`` or ``ValueError`` of Python.
    """

    def __init__(self, issues: Sequence[Issue] | str):
        self.issues = (Issue("error", "", issues),) if isinstance(issues, str) else tuple(issues)
        super().__init__("\n".join(str(issue).removeprefix("error: ") for issue in self.issues))


class NetworkError(DxnetError, ValueError):
    """The files of a network."""


class ParseError(NetworkError):
    """A network file that cannot be read."""


class CheckError(NetworkError):
    """A network that can be read but not built."""


class CaseError(DxnetError, ValueError):
    """The findings of one patient."""


class UnknownFinding(CaseError):
    """A finding that the network does not have."""


class UnknownState(CaseError):
    """A state that the finding does not have."""


class ImpossibleEvidence(CaseError):
    """Findings whose joint probability is zero; ``clash`` names some of which none can be left out."""

    def __init__(self, clash: Sequence[str]):
        self.clash = tuple(clash)
        super().__init__(
            [
                Issue(
                    "error",
                    ", ".join(clash),
                    "these findings cannot occur together in this network",
                    "correct one of them, or enter it as uncertain",
                )
            ]
        )

    def __reduce__(self) -> tuple[type[ImpossibleEvidence], tuple[tuple[str, ...]]]:
        """What makes it anew, in another process as well."""
        return type(self), (self.clash,)


class BackendError(DxnetError, RuntimeError):
    """The inference engine."""


def file_fault(where: object, problem: OSError) -> Issue:
    """Why a file cannot be read or written, and the cure.

    >>> print(file_fault("a.csv", FileNotFoundError(errno.ENOENT, "")))
    error: a.csv: no such file or directory; check the path and its permissions
    """
    reason = (
        os.strerror(problem.errno) if problem.errno else brief(str(problem) or "cannot be read or written")
    )
    is_full = problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    fix = "make room there, or name another place" if is_full else "check the path and its permissions"
    return Issue("error", str(where), reason[:1].lower() + reason[1:], fix)


def require(*odd: Sequence[Issue]) -> None:
    """See that arguments are as they should be.

    Raises:
        CaseError: what is odd about some of them, all at once.

    >>> require(odd_whole("rows", 3, least=1), odd_whole("seed", -1))
    Traceback (most recent call last):
    dxnet.errors.CaseError: seed: is -1; give a whole number from 0 on
    """
    if faults := [fault for faults in odd for fault in faults]:
        raise CaseError(faults)


def odd_whole(name: str, value: object, least: int = 0) -> Sequence[Issue]:
    """That an argument is less than ``least``.

    Raises:
        TypeError: it is no whole number.
    """
    fix = f"give {least} or more" if least else "give a whole number from 0 on"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {brief(value)}; give a whole number from {least} on")
    return [Issue("error", name, f"is {value}", fix)] if value < least else []


def out_of_range(name: str, value: object, is_right: Callable[[float], bool], fix: str) -> Sequence[Issue]:
    """That an argument is outside its range.

    Raises:
        TypeError: it is no number.

    >>> print(*out_of_range("level", 2, lambda share: 0 < share < 1, "give a share between 0 and 1"))
    error: level: is 2; give a share between 0 and 1
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {brief(value)}; {fix}")
    return [] if is_right(float(value)) else [Issue("error", name, f"is {value}", fix)]


def odd_word(name: str, value: object, known: Sequence[str]) -> Sequence[Issue]:
    """That an argument is none of some words."""
    fix = f"give {' or '.join(map(repr, known))}"
    return [] if value in known else [Issue("error", name, f"is {brief(value)}", fix)]


def require_names(name: str, value: object) -> None:
    """See that an argument is several texts: a single one would be taken letter by letter.

    Raises:
        TypeError: it is not.
    """
    several = value if isinstance(value, Iterable) and not isinstance(value, str) else [None]
    if not all(isinstance(it, str) for it in several):
        raise TypeError(f"{name} is {brief(value)}; give a list of names, such as ['age']")


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A cure for a misspelt word: the nearest known ones, or a few of them.

    >>> did_you_mean("babinsky", ["babinski", "clonus"])
    'did you mean babinski?'
    >>> did_you_mean("ALSS", ["als", "dcm"])
    'did you mean als?'
    """
    choices = list(known)
    if not choices:
        return "there is none; define it or remove this"
    spelt = {choice.casefold(): choice for choice in reversed(choices)}
    near = get_close_matches(str(word).casefold(), spelt, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(spelt[name] for name in near)}?"
    return f"known are {', '.join(choices[:8])}{', ...' if len(choices) > 8 else ''}"


def installed_with(extra: str) -> str:
    """The command that adds packages to this dxnet, for any shell: pip need not be on the path.

    >>> installed_with("text").endswith('-m pip install "dxnet[text]"')
    True
    """
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable or "python"
    return f'{python} -m pip install "dxnet[{extra}]"'


def brief(value: object) -> str:
    """A value as a message quotes it, cut to a readable length.

    >>> brief("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
    """
    text = repr(value)
    return text if len(text) <= 64 else f"{text[:60]}..."
