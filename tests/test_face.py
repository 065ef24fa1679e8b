"""The public names are complete and lazy; functions take an engine or a network, a case or a mapping."""

import ast
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from conftest import engine, network

import dxnet
from dxnet import Case, Engine

PACKAGE = Path(dxnet.__file__).parent
CASE = {"smoking": "present", "xray_abnormal": "present", "dyspnoea": {"present": 0.8, "absent": 0.2}}
TABLE = pd.DataFrame({"diagnosis": ["lung_cancer"] * 3, "smoking": ["present", None, "absent"]})
CALLS = {
    "change_numbers": lambda source, case, path: dxnet.change_numbers(
        source, {"smoking.default": "0.3 ~ 10 @estimate"}
    ),
    "check": lambda source, case, path: dxnet.check(source),
    "compare_networks": lambda source, case, path: dxnet.compare_networks(source, source, [case]),
    "compare_orders": lambda source, case, path: dxnet.compare_orders(source, 4),
    "conflict": lambda source, case, path: dxnet.conflict(source, case),
    "credible_intervals": lambda source, case, path: dxnet.credible_intervals(source, case, draws=20),
    "criteria": lambda source, case, path: dxnet.criteria(source, case),
    "diagnose": lambda source, case, path: dxnet.diagnose(source, case),
    "evaluate": lambda source, case, path: dxnet.evaluate(source, [Case(CASE, diagnosis="lung_cancer")]),
    "explain": lambda source, case, path: dxnet.explain(source, case),
    "flips": lambda source, case, path: dxnet.flips(source, case),
    "learn": lambda source, case, path: dxnet.learn(source, TABLE),
    "learn_conditionally": lambda source, case, path: dxnet.learn_conditionally(source, TABLE, factor=2),
    "never_miss": lambda source, case, path: dxnet.never_miss(source, case),
    "next_tests": lambda source, case, path: dxnet.next_tests(source, case),
    "over_visits": lambda source, case, path: dxnet.over_visits(source, case),
    "proposed_from_visits": lambda source, case, path: dxnet.proposed_from_visits(source, case),
    "read_text": lambda source, case, path: dxnet.read_text("No dyspnoea.", source),
    "rest_normal": lambda source, case, path: dxnet.rest_normal(source, case, ""),
    "score": lambda source, case, path: dxnet.score(source, TABLE),
    "sensitivity": lambda source, case, path: dxnet.sensitivity(source, case, top=2),
    "simulate": lambda source, case, path: dxnet.simulate(source, 5),
    "to_pgmpy": lambda source, case, path: dxnet.to_pgmpy(source).get_cpds("smoking").values.tolist(),
    "what_moved": lambda source, case, path: dxnet.what_moved(source, {}, case),
    "write_case": lambda source, case, path: dxnet.write_case(case, path / "case.yaml", network=source),
    "write_report": lambda source, case, path: dxnet.write_report(
        source, case, path / "case.html", date(2026, 1, 1)
    ),
}
"""How each public function is called; those that only read files take neither."""
READERS = {"letter_text", "load_network", "read_cases"}
NO_RESULT = {"change_numbers", "score", "simulate", "to_pgmpy", "write_case", "write_report"}
TAKE_NO_CASE = {
    "change_numbers",
    "check",
    "learn",
    "learn_conditionally",
    "read_text",
    "score",
    "simulate",
    "to_pgmpy",
    "evaluate",
    "compare_orders",
}
TAKE_CASES = set(CALLS) - TAKE_NO_CASE


def public():
    return {name: getattr(dxnet, name) for name in dxnet.__all__ if name != "__version__"}


def answer(name, source, case, path):
    """What a call gives, in a form that can be compared: a frame, or the bytes that it wrote."""
    result = CALLS[name](source, case, path)
    if result is None:
        (written,) = path.iterdir()
        return written.read_bytes()
    frame = result.to_frame() if hasattr(result, "to_frame") else result
    return frame.to_csv() if isinstance(frame, pd.DataFrame) else frame


