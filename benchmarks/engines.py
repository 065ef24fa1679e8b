"""Ours against pgmpy and pyAgrum in one run: the same patients, one thread unless said, answers compared.

.venv/bin/python benchmarks/engines.py            (about five minutes)
.venv/bin/python benchmarks/engines.py alarm      (one network)
"""

import gc
import gzip
import platform
import resource
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from statistics import median

warnings.filterwarnings("ignore")

import numba
import numpy as np
import pgmpy
import pyagrum
from pgmpy.inference import VariableElimination
from pgmpy.readwrite import BIFReader

from dxnet import Case, Engine, load_network
from dxnet.formats.networks.registry import dump, read_tables
from dxnet.inference.backends.base import SplitEvidence
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.compiled.layout import FACTOR, FILLED_TAPE, OWNER, STEP
from dxnet.inference.backends.pgmpy_model import build_pgmpy_model, discrete
from dxnet.inference.draws import NumberDraws

EXAMPLES = Path(pgmpy.__file__).parent / "utils" / "example_models"
TARGETS = {"alarm": "MINVOLSET", "hepar2": "gallstones", "pathfinder": "Fault", "munin1": "DIFFN_TYPE"}
OBSERVED = 22
"""Findings of a patient; of the standard networks at most 60 % of the leaves."""


class Bench:
    """A network in all three engines, and patients drawn from it."""

    def __init__(self, name, patients, skip=0):
        self.name = name
        folder = Path(tempfile.mkdtemp())
        bif = folder / f"{name}.bif"
        if name == "als_mimics":
            network = load_network(name).model_copy(update={"unexplained": None, "unlisted": ""})
            self.model, self.target, self.engine = build_pgmpy_model(network), "diagnosis", Engine(network)
            bif.write_text(dump(discrete(network), "bif"))
            tables = self.engine._backend.tables
            choices, always = list(network.findings), ["age", "sex"]
        else:
            text = gzip.decompress((EXAMPLES / f"{name}.bif.gz").read_bytes()).decode()
            bif.write_text(text)
            self.model, self.target = BIFReader(string=text).get_model(), TARGETS[name]
            tables = read_tables(EXAMPLES / f"{name}.bif.gz").tables
            self.engine = None if name == "munin1" else Engine(load_network(bif, self.target))
            choices, always = [v for v in tables if not list(self.model.successors(v))], []
        self.tables, self.ours = tables, CompiledBackend(tables, self.target)
        self.elimination = VariableElimination(self.model)
        self.agrum = pyagrum.loadBN(str(bif))
        self.states = {cpd.variable: cpd.state_names[cpd.variable] for cpd in self.model.get_cpds()}
        rng = np.random.default_rng(0)
        order = list(TopologicalSorter({v: t.parents for v, t in tables.items()}).static_order())
        number = min(OBSERVED, int(0.6 * len(choices)))
        self.patients = []
        for _ in range(skip + patients):
            state = {}
            for v in order:
                p = tables[v].values[(slice(None), *(state[parent] for parent in tables[v].parents))]
                state[v] = int(rng.choice(len(p), p=p / p.sum()))
            seen = {*rng.choice(choices, number, replace=False), *always}
            self.patients.append({str(v): state[v] for v in seen})
        self.patients = self.patients[skip:]
        self.cases = self.engine and [
            Case({v: self.engine.network.states(v)[s] for v, s in p.items()}) for p in self.patients
        ]
        self.columns = sorted({v for patient in self.patients for v in patient})
        self.rows = np.array([[p.get(v, -1) for v in self.columns] for p in self.patients])
        self.inference = pyagrum.LazyPropagation(self.agrum)
        self.inference.setTargets({self.target})

    def ask_kernel(self, i):
        return self.ours.ask(self.patients[i])[0]

    def ask_ours(self, i):
        """The public call; of munin1, which is too large to be one of our networks, the kernel."""
        return self.engine.diagnose(self.cases[i]).post_test if self.engine else self.ask_kernel(i)

    def ask_pgmpy(self, i):
        states = {v: self.states[v][s] for v, s in self.patients[i].items()}
        return self.elimination.query([self.target], evidence=states, show_progress=False).values

    def ask_agrum(self, i):
        self.inference.setEvidence(self.patients[i])
        self.inference.makeInference()
        return self.inference.posterior(self.target).toarray()


def seconds(function, repeat=1):
    gc.collect()
    start = time.perf_counter()
    for _ in range(repeat):
        function()
    return (time.perf_counter() - start) / repeat


