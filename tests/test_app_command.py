"""``dxnet app``: what it hands to Streamlit. (tests/test_wheel.py runs it.)"""

import os
import sys

import pytest
from click.testing import CliRunner

from dxnet.cli import main
from dxnet.cli.reporting import NEW_OBJECTS


@pytest.fixture
def handed(monkeypatch):
    """Runs ``dxnet app`` without Streamlit: the result, the command line and the module that would run."""
    ran = []
    monkeypatch.setattr("runpy.run_module", lambda name, **_: ran.append((name, sys.argv)))
    for name in ("DXNET_NETWORK", "DXNET_READ_ONLY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(sys, "argv", ["dxnet"])

    def run(*arguments):
        result = CliRunner().invoke(main, ["app", *arguments])
        return result, *(ran[-1] if ran else (None, None))

    return run


def test_streamlit_runs_the_app_with_the_settings_of_the_package(handed):
    result, module, command = handed()
    assert result.exit_code == 0 and module == "streamlit"
    assert command[:2] == ["streamlit", "run"] and command[2].endswith(os.path.join("dxnet", "ui", "app.py"))
    assert {"--server.address=127.0.0.1", "--browser.gatherUsageStats=false"} <= {*command}
    assert "--theme.primaryColor=#0B5C7A" in command
    assert not [option for option in command if option.startswith(("--server.port", "--server.headless"))]


def test_its_options_come_last_and_streamlits_own_pass(handed):
    _, _, command = handed("--headless", "--port", "8600", "--server.baseUrlPath", "dxnet")
    assert command[-4:] == [
        *("--server.port=8600", "--server.headless=true"),
        *("--server.baseUrlPath", "dxnet"),
    ]


def test_network_and_read_only_reach_the_app(handed):
    handed("--network", "asia", "--read-only")
    assert (os.environ["DXNET_NETWORK"], os.environ["DXNET_READ_ONLY"]) == ("asia", "1")


def test_a_network_that_cannot_be_read_is_refused_before_the_app_opens(handed):
    result, module, _ = handed("--network", "asai")
    assert result.exit_code == 2 and module is None and "did you mean asia?" in result.stderr


@pytest.mark.parametrize(("command", "times"), [("app", 0), ("show", 1)])
def test_a_command_that_ends_soon_seldom_looks_for_garbage_and_a_server_does_as_usual(
    command, times, monkeypatch
):
    chosen = []
    monkeypatch.setattr("gc.set_threshold", lambda *numbers: chosen.append(numbers))
    monkeypatch.setattr("atexit.register", lambda _: None)
    CliRunner().invoke(main, [command, "--help"])  # the process is not that of the command
    assert chosen == []
    monkeypatch.setattr(sys, "argv", ["dxnet", command, "--help"])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert chosen == [NEW_OBJECTS] * times
