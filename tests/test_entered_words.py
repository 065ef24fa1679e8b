"""Words for yes, no and not examined, and what looks like a date."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dxnet import Case, Engine, Visit, load_network
from dxnet.errors import UnknownState
from dxnet.knowledge.entered import read_entered

ALS = load_network("als_mimics")
ENGINE = Engine(ALS)


def state(finding, text):
    found = read_entered(ALS, finding, text)
    return found.state or f"{found.problem}; {found.fix}"


@pytest.mark.parametrize("word", ["yes", "Y", "+", "1", "TRUE", "pos", "Positive", "abnormal", "PRESENT"])
def test_words_for_yes(word):
    assert state("babinski", word) == "present"
    assert state("htlv_serology", word) == "positive"
    assert state("nfl", word) == "elevated"


@pytest.mark.parametrize("word", ["no", "N", "nein", "0", "False", "neg", "Negative", "NORMAL", "absent"])
def test_words_for_no(word):
    assert state("babinski", word) == "absent"
    assert state("htlv_serology", word) == "negative"
    assert state("nfl", word) == "normal"


@pytest.mark.parametrize("word", ["none", "unknown", "nonpresent", "perhaps", "y/n", "", " ", "±", "2"])
def test_other_words_are_refused(word):
    assert not read_entered(ALS, "babinski", word).state


@pytest.mark.parametrize(
    "word", ["NA", "n/a", "unknown", "not examined", "Not done", "not_tested", "?", "nan", "null", "<NA>"]
)
@pytest.mark.parametrize("finding", ["babinski", "ck", "sex"])
def test_words_for_not_examined_are_no_state_and_the_cure_is_a_blank(finding, word):
    message = f"{word!r} is no state; not examined has none; leave its cell blank or the finding out"
    assert state(finding, word) == message


@pytest.mark.parametrize("word", ["-", "−", "–", "--", "none", "nil"])
def test_a_dash_or_none_may_be_no_or_not_examined(word):
    cure = "leave its cell blank or the finding out"
    may = f"{word!r} may say absent, or that it was not examined; write absent, or {cure}"
    assert state("babinski", word) == may
    may = f"{word!r} may say that it was not examined; write its state, or {cure}"
    assert state("sex", word) == may
    with pytest.raises(UnknownState, match="may say absent, or that it was not examined"):
        ENGINE.diagnose({"babinski": word})


@pytest.mark.parametrize(
    "day", ["1962-05-01", "1962-05", "01.05.1962", "5/1/62", "05/1962", "1 May 1962", "May-62", "04-May"]
)
def test_days_are_no_numbers(day):
    assert state("age", day).startswith(f"{day!r} is a date; write the age in years, or one of under_18")
    assert state("ck", day).startswith(f"{day!r} is a date; write the number, or one of normal")


@pytest.mark.parametrize(
    ("finding", "text", "read"),
    [
        ("ck", "10.2013", "normal"),
        ("respiratory_fvc", "30.1975", "reduced"),
        ("csf_protein", "0.2013", "0.2013 has no unit"),
        ("csf_protein", "0.2013 g/L", "normal"),
        ("ck", "0.2013", "0.2013 U/L is implausible"),
        ("babinski", "10.2013", "unknown state '10.2013'"),
        ("ck", "decrement 20", "'decrement' is not what it is a number of"),
        ("babinski", "decreased 5", "unknown state 'decreased 5'"),
        ("babinski", "marked 3", "unknown state 'marked 3'"),
        ("babinski", "September 3", "'September 3' is a date"),
    ],
)
def test_a_decimal_or_a_word_that_begins_as_a_month_is_no_date(finding, text, read):
    assert state(finding, text).startswith(read)


@pytest.mark.parametrize("nothing", [None, float("nan"), np.float32("nan"), pd.NA, pd.NaT])
def test_a_value_that_is_missing_was_not_examined(nothing):
    assert Case({"age": nothing, "sex": "male"}) == Case({"sex": "male"})
    assert Case({}, paused={"age": nothing}).paused == {}
    assert Visit("2024-01-10", {"age": nothing}).findings == {}
    table = pd.DataFrame({"sex": ["male"], "babinski": [nothing]})
    row = ENGINE.diagnose(table.loc[0].to_dict())
    assert row.post_test.tolist() == ENGINE.diagnose({"sex": "male"}).post_test.tolist()


def test_a_day_of_python_is_told_as_a_date():
    with pytest.raises(UnknownState, match="age: '1962-05-01' is a date; write the age in years"):
        ENGINE.diagnose({"age": date(1962, 5, 1)})