def fastest_agrum(bench, patients):
    """pyAgrum has three exact engines: the fastest on this network plays."""
    best = None
    for kind in (pyagrum.LazyPropagation, pyagrum.ShaferShenoyInference, pyagrum.VariableElimination):
        bench.inference = kind(bench.agrum)
        bench.inference.setTargets({bench.target})
        taken = seconds(lambda: [bench.ask_agrum(i) for i in range(patients)])
        if best is None or taken < best[0]:
            best = taken, bench.inference, kind.__name__
    _, bench.inference, name = best
    return name


def axpy_rate():
    """Multiply-adds a second of c += a * b over 64 numbers that lie in the first cache."""

    @numba.njit
    def axpy(a, b, c, repeat):
        for _ in range(repeat):
            for x in range(np.uint64(64)):
                c[x] += a * b[x]

    b, c = np.ones(64), np.zeros(64)
    axpy(1e-9, b, c, 10)
    return 64 * 2_000_000 / min(seconds(lambda: axpy(1e-9, b, c, 2_000_000)) for _ in range(3))


def work_of(bench):
    """Mean multiply-adds that a patient's plan takes with tables in their long form, and nothing kept."""
    total = 0
    for patient in bench.patients[:500]:
        whole = bench.ours._machine.memory()
        whole.enter(SplitEvidence.of(patient, bench.target, bench.ours.card))
        whole.trace()
        memory = whole.work
        steps = memory.tape[: memory.filled[OWNER.tape, FILLED_TAPE.steps]]
        total += (
            memory.factor[steps[:, STEP.out], FACTOR.entries]
            * (steps[:, STEP.sum] + steps[:, STEP.more_count])
        ).sum()
    return total / min(500, len(bench.patients))


def report(name):
    wide = name == "munin1"
    bench = Bench(name, 4, skip=2) if wide else Bench(name, 2000)  # pgmpy takes minutes for the first two
    n_pgmpy, n_agrum = (4, 4) if wide else (100, 300)
    agrum = "LazyPropagation" if wide else fastest_agrum(bench, 50)
    bench.ours.ask_rows(bench.columns, bench.rows)
    for i in range(4):
        bench.ask_ours(i), bench.ask_kernel(i)
    errors = [
        max(abs(bench.ask_kernel(i) - ask(i)).max() for i in range(n))
        for ask, n in ((bench.ask_pgmpy, n_pgmpy), (bench.ask_agrum, n_agrum))
    ]
    n_ours = len(bench.patients)
    kernel = min(seconds(lambda: [bench.ask_kernel(i) for i in range(n_ours)]) for _ in range(3)) / n_ours
    hot = {
        "ours": min(seconds(lambda: [bench.ask_ours(i) for i in range(n_ours)]) for _ in range(3)) / n_ours,
        "pgmpy": seconds(lambda: [bench.ask_pgmpy(i) for i in range(n_pgmpy)]) / n_pgmpy,
        "agrum": seconds(lambda: [bench.ask_agrum(i) for i in range(n_agrum)]) / n_agrum,
    }
    mixed = {"ours": [], "pgmpy": [], "agrum": []}
    for i in range(2 if wide else 100):
        for who, ask in (("ours", bench.ask_ours), ("pgmpy", bench.ask_pgmpy), ("agrum", bench.ask_agrum)):
            start = time.perf_counter()
            ask(i)
            mixed[who].append(time.perf_counter() - start)
    mixed = {who: median(times) for who, times in mixed.items()}
    batch = min(seconds(lambda: bench.ours.ask_rows(bench.columns, bench.rows)) for _ in range(5)) / n_ours
    rows = [
        ("public call, hot", hot),
        ("public call, interleaved", mixed),
        ("kernel, hot", {**hot, "ours": kernel}),
    ]
    if bench.engine:
        together = min(seconds(lambda: bench.engine.diagnose_all(bench.cases)) for _ in range(5)) / n_ours
        rows.append(("public call, many cases", {**hot, "ours": together}))
    rows.append(("kernel, many cases", {**hot, "ours": batch}))
    print(f"\n## {name}: {len(bench.tables)} variables, {len(bench.patients[0])} findings")
    print(f"largest difference: {errors[0]:.0e} from pgmpy, {errors[1]:.0e} from pyAgrum ({agrum})")
    print("| | ours | pgmpy | pyAgrum | x pgmpy | x pyAgrum |\n|---|---|---|---|---|---|")
    for kind, times in rows:
        ours, slow, other = times["ours"], times["pgmpy"], times["agrum"]
        cells = f"{ours * 1e6:,.1f} µs | {slow * 1e6:,.0f} µs | {other * 1e6:,.0f} µs"
        print(f"| {kind} | {cells} | {slow / ours:,.0f} | {other / ours:,.0f} |")
    return bench, batch


