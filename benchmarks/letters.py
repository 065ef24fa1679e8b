"""How well letters are read: precision, recall and errors of negation against letters coded by hand.

.venv/bin/python benchmarks/letters.py data/letters/measure [--errors]

A folder holds NAME.txt and NAME.yaml, a case file; the name's prefix is the category. A proposal is right where it
has the state that was coded, or a number of it; one that is contradicted counts as none. What the coder left open
(``paused``) counts neither way. An error of negation is a finding proposed as normal that was coded as abnormal, or
the other way round.
"""

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path

from dxnet import load_network, read_cases
from dxnet.formats.text.read import read_text
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import NORMAL


HEADER = f"{'category':<12} {'letters':>7} {'coded':>6} {'proposed':>8} {'precision':>9} {'recall':>7} {'negation':>8}"


def state_of(network, finding, entry):
    """The state that an entry stands for; of a soft word the one it leans to."""
    read = read_entered(network, finding, entry)
    if read.likelihoods:
        return max(read.likelihoods, key=read.likelihoods.get)
    return read.state


def compare(network, letter, coded):
    """Counts of right, wrong, missing and negation errors, and each error in words."""
    found = {it.finding: it for it in letter if not it.contradicted_by}
    wanted = {name: state_of(network, name, entry) for name, entry in coded.findings.items()}
    counts, errors = Counter(), []
    for name, proposal in found.items():
        if name in coded.paused:
            continue
        if wanted.get(name) == proposal.state:
            counts["right"] += 1
        else:
            counts["wrong"] += 1
            normal = network.findings[name].states[0]
            is_flip = name in wanted and normal in NORMAL and normal in (wanted[name], proposal.state)
            counts["negation"] += is_flip
            kind = "NEGATION" if is_flip else "WRONG" if name in wanted else "EXTRA"
            errors.append(
                f"{kind} {name} {proposal.entry} (coded {wanted.get(name, '-')}): {proposal.sentence!r}"
            )
    for name, state in wanted.items():
        if name not in found:
            counts["missing"] += 1
            errors.append(f"MISSING {name} {state}")
    return counts, errors


def row(name, counts):
    proposed = counts["right"] + counts["wrong"]
    coded = counts["coded"]
    precision = counts["right"] / max(proposed, 1)
    recall = counts["right"] / max(coded, 1)
    negation = counts["negation"] / max(proposed, 1)
    rates = f"{precision:>9.3f} {recall:>7.3f} {negation:>8.3f}"
    return f"{name:<12} {counts['letters']:>7} {coded:>6} {proposed:>8} {rates}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", action="store_true", help="print every error")
    options = parser.parse_args()
    network = load_network("als_mimics")
    totals, slowest = defaultdict(Counter), 0.0
    read_text("No weakness.", network)
    for path in sorted(options.folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        (coded,) = read_cases(path.with_suffix(".yaml"))
        start = time.perf_counter()
        letter = read_text(text, network)
        slowest = max(slowest, time.perf_counter() - start)
        counts, errors = compare(network, letter, coded)
        counts["letters"], counts["coded"] = 1, len(coded.findings)
        for name in (path.stem.split("_")[0], "all"):
            totals[name].update(counts)
        if options.errors:
            print(f"--- {path.stem}: {counts['right']} right, {counts['wrong']} wrong")
            print("\n".join(errors))
    print(HEADER)
    for name in sorted(totals, key=lambda it: (it == "all", it)):
        print(row(name, totals[name]))
    print(f"slowest letter: {slowest * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
