"""dxnet: a Bayesian network for the differential diagnosis of ALS and its mimics, for research and education.

Load a network, describe a patient, and ask; what a case does not mention was not examined:

>>> from dxnet import Case, Engine, explain, load_network, next_tests
>>> engine = Engine(load_network("als_mimics"), setting="suspected_mnd_referral")
>>> case = Case({"fatigability": "present", "ptosis_diplopia": "present"})
>>> engine.diagnose(case)                        # ranked diagnoses; .to_frame(), as of every result
Differential(Myasthenia gravis 74.4 %, LEMS 4.7 %, ALS 4.5 %; 2 findings, ...)
>>> explain(engine, case).to_frame().index[0]    # what each finding weighs; also conflict, flips, sensitivity
'ptosis_diplopia'
>>> next_tests(engine, case)[0]                  # what to examine next; also never_miss, credible_intervals
NextTest(history: 0.88 bits, burden 0; 23 findings)

Every function takes an Engine or a Network, and a Case or a mapping of findings. The rooms of the package,
from the ground up: knowledge, inference, reasoning, formats, evaluation, cohort, learning, review, teaching,
report, cli and ui. README.md in the folder of the package is their map.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Case",
    "CaseError",
    "Differential",
    "DxnetError",
    "Engine",
    "Estimate",
    "ImpossibleEvidence",
    "Issue",
    "LetterFindings",
    "Network",
    "NetworkError",
    "Proposal",
    "Scorecard",
    "Visit",
    "__version__",
    "change_numbers",
    "check",
    "compare_networks",
    "compare_orders",
    "conflict",
    "credible_intervals",
    "criteria",
    "diagnose",
    "evaluate",
    "explain",
    "flips",
    "learn",
    "learn_conditionally",
    "letter_text",
    "load_network",
    "never_miss",
    "next_tests",
    "over_visits",
    "proposed_from_visits",
    "read_cases",
    "read_text",
    "rest_normal",
    "score",
    "sensitivity",
    "simulate",
    "to_pgmpy",
    "what_moved",
    "write_case",
    "write_report",
]

if TYPE_CHECKING:
    from dxnet.cohort.score import score
    from dxnet.errors import CaseError, DxnetError, ImpossibleEvidence, Issue, NetworkError
    from dxnet.evaluation.order_comparison import compare_orders
    from dxnet.evaluation.scorecard import Scorecard, evaluate
    from dxnet.formats.cases.read import read_cases
    from dxnet.formats.cases.write import write_case
    from dxnet.formats.networks.load import load_network
    from dxnet.formats.text.files import letter_text
    from dxnet.formats.text.proposal import LetterFindings, Proposal
    from dxnet.formats.text.read import read_text
    from dxnet.inference.case import Case
    from dxnet.inference.change_numbers import change_numbers
    from dxnet.inference.differential import Differential
    from dxnet.inference.engine import Engine
    from dxnet.inference.in_one_call import diagnose, to_pgmpy
    from dxnet.inference.rest_normal import rest_normal
    from dxnet.inference.visit import Visit
    from dxnet.knowledge.estimate import Estimate
    from dxnet.knowledge.network import Network
    from dxnet.learning.conditional import learn_conditionally
    from dxnet.learning.learn import learn
    from dxnet.learning.simulate import simulate
    from dxnet.reasoning.als_criteria import criteria
    from dxnet.reasoning.conflict import conflict, flips
    from dxnet.reasoning.credible_intervals import credible_intervals
    from dxnet.reasoning.explain import explain
    from dxnet.reasoning.next_tests import never_miss, next_tests
    from dxnet.reasoning.over_visits import over_visits, proposed_from_visits
    from dxnet.reasoning.sensitivity import sensitivity
    from dxnet.reasoning.what_moved import what_moved
    from dxnet.report.writers import write_report
    from dxnet.review.check import check
    from dxnet.review.diff import compare_networks

    __version__: str
else:
    # Each name is imported on first use, so that `import dxnet` takes no time.
    from importlib import import_module

    _PLACES = {
        "cohort.score": ("score",),
        "errors": ("CaseError", "DxnetError", "ImpossibleEvidence", "Issue", "NetworkError"),
        "evaluation.order_comparison": ("compare_orders",),
        "evaluation.scorecard": ("Scorecard", "evaluate"),
        "formats.cases.read": ("read_cases",),
        "formats.cases.write": ("write_case",),
        "inference.case": ("Case",),
        "inference.change_numbers": ("change_numbers",),
        "inference.differential": ("Differential",),
        "inference.engine": ("Engine",),
        "inference.in_one_call": ("diagnose", "to_pgmpy"),
        "inference.rest_normal": ("rest_normal",),
        "inference.visit": ("Visit",),
        "knowledge.estimate": ("Estimate",),
        "formats.networks.load": ("load_network",),
        "formats.text.files": ("letter_text",),
        "formats.text.proposal": ("LetterFindings", "Proposal"),
        "formats.text.read": ("read_text",),
        "knowledge.network": ("Network",),
        "learning.conditional": ("learn_conditionally",),
        "learning.learn": ("learn",),
        "learning.simulate": ("simulate",),
        "reasoning.als_criteria": ("criteria",),
        "reasoning.conflict": ("conflict", "flips"),
        "reasoning.credible_intervals": ("credible_intervals",),
        "reasoning.explain": ("explain",),
        "reasoning.next_tests": ("never_miss", "next_tests"),
        "reasoning.over_visits": ("over_visits", "proposed_from_visits"),
        "reasoning.sensitivity": ("sensitivity",),
        "reasoning.what_moved": ("what_moved",),
        "report.writers": ("write_report",),
        "review.check": ("check",),
        "review.diff": ("compare_networks",),
    }
    _SOURCES = {name: f"dxnet.{module}" for module, names in _PLACES.items() for name in names}

    def __getattr__(name):
        """A public name, on its first use."""
        if name == "__version__":
            from importlib.metadata import version

            value = version("dxnet")
        elif name in _SOURCES:
            value = getattr(import_module(_SOURCES[name]), name)
        else:
            raise AttributeError(f"module 'dxnet' has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__():
        return __all__