def als_mimics():
    bench, batch = report("als_mimics")
    rows = np.tile(bench.rows, (20, 1))
    halves = np.array_split(rows, 2)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda part: bench.ours.ask_rows(bench.columns, part), halves))
        one = min(seconds(lambda: bench.ours.ask_rows(bench.columns, rows)) for _ in range(5))
        two = min(
            seconds(lambda: list(pool.map(lambda part: bench.ours.ask_rows(bench.columns, part), halves)))
            for _ in range(5)
        )
    print(f"\ntwo threads: {one / two:.2f} times one ({len(rows) / two:,.0f} patients a second)")
    rate, work = axpy_rate(), work_of(bench)
    bound = work / rate
    print(
        f"bound: {work:,.0f} multiply-adds a patient at {rate / 1e9:.1f} G/s (axpy of 64 numbers in L1) "
        f"= {bound * 1e6:.2f} µs; batch {batch / bound:.1f} times that"
    )
    bundle(bench)


def bundle(bench):
    """Posterior, all marginals, value of information of 60 findings, 1,000 draws of all numbers."""
    seen = bench.patients[0]
    open_findings = [v for v in load_network("als_mimics").findings if v not in seen][:60]
    draws = NumberDraws(Engine(load_network("als_mimics")).parameters, 1000)

    def ours():
        return bench.ours.ask_draws(seen, draws)[0], our_values(bench, seen, open_findings)

    first = seconds(ours)
    taken = median(seconds(ours) for _ in range(7))
    answers, values = ours()
    others = agrum_values(bench, seen, open_findings)
    off = max(abs(values[v] - others[v]) for v in open_findings)
    other = seconds(lambda: agrum_values(bench, seen, open_findings), 3)
    worst, draw = agrum_draws(bench, seen, draws, answers)
    total = other + 1000 * draw
    print(
        "\nbundle (posterior, all marginals, value of information of 60 findings, 1,000 draws): "
        f"{taken * 1e3:.1f} ms (the first {first * 1e3:,.0f} ms); pyAgrum {total * 1e3:,.0f} ms "
        f"({other * 1e3:,.0f} ms without the draws): {total / taken:,.0f} times; values agree to {off:.0e}, "
        f"draws to {worst:.0e}"
    )


def our_values(bench, seen, open_findings):
    """Value of information of some findings, from all marginals."""
    posterior, _ = bench.ours.ask(seen)
    marginals = bench.ours.marginals(seen)
    return {v: information(posterior, marginals[v]) for v in open_findings}


def agrum_values(bench, seen, open_findings):
    """The same by pyAgrum, which is asked once for each state of a finding."""
    inference = pyagrum.LazyPropagation(bench.agrum)
    inference.setEvidence(seen)
    inference.makeInference()
    posterior = inference.posterior(bench.target).toarray()
    marginals = {v: inference.posterior(v).toarray() for v in bench.tables}
    value = {}
    for v in open_findings:
        joint = []
        for state, p in enumerate(marginals[v]):
            bench.inference.setEvidence({**seen, v: state})
            bench.inference.makeInference()
            joint.append(p * bench.inference.posterior(bench.target).toarray())
        value[v] = information(posterior, np.array(joint))
    return value


def agrum_draws(bench, seen, draws, answers):
    """Largest difference of the first draws from our ``answers``, and seconds that one draw takes."""
    relevant = bench.ours.relevant(seen)
    drawn = {v: draws.table(v) for v in relevant}
    before = {v: bench.agrum.cpt(v).toarray() for v in relevant}

    def draw(d):
        for v in relevant:
            cpt, wanted = bench.agrum.cpt(v), [v, *bench.tables[v].parents]
            axes = [wanted.index(name) for name in reversed(list(cpt.names))]
            cpt.fillWith(drawn[v][d].transpose(axes).ravel().tolist())
        bench.inference = pyagrum.LazyPropagation(bench.agrum)
        bench.inference.setTargets({bench.target})
        return bench.ask_agrum(0)

    worst = max(abs(draw(d) - answers[d]).max() for d in range(20))
    taken = seconds(lambda: [draw(d) for d in range(100)]) / 100
    for v in relevant:
        bench.agrum.cpt(v)[:] = before[v]
    return worst, taken


def information(posterior, joint):
    """Mutual information of the target and a finding from P(finding, target), ``[states, K]``, in nats."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(joint / (joint.sum(axis=1, keepdims=True) * posterior))
    return float(np.where(joint > 0, joint * ratio, 0).sum())


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["als_mimics", *TARGETS]
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "pgmpy", "pyagrum"))
    print(f"Python {platform.python_version()}, {versions}, {platform.machine()}")
    for name in chosen:
        als_mimics() if name == "als_mimics" else report(name)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
