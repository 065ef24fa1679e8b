"""Tables that cannot be read: every door refuses them in the same words."""

import pytest
from doors import GOOD, of_diagnose, of_score, through, through_all

REFUSED = {
    "nothing": (b"", "c.csv: is empty"),
    "blanks": (b" \n\n;;\n", "c.csv: is empty"),
    "no rows": (b"id,smoking\n\n", "c.csv: has no rows below its header"),
    "rows of blanks alone": (b"id,smoking\n,\n", "c.csv: has no rows below its header"),
    "Windows-1252": (
        b"id,smoking\n\nJos\xe9,present\n",
        "c.csv:3: is not UTF-8 text: it holds the byte 0xE9, in Windows-1252 the letter 'é'; save",
    ),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), "c.csv:1: looks like UTF-16 text without the mark"),
    "UTF-16 cut off": (GOOD.encode("utf-16")[:-1], "c.csv:2: is not UTF-16 text"),
    "a program": (b"\x7fELF\0\1", "c.csv:1: holds the control character U+0000, so it is not a text file"),
    "another separator": (b"id|smoking\na|present\n", "c.csv:1: has a single column, 'id|smoking'"),
    "sep of nothing": (b"sep=x\nid,smoking\n", "c.csv:1: sep=x states no separator"),
    "a name twice": (b"id,smoking,smoking\na,present,\n", "c.csv:1: two columns are named 'smoking'"),
    "a name twice, blanks": (
        b"id,smoking, smoking\na,present,\n",
        "c.csv:1: two columns are named 'smoking'",
    ),
    "a name twice, case": (
        b"id,smoking,Smoking\na,present,\n",
        "c.csv:1: the columns 'smoking' and 'Smoking' are",
    ),
    "ids twice": (b"ID,id,smoking\na,b,present\n", "c.csv:1: the columns 'ID' and 'id' are both id"),
    "control in the header": (
        b"id,smo\x1bking\na,present\n",
        "c.csv:1: the name of column 2 holds the control",
    ),
    "no name": (b"id,,smoking\na,x,present\n", "c.csv:2: column 2 holds 'x' but has no name in line 1"),
    "no name below": (b"id,,smoking\na,,present\nb,x,\n", "c.csv:3: column 2 holds 'x' but has no name"),
    "open quote": (
        b'id,smoking\na,present\nb,"absent\nc,absent\n',
        "c.csv:3: is not CSV: smoking begins with a",
    ),
    "open quote, late": (
        b'id,smoking\n"a\nb","absent\n',
        "c.csv:3: is not CSV: smoking begins with a quote that",
    ),
    "open quote, header": (b'id,"smoking\na,present\n', "c.csv:1: is not CSV: a quote in the header"),
    "closed quote": (
        b'id,smoking\na,"present"s\n',
        "c.csv:2: is not CSV: a cell goes on behind its closing quote",
    ),
    "too few cells": (
        b"id,smoking,dyspnoea\na,present\n",
        "c.csv:2: has 2 cells, but there are 3 columns; leave",
    ),
    "too many cells": (
        b"id,smoking\na,b,present\n",
        "c.csv:2: has 3 cells, but there are 2 columns; put a text",
    ),
    "control in an id": (
        b"id,smoking\na\x1b[31m,present\n",
        "c.csv:2: id: holds the control character U+001B",
    ),
    "C1 control": (
        "id,smoking\na\x9b31m,present\n".encode(),
        "c.csv:2: id: holds the control character U+009B",
    ),
    "control in a note": (
        b"note,smoking\na\x07,present\n",
        "c.csv:2: note: holds the control character U+0007",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_every_door_refuses_in_the_same_words(tmp_path, asia, kind):
    content, expected = REFUSED[kind]
    (tmp_path / "c.csv").write_bytes(content)
    rows, _, errors = through_all(tmp_path / "c.csv", asia)
    assert not rows and errors[0].startswith(f"error: {expected}")
    assert all("; " in text for text in errors)


def test_refused_rows_do_not_hide_the_others(tmp_path, asia):
    text = 'id,smoking\na,present\nb\n"c\nd",absent,x\ne\x07,present\nf,absent\n'
    (tmp_path / "c.csv").write_text(text)
    rows, _, errors = through_all(tmp_path / "c.csv", asia)
    assert [(lines, row["id"]) for lines, row in rows] == [({2}, "a"), ({7}, "f")]
    assert [text.split(": ")[1] for text in errors] == ["c.csv:3", "c.csv:4", "c.csv:6"]


def test_many_refused_rows_are_counted(tmp_path, asia):
    (tmp_path / "c.csv").write_text("id,smoking\n" + "a\n" * 700 + "b,present\n")
    _, _, errors = through_all(tmp_path / "c.csv", asia)
    assert len(errors) == 501 and "error: c.csv: 200 more rows like these; mend them, too" in errors


def test_a_misspelt_finding_is_refused_by_diagnose_and_score(tmp_path, asia):
    (tmp_path / "c.csv").write_text("id,smokng,dyspnoea\na,present,absent\n")
    expected = ["error: c.csv:1: the column 'smokng' is no finding of asia; did you mean smoking?"]
    for door in (of_diagnose, of_score):
        assert through(door, tmp_path / "c.csv", asia)[2] == expected


def test_a_file_that_is_not_there_or_no_file(tmp_path, asia):
    (tmp_path / "folder.csv").mkdir()
    for door in (of_diagnose, of_score):
        errors = through(door, tmp_path / "none.csv", asia)[2]
        assert "none.csv: no such file or directory; check the path" in errors[0]
        assert "folder.csv: is a directory" in through(door, tmp_path / "folder.csv", asia)[2][0]
