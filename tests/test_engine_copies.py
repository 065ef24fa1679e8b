"""Engines go to other processes; what holds a mapping says that it has no hash."""

import pickle
from collections.abc import Hashable
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from multiprocessing import get_context

import numpy as np
import pytest
from conftest import network

from dxnet import Case, Engine, Visit, credible_intervals

CASE = Case({"xray_abnormal": "present", "smoking": "present"})


@pytest.mark.parametrize("backend", ["numpy", "compiled"])
def test_an_engine_is_made_anew_from_what_it_was_made_of(backend):
    engine = Engine(network("asia"), "chest_clinic", backend)
    engine.draws(CASE, 4)
    for other in (pickle.loads(pickle.dumps(engine)), copy(engine)):
        assert repr(other) == repr(engine)
        assert np.array_equal(other.diagnose(CASE).post_test, engine.diagnose(CASE).post_test)


@pytest.mark.slow
def test_an_engine_answers_in_a_process_of_its_own():
    engine = Engine(network("asia"), backend="numpy")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(engine.diagnose, CASE).result()
    assert np.array_equal(there.post_test, engine.diagnose(CASE).post_test)


def test_cases_and_visits_are_no_keys():
    for value in (CASE, Visit("2024-03-09", {"smoking": "present"})):
        assert not isinstance(value, Hashable)
        with pytest.raises(TypeError, match=f"unhashable type: '{type(value).__name__}'"):
            hash(value)


def test_intervals_are_compared_as_the_objects_that_they_are():
    found = credible_intervals(Engine(network("asia"), backend="numpy"), CASE)
    assert found in {found} and found != credible_intervals(network("asia"), CASE)
