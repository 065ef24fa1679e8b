"""The command ``dxnet``.

Exit codes: 0 fine, 1 ``check``, ``replay`` or ``--verify`` found something, 2 bad input, or output that
cannot be written, 130 interrupted, 141 the reader of a pipe has gone.
"""

import click

from dxnet.cli.app import app
from dxnet.cli.card import card_command
from dxnet.cli.check import check_command
from dxnet.cli.convert import convert
from dxnet.cli.criteria import criteria_command
from dxnet.cli.diagnose import diagnose_command
from dxnet.cli.diff import diff_command
from dxnet.cli.evaluate import evaluate_command
from dxnet.cli.export import export
from dxnet.cli.import_ import import_
from dxnet.cli.learn import learn_command
from dxnet.cli.new import new
from dxnet.cli.next import next_
from dxnet.cli.read import read_command
from dxnet.cli.replay import replay_command
from dxnet.cli.report import report_command
from dxnet.cli.reporting import Reporting
from dxnet.cli.schema import schema_command
from dxnet.cli.score import score_command
from dxnet.cli.sensitivity import sensitivity_command
from dxnet.cli.show import show_command
from dxnet.cli.simulate import simulate_command


@click.group(
    cls=Reporting, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="dxnet")
def main() -> None:
    """Differential diagnosis of ALS and its mimics with a Bayesian network.

    Research and education use; not a medical device.
    """


COMMANDS = (
    *(
        app,
        new,
        check_command,
        show_command,
        diff_command,
        sensitivity_command,
        evaluate_command,
        card_command,
        simulate_command,
        learn_command,
        schema_command,
    ),
    *(
        read_command,
        diagnose_command,
        replay_command,
        next_,
        criteria_command,
        report_command,
        score_command,
        convert,
        import_,
        export,
    ),
)
for command in COMMANDS:
    main.add_command(command)
