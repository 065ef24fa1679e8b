"""Runs over a file: interrupted and resumed, on a cluster, and where results cannot be written."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import engine
from scored import cohort, errors_of, run

from dxnet import score
from dxnet.cohort.cluster import connected, done_by_workers
from dxnet.errors import BackendError, CaseError, Issue
from dxnet.whole_files import only_writer


@pytest.fixture(scope="module")
def file(als, tmp_path_factory):
    """12,000 cases in row groups of 800, some cells misspelt."""
    path = tmp_path_factory.mktemp("cohort") / "cohort.parquet"
    table = cohort(als, 12_000)
    table.loc[[7, 8_001], "babinski"] = "perhaps"
    table.loc[7, "age"] = "sixty"
    pq.write_table(pa.Table.from_pandas(table), path, row_group_size=800)
    return path


def test_a_file_is_scored_as_its_table(als, file, tmp_path):
    output = tmp_path / "scored.parquet"
    done = run(file, "-o", output, "--threads", 2)
    assert done.exit_code == 0, done.output
    assert "12000 rows in" in done.output and "2 rows with cells that cannot be read" in done.output
    expected = score(engine("als_mimics"), pd.read_parquet(file))
    pd.testing.assert_frame_equal(pd.read_parquet(output), expected, check_categorical=False)
    report = errors_of(output)
    assert report[1:] == [
        ["8", "", expected.id[7], "age", f"unknown state 'sixty'; known are {', '.join(als.states('age'))}"],
        ["8", "", expected.id[7], "babinski", "unknown state 'perhaps'; known are absent, present"],
        ["8002", "", expected.id[8001], "babinski", "unknown state 'perhaps'; known are absent, present"],
    ]
    about = pq.read_schema(output).metadata
    assert (
        about[b"fingerprint"] == als.fingerprint.encode() and about[b"setting"] == als.setting()[0].encode()
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scored.parquet", "scored.parquet.errors.csv"]


@pytest.mark.slow
def test_killed_in_the_middle_and_resumed_gives_the_same_bytes(file, tmp_path):
    whole, broken = tmp_path / "whole.parquet", tmp_path / "broken.parquet"
    assert run(file, "-o", whole).exit_code == 0
    command = [
        sys.executable,
        "-c",
        "from dxnet.cli import main; main()",
        "score",
        str(file),
        "-o",
        str(broken),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    parts = tmp_path / "broken.parquet.parts"
    while process.poll() is None and len(list(parts.glob("*.arrow"))) < 4:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = len(list(parts.glob("*.arrow")))
    assert 4 <= done < 15 and not broken.exists()
    refused = run(file, "-o", broken)
    assert refused.exit_code == 2
    assert "holds an interrupted run; add --resume to continue it" in refused.output
    kept = {path: path.stat().st_mtime_ns for path in parts.glob("*.arrow")}
    assert run(file, "-o", broken, "--resume", "--setting", "flat").exit_code == 2
    assert {path: path.stat().st_mtime_ns for path in parts.glob("*.arrow")} == kept
    assert run(file, "-o", broken, "--resume").exit_code == 0
    assert broken.read_bytes() == whole.read_bytes()
    errors = [path.with_name(f"{path.name}.errors.csv").read_bytes() for path in (whole, broken)]
    assert errors[0] == errors[1]
    assert not parts.exists()


def test_resuming_with_something_else_is_refused(file, tmp_path):
    output = tmp_path / "scored.parquet"
    parts = tmp_path / "scored.parquet.parts"
    parts.mkdir()
    (parts / "manifest.json").write_text("{}")
    done = run(file, "-o", output, "--resume")
    assert done.exit_code == 2
    assert "is of a run with another source, network, version, fingerprint, setting" in done.output


def test_parts_with_other_statuses_are_not_joined(file, tmp_path, monkeypatch):
    """As of a version that called rows without a finding ``ok``: its manifest lists no statuses."""
    output, parts = tmp_path / "scored.parquet", tmp_path / "scored.parquet.parts"

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dxnet.cohort.job._join_parts", interrupted)
    assert run(file, "-o", output).exit_code == 130
    monkeypatch.undo()
    manifest = json.loads((parts / "manifest.json").read_text())
    del manifest["set of statuses"]
    (parts / "manifest.json").write_text(json.dumps(manifest))
    done = run(file, "-o", output, "--resume")
    assert done.exit_code == 2 and not output.exists()
    assert "is of a run with another set of statuses; delete the directory to start again" in done.output


def test_a_missing_file_and_an_output_of_another_kind(file, tmp_path):
    done = run(tmp_path / "none.parquet", "-o", tmp_path / "scored.parquet")
    assert done.exit_code == 2 and "no such file" in done.output
    done = run(file, "-o", tmp_path / "scored.csv")
    assert done.exit_code == 2 and "write a .parquet file" in done.output


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(file, tmp_path):
    from distributed import LocalCluster

    here, there = tmp_path / "here.parquet", tmp_path / "there.parquet"
    assert run(file, "-o", here).exit_code == 0
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(host="127.0.0.1", local_directory=tmp_path / "dask", **options) as cluster:
        done = run(file, "-o", there, "--scheduler", cluster.scheduler_address)
        assert done.exit_code == 0, done.output
        assert len(cluster.workers) == 2
    assert there.read_bytes() == here.read_bytes()
    assert os.path.exists(tmp_path / "there.parquet.errors.csv")


@pytest.mark.parametrize("address", ["localhost:1", "nonsense"])
def test_a_cluster_that_cannot_be_reached(file, tmp_path, address):
    import dask
    import distributed  # noqa: F401  its settings are there before one of them is changed for a while

    before = sorted(tmp_path.iterdir())
    with dask.config.set({"distributed.comm.timeouts.connect": "50ms"}):
        done = run(file, "-o", tmp_path / "o.parquet", "--scheduler", address)
    assert done.exit_code == 2 and isinstance(done.exception, SystemExit)
    assert done.stderr.startswith(f"error: {address}: no scheduler can be reached: ")
    assert done.stderr.count("\n") == 1 and sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_what_fails_on_a_worker(tmp_path):
    from distributed import LocalCluster

    fault = CaseError([Issue("error", "c.csv", "is empty", "")])

    def task(problem):
        raise problem

    options = {"n_workers": 1, "processes": False, "dashboard_address": None}
    with (
        LocalCluster(local_directory=tmp_path, **options) as cluster,
        connected(cluster.scheduler_address) as client,
    ):
        with pytest.raises(CaseError, match=r"c\.csv: is empty"):
            list(done_by_workers(client, task, [fault]))
        with pytest.raises(BackendError, match=r"the workers failed: OSError: gone; see .* --resume"):
            list(done_by_workers(client, task, [OSError("gone")]))


def test_killed_before_the_manifest_or_while_the_parts_are_deleted(file, tmp_path):
    output = tmp_path / "scored.parquet"
    (tmp_path / "scored.parquet.parts").mkdir()
    assert run(file, "-o", output, "--resume").exit_code == 0
    left = tmp_path / "scored.parquet.parts.done"
    left.mkdir()
    (left / "000000-000000.arrow").write_bytes(b"")
    before = output.read_bytes()
    assert run(file, "-o", output, "--resume").exit_code == 0
    assert output.read_bytes() == before and not left.exists()


def test_outputs_that_cannot_be_written(file, tmp_path):
    (tmp_path / "folder.parquet").mkdir()
    for output in (tmp_path / "folder.parquet", tmp_path / "none" / "x.parquet", file / "x.parquet", file):
        done = run(file, "-o", output)
        assert done.exit_code == 2 and "cannot be written" in done.output


def test_results_in_single_precision(file, tmp_path):
    double, single = tmp_path / "double.parquet", tmp_path / "single.parquet"
    assert run(file, "-o", double).exit_code == 0
    assert run(file, "-o", single, "--precision", "float32").exit_code == 0
    tables = pd.read_parquet(double), pd.read_parquet(single)
    numbers = [name for name in tables[0].columns if name.startswith("p_")] + ["log_p_findings"]
    assert set(tables[1][numbers].dtypes) == {np.dtype("float32")}
    assert single.stat().st_size < 0.6 * double.stat().st_size
    pd.testing.assert_frame_equal(tables[1], tables[0].astype(dict.fromkeys(numbers, "float32")))
    assert run(file, "-o", single, "--precision", "float16").exit_code == 2


def test_interrupted_by_the_user_and_resumed(file, tmp_path, monkeypatch):
    from dxnet.cohort import job

    whole, broken, done = tmp_path / "whole.parquet", tmp_path / "broken.parquet", []
    assert run(file, "-o", whole).exit_code == 0

    def score_some(*arguments):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(score_part(*arguments))
        return done[-1]

    score_part = job.score_part
    monkeypatch.setattr(job, "score_part", score_some)
    stopped = run(file, "-o", broken, "--threads", 1)
    assert stopped.exit_code == 130
    assert stopped.stderr.endswith("\ninterrupted; continue with --resume\n")
    assert "Aborted" not in stopped.output and not broken.exists()
    monkeypatch.setattr(job, "score_part", score_part)
    assert run(file, "-o", broken, "--resume").exit_code == 0
    assert broken.read_bytes() == whole.read_bytes()


def test_a_run_is_refused_while_another_writes_the_same_output(file, tmp_path):
    output = tmp_path / "scored.parquet"
    with only_writer(output):
        refused = run(file, "-o", output, "--resume")
        assert refused.exit_code == 2
        assert "scored.parquet: is being written by another run; wait until it is done" in refused.output
        assert [path.name for path in tmp_path.iterdir()] == ["scored.parquet.lock"]
    assert run(file, "-o", output).exit_code == 0 and not output.with_name("scored.parquet.lock").exists()


def test_the_report_of_errors_runs_no_formula(tmp_path):
    source, output = tmp_path / "cases.csv", tmp_path / "scored.parquet"
    source.write_text("id,babinski\n=HYPERLINK(1),perhaps\n", encoding="utf-8")
    run(source, "-o", output)
    assert errors_of(output)[1][2] == "'=HYPERLINK(1)"
