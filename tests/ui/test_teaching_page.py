"""The Learn page without a browser: what is shown and scored is what the library says."""

from streamlit.testing.v1 import AppTest

from dxnet.teaching.exercise import exercises_for
from dxnet.ui.teaching.kept_lessons import lessons_as_text

PAGE = """
import streamlit as st
from dxnet.ui.shared.frame import page
from dxnet.ui.teaching import page as teaching_page

st.session_state.setdefault("lesson_seed", 5)
page(teaching_page.draw_teaching_page)()
"""


def words(page):
    return "\n".join(part.value for part in [*page.markdown, *page.caption, *page.info, *page.error])


def name(page, rank, diagnosis, per_cent):
    """Fill a row of the answer; the keys begin with the step."""
    next(
        box for box in page.selectbox if box.key.startswith("named:") and box.key.endswith(f":{rank}")
    ).set_value(diagnosis)
    next(
        box for box in page.text_input if box.key.startswith("per_cent:") and box.key.endswith(f":{rank}")
    ).set_value(per_cent)


def press(page, label):
    found = [button for button in page.button if button.label.startswith(label)]
    assert len(found) == 1, [button.label for button in page.button]
    found[0].click().run()
    assert not page.exception


def test_a_case_from_the_first_step_to_the_score(start, als):
    page = start()
    case = exercises_for(als, 5)[0]
    title = case.about["title"]
    assert als.truth_label(case.diagnosis) not in words(page) and title not in words(page)
    name(page, 0, case.diagnosis, "70")
    press(page, "Answer")
    assert "decibans" in words(page)
    press(page, "Go on")
    name(page, 0, case.diagnosis, "80")
    while not [box for box in page.selectbox if box.label == "Next"]:
        press(page, "Answer")
        press(page, "Go on")
        name(page, 0, case.diagnosis, "80")
    box = next(box for box in page.selectbox if box.label == "Next")
    assert box.value is None, "no procedure is proposed to the learner"
    press(page, "Answer")
    assert "Choose what to do next." in words(page)
    next(box for box in page.selectbox if box.label == "Next").set_value("")
    assert title not in words(page)
    press(page, "Answer")
    assert "You stopped" in words(page)
    press(page, "Go on")
    assert title.split(":")[0][:30] in words(page).replace("\\", "") and "The diagnosis" in words(page)
    table = next(it.value for it in page.table if "You" in it.value)
    assert (
        table.set_index("Measure").You["Mean probability of the true diagnosis"].replace("\xa0", " ")
        == "80.0 %"
    )
    assert "mostly chance" in words(page)
    page.segmented_control(key="scored_moment").set_value("first").run()
    table = next(it.value for it in page.table if "You" in it.value)
    assert (
        table.set_index("Measure").You["Mean probability of the true diagnosis"].replace("\xa0", " ")
        == "70.0 %"
    )
    press(page, "Next case")
    assert "Case 2 of" in words(page) and "How you do" in "".join(it.body for it in page.get("html"))


def test_a_reload_keeps_the_answers_and_the_scores(start, als):
    page = start()
    case = exercises_for(als, 5)[0]
    for _ in range(2):
        name(page, 0, case.diagnosis, "70")
        for box in page.selectbox:
            if box.label == "Next":
                box.select_index(0)
        press(page, "Answer")
        press(page, "Go on")
    (mine,) = page.session_state.lessons.values()
    again = reloaded(page, als)
    (taken,) = again.session_state.lessons.values()
    assert taken.exercise.opened == mine.exercise.opened and not taken.exercise.is_answered
    assert [turn.belief for turn in taken.exercise.turns] == [turn.belief for turn in mine.exercise.turns]
    assert lessons_as_text(als, taken) == lessons_as_text(als, mine)
    assert words(again) == words(page)


def reloaded(page, als):
    """A new session, with the cases in another order, that takes up what the browser kept."""
    (mine,) = page.session_state.lessons.values()
    again = AppTest.from_string(PAGE, default_timeout=120)
    again.session_state["lesson_seed"] = 6
    again.session_state["found_in_browser"] = {"lessons": lessons_as_text(als, mine)}
    again.run()
    assert not again.exception
    return again


def test_a_reload_before_the_first_answer_keeps_the_patient_and_what_was_filled_in(start, als):
    page = start()
    name(page, 0, "mmn", "35")
    page.run()
    again = reloaded(page, als)
    assert words(again) == words(page)
    assert again.selectbox[0].value == "mmn" and again.text_input[0].value == "35"


