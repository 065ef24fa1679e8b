"""Two networks compared: every change is told, and what it does to the cases."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner
from conftest import network

from dxnet import Case, Engine, Estimate, load_network
from dxnet.cli import main
from dxnet.errors import NetworkError, ParseError
from dxnet.knowledge.diagnosis import Diagnosis
from dxnet.knowledge.history import load_revision
from dxnet.knowledge.load import RESOURCES
from dxnet.review.changes import changed_edges, changed_numbers, changed_parts, texts
from dxnet.review.diff import compare_networks

SMOKER = Case({"smoking": "present", "xray_abnormal": "present"}, id="s", diagnosis="lung_cancer")
WELL = Case({"xray_abnormal": "absent"}, id="w", diagnosis="no_lung_cancer")


@pytest.fixture
def copy(tmp_path):
    """A copy of asia, and a way to edit its file."""
    shutil.copytree(RESOURCES / "networks" / "asia", tmp_path / "asia")
    file = tmp_path / "asia" / "network.yaml"

    def edit(*swaps):
        text = file.read_text(encoding="utf-8")
        for old, new in swaps:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        return load_network(tmp_path / "asia")

    return edit


def test_a_network_does_not_differ_from_itself(als, asia):
    for net in (als, asia):
        assert not (
            changed_parts(net, net) or changed_edges(net, net) or texts(net, net) or changed_numbers(net, net)
        )
    found = compare_networks(asia, asia, [SMOKER, WELL])
    assert [case.distance for case in found.cases] == [0, 0] and found.effect.first_changed == 0


def test_a_changed_number_has_both_sides_and_moves_the_cases(asia, copy):
    edited = copy(
        (
            "no_lung_cancer, absent: 0.05 ~ 100 @lauritzen1988",
            "no_lung_cancer, absent: 0.4 ~ 20 @estimate  # trial",
        )
    )
    found = compare_networks(asia, edited, [WELL, SMOKER])
    (number,) = found.numbers
    assert number.place == "xray_abnormal.no_lung_cancer, absent" and number.change == "changed"
    assert (number.old.mean[1], number.old.weight, number.old.sources) == (0.05, 100, ("lauritzen1988",))
    assert (number.new.mean[1], number.new.weight, number.new.reason) == (0.4, 20, "trial")
    assert number.new.where == "asia/network.yaml:57"
    first = found.cases[0]
    assert first.id == "s" and first.first == ("lung_cancer", "no_lung_cancer") and first.rank == (1, 2)
    for side, net in enumerate((asia, edited)):
        assert first.probability[side] == Engine(net).diagnose(SMOKER).probability("lung_cancer")
    assert first.distance == pytest.approx(abs(first.probability[0] - first.probability[1]))
    effect = found.effect
    assert effect.first_changed == 1 and effect.top1 == (1.0, 0.5) and effect.log_loss[0] < effect.log_loss[1]
    json.dumps(found.to_dict(), allow_nan=False)


def test_swapping_the_sides_swaps_everything(asia, copy):
    edited = copy(
        ("bronchitis:\n      absent, no", "bronchitis:\n      absent, no"),
        (
            "    given smoking:\n      absent: 0.3",
            "    definition: cough\n    given smoking:\n      absent: 0.31",
        ),
        ("given diagnosis, tuberculosis:", "given diagnosis, bronchitis:"),
    )
    there, back = compare_networks(asia, edited, [SMOKER]), compare_networks(edited, asia, [SMOKER])
    other = {"added": "removed", "removed": "added"}
    assert {(e.change, e.id, e.parent) for e in there.edges} == {
        (other[e.change], e.id, e.parent) for e in back.edges
    }
    assert {(e.change, e.parent) for e in there.edges} == {
        ("removed", "tuberculosis"),
        ("added", "bronchitis"),
    }
    assert [(t.id, t.field, t.old, t.new) for t in there.texts] == [("bronchitis", "definition", "", "cough")]
    assert [(n.place, n.old, n.new) for n in there.numbers] == [(n.place, n.new, n.old) for n in back.numbers]
    assert there.cases[0].distance == pytest.approx(back.cases[0].distance)


def test_an_added_row_is_told_beside_what_served_for_it(asia, copy):
    edited = copy(
        ("      default: 0.98", "      lung_cancer, absent: 0.9 ~ 9 @lauritzen1988\n      default: 0.98")
    )
    (number,) = changed_numbers(asia, edited)
    assert number.change == "added" and number.old.mean[1] == 0.98 and number.new.mean[1] == 0.9
    (number,) = changed_numbers(edited, asia)
    assert number.change == "removed" and number.new.mean[1] == 0.98


def test_a_finding_that_came_brings_its_numbers_and_edges_along(asia, copy):
    new = "findings:\n  fever:\n    label: Fever\n    category: symptoms\n"
    new += "    given diagnosis:\n      default: 0.2 ~ 9 @lauritzen1988\n"
    edited = copy(("findings:\n", new))
    (part,) = changed_parts(asia, edited)
    assert (part.change, part.kind, part.id, part.numbers) == ("added", "finding", "fever", 1)
    assert part.edges == (("given", "diagnosis"),)
    assert not changed_numbers(asia, edited) and not changed_edges(asia, edited)
    found = compare_networks(
        asia, edited, [SMOKER, Case({"fever": "present"}, id="f"), Case({"rash": "present"}, id="r")]
    )
    assert [(m.id, m.fits) for m in found.misfits] == [("f", "new"), ("r", "neither")]
    assert "unknown finding 'fever'" in found.misfits[0].issues[0].message
    assert [case.id for case in found.cases] == ["s"]


def test_a_diagnosis_that_left_counts_as_0(tmp_path):
    text = """\