def test_all_is_what_type_checkers_see():
    tree = ast.parse(Path(dxnet.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {*seen, "__version__"} == set(dxnet.__all__)
    assert sorted(dxnet.__all__) == dxnet.__all__ == dir(dxnet)
    assert seen == dxnet._SOURCES


def test_no_public_name_is_a_module():
    here = {path.stem for path in PACKAGE.iterdir()}
    assert not here & set(dxnet.__all__)
    assert not [name for name, value in public().items() if isinstance(value, ModuleType)]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'diagnosis'"):
        dxnet.diagnosis  # noqa: B018


def test_importing_dxnet_loads_nothing_else():
    code = (
        "import dxnet, sys; print([name for name in ('numpy', 'pandas', 'pydantic') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_the_module_runs_as_a_command():
    shown = subprocess.check_output([sys.executable, "-m", "dxnet", "--version"], text=True)
    assert shown.split()[-1] == dxnet.__version__


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def test_every_function_is_called_here():
    functions = {name for name, value in public().items() if not isinstance(value, type)}
    assert functions == set(CALLS) | READERS


@pytest.mark.parametrize("name", CALLS)
def test_an_engine_or_a_network_and_a_case_or_its_findings_answer_alike(name, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = answer(name, engine("asia"), Case(CASE), tmp_path / "a")
    anew = network("asia").model_copy()
    assert first == answer(name, anew, CASE, tmp_path / "b")


@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_network_is_refused_with_what_to_pass(name, tmp_path):
    with pytest.raises(TypeError, match="'asia' is no network; give an Engine or a Network"):
        CALLS[name]("asia", CASE, tmp_path)


@pytest.mark.parametrize("name", sorted(TAKE_CASES))
def test_what_is_no_case_is_refused_with_what_to_pass(name, tmp_path):
    with pytest.raises(TypeError, match="give a Case, or a mapping of findings"):
        CALLS[name](engine("asia"), ["smoking"], tmp_path)


@pytest.mark.parametrize("method", ["diagnose", "question", "marginals", "most_probable", "draws"])
def test_an_engine_takes_findings_alone(method):
    getattr(engine("asia"), method)(CASE)
    with pytest.raises(TypeError, match="give a Case, or a mapping of findings"):
        getattr(engine("asia"), method)("smoking")


def test_several_cases_are_a_list_of_them():
    for one in (Case(CASE), CASE, "cases.csv", 3):
        with pytest.raises(TypeError, match="is not several cases; give a list of them"):
            dxnet.evaluate(engine("asia"), one)


def test_a_table_is_a_data_frame():
    for function in (dxnet.score, dxnet.learn, dxnet.learn_conditionally):
        with pytest.raises(TypeError, match="is no table; give a DataFrame"):
            function(engine("asia"), "cohort.csv")


def test_findings_are_a_mapping():
    with pytest.raises(TypeError, match="a mapping of findings"):
        Case("smoking")


def test_an_engine_in_another_setting():
    one = engine("als_mimics")
    other = Engine.of(one, "flat")
    assert other.setting == "flat" and other.network is one.network and other.backend == one.backend
    assert Engine.of(one, one.setting) is one


@pytest.mark.parametrize("name", sorted(set(CALLS) - NO_RESULT))
def test_every_result_is_read_by_people_and_makes_a_frame(name, tmp_path):
    case = CASE if name != "criteria" else {"babinski": "present"}
    source = engine("asia" if name != "criteria" else "als_mimics")
    result = CALLS[name](source, case, tmp_path)
    shown = repr(result)
    assert shown.startswith(f"{type(result).__name__}(")
    assert "object at 0x" not in shown and "array(" not in shown
    assert len(shown.splitlines()) <= 15 and max(map(len, shown.splitlines())) <= 150
    assert isinstance(result.to_frame(), pd.DataFrame) and str(result) == shown


def test_what_answers_is_read_by_people(als):
    asia = "asia 1.0.0, setting chest_clinic"
    assert repr(engine("asia")) == f"Engine({asia}, compiled: 7 variables, width 4, 50 entries)"
    assert repr(engine("asia", None, "numpy")) == f"Engine({asia}, numpy: 7 variables)"
    assert str(als) == repr(als) and len(repr(als)) < 120 and als.fingerprint in repr(als)
    assert repr(Case({"a": "b"}, id="x", diagnosis="als")) == "Case({'a': 'b'}, id='x', diagnosis='als')"


def test_results_are_tuples_whose_slices_are_results():
    tests = dxnet.next_tests(network("als_mimics"), {})
    assert isinstance(tests[:2], type(tests))
    assert tests[:2] == tuple(tests)[:2] and tests[1] is tuple(tests)[1]
    assert f"... and {len(tests) - 12} more" in repr(tests)
    assert list(tests.to_frame()["procedure"]) == [test.procedure for test in tests]
    assert list(type(tests)().to_frame().columns) == list(tests.columns)
    assert repr(type(tests)()) == "NextTests(0 procedures)"
