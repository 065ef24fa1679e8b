"""CSV through three doors: diagnose, score and the Cohort page read the same, or refuse in the same words."""

import codecs
import csv
import io
import random

import pytest
from click.testing import CliRunner
from conftest import network
from doors import GOOD, through_all
from hypothesis import given
from hypothesis import strategies as some

from dxnet.cli import main
from dxnet.cohort.job import Job, score_file, score_part
from dxnet.cohort.mapping import BY_RANGE, READ_AS_NOT_EXAMINED, unread
from dxnet.errors import CaseError
from dxnet.formats.delimited import rows as delimited_rows
from dxnet.formats.delimited import text as delimited_text
from dxnet.formats.delimited.rows import DelimitedFile
from dxnet.knowledge.cells import clean_cell
from dxnet.ui.cohort.upload import Cohort

AT_2 = [({2}, {"id": "a", "smoking": "present", "dyspnoea": "absent"})]
AT_3 = [({3}, {"id": "a", "smoking": "present", "dyspnoea": "absent"})]
READ = {
    "plain": (GOOD, AT_2),
    "semicolons": (GOOD.replace(",", ";"), AT_2),
    "tabs": (GOOD.replace(",", "\t"), AT_2),
    "Windows line ends": (GOOD.replace("\n", "\r\n"), AT_2),
    "old Mac line ends": (GOOD.replace("\n", "\r"), AT_2),
    "no last line end": (GOOD[:-1], AT_2),
    "byte order mark": ("\ufeff" + GOOD, AT_2),
    "UTF-16, little-endian": (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), AT_2),
    "UTF-16, big-endian": (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), AT_2),
    "UTF-32": (GOOD.encode("utf-32"), AT_2),
    "sep=;": ("sep=;\n" + GOOD.replace(",", ";"), AT_3),
    "SEP=, with a mark": ("\ufeffSEP=,\r\n" + GOOD, AT_3),
    "sep=\\t": ("sep=\t\n" + GOOD.replace(",", "\t"), AT_3),
    "sep=|": ("sep=|\n" + GOOD.replace(",", "|"), AT_3),
    "sep line in quotes, padded": ('"sep=;";;\n' + GOOD.replace(",", ";"), AT_3),
    "blank first line": ("\n" + GOOD, AT_3),
    "first row of blanks": (",,\n" + GOOD, AT_3),
    "blanks in the header": (GOOD.replace(",", ", "), AT_2),
    "blanks around the header": (GOOD.replace("smoking", "\u00a0smoking \t"), AT_2),
    "invisible sign in a cell": (GOOD.replace("present", "\u200bpresent\ufeff"), AT_2),
    "everything in quotes": ('"id","smoking","dyspnoea"\n"a","present","absent"\n', AT_2),
    "trailing commas": (GOOD.replace("\n", ",\n"), AT_2),
    "trailing comma in the header": ("id,smoking,dyspnoea,\na,present,absent\n", AT_2),
    "trailing commas below the header": ("id,smoking,dyspnoea\na,present,absent,,\n", AT_2),
    "one column": (
        "smoking\npresent\n\nabsent\n",
        [({2}, {"smoking": "present"}), ({4}, {"smoking": "absent"})],
    ),
    "a cell of a blank": ("id,smoking,dyspnoea\na, ,absent\n", [({2}, {"id": "a", "dyspnoea": "absent"})]),
    "a cell of an invisible sign": (
        "id,smoking,dyspnoea\na,\u200b,absent\n",
        [({2}, {"id": "a", "dyspnoea": "absent"})],
    ),
    "separators in a quoted name": (
        '"Name, first, last";dyspnoea\nBob;present\n',
        [({2}, {"dyspnoea": "present"})],
    ),
    "commas in an unquoted name": (
        "Name, first, last;dyspnoea\nBob;present\n",
        [({2}, {"dyspnoea": "present"})],
    ),
    "decimal commas": ("smoking;dyspnoea\n0,7;0,8\n", [({2}, {"smoking": "0,7", "dyspnoea": "0,8"})]),
    "a line break in quotes": (
        'id,smoking\n"a\nb",present\nc,absent\n',
        [({2}, {"id": "a b", "smoking": "present"}), ({4}, {"id": "c", "smoking": "absent"})],
    ),
    "a quote inside a cell": (
        'id,smoking\n5" a,present\n"b\nc",absent\n',
        [({2}, {"id": '5" a', "smoking": "present"}), ({3}, {"id": "b c", "smoking": "absent"})],
    ),
    "ids that look like numbers": ("id,smoking\n007,present\n", [({2}, {"id": "007", "smoking": "present"})]),
    "names of missing values": ("id,smoking\nNA,present\n", [({2}, {"id": "NA", "smoking": "present"})]),
}


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("suffix", [".csv", ".CSV"])
def test_every_door_reads_the_same(tmp_path, asia, kind, suffix):
    content, expected = READ[kind]
    path = tmp_path / f"c{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows, _, errors = through_all(path, asia)
    assert rows == expected and not errors


