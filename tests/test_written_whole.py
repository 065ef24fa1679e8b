"""What cannot be written is said in words, with exit code 2, and takes nothing with it that was there."""

import errno
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from command_line import invoke, run

from dxnet import DxnetError, Engine, write_case, write_report
from dxnet.cli import main
from dxnet.whole_files import write_whole

CASE = "id: a\nfindings: {smoking: present}\n"
SPACE = "no space left on device; make room there, or name another place"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").write_text(CASE)
    Path("cohort.csv").write_text("id,diagnosis,smoking\na,lung_cancer,present\n")
    Path("out").mkdir()
    return tmp_path


@pytest.fixture
def full(monkeypatch):
    """A disk that is full as soon as a file is to take its place, or a table to be written."""

    def no_room(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", no_room)


OUTPUTS = {
    "diagnose case.yaml --network asia --record out/a.json": "out/a.json",
    "convert case.yaml --network asia --to yaml -o out/a.yaml": "out/a.yaml",
    "report case.yaml --network asia -o out/a.html": "out/a.html",
    "export asia --format bif -o out/a.bif": "out/a.bif",
    "simulate asia -n 2 -o out/a.csv": "out/a.csv",
    "simulate asia -n 2 -o out/a.parquet": "out/a.parquet",
    "schema -o out/a.json": "out/a.json",
}


@pytest.mark.parametrize("words", OUTPUTS)
def test_a_full_disk_leaves_what_was_there_and_nothing_else(here, full, words):
    path = Path(OUTPUTS[words])
    for before in ([], [path]):
        for known in before:
            known.write_text("old")
        assert f"error: {path}: {SPACE}\n" in run(*words.split(), code=2).stderr
        assert [*Path("out").iterdir()] == before
    assert path.read_text() == "old"


def test_a_full_disk_in_python(here, full, asia):
    engine = Engine(asia, backend="numpy")
    for write in (write_case, lambda case, path: write_report(engine, case, path.with_suffix(".html"))):
        with pytest.raises(DxnetError, match=SPACE):
            write({"smoking": "present"}, Path("out/a.yaml"))
    assert not [*Path("out").iterdir()]


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        "new mine -o made/in/here",
        "import x.bif --target diagnosis -o made/in/here",
        "learn cohort.csv -o made",
    ],
)
def test_half_a_network_is_not_left(here, monkeypatch, words, is_there):
    run("export", "asia", "--format", "bif", "-o", "x.bif")
    if words.startswith("learn"):
        words += " --truth diagnosis --network asia"
        is_there = False  # it asks for a new one
    if is_there:
        Path("made/in/here").mkdir(parents=True)
    write = Path.write_bytes

    def no_more(path, content):
        is_last = b"diagnosis:" in content
        write(path, content[:9] if is_last else content)
        if is_last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", no_more)
    assert SPACE in run(*words.split(), code=2).stderr
    assert Path("made").exists() is is_there
    assert not is_there or not [*Path("made/in/here").iterdir()]


def test_a_full_disk_stops_a_score_that_can_be_continued(here, monkeypatch):
    words = ["score", "cohort.csv", "--network", "asia", "--backend", "numpy", "-o", "out/a.parquet"]

    def no_room(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as during:
        during.setattr("dxnet.cohort.job.Summary.add", no_room)
        told = run(*words, code=2).stderr
    assert f"error: out/a.parquet: {SPACE}; then continue with --resume\n" in told
    assert [path.name for path in Path("out").iterdir()] == ["a.parquet.parts"]
    run(*words, "--resume")
    assert [path.name for path in Path("out").iterdir()] == ["a.parquet"]


FORBIDDEN = {
    "simulate asia -n 2 -o out/s.csv": "out/s.csv",
    "simulate asia -n 2 -o out/s.parquet": "out/s.parquet",
    "simulate asia -n 2 -o shut/s.csv": "shut/s.csv",
    "score cohort.csv --network asia --backend numpy -o out/s.parquet": "out/s.parquet",
    "diagnose case.yaml --network asia --record out/a.json": "out/a.json",
    "diagnose shut/case.yaml --network asia": "shut/case.yaml",
    "diagnose shut/cohort.csv --network asia": "shut/cohort.csv",
    "diagnose mine.yaml mine.csv --network asia": "mine.yaml",
    "score mine.csv --network asia -o s.parquet": "mine.csv",
    "score mine.parquet --network asia -o s.parquet": "mine.parquet",
    "read shut/letter.txt --network asia": "shut/letter.txt",
    "read mine.yaml --network asia -o shut/case.yaml": "shut/case.yaml",
    "new mine -o out/mine": "out/mine",
}
"""Commands, and the path that each is refused."""


@pytest.fixture
def forbidden(monkeypatch):
    """A place where one folder can be read alone, and another, and a file, not even that."""
    with tempfile.TemporaryDirectory() as directory:
        monkeypatch.chdir(directory)
        for path in ("shut", "out"):
            Path(path).mkdir()
        for path in ("case.yaml", "shut/case.yaml", "mine.yaml"):
            Path(path).write_text(CASE)
        for path in ("cohort.csv", "shut/cohort.csv", "mine.csv", "mine.parquet"):
            Path(path).write_text("id,smoking\na,present\n")
        is_root = os.geteuid() == 0
        if is_root:  # who may do anything; without those rights perhaps nothing more can be imported
            for words in FORBIDDEN:
                invoke(*words.split())
            shutil.rmtree("out")
            Path("out").mkdir()
        modes = {".": 0o755, "out": 0o555, "shut": 0, "mine.yaml": 0, "mine.csv": 0, "mine.parquet": 0}
        for path, mode in modes.items():
            os.chmod(path, mode)
        if is_root:
            os.seteuid(65534)
        yield
        if is_root:
            os.seteuid(0)
        for path in modes:
            os.chmod(path, 0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_what_is_forbidden_is_told_in_one_line(forbidden):
    for words, path in FORBIDDEN.items():
        told = run(*words.split(), code=2).stderr.splitlines()
        assert all(line.startswith("error: ") for line in told), told
        assert told[0].startswith(f"error: {path}") and "permission denied" in told[0], words


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize("words", ["--help", "show als", "diagnose case.yaml --network asia --json"])
def test_output_that_cannot_be_written_is_no_finding(here, monkeypatch, capfd, words):
    with Path("/dev/full").open("w", encoding="utf-8") as stream, monkeypatch.context() as during:
        during.setattr(sys, "stdout", stream)
        with pytest.raises(SystemExit) as ended:
            main(words.split())
    assert ended.value.code == 2
    assert capfd.readouterr().err == f"error: standard output: {SPACE}\n"


def test_a_link_a_mode_and_a_device_stay(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "link").symlink_to("a")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "a").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    write_whole(Path("/dev/null"), b"gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
