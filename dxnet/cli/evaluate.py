"""Score a network on cases whose diagnosis is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.shared import (
    FILE,
    backend_option,
    engine_for,
    json_option,
    load,
    network_option,
    print_json,
    read,
    setting_option,
    stage_option,
)
from dxnet.errors import CaseError, Issue

if TYPE_CHECKING:
    from dxnet.evaluate import Scorecard
    from dxnet.formats import Stage


@click.command()
@click.argument("path", metavar="CASES", type=FILE)
@network_option
@setting_option
@stage_option
@backend_option
@json_option
@click.option("--compare", "earlier", metavar="SCORECARD.json", type=FILE, help="An earlier --json output.")
def evaluate(
    path: Path,
    name: str,
    setting: str | None,
    stage: Stage,
    backend: str,
    as_json: bool,
    earlier: Path | None,
) -> None:
    """Score a network on cases whose diagnosis is known.

    CASES is a file of cases with their true diagnosis, such as .jsonl or .csv.
    """
    from dxnet.console import Page, show_comparison, show_scorecard
    from dxnet.evaluate import compare
    from dxnet.evaluate import evaluate as score

    before = _scorecard(earlier, stage) if earlier else None
    network = load(name)
    cases = read([path], stage, network)
    engine = engine_for(network, setting, backend, len(cases))
    card = score(engine, cases)
    comparison = compare(card, before) if before else None
    if as_json:
        compared = {"compared": asdict(comparison)} if comparison else {}
        print_json({**card.to_dict(), "stage": stage, **compared})
        return
    page = Page()
    page.line(f"Cases: {path} (stage {stage})")
    show_scorecard(page, card, engine.network)
    if comparison:
        show_comparison(page, comparison, str(earlier))


def _scorecard(path: Path, stage: str) -> Scorecard:
    from dxnet.evaluate import Scorecard
    from dxnet.strict import read_text

    try:
        data = json.loads(read_text(path))
        card = Scorecard.from_dict(data)
    except (json.JSONDecodeError, RecursionError) as problem:
        fix = "give the output of 'dxnet evaluate --json'"
        raise CaseError([Issue("error", str(path), f"is not JSON: {problem}", fix)]) from None
    if data.get("stage", stage) != stage:
        message = f"was scored with stage {data['stage']}, this with {stage}"
        raise CaseError([Issue("error", str(path), message, "score both with the same --stage")])
    return card
