"""A second, independent engine: pyAgrum's lazy propagation on the exported network."""

import random

import pytest
from conftest import NETWORKS, engine, network

from dxnet import Case
from dxnet.formats.networks.registry import dump
from dxnet.inference.backends.pgmpy_model import discrete


def random_case(net, dice):
    findings = {}
    for name in dice.sample(sorted(net.findings), k=dice.randint(0, min(25, len(net.findings)))):
        states = net.states(name)
        uncertain = dice.random() < 0.3
        findings[name] = {s: dice.uniform(0.05, 1) for s in states} if uncertain else dice.choice(states)
    return Case(findings)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_posterior_equals_lazy_propagation(name, tmp_path):
    """200 random cases with hard, uncertain and missing findings; pyAgrum reads BIF in single precision."""
    gum = pytest.importorskip("pyagrum")
    net, path = network(name), tmp_path / "network.bif"
    path.write_text(dump(discrete(net), "bif"))
    bayes = gum.loadBN(str(path))
    lazy = gum.LazyPropagation(bayes)
    lazy.setTargets({"diagnosis"})
    dice = random.Random(0)
    for _ in range(200):
        case = random_case(net, dice)
        evidence = {
            f: [float(v == s) for s in net.states(f)] if isinstance(v, str) else [v[s] for s in net.states(f)]
            for f, v in case.findings.items()
        }
        lazy.setEvidence(evidence)
        lazy.makeInference()
        posterior = lazy.posterior("diagnosis")
        states = bayes.variableFromName("diagnosis").labels()
        own = dict(zip(states, posterior.tolist(), strict=True))
        theirs = dict(zip(net.diagnoses, [own[d] for d in net.diagnoses], strict=True))
        ours = engine(name).diagnose(case)
        for diagnosis in net.diagnoses:
            assert ours.probability(diagnosis) == pytest.approx(theirs[diagnosis], abs=1e-6), case.findings
