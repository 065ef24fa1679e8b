"""Three doors for a table: diagnose, score and the Cohort page of the app."""

from dxnet import read_cases
from dxnet.cohort.read import open_source
from dxnet.errors import CaseError
from dxnet.ui.cohort.upload import Cohort

GOOD = "id,smoking,dyspnoea\na,present,absent\n"
"""A table that every door reads."""


def words(issues, level):
    return sorted(str(issue) for issue in issues if issue.level == level)


def of_diagnose(path, net):
    cases = read_cases(path, network=net)
    table = []
    for case in cases:
        lines = {int(state.where.rpartition(":")[2]) for state in case.findings.values()}
        table.append((lines, {"id": case.id, **case.findings}))
    return table, words([issue for case in cases for issue in case.issues], "warning"), []


def of_score(path, net):
    source, table = open_source(path, net), []
    for _, part in source.parts(0):
        for line, row in zip(part.lines.tolist(), part.cells.to_pylist(), strict=True):
            table.append(({line}, {name: cell for name, cell in row.items() if cell is not None}))
    return table, words(source.issues, "warning"), words(source.refused, "error")


def of_the_app(path, net):
    cohort = Cohort.read(net, "1", path.name, path.read_bytes())
    frame = (
        cohort.table[list(cohort.mapping)]
        .rename(columns=cohort.mapping)
        .drop(columns="diagnosis", errors="ignore")
    )
    table = [
        ({line}, {name: cell for name, cell in row.items() if isinstance(cell, str)})
        for line, row in zip(frame.index.tolist(), frame.astype(object).to_dict("records"), strict=True)
    ]
    return table, words(cohort.issues, "warning"), words(cohort.issues, "error")


def through(door, path, net):
    try:
        return door(path, net)
    except CaseError as problem:
        return None, [], words(problem.issues, "error")


def without(texts, *parts):
    return [text for text in texts if not any(part in text for part in parts)]


def through_all(path, net):
    """Rows, warnings and errors, once they were found to be the same in every door."""
    diagnosed, scored, uploaded = (through(door, path, net) for door in (of_diagnose, of_score, of_the_app))
    assert diagnosed[2] == scored[2] == uploaded[2]
    assert scored[0] == uploaded[0]
    if scored[0] is None:
        return scored
    about_columns, about_ids = ("is read as", "and is left out;"), "stands in"
    assert without(scored[1], *about_columns) == without(uploaded[1], about_ids)
    if not scored[2]:
        assert without(diagnosed[1], about_ids) == scored[1] and len(diagnosed[0]) == len(scored[0])
        assert without(diagnosed[1], *about_columns) == uploaded[1]
        for (lines, row), (line, other) in zip(diagnosed[0], scored[0], strict=True):
            assert lines <= line and {"id": f"{path.name}:{min(line)}", **other} == row
    return scored[0], diagnosed[1] or scored[1], scored[2]