NOTICED = {
    "capitals": ("ID,Smoking,dyspnoea\na,present,absent\n", "1: the column 'Smoking' is read as smoking"),
    "blanks for underscores": (
        "id,Xray-Abnormal\na,present\n",
        "1: the column 'Xray-Abnormal' is read as xray_",
    ),
    "zero width": (
        "id,smoking\u200b\na,present\n",
        "1: the name of the column 'smoking' holds the invisible",
    ),
    "second mark": (
        "\ufeff\ufeffid,smoking\na,present\n",
        "1: the name of the column 'id' holds the invisible",
    ),
    "names of rows": (
        ",smoking\n0,present\n",
        "1: column 1 has no name: it is taken for the names of the rows",
    ),
    "rows of blanks": ("id,smoking\n,\na,present\n , \n", "2: 2 rows hold blanks alone and are passed over"),
    "id twice": ("id,smoking\na,present\nb,absent\na,\n", "4: id 'a' stands in line 2, too; give"),
    "ids twice": (
        "id,smoking\na,\nb,\nc,\nb,\na,\na,\n",
        "5: id 'b' stands in line 3, too; 2 ids stand more",
    ),
    "other columns": (
        "id,note,smoking\na,x,present\n",
        "1: the column 'note' is no finding of asia and is left",
    ),
}


@pytest.mark.parametrize("kind", NOTICED)
def test_what_is_odd_is_noticed(tmp_path, asia, kind):
    content, expected = NOTICED[kind]
    (tmp_path / "c.csv").write_text(content, encoding="utf-8")
    rows, warnings, errors = through_all(tmp_path / "c.csv", asia)
    assert rows and not errors
    assert any(text.startswith(f"warning: c.csv:{expected}") for text in warnings)


def test_names_that_differ_by_case_alone_are_each_their_own():
    from dxnet.knowledge.columns import accepted_names

    names, notices, faults = accepted_names("c.csv:1", ["a", "A", "B "], ["A", "a", "b"])
    assert (names, len(notices), faults) == (["a", "A", "b"], 1, [])
    assert accepted_names("c.csv:1", ["a b"], ["a_b", "A_B"])[0] == ["a b"]


AGES = 'id,age,babinski\na,1962,present\nb,65,absent\nc,999,absent\nd,"62,5",\ne,122,\nf,123,\n'


def test_an_age_that_is_none_is_not_suggested(als):
    cohort = Cohort.read(als, "1", "a.csv", AGES.encode())
    kinds = {kind.values: kind for kind in unread(als, cohort.table, cohort.mapping)}
    ages = kinds.pop(next(values for values in kinds if len(values) == 3))
    assert ages.suggestion == BY_RANGE and not ages.problem
    assert ages.meaning(BY_RANGE) == {"65": "60-69", "62,5": "60-69", "122": "80+"}
    assert kinds.keys() == {("1962",), ("999",), ("123",)}
    assert all(kind.suggestion == "" and kind.choices == (READ_AS_NOT_EXAMINED,) for kind in kinds.values())
    assert "year, as of birth" in kinds["1962",].problem
    assert "implausible, more than 122" in kinds["999",].problem


def test_score_names_lines_and_repeated_ids(tmp_path):
    source, output = tmp_path / "c.csv", tmp_path / "o.parquet"
    source.write_text('sep=;\nid;smoking\n"a\nb";present\nc;perhaps\n\nc;absent\nd\n')
    done = CliRunner().invoke(main, ["score", str(source), "-o", str(output), "--network", "asia"])
    assert done.exit_code == 0
    assert f"warning: {source}:7: id 'c' stands in line 5, too; give each case its own id" in done.output
    with (tmp_path / "o.parquet.errors.csv").open(newline="") as file:
        report = list(csv.reader(file))
    assert [row[:4] for row in report[1:]] == [["2", "5", "c", "smoking"], ["", "8", "", ""]]


# -- laws

CELLS = some.text(some.sampled_from("ab é,;\t\"'\n\r\u200b=0.7"), max_size=6) | some.sampled_from(
    ["present", ""]
)
ROWS = some.lists(some.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6)


