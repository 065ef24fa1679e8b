"""The Compare page without a browser: both sides and what lies between them are what the library says."""

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dxnet import Case, Engine, load_network, read_cases
from dxnet.errors import DxnetError
from dxnet.formats.cases.read import dump_case
from dxnet.knowledge.edit import NetworkFiles
from dxnet.knowledge.load import RESOURCES
from dxnet.reasoning.what_moved import what_moved
from dxnet.ui.compare.kept_comparison import compared_as_text
from dxnet.ui.shared import served as state
from dxnet.ui.shared.desks import EditSession, attempt
from dxnet.ui.shared.versions import EDITED, MAX_NETWORK_MEGABYTES, read_zip
from dxnet.words import DECIBAN, percent

PAGE = """
import streamlit as st
from dxnet.ui.compare import page as compare_page
from dxnet.ui.shared.frame import page
page(compare_page.draw_compare_page)()
"""
EXAMPLES = {
    case.diagnosis: case
    for path in sorted((RESOURCES / "data" / "cases").glob("*.yaml"))
    for case in read_cases(path)
}


def choose(page, label, part):
    box = page.selectbox(key=f"compare:{label}")
    (option,) = [option for option in box.options if part in option]
    return box.select(option).run()


def kept_of(page):
    return compared_as_text(page.session_state.form, {box.key: box.value for box in page.selectbox})


def shown(page):
    return {row.Diagnosis: (row.A, row.B) for row in page.table[0].value.itertuples()}


def expected(a, b):
    return {
        d.label: (percent(a.probability(name)), percent(b.probability(name)))
        for name, d in a.network.diagnosis.items()
    }


def test_two_cases_side_by_side(start):
    page = start()
    choose(page, "A: case", "Example: ALS")
    choose(page, "B: case", "Example: Myasthenia")
    engine = Engine(load_network("als_mimics"))
    first, second = EXAMPLES["als"], EXAMPLES["mg"]
    assert shown(page) == expected(engine.diagnose(first), engine.diagnose(second))
    found = what_moved(engine, first, second)
    assert page.selectbox(key="compare:diagnosis").value == found.diagnosis == "mg"
    told = f"{found.before * DECIBAN:+.1f} decibans in A, **{found.after * DECIBAN:+.1f}** in B"
    assert any(told in text.value for text in page.markdown)


def test_two_settings_for_one_case(start):
    page = start()
    choose(page, "A: case", "Example: ALS")
    choose(page, "B: case", "Example: ALS")
    network = load_network("als_mimics")
    choose(page, "B: setting", network.settings["flat"].label)
    sides = [Engine(network, setting).diagnose(EXAMPLES["als"]) for setting in (None, "flat")]
    assert shown(page) == expected(*sides)
    text = " ".join(text.value for text in page.markdown)
    assert "The settings differ" in text and "findings are the same on both sides" in text


def test_a_case_from_a_file(start):
    page = start("asia")
    case = Case({"smoking": "present", "xray_abnormal": {"present": 0.8, "absent": 0.2}}, id="second visit")
    page.file_uploader[0].set_value(("b.yaml", dump_case(case).encode(), "text/plain")).run()
    assert not page.exception and not page.error
    assert [said.value for said in page.success] == ["b.yaml is open, and is now the case of side B."]
    engine = Engine(load_network("asia"))
    assert shown(page) == expected(engine.diagnose(Case({})), engine.diagnose(case))
    kept = kept_of(page)
    again = AppTest.from_string(PAGE, default_timeout=120)
    again.session_state["found_in_browser"] = {"compared": kept}
    again.run()
    assert not again.exception and not again.success
    assert again.selectbox(key="compare:B: case").value == "file:1", "what was chosen is chosen again"
    assert shown(again) == shown(page) and kept_of(again) == kept


def test_a_reload_answers_the_same_comparison(start):
    page = start()
    choose(page, "A: case", "Example: Myasthenia")
    choose(page, "B: setting", load_network("als_mimics").settings["flat"].label)
    page.selectbox(key="compare:diagnosis").set_value("mg").run()
    kept = kept_of(page)
    again = AppTest.from_string(PAGE, default_timeout=120)
    again.session_state["found_in_browser"] = {"compared": kept}
    again.run()
    assert not again.exception and shown(again) == shown(page)
    chosen = [box.value for box in page.selectbox]
    assert [box.value for box in again.selectbox] == chosen and "flat" in chosen
    foreign = AppTest.from_string(PAGE, default_timeout=120)
    foreign.session_state["found_in_browser"] = {"compared": kept.replace('"flat"', '"gone"')}
    foreign.run()
    assert not foreign.exception and "gone" not in [box.value for box in foreign.selectbox]


