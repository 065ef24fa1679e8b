"""The command line in this process."""

from click.testing import CliRunner

from dxnet.cli import main


def invoke(*words):
    """Whatever comes of a command."""
    return CliRunner().invoke(main, [str(word) for word in words])


def run(*words, code=0):
    """A command that ends with this exit code, and with no traceback."""
    result = invoke(*words)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result
