"""The wheel in a bare environment outside the checkout: the command, the data, the app and its settings."""

import os
import socket
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

import dxnet

ROOT = Path(__file__).parents[1]
START = 90
"""Seconds that the app may take to answer."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A directory with the environment ``venv``: the wheel, and what it depends on from that of the tests."""
    place = tmp_path_factory.mktemp("elsewhere")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)], ROOT, dict(os.environ))
    (wheel,) = place.glob("*.whl")
    venv.create(place / "venv", symlinks=os.name != "nt")
    install = ["-m", "pip", "--python", str(program(place, "python")), "install", "--quiet"]
    run([sys.executable, *install, "--no-deps", "--no-index", "--no-compile", str(wheel)], place)
    (site,) = (place / "venv").rglob("site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return place


def program(place, name):
    return place / "venv" / ("Scripts" if os.name == "nt" else "bin") / name


def bare():
    """The environment variables without what could lead back to the checkout."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("DXNET_")}


def run(command, where, environment=None):
    done = subprocess.run(command, cwd=where, env=environment or bare(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_package_is_that_of_the_wheel(elsewhere):
    code = """if True:
        import dxnet
        from dxnet.knowledge.load import RESOURCES
        print(dxnet.__version__, dxnet.__file__, RESOURCES, sep="\\n")
        print(*sorted(path.name for path in RESOURCES.iterdir() if path.name != "__pycache__"))
    """
    version, file, resources, names = run([program(elsewhere, "python"), "-c", code], elsewhere).splitlines()
    assert version == dxnet.__version__
    assert Path(file).is_relative_to(elsewhere) and Path(resources) == Path(file).parent
    assert {"py.typed", "networks", "data", "README.md", ".streamlit"} <= {*names.split()}


def test_check_finds_no_fault(elsewhere):
    assert "errors: 0" in run([program(elsewhere, "dxnet"), "check", "als_mimics"], elsewhere)


def test_diagnose_ranks(elsewhere):
    (elsewhere / "case.yaml").write_text("findings: {xray_abnormal: present, smoking: present}")
    shown = run([program(elsewhere, "dxnet"), "diagnose", "case.yaml", "--network", "asia"], elsewhere)
    assert "   1  Lung cancer" in shown
    module = [program(elsewhere, "python"), "-m", "dxnet", "diagnose", "case.yaml", "--network", "asia"]
    assert run(module, elsewhere) == shown


def test_the_app_answers_on_this_machine_alone(elsewhere):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program(elsewhere, "dxnet"), "app", "--headless", "--port", str(port)]
    with (elsewhere / "log").open("w") as log:
        app = subprocess.Popen(command, cwd=elsewhere, env=bare(), stdout=log, stderr=log)
    try:
        assert health(app, f"http://127.0.0.1:{port}/_stcore/health") == b"ok"
    finally:
        app.terminate()
        app.wait(timeout=30)
    assert f"http://127.0.0.1:{port}" in (elsewhere / "log").read_text()  # as config.toml has it


def health(app, address):
    """What the app says of itself, as soon as it answers."""
    end = time.monotonic() + START
    while time.monotonic() < end and app.poll() is None:
        try:
            with urlopen(address, timeout=5) as answer:
                return answer.read()
        except (URLError, ConnectionError):
            time.sleep(0.2)
    return b"no answer"
