"""Read a letter, and propose findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.shared import (
    FILE_PATH,
    in_file,
    json_option,
    load,
    network_option,
    places_from_here,
    print_json,
)
from dxnet.errors import CaseError, Issue
from dxnet.words import counted, shortened, state_in_words, without_middle

if TYPE_CHECKING:
    from dxnet.formats.text.proposal import LetterFindings

_SHOWN_CHARACTERS = 72
"""Characters of the letter's words that are shown."""


@click.command("read")
@click.argument("path", metavar="LETTER", type=FILE_PATH)
@network_option
@output_option("-o", "--output", metavar="FILE", help="Case file to write (.yaml or .json).")
@click.option("--probable", is_flag=True, help="Enter each state as 'probable', as nobody has confirmed it.")
@click.option("--note", "is_quoted", is_flag=True, help="Keep the letter's words in the case's note.")
@json_option
def read_command(
    path: Path, name: str, output: Path | None, probable: bool, is_quoted: bool, as_json: bool
) -> None:
    """Propose findings that a letter or report states (.txt, .docx, or .pdf with text).

    Each is shown with the words it rests on, beside what contradicts it and the sentences of which nothing
    came. The letter is read on this machine by rules; no word of it reaches the case file, unless --note asks
    for it.
    """
    from dxnet.formats.text.files import letter_text
    from dxnet.formats.text.read import read_text

    if output and output.exists():
        fix = "give another file, or delete this one first"
        message = "is there already, perhaps with what was corrected in it"
        raise CaseError([Issue("error", str(output), message, fix)])
    network = load(name)
    with places_from_here(lambda issue: in_file(issue, path)):
        text = letter_text(path)
    letter = read_text(text, network)
    if output:
        _write(letter, output, probable=probable, is_quoted=is_quoted)
    if as_json:
        print_json(_plain_letter(letter))
    else:
        _show(letter)


def _write(letter: LetterFindings, output: Path, *, probable: bool, is_quoted: bool) -> None:
    from dataclasses import replace

    from dxnet.formats.cases.write import write_case

    case = letter.to_case(softly=probable)
    if is_quoted:
        words = "; ".join(f"{it.finding}: {' '.join(it.words.split())}" for it in letter)
        case = replace(case, about={"note": words})
    write_case(case, output)


def _show(letter: LetterFindings) -> None:
    click.echo(f"{counted(len(letter), 'proposal')}, for you to confirm:")
    width = max((len(it.label) for it in letter), default=0)
    for it in letter:
        mark = "!" if it.contradicted_by else " "
        words = without_middle(" ".join(it.words.split()), _SHOWN_CHARACTERS)
        click.echo(f'{mark} {it.label:<{width}}  {_shown_entry(it.entry, it.state):<24}  "{words}"')
    for finding, sides in letter.contradictions.items():
        entries = " and ".join(it.entry for it in sides)
        kept = next((f"{it.entry} is kept" for it in sides if it.holds), "it is left out")
        click.echo(f"! {finding}: the letter states {entries}; {kept}, enter the right one")
    for whole in letter.called_normal:
        words = without_middle(" ".join(whole.words.split()), _SHOWN_CHARACTERS)
        how = f"not entered; dxnet convert --rest-normal {whole.procedure} enters what is open of it"
        click.echo(f'Called normal as a whole: {whole.procedure}  "{words}" ({how})')
    if letter.not_understood:
        click.echo(f"{counted(len(letter.not_understood), 'sentence')} of which nothing was understood:")
        for unread in letter.not_understood:
            click.echo(f'  "{shortened(" ".join(unread.sentence.split()), 2 * _SHOWN_CHARACTERS)}"')


def _shown_entry(entry: str, state: str) -> str:
    return state_in_words(entry) if entry == state or state in entry else f"{entry}: {state_in_words(state)}"


def _plain_letter(letter: LetterFindings) -> dict[str, Any]:
    return {
        "proposals": [
            {
                "finding": it.finding,
                "label": it.label,
                "state": it.state,
                "entry": it.entry,
                "certainty": it.certainty,
                "span": list(it.span),
                "words": it.words,
                "contradicted_by": list(it.contradicted_by),
                "holds": it.holds,
            }
            for it in letter
        ],
        "called_normal": [
            {"procedure": it.procedure, "span": list(it.span), "words": it.words}
            for it in letter.called_normal
        ],
        "not_understood": [{"span": list(it.span), "sentence": it.sentence} for it in letter.not_understood],
    }