def zipped(files, how=zipfile.ZIP_STORED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def version_of(line):
    """The asia network with another version."""
    folder = RESOURCES / "networks" / "asia"
    text = (folder / "network.yaml").read_text(encoding="utf-8")
    assert "version: 1.0.0" in text
    edited = text.replace("version: 1.0.0", line)
    references = (folder / "references.csv").read_bytes()
    return zipped({"asia/network.yaml": edited, "asia/references.csv": references})


@pytest.fixture
def version():
    return version_of("version: 2.0.0")


def test_two_versions_of_the_network(start, version):
    page = start("asia")
    page.file_uploader[0].set_value(("asia.zip", version, "application/zip")).run()
    assert not page.exception and not page.error
    assert "asia.zip is open, and is now the network of side B." in page.success[0].value
    assert any("different versions of the network" in text.value for text in page.markdown)
    assert "2.0.0" in next(text.value for text in page.caption if "never images" in text.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.zip", b"nothing", "no zip file"),
        ("a.zip", zipped({"readme.txt": "x"}), "holds 0 files named network.yaml"),
        ("a.zip", zipped({"a/network.yaml": "name: x\n"}), "network.yaml"),
        ("a.yaml", b"findings:\n  smokin: present\n", "did you mean"),
        ("a.json", b"[]", "not a JSON object"),
        ("a.csv", b"id,smoking\n", "is a table; open it on the Cohort page"),
        ("a.xlsx", b"PK", "is a spreadsheet; save it as CSV UTF-8, and open that on the Cohort page"),
        ("a.yaml", b"#" * 6_000_000, "has 6.0 MB, and only 5 MB can be opened here; open a smaller file"),
    ],
)
def test_a_bad_file_is_refused_with_a_cure(start, name, content, said):
    page = start("asia")
    page.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert not page.exception
    (error,) = page.error
    assert f"{name} was not opened" in error.value and said in error.value
    assert "case." not in error.value  # as it is called while it is read


def test_a_zip_that_unpacks_to_too_much_is_refused():
    with pytest.raises(DxnetError, match=f"more than {MAX_NETWORK_MEGABYTES} MB"):
        read_zip("bomb.zip", zipped({f"{n}.yaml": " " * 10**7 for n in range(3)}))


def test_nothing_stays_outside_the_directory_that_is_deleted(tmp_path):
    with pytest.raises(DxnetError):
        read_zip("slip.zip", zipped({"../../slipped.txt": "x"}))
    assert not Path("../../slipped.txt").exists() and not (tmp_path.parent / "slipped.txt").exists()


def test_the_network_edited_in_this_session_can_be_compared(start):
    page = start("asia")
    asia, files = load_network("asia"), NetworkFiles.read("asia")
    desk = EditSession(asia, files)
    desk.write("smoking.default", "12/50 @lauritzen1988")
    trial = attempt(asia, files, desk.edits, "chest_clinic")
    assert trial.is_sound
    page.session_state["versions"] = {EDITED: trial.edited}
    page.run()
    choose(page, "A: network", EDITED)
    choose(page, "B: case", "Case page")
    engines = [Engine(network) for network in (trial.edited, load_network("asia"))]
    assert shown(page) == expected(*(machine.diagnose(Case({})) for machine in engines))


def test_what_one_session_opened_never_answers_for_another(monkeypatch):
    """A version with the fingerprint of the served network, but not its references."""
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    good = state.served_network()
    other = good.model_copy()
    assert other is not good and other.fingerprint == good.fingerprint
    assert state.shared_engine(other, "chest_clinic").network is other
    assert state.shared_engine(good, "chest_clinic").network is good


def test_a_zip_reads_no_file_beside_it(tmp_path):
    (tmp_path / "patients.csv").write_text("key,title\nmrn,Jane Doe\n", encoding="utf-8")
    text = (RESOURCES / "networks" / "asia" / "network.yaml").read_text(encoding="utf-8")
    up = "../" * 12
    for key in ("references", "evidence"):
        edited = text.replace("references: references.csv", f"{key}: {up}{tmp_path}/patients.csv")
        assert edited != text
        with pytest.raises(DxnetError, match=f"{key}: no file"):
            read_zip("a.zip", zipped({"a/network.yaml": edited}))


def test_a_zip_that_is_damaged_inside_is_refused():
    whole = bytearray(zipped({"a/network.yaml": "name: x\n" * 500}, zipfile.ZIP_DEFLATED))
    for place in range(60, 90):
        whole[place] ^= 0xFF
    with pytest.raises(DxnetError, match="no zip file that can be read"):
        read_zip("a.zip", bytes(whole))


def test_settings_with_one_label_can_be_told_apart(start, tmp_path):
    folder = RESOURCES / "networks" / "asia"
    text = (folder / "network.yaml").read_text(encoding="utf-8")
    first = text.index("  chest_clinic:")
    end = text.index("\n\n", first) if "\n\n" in text[first:] else len(text)
    block = text[first:end]
    twice = text[:end] + "\n" + block.replace("chest_clinic:", "second_clinic:", 1) + text[end:]
    (tmp_path / "network.yaml").write_text(twice, encoding="utf-8")
    (tmp_path / "references.csv").write_bytes((folder / "references.csv").read_bytes())
    page = start(tmp_path)
    assert len(page.selectbox(key="compare:A: setting").options) == 2


def test_markdown_of_a_network_is_not_obeyed(start, version):
    evil = version_of("version: '![x](http://evil/v.png)'")
    page = start("asia")
    page.file_uploader[0].set_value(("asia.zip", evil, "application/zip")).run()
    choose(page, "A: network", "evil")
    assert not page.exception
    assert not any("![x](" in text.value for text in [*page.caption, *page.markdown])
