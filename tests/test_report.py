"""Reports read back: all that must be printed is there, the same in HTML and PDF, whatever the case."""

from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import NETWORKS, engine, network, two_diagnoses
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from dxnet import Case, DxnetError, Engine, Estimate, credible_intervals, evaluate, explain, read_cases
from dxnet.cli import main
from dxnet.criteria import criteria
from dxnet.differential import INTENDED_USE, INTENDED_USER
from dxnet.explain import conflict, flips
from dxnet.load import RESOURCES
from dxnet.network import Finding
from dxnet.planning import never_miss, next_tests
from dxnet.report import REPORTS, content, html, pdf, report
from dxnet.report.parts import Bullets, Chart, Facts, Table, Text
from dxnet.validation import CASES, WORTH
from dxnet.wording import percent, share, words

ON = date(2026, 1, 31)
CASE = Case(
    {
        "age": "60-69",
        "dysarthria": "present",
        "tongue_atrophy": "absent",
        "fatigability": {"present": 0.7, "absent": 0.2},
        "mri_cord_compression": "probable compression",
        "babinski": "present",
        "clonus": "present",
        "hyperreflexia_legs": "absent",
    },
    id="≥ – µ é Š",
    about={"title": '<script>alert("a & b")</script>', "note": "Dvořák’s 日本 \u202e note"},
)


class Page(HTMLParser):
    """Text of an HTML page, its elements, and whether all are closed."""

    def __init__(self, content):
        super().__init__()
        self.texts, self.elements, self.open = [], [], []
        self.feed(content.decode())
        self.text = squeezed("".join(self.texts))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "line", "rect", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)


def squeezed(text):
    """Without white space: where lines break is the page's affair."""
    return "".join(text.split())


def printed(content):
    """Text of a PDF without its feet."""
    reader = PdfReader(BytesIO(pdf(content)))
    pages = [page.extract_text() for page in reader.pages]
    foot = f"{content.foot} · page"
    for number, page in enumerate(pages, 1):
        assert page.rstrip().endswith(f"{foot} {number} of {len(pages)}")
    return squeezed("".join(page[: page.rindex(foot)] for page in pages))


def stated(content):
    """Every text of the parts."""
    for section in content.sections:
        yield section.heading
        for part in section.parts:
            match part:
                case Text():
                    yield part.text
                case Facts():
                    yield from (text for row in part.rows for text in row)
                case Bullets():
                    yield from (*part.items, *part.marks)
                case Table():
                    yield from (part.caption, *(column.removeprefix(">") for column in part.columns))
                    yield from (cell for row in part.rows for cell in row)
                case Chart():
                    yield part.caption


def all_of_it(answers, case):
    """What a report must print, computed here."""
    net, answer, sure = answers.network, answers.diagnose(case), credible_intervals(answers, case)
    yield from (INTENDED_USE, INTENDED_USER, net.fingerprint, net.version, ON.isoformat(), *net.limits)
    yield net.settings[answer.setting].label
    yield from (finding.label for finding in net.findings.values())
    for k, name in enumerate(net.diagnoses):
        yield net.diagnosis[name].name
        numbers = (answer.pre_test[k], answer.post_test[k])
        interval = f"{percent(float(sure.low[k]))} to {percent(float(sure.high[k]))}"
        yield " ".join((*(percent(float(p)) for p in numbers), interval, percent(float(sure.first[k]))))
    for group, (before, after) in answer.groups.items():
        yield f"{group} {percent(before)} {percent(after)}"
    for versus in ("", answer.ranking[1]):
        why = explain(answers, case, answer.ranking[0], versus)
        yield f"Log-odds {why.prior_log_odds:+.2f} before the findings, {why.log_odds:+.2f} with them"
        for c in why.contributions:
            error = f" ± {c.error:.2f}" if c.error else ""
            label, state = net.findings[c.finding].label, words(case.findings[c.finding])
            yield f"{label} {state} {c.weight:+.2f}{error} {c.likelihood_ratio:.3g}"
            for source in {source for _, estimate in c.numbers for source in estimate.sources}:
                yield str(net.references.get(source, "No published figure"))
    yield f"conflict {conflict(answers, case).value:.2f} nats"
    for flip in flips(answers, case):
        label, entered = net.findings[flip.finding].label, words(case.findings[flip.finding])
        first = f"{net.diagnosis[flip.first].name} {percent(flip.probability)}"
        yield f"{label} {entered} {words(flip.state) or 'left out'} {first}"
    for test in next_tests(answers, case):
        yield f"{test.burden:g} {test.value:.3f}"
        yield net.procedures[test.procedure].label
    for miss in never_miss(answers, case):
        yield f"{net.diagnosis[miss.diagnosis].label} {percent(miss.probability)}"
    if net.procedures:
        for c in criteria(net, case):
            yield f"{c.name} {c.category} {'decided' if c.is_decided else f'up to {c.at_best}'}"
            yield from (net.findings[name].label for name in c.missing)
            yield from c.lacks[1][:4] if c.lacks else ()


@pytest.mark.parametrize(
    "case", [CASE, *map(lambda f: read_cases(f)[0], sorted(CASES.parent.glob("*.yaml")))]
)
def test_everything_is_printed_as_the_engine_says(case):
    told = content(engine("als_mimics"), case, ON)
    page, paper = Page(html(told)), printed(told)
    for text in all_of_it(engine("als_mimics"), case):
        assert squeezed(text) in page.text, text
        assert squeezed(text) in paper or _split(squeezed(text), paper), text


def _split(text, paper):
    """A row whose cells have several lines comes back with its columns interleaved: all letters are there."""
    return len(text) > 20 and any(text[:n] in paper and text[n:] in paper for n in range(len(text)))