name: n
label: N
version: "1"
diagnosis:
  a: {label: A}
  b: {label: B}
  c: {label: C}
settings:
  s: {label: S, prior: {a: 0.5 ~ 9 @estimate, default: 0.25 ~ 9 @estimate}}
findings:
  cough: {label: Cough, given diagnosis: {c: 0.9 ~ 9 @estimate, default: 0.1 ~ 9 @estimate}}
"""
    fewer = text.replace("  c: {label: C}\n", "").replace("0.25", "0.5").replace("c: 0.9 ~ 9 @estimate, ", "")
    networks = []
    for name, content in {"old": text, "new": fewer}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "network.yaml").write_text(content)
        networks.append(load_network(tmp_path / name))
    found = compare_networks(*networks, [Case({"cough": "present"}, id="k", diagnosis="c")])
    (move,) = found.cases
    assert move.probability == (pytest.approx(0.75), 0) and move.rank == (1, None)
    assert move.first == ("c", "a") and move.distance == pytest.approx(0.75)
    assert [(p.change, p.kind, p.id) for p in found.parts] == [("removed", "diagnosis", "c")]
    assert found.effect.top3 == (1, 0) and found.effect.log_loss[1] == pytest.approx(36.04, abs=0.01)
    json.dumps(found.to_dict(), allow_nan=False)


def test_cases_of_unknown_truth_move_but_are_not_scored(asia):
    found = compare_networks(asia, asia, [Case({"smoking": "present"})])
    assert found.cases[0].probability is None and found.effect.known == 0 and found.effect.top1 is None


def test_a_setting_that_a_network_lacks_is_refused_for_both(als, asia):
    with pytest.raises(NetworkError) as problem:
        compare_networks(asia, als, [], "chest_clinik")
    assert [issue.where for issue in problem.value.issues] == ["asia (old)", "als_mimics (new)"]


@pytest.fixture
def repository(tmp_path):
    """A repository whose first commit has asia, and whose second an edited asia."""
    root = tmp_path / "repository"
    shutil.copytree(RESOURCES / "networks" / "asia", root / "nets" / "asia")
    file = root / "nets" / "asia" / "network.yaml"

    def git(*words):
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", root, *who, *words], check=True, capture_output=True)

    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "-m", "one")
    file.write_text(file.read_text().replace("default: 0.98", "default: 0.9"))
    git("commit", "-am", "two")
    file.write_text(file.read_text().replace("default: 0.9 ", "default: 0.8 "))
    return root


def run(*words, code=0):
    result = CliRunner().invoke(main, ["diff", *map(str, words)])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_revisions_of_one_network(repository, monkeypatch):
    monkeypatch.chdir(repository)
    between = run("HEAD~1", "HEAD", "--network", "nets/asia").stdout
    assert "98 %" in between and "90 %" in between and "Numbers: 1 changed" in between
    assert "80 %" in run("HEAD~1", "--network", "nets/asia").stdout
    assert run("main~1:nets/asia", "HEAD:nets/asia").stdout.splitlines()[2:] == between.splitlines()[2:]
    assert "80 %" in run("HEAD:nets/asia", "nets/asia").stdout


def test_revisions_are_not_judged_by_the_cases_of_today(repository, monkeypatch):
    monkeypatch.chdir(repository)
    (repository / "nets" / "asia" / "cases.csv").write_text("id,smoking\n1,yes\n")
    ways = (["HEAD"], ["HEAD~1", "HEAD"])
    found = [run(*way, "--network", "nets/asia", "--json").stdout for way in ways]
    assert [len(json.loads(text)["cases"]) for text in found] == [1, 0]


def test_a_reason_in_other_words_is_no_changed_number(repository, monkeypatch):
    monkeypatch.chdir(repository)
    file = repository / "nets" / "asia" / "network.yaml"
    lines = file.read_text().splitlines()
    first = next(k for k, line in enumerate(lines) if "@" in line and "0.8" not in line)
    lines[first] += "  # put in other words"
    file.write_text("\n".join(lines))
    changed = json.loads(run("HEAD", "--network", "nets/asia", "--json").stdout)["numbers"]
    assert [number["change"] for number in changed] == ["changed", "reworded"]
    text = run("HEAD", "--network", "nets/asia").stdout
    assert "Numbers: 1 changed (largest" in text and "Reasons of 1 number reworded" in text
    assert text.count(changed[1]["place"]) == 1 and f"{changed[1]['place']}: put in other words" in text
    file.write_text(file.read_text().replace("default: 0.8 ", "default: 0.9 "))
    assert "Numbers: the same\n" in run("HEAD", "--network", "nets/asia").stdout


def test_the_references_of_a_revision_come_with_it(repository):
    assert load_revision("HEAD", "nets/asia", repository).references == network("asia").references


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("HEAD~9", "HEAD", "--network", "nets/asia"),
            "HEAD~9: no such revision in repository; give a commit",
        ),
        (("--", "--output=x:nets/asia", "asia"), "--output=x: no such revision"),
        (("HEAD;id:nets/asia", "asia"), "HEAD;id: no such revision"),
        (("HEAD:nets/asai", "asia"), "HEAD: has no network in 'nets/asai'; did you mean nets/asia?"),
        (("asia",), "give NEW, or --network"),
        (("asiaa", "asia"), "did you mean asia?"),
    ],
)
def test_what_git_does_not_have_is_told(words, said, repository, monkeypatch):
    monkeypatch.chdir(repository)
    assert said in run(*words, code=2).stderr
    assert not (repository / "x").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_a_file_whose_name_is_not_utf_8_is_no_hindrance(repository):
    for name in (b"\xff.csv", b"caf\xe9.txt"):
        (repository / os.fsdecode(name)).write_text("key,title\n")
    who = ["-c", "user.name=t", "-c", "user.email=t@e.org", "-c", "commit.gpgsign=false"]
    for words in (["add", "."], ["commit", "-m", "odd"]):
        subprocess.run(["git", "-C", repository, *who, *words], check=True, capture_output=True)
    assert load_revision("HEAD", "nets/asia", repository).name == "asia"


def test_without_git_or_a_repository_the_cure_is_named(tmp_path, monkeypatch, repository):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert "not a git repository" in run("HEAD:nets/asia", "asia", code=2).stderr
    monkeypatch.setenv("PATH", os.devnull)
    assert "install git, or give the two networks as directories" in run("HEAD:x", "asia", code=2).stderr


def test_a_revision_that_cannot_be_read_names_itself(repository):
    file = repository / "nets" / "asia" / "network.yaml"
    file.write_text("name: asia\n")
    subprocess.run(
        ["git", "-C", repository, "-c", "user.name=t", "-c", "user.email=t@e.org", "commit", "-qam", "bad"],
        check=True,
    )
    with pytest.raises(ParseError) as problem:
        load_revision("HEAD", "nets/asia", repository)
    assert all(issue.where.startswith("HEAD:asia/network.yaml") for issue in problem.value.issues)


def test_the_text_of_an_edit_fits_one_screen(als, tmp_path):
    """A weight, a value and a source changed in each of 40 rows: lists are cut, and say so."""
    root = tmp_path / "a" / "b"
    shutil.copytree(RESOURCES / "networks" / "als_mimics", root / "als_mimics")
    shutil.copytree(RESOURCES / "data", tmp_path / "data")
    (tmp_path / "a" / "b" / "als_mimics").rename(tmp_path / "a" / "als_mimics")
    file = tmp_path / "a" / "als_mimics" / "findings" / "umn_signs.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(" ~ 10 @estimate  # ", " ~ 12 @estimate  # now "), encoding="utf-8")
    out = run("als_mimics", tmp_path / "a" / "als_mimics", "--setting", "flat").stdout
    lines = out.splitlines()
    assert len(lines) <= 45 and max(map(len, lines[2:])) <= 120
    assert "more (--top N)" in out and "10 → 12" in out and "now " in out
    assert lines[-1] == "The first rank changed in 0 of 98 cases" and "Cases that moved: 0 of 98" in out
    told = json.loads(run("als_mimics", tmp_path / "a" / "als_mimics", "--json").stdout)
    assert len(told["numbers"]) > 40 and len(told["cases"]) == 98 and told["stage"] == "post"


def test_without_a_case_file_those_beside_the_new_network_are_asked(copy, tmp_path):
    copy(("version: 1.0.0", "version: 2.0.0"))
    text = " ".join(run("asia", tmp_path / "asia").stdout.split())
    assert "No case shows the effect" in text and "--cases FILE" in text and "fit neither" not in text
    own = "id,diagnosis,smoking,xray_abnormal\na,lung_cancer,present,present\n"
    (tmp_path / "asia" / "cases.csv").write_text(own)
    text = run("asia", tmp_path / "asia").stdout
    assert "The first rank changed in 0 of 1 case" in text and "No case" not in text


def test_a_case_file_of_ones_own(tmp_path):
    (tmp_path / "c.csv").write_text("id,diagnosis,smoking,xray_abnormal\na,lung_cancer,present,present\n")
    text = run("asia", "asia", "--cases", tmp_path / "c.csv").stdout
    assert "The first rank changed in 0 of 1 case" in text and "Numbers: the same" in text


def test_a_diagnosis_that_came_is_named(asia):
    more = {**asia.diagnosis, "cold": Diagnosis(label="A cold")}
    half = Estimate.parse("0.5 ~ 9 @estimate")
    assert [
        p.label
        for p in changed_parts(asia, asia.model_copy(update={"diagnosis": more, "recording_error": half}))
    ] == ["A cold"]
