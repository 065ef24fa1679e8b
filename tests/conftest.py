"""Networks and engines shared by the tests; each is built once."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

import dxnet
from dxnet import Engine, Estimate, Network, load_network
from dxnet.inference.cpt import prior
from dxnet.knowledge.diagnosis import Diagnosis, Setting

settings.register_profile("dxnet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dxnet")

NETWORKS = ["als_mimics", "asia"]
TINY = Path(__file__).parent / "tiny"
STARTER = Path(dxnet.__file__).parent / "knowledge" / "starter"


@cache
def network(name):
    return load_network(name)


def two_diagnoses(findings, **parts):
    """A network of the diagnoses a and b, made in Python."""
    half = Estimate.parse("0.5 ~ 10 @estimate")
    return Network(
        name="n",
        label="N",
        version="1",
        diagnosis={"a": Diagnosis(label="A"), "b": Diagnosis(label="B")},
        settings=parts.pop("settings", {"s": Setting(label="S", prior={"default": half})}),
        findings=findings,
        **parts,
    )


@cache
def engine(name, setting=None, backend="compiled"):
    return Engine(network(name), setting, backend)


@pytest.fixture(scope="session")
def als():
    return network("als_mimics")


@pytest.fixture(scope="session")
def asia():
    return network("asia")


@pytest.fixture(scope="session")
def impossible(tmp_path_factory):
    """The directory of a network in which a cough without any symptom has probability zero."""
    directory = tmp_path_factory.mktemp("impossible")
    (directory / "network.yaml").write_text(
        """\
name: impossible
label: A network with an exact rule
version: 1.0.0
diagnosis: {ill: {label: Ill}, well: {label: Well}}
settings: {clinic: {label: A clinic, prior: {default: 0.5 ~ 10 @estimate}}}
findings:
  cough: {label: Cough, given diagnosis: {ill: 0.9 ~ 10 @estimate, well: 0.1 ~ 10 @estimate}}
  fever: {label: Fever, given diagnosis: {ill: 0.9 ~ 10 @estimate, well: 0.1 ~ 10 @estimate}}
  any_symptom: {label: Any symptom, any-of: [cough, fever]}
""",
        encoding="utf-8",
    )
    return directory


def some_unexplained(net, own):
    """P(diagnosis | findings) where a share of the patients is unexplained, of that of all others."""
    if not net.unexplained:
        return own
    share, pre_test = net.unexplained.mean[1], prior(net).values
    of_them = pre_test / 2 + np.array([d == net.unlisted for d in net.diagnoses]) / 2
    return (1 - share) * np.asarray(own) + share * of_them
