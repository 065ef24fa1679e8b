"""What ``check`` finds: departures from the evidence, unused parts, numbers without reason."""

import pytest

from dxnet import Case, Engine, Estimate, check, load_network
from dxnet.errors import CheckError
from dxnet.load import RESOURCES
from dxnet.network import Mechanism
from dxnet.table import Table

HEADER = "finding,diagnosis,state,p,use"
GOOD = "xray_abnormal,lung_cancer,present,0.98,adopted"


def asia_with(tmp_path, *rows, encoding="utf-8"):
    path = tmp_path / "evidence.csv"
    path.write_bytes("\n".join((HEADER, *rows)).encode(encoding))
    return load_network("asia").model_copy(update={"evidence": str(path)})


def said(network, level="error"):
    return [str(issue) for issue in check(network) if issue.level == level]


def test_figures_that_agree(tmp_path):
    assert not said(asia_with(tmp_path, GOOD)) and not said(asia_with(tmp_path, GOOD), "warning")


def test_a_figure_that_departs(tmp_path):
    (warning,) = said(asia_with(tmp_path, GOOD.replace("0.98", "0.6")), "warning")
    assert "lung_cancer present 0.980 (adopted 0.6)" in warning


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD.replace("present", "presnt"), "did you mean present?"),
        (GOOD.replace("0.98", "abc"), "write a probability"),
        (GOOD.replace("0.98", "1.2"), "write a probability"),
        (GOOD.replace("0.98", "nan"), "write a probability"),
        (GOOD.replace("0.98", ""), "write a probability"),
        (GOOD.replace("xray_abnormal", "xray"), "unknown finding"),
        (GOOD.replace("lung_cancer", "lung"), "unknown diagnosis"),
        (f"{GOOD}\n{GOOD}", "a second adopted figure"),
        (f"{GOOD},extra", "has 6 cells"),
        (f'"{GOOD}', "is not CSV"),
    ],
)
def test_evidence_that_cannot_be_read(row, words, tmp_path):
    (error,) = said(asia_with(tmp_path, row))
    assert words in error and "evidence.csv:" in error


def test_evidence_of_another_encoding_or_gone(tmp_path):
    assert "UTF-8" in said(asia_with(tmp_path, GOOD + "é", encoding="latin-1"))[0]
    network = asia_with(tmp_path, GOOD)
    (tmp_path / "evidence.csv").unlink()
    assert "no such file" in said(network)[0]


def test_a_missing_column(tmp_path):
    (tmp_path / "evidence.csv").write_text("finding,diagnosis\nx,y\n")
    network = load_network("asia").model_copy(update={"evidence": str(tmp_path / "evidence.csv")})
    assert "has no column" in said(network)[0]


def test_a_prior_that_departs(als):
    name, setting = als.setting()
    moved = {
        **setting.prior,
        "als": Estimate.parse("0.4 ~ 10 @estimate"),
        "other": Estimate.parse("0.198 ~ 10 @estimate"),
    }
    settings = {**als.settings, name: setting.model_copy(update={"prior": moved})}
    warnings = said(als.model_copy(update={"settings": settings}), "warning")
    assert any("P(als) is 0.4000, but 0.54" in warning for warning in warnings)


def test_a_mechanism_that_nothing_uses(asia):
    lone = Mechanism(
        label="Lone", given=Table(parents=(), rows={"default": Estimate.parse("1/9 @lauritzen1988")})
    )
    network = asia.model_copy(update={"mechanisms": {**asia.mechanisms, "lone": lone}})
    assert ["nothing depends on lone" in warning for warning in said(network, "warning")] == [True]


def test_errors_come_first_and_nothing_is_a_traceback(tmp_path):
    levels = [issue.level for issue in check(asia_with(tmp_path, GOOD.replace("0.98", "x")))]
    assert levels == sorted(levels, key=("error", "warning", "info").index)


def test_an_edited_copy_knows_its_parts_and_has_no_fingerprint(asia):
    fewer = {name: asia.findings[name] for name in ("smoking", "visit_to_asia")}
    assert set(asia.nodes) > set(fewer)
    edited = asia.model_copy(update={"findings": fewer})
    assert set(edited.nodes) == {*fewer, *asia.mechanisms}
    assert asia.fingerprint and not edited.fingerprint


def test_what_does_not_fit_is_refused_by_the_engine(asia):
    odd = asia.findings["dyspnoea"].model_copy(
        update={"given": Table(parents=("nope",), rows=asia.findings["dyspnoea"].given.rows)}
    )
    with pytest.raises(CheckError, match="unknown parent 'nope'"):
        Engine(asia.model_copy(update={"findings": {**asia.findings, "dyspnoea": odd}}))


def test_answers_do_not_share_what_can_be_changed(asia):
    engine = Engine(asia)
    with pytest.raises(ValueError, match="read-only"):
        engine.diagnose(Case({})).pre_test[:] = 0


def test_fingerprint_does_not_depend_on_line_ends(tmp_path):
    source, copy = RESOURCES / "networks" / "asia", tmp_path / "asia"
    copy.mkdir()
    for path in source.iterdir():
        (copy / path.name).write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_network(copy).fingerprint == load_network("asia").fingerprint
