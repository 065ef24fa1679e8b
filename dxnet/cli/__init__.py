"""The command ``dxnet``.

Exit codes: 0 fine, 1 ``check``, ``replay`` or ``--verify`` found something, 2 bad input.
"""

import click

from dxnet.cli.app import app
from dxnet.cli.card import card
from dxnet.cli.check import check
from dxnet.cli.convert import convert
from dxnet.cli.criteria import criteria
from dxnet.cli.diagnose import diagnose
from dxnet.cli.diff import diff
from dxnet.cli.evaluate import evaluate
from dxnet.cli.export import export
from dxnet.cli.import_ import import_
from dxnet.cli.learn import learn
from dxnet.cli.new import new
from dxnet.cli.next import next_
from dxnet.cli.replay import replay
from dxnet.cli.report import report
from dxnet.cli.schema import schema
from dxnet.cli.score import score
from dxnet.cli.sensitivity import sensitivity
from dxnet.cli.shared import Reporting
from dxnet.cli.show import show
from dxnet.cli.simulate import simulate


@click.group(
    cls=Reporting, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="dxnet")
def main() -> None:
    """Differential diagnosis of ALS and its mimics with a Bayesian network.

    Research and education use; not a medical device.
    """


COMMANDS = (
    *(app, new, check, show, diff, sensitivity, evaluate, card, simulate, learn, schema),
    *(diagnose, replay, next_, criteria, report, score, convert, import_, export),
)
for command in COMMANDS:
    main.add_command(command)