def test_a_kept_draft_of_another_step_is_dropped(start, als):
    page = start()
    (mine,) = page.session_state.lessons.values()
    mine.draft = {"named:5:0:9:0": "mmn", "ordered:5:0:9": "ncs"}
    again = reloaded(page, als)
    (taken,) = again.session_state.lessons.values()
    assert words(again) == words(page) and not {"named:5:0:9:0", "ordered:5:0:9"} & set(taken.draft)


TWO_PAGES = f"""
import streamlit as st
if st.toggle("Another page"):
    st.stop()
{PAGE}
"""


def test_what_was_filled_in_stays_while_another_page_is_open(monkeypatch):
    monkeypatch.setenv("DXNET_NETWORK", "als_mimics")
    page = AppTest.from_string(TWO_PAGES, default_timeout=120).run()
    name(page, 0, "mmn", "35")
    page.run()
    page.toggle[0].set_value(True).run()
    assert not page.selectbox
    page.toggle[0].set_value(False).run()
    assert page.selectbox[0].value == "mmn" and page.text_input[0].value == "35"


def test_what_is_named_first_is_the_most_probable(start):
    page = start()
    name(page, 0, "als", "20")
    name(page, 1, "mmn", "60")
    press(page, "Answer")
    (said,) = [part.value for part in page.error]
    assert "MMN has more than a diagnosis named before it; name the most probable one first" in said


def test_what_is_missing_is_said_and_what_was_entered_stays(start):
    page = start()
    press(page, "Answer")
    assert "no diagnosis is named" in words(page)
    name(page, 0, "mmn", "100")
    press(page, "Answer")
    assert "leave 1 per cent or more" in words(page)
    box = next(box for box in page.selectbox if box.key.startswith("named:") and box.key.endswith(":0"))
    assert box.value == "mmn"
    next(box for box in page.text_input if box.key.endswith(":1")).set_value("20")
    press(page, "Answer")
    assert "“Second” has a probability, but no diagnosis" in words(page)


def test_a_decimal_comma_is_read_and_what_is_no_number_refused(start):
    page = start()
    name(page, 0, "als", "60")
    name(page, 1, "mmn", "7,5")
    name(page, 2, "mg", "few")
    press(page, "Answer")
    (said,) = (part.value for part in page.error)
    assert said == "“Third (%)”: few is no number of per cent. Write one such as 60 or 7.5."
    name(page, 2, "mg", "5 %")
    press(page, "Answer")
    (mine,) = page.session_state.lessons.values()
    assert mine.exercise.turns[-1].belief.named == (("als", 0.6), ("mmn", 0.075), ("mg", 0.05))
    press(page, "Go on")
    assert [box.value for box in page.text_input] == ["60", "7.5", "5"]


def test_diagnoses_are_found_by_the_names_that_the_bars_use(start, als):
    options = start().selectbox[0].options
    assert len(options) == len(als.diagnoses) and options == sorted(options, key=str.casefold)
    assert all(any(it.name in option for option in options) for it in als.diagnosis.values())
    for typed, found in {"sma": "Adult SMA", "MG": "Myasthenia", "post polio": "Post-polio"}.items():
        assert next(it for it in options if typed.casefold() in it.casefold()).startswith(found)


def test_all_that_is_wrong_with_an_answer_is_said_at_once(start):
    page = start()
    name(page, 0, "als", "120")
    press(page, "Answer")
    (said,) = [part.value for part in page.error]
    assert "120 per cent is no probability of ALS" in said
    name(page, 0, "als", "-5")
    name(page, 1, "mmn", "")
    press(page, "Answer")
    said = [part.value for part in page.error]
    assert (
        len(said) == 2 and "“Second” has a diagnosis, but no probability" in said[0] and "-5 per" in said[1]
    )
    name(page, 0, "als", "60")
    name(page, 1, "mmn", "30")
    while not [box for box in page.selectbox if box.label == "Next"]:
        press(page, "Answer")
        press(page, "Go on")
    name(page, 0, "als", "70")
    name(page, 1, "mmn", "50")
    press(page, "Answer")
    together, missing = (part.value for part in page.error)
    assert "120 per cent together" in together and missing == "Choose what to do next."


def test_a_network_without_published_cases_has_nothing_to_learn_on(start):
    assert "nothing to learn on" in words(start("asia"))
