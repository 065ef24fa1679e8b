"""Networks and engines shared by the tests; each is built once."""

from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from dxnet import Engine, load_network

settings.register_profile("dxnet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dxnet")

NETWORKS = ["als_mimics", "asia"]


@cache
def network(name):
    return load_network(name)


@cache
def engine(name, setting=None, backend="pgmpy"):
    return Engine(network(name), setting, backend)


@pytest.fixture(scope="session")
def als():
    return network("als_mimics")


@pytest.fixture(scope="session")
def asia():
    return network("asia")