@given(
    table=ROWS,
    separator=some.sampled_from(",;\t|"),
    quoting=some.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    end=some.sampled_from(["\n", "\r\n", "\r"]),
    encoding=some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    trailing=some.integers(0, 2),
    seed=some.integers(0, 99),
)
def test_any_dialect_is_read_back(tmp_path_factory, table, separator, quoting, end, encoding, trailing, seed):
    dice, expected, line = random.Random(seed), [], 1
    text = f"sep={separator}{end}" if separator == "|" or dice.random() < 0.3 else ""
    records = [["id", "smoking", "dyspnoea"], *table]
    for record in records:
        text += end * dice.randrange(3)
        line = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        sink = io.StringIO(newline="")
        csv.writer(sink, delimiter=separator, quoting=quoting, lineterminator="\r\n").writerow(record)
        text += sink.getvalue()[:-2] + separator * trailing + end
        cells = zip(records[0], map(clean_cell, record), strict=True)
        expected.append(({line}, {name: cell for name, cell in cells if cell}))
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode(encoding))
    rows, _, errors = through_all(path, network("asia"))
    if wanted := [row for row in expected[1:] if row[1]]:
        assert rows == wanted and not errors
    else:
        assert errors == ["error: any.csv: has no rows below its header; write one case per row"]


def all_rows(content):
    file = DelimitedFile(content, "a.csv", ("id", "smoking"))
    rows = [(parsed.lines.tolist(), parsed.cells.to_pylist()) for parsed in file.batches()]
    lines = [line for some_lines, _ in rows for line in some_lines]
    return lines, [cell for _, cells in rows for cell in cells], file.refused, file.issues


def outcome(content):
    try:
        return all_rows(content)
    except CaseError as problem:
        return [str(issue) for issue in problem.issues]


@given(text=some.text(some.sampled_from('ab,;"\n\r \x07é'), max_size=60))
def test_rows_at_once_are_the_rows_one_by_one(text):
    """Whole blocks and single rows, large blocks and small ones: the same rows, notices and complaints."""
    content = b"id,smoking\n" + text.encode()
    at_once = outcome(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited_rows.DelimitedFile, "_at_once", lambda *_: None)
        assert outcome(content) == at_once
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited_text, "BLOCK_BYTES", 16)
        assert outcome(content) == at_once


@given(content=some.binary(max_size=80))
def test_any_bytes_are_read_or_refused_alike(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(b"smoking,id\n" + content)
    through_all(path, network("asia"))


KNOWN = "known are visit_to_asia, smoking, dyspnoea, xray_abnormal"


def test_evaluate_tells_which_columns_it_leaves_out(tmp_path):
    source = tmp_path / "c.csv"
    source.write_text("ID,diagnosis,smoking,note\na,lung_cancer,present,x\nb,no_lung_cancer,absent,\n")
    done = CliRunner().invoke(main, ["evaluate", str(source), "--network", "asia"])
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines() == [
        f"warning: {source}:1: the column 'ID' is read as id; name it id",
        f"warning: {source}:1: the column 'note' is no finding of asia and is left out; {KNOWN}",
    ]


def test_a_csv_run_that_was_broken_off_is_resumed_to_the_same_bytes(tmp_path, monkeypatch):
    source = tmp_path / "c.csv"
    rows = "".join(f'"{k}",{"present" if k % 3 else "perhaps"},\n' for k in range(2000))
    source.write_text("id,smoking,dyspnoea\n" + rows + "bad\n" + rows)
    monkeypatch.setattr(delimited_text, "BLOCK_BYTES", 1 << 12)
    jobs = [Job(source, tmp_path / f"{name}.parquet", "asia", "", "compiled") for name in ("whole", "broken")]
    whole = score_file(jobs[0])
    done = []

    def interrupted(job, part, rows):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(part)
        return score_part(job, part, rows)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dxnet.cohort.job.score_part", interrupted)
        score_file(jobs[1])
    assert len(list(jobs[1].directory.glob("*.arrow"))) == 5
    assert score_file(jobs[1], resume=True) == whole
    for job in jobs:
        assert not job.directory.exists()
    assert jobs[0].output.read_bytes() == jobs[1].output.read_bytes()
    assert jobs[0].errors.read_bytes() == jobs[1].errors.read_bytes()
    assert whole.left_out == 1 and whole.rows == 4000
    assert [str(issue) for issue in whole.issues] == [
        "warning: c.csv:2003: id '0' stands in line 2, too; 2000 ids stand more than once; "
        "give each case its own id"
    ]
