"""How well letters are read: precision, recall and errors of negation against letters coded by hand.

.venv/bin/python benchmarks/letters.py data/letters/measure [--errors]

A folder holds NAME.txt and NAME.yaml, a case file; the name's prefix is the category. A proposal is right
where it has the state that was coded, or a number of it; one that is contradicted counts as none. What the
coder left open (``paused``) counts neither way. An error of negation is a finding proposed as normal that was
coded as abnormal, or the other way round.
"""

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path

from dxnet import load_network, read_cases, read_text
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import NORMAL

COLUMNS = ("letters", "coded", "proposed", "precision", "recall", "negation")


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
        state = state_of(network, name, proposal.entry)
        if wanted.get(name) == state:
            counts["right"] += 1
        else:
            counts["wrong"] += 1
            normal = network.findings[name].states[0]
            is_flip = name in wanted and normal in NORMAL and normal in (wanted[name], state)
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
    totals = [counts["letters"], counts["coded"], proposed]
    rates = [
        counts["right"] / max(proposed, 1),
        counts["right"] / max(counts["coded"], 1),
        counts["negation"] / max(proposed, 1),
    ]
    return " ".join([f"{name:<12}", *(f"{n:>9}" for n in totals), *(f"{rate:>9.3f}" for rate in rates)])


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
    print(f"{'category':<12}", *(f"{column:>9}" for column in COLUMNS))
    for name in sorted(totals, key=lambda it: (it == "all", it)):
        print(row(name, totals[name]))
    print(f"slowest letter: {slowest * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
