"""What is kept on disk is what was made: never stale, damaged, half written or written by somebody else."""

import os
import shutil
import sys

import pytest

from dxnet import Engine, kept_files
from dxnet.cli.shared import FEW_CASES, engine_for
from dxnet.inference.backends.compiled import calls
from dxnet.kept_files import cache_directory, content_key, kept_file
from dxnet.knowledge import kept_network
from dxnet.knowledge.load import RESOURCES, load_directory

NEWEST = 5


@pytest.fixture
def cache(tmp_path, monkeypatch):
    directory = tmp_path / "cache"
    monkeypatch.setenv("DXNET_CACHE", str(directory))
    return directory


@pytest.fixture
def copy(tmp_path):
    """A copy of a network."""
    shutil.copytree(RESOURCES / "networks" / "asia", tmp_path / "networks" / "asia")
    return tmp_path / "networks" / "asia"


def never():
    raise AssertionError("made anew")


def test_a_file_is_made_once_and_again_where_it_is_damaged(cache):
    assert kept_file("sum", "a", lambda: b"content") == b"content"
    assert kept_file("sum", "a", never) == b"content"
    (path,) = cache.iterdir()
    for damaged in (path.read_bytes()[:-1], b"", b"other" * 20, path.read_bytes() + b"x"):
        path.write_bytes(damaged)
        assert kept_file("sum", "a", lambda: b"content") == b"content"
        assert kept_file("sum", "a", never) == b"content"
    assert kept_file("sum", "a", lambda: b"new", lambda content: content == b"new") == b"new"
    assert len(list(cache.iterdir())) == 1, "nothing half written stays"


def test_only_the_newest_files_of_a_kind_stay(cache, monkeypatch):
    monkeypatch.setattr(kept_files, "NEWEST", NEWEST)
    for number in range(NEWEST + 3):
        kept_file("sum", str(number), lambda: b"content")
        os.utime(cache / f"sum-{number}", (number, number))
    kept_file("other", "a", lambda: b"content")
    kept_file("sum", "last", lambda: b"content")
    assert sum(path.name.startswith("sum-") for path in cache.iterdir()) == NEWEST
    assert (cache / "sum-last").exists() and (cache / "other-a").exists() and not (cache / "sum-0").exists()


def test_what_killed_processes_left_half_written_is_dropped(cache, monkeypatch):
    def killed(_, target):
        raise SystemExit(target)

    for number in "ab":
        with monkeypatch.context() as patched, pytest.raises(SystemExit):
            patched.setattr(os, "replace", killed)
            patched.setattr(os, "unlink", lambda _: None)
            kept_file("sum", number, lambda: b"content")
    long_ago, now = sorted(cache.iterdir())
    os.utime(long_ago, (1, 1))
    kept_file("sum", "c", lambda: b"content")
    assert sorted(path.name for path in cache.iterdir()) == [now.name, "sum-c"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_directory_in_which_others_can_write_is_not_read(cache):
    kept_file("sum", "a", lambda: b"content")
    cache.chmod(0o777)
    assert cache_directory() is None
    assert kept_file("sum", "a", lambda: b"my own") == b"my own"


def test_nothing_is_kept_where_nothing_can_be(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    for chosen in ("", str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        monkeypatch.setenv("DXNET_CACHE", chosen)
        assert kept_file("sum", "a", lambda: b"content") == b"content"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_keys_tell_all_parts_apart():
    assert len({content_key(*parts) for parts in ([b"a", b"b"], [b"ab"], [b"ab", b""], [b"", b"ab"])}) == 4


def test_a_kept_network_is_the_one_that_was_read(cache, copy):
    first, again = load_directory(copy), load_directory(copy)
    assert again == first and again.content == first.content and again.fingerprint == first.fingerprint
    assert [*again.estimates()] == [*first.estimates()]
    assert sorted(path.name.partition("-")[0] for path in cache.iterdir()) == ["network"]
    case = {"xray_abnormal": "present"}
    before, after = (Engine(network, backend="numpy").diagnose(case).post_test for network in (first, again))
    assert (before == after).all()


def test_a_changed_network_is_read_anew(cache, copy):
    before = load_directory(copy)
    file = copy / "network.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.0.1"))
    after = load_directory(copy)
    assert (before.version, after.version) == ("1.0.0", "1.0.1") and before.content != after.content
    assert not after.model_copy(update={"version": "2"}).content, "no file holds a network changed in memory"


def test_a_network_whose_references_changed_is_read_anew(cache, copy):
    before = load_directory(copy)
    table = copy / "references.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join((*lines[:-1], lines[-1] + " ")) + "\n", encoding="utf-8")
    after = load_directory(copy)
    assert after.fingerprint != before.fingerprint and after.content != before.content


def test_a_network_that_cannot_be_read_is_refused_each_time(cache, copy):
    (copy / "network.yaml").write_text("name: broken\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ValueError, match="network"):
            load_directory(copy)
    assert not list(cache.iterdir())


def test_a_network_that_is_saved_while_it_is_read_is_not_kept_as_the_former(cache, copy, monkeypatch):
    file = copy / "network.yaml"
    former = file.read_text(encoding="utf-8")
    digest, later = kept_network._digest, former.replace("version: 1.0.0", "version: 1.0.1")

    def saved_meanwhile(path):
        file.write_text(later, encoding="utf-8")
        return digest(path)

    with monkeypatch.context() as patched:
        patched.setattr(kept_network, "_digest", saved_meanwhile)
        load_directory(copy)
    file.write_text(former, encoding="utf-8")
    assert load_directory(copy).version == "1.0.0"
    assert len(list(cache.iterdir())) == 1


def test_where_a_network_comes_from_does_not_make_it_another(cache, copy):
    network = load_directory(copy)
    assert network.content and network == network.model_copy(update={"fingerprint": network.fingerprint})


def test_a_link_to_nowhere_beside_the_modules_does_not_stop_a_start(tmp_path, monkeypatch):
    (tmp_path / ".#a.py").symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(kept_files, "__file__", str(tmp_path / "kept_files.py"))
    assert kept_files.program.__wrapped__()


def test_a_directory_that_can_only_be_read_is_read(cache, monkeypatch):
    def refused(*_):
        raise PermissionError

    kept_file("sum", "a", lambda: b"content")
    monkeypatch.setattr(os, "utime", refused)
    assert kept_file("sum", "a", never) == b"content"


@pytest.mark.parametrize("chosen", ["", "file"])
def test_machine_code_that_cannot_be_kept_is_told_of_and_not_made_for_a_few_cases(
    tmp_path, monkeypatch, caplog, als, chosen
):
    (tmp_path / "file").write_text("in the way")
    caplog.set_level("INFO", "dxnet")
    engines = [engine_for(als, None, "auto", cases) for cases in (FEW_CASES, FEW_CASES + 1)]
    assert [engine.backend for engine in engines] == ["compiled", "compiled"]
    monkeypatch.setenv("DXNET_CACHE", str(tmp_path / chosen) if chosen else "")
    engines = [engine_for(als, None, "auto", cases) for cases in (FEW_CASES, FEW_CASES + 1)]
    assert [engine.backend for engine in engines] == ["numpy", "compiled"]
    monkeypatch.setattr(calls, "_object_code", lambda: b"code")
    assert calls._make_object_code() == b"code"
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == bool(chosen)
    for line in told:
        assert line.startswith("warning: machine code: takes about a minute to make at every start")
        assert line.endswith("; name another directory in DXNET_CACHE")
