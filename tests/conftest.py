"""Networks and engines shared by the tests: what ships is read once, and its engines are built once."""

import gc
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import dxnet
import dxnet.formats.networks.load
import dxnet.formats.text.lexicon
import dxnet.inference.engine
import dxnet.inference.implied
import dxnet.knowledge.load
from dxnet import Case, Engine, Estimate, Network, kept_files, load_network
from dxnet.formats.cases.read import write_case
from dxnet.inference.backends.registry import BACKENDS, DEFAULT_BACKEND
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.load import RESOURCES, find_network

sys.modules.setdefault("conftest", sys.modules[__name__])  # one copy, whoever imports it
# What files of tests share says as much as they do when it fails
pytest.register_assert_rewrite(*(path.stem for path in Path(__file__).parent.glob("*.py")))

# The same examples in every run, so that what CI says depends on the commit alone;
# `--hypothesis-profile explore` looks elsewhere each time
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dxnet", settings.get_profile("explore"), derandomize=True)
settings.load_profile("dxnet")

NETWORKS = ["als_mimics", "asia"]
LARGE_SLOWLY = [pytest.param("als_mimics", marks=pytest.mark.slow), "asia"]
"""The same, where the large one takes long."""
ENGINES = [BACKENDS["compiled"], BACKENDS["numpy"]]
"""Backends that answer every question."""
CASE = Case(
    {"smoking": "present", "xray_abnormal": {"present": 0.8, "absent": 0.2}},
    id="p1",
    diagnosis="lung_cancer",
    about={"title": "A [bold]smoker[/bold]"},
)
"""A case of asia, with markup in its title."""
TABLE = "id,diagnosis,smoking,xray_abnormal\na,lung_cancer,present,present\nb,no_lung_cancer,,absent\n"
"""Two cases of asia."""
TINY = Path(__file__).parent / "tiny"
LESIONS = TINY.with_name("lesions")
SHIPPED = [RESOURCES / "networks" / name for name in NETWORKS]
STARTER = Path(dxnet.__file__).parent / "knowledge" / "starter"


def shipped_once(load):
    """``load_directory`` that reads each shipped network once in a process, and every other anew."""
    kept = cache(load)

    def load_once(path_or_name, within=None):
        directory = find_network(path_or_name)
        return kept(directory, within) if directory in SHIPPED else load(path_or_name, within)

    return load_once


def shipped_tables_once(build):
    """``all_tables`` that builds those of a shipped network once in a setting; nobody can write on them."""
    made = {}

    def build_once(net, setting=None):
        if net.name not in NETWORKS or net is not load_network(net.name):
            return build(net, setting)
        if (net.name, setting) not in made:
            made[net.name, setting] = build(net, setting)
            for table in made[net.name, setting].values():
                table.values.setflags(write=False)
        return dict(made[net.name, setting])

    return build_once


def shipped_lexicons_once(make):
    """``_make_lexicon`` that makes that of a shipped network once; the product keeps the last one alone."""
    made = {}

    def make_once(net):
        if net.name not in NETWORKS or net is not load_network(net.name):
            return make(net)
        return made.get(net.name) or made.setdefault(net.name, make(net))

    return make_once


def share_engines_of_what_ships():
    """``Engine(network, setting)`` of a shipped network is one object, with all that it has worked out.

    A test that needs one built anew asks for the engine of a ``model_copy``.
    """
    built, build = {}, Engine.__init__

    def kept(cls, network=None, setting=None, backend=DEFAULT_BACKEND):
        if cls is not Engine or not isinstance(network, Network) or network.name not in NETWORKS:
            return object.__new__(cls)
        if network is not load_network(network.name):
            return object.__new__(cls)
        return built.setdefault((network.name, network.setting(setting)[0], backend), object.__new__(cls))

    def build_once(self, network, setting=None, backend=DEFAULT_BACKEND):
        if not vars(self):
            build(self, network, setting, backend)

    Engine.__new__, Engine.__init__ = kept, build_once


share_engines_of_what_ships()
dxnet.knowledge.load.load_directory = shipped_once(dxnet.knowledge.load.load_directory)
dxnet.formats.networks.load.load_directory = dxnet.knowledge.load.load_directory
dxnet.inference.engine.all_tables = shipped_tables_once(dxnet.inference.engine.all_tables)
dxnet.inference.implied.all_tables = dxnet.inference.engine.all_tables
dxnet.formats.text.lexicon._make_lexicon = shipped_lexicons_once(dxnet.formats.text.lexicon._make_lexicon)
kept_files.NEWEST = 10_000  # the many small networks of tests must not push out what ships

gc.set_threshold(20_000, 20, 20)


def pytest_configure(config):
    """A run keeps files in a directory of its own, which has the machine code of the user's."""
    users = kept_files.cache_directory()
    if users is None or hasattr(config, "workerinput"):  # a worker has the directory of its run
        return
    own = Path(tempfile.mkdtemp(prefix="dxnet-tests-"))
    take_over_machine_code(users, own)
    os.environ[kept_files.CACHE_VARIABLE] = str(own)

    def end():
        take_over_machine_code(own, users)
        shutil.rmtree(own, ignore_errors=True)

    config.add_cleanup(end)


def take_over_machine_code(of, to):
    """It takes most of a minute to make; a process that reads it meanwhile sees the whole or none."""
    for code in of.glob("kernels-*"):
        if not (to / code.name).exists():
            part = to / f".part-{os.getpid()}-{code.name}"
            with suppress(OSError):  # another run was faster
                os.replace(shutil.copy2(code, part), to / code.name)


def pytest_collection_modifyitems(items):
    """Long files come first, so that no core waits for another at the end: the browser, then slow tests."""
    long = {item.path: 1 for item in items if item.get_closest_marker("slow")}
    long |= {item.path: 2 for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: -long.get(item.path, 0))


def pytest_collection_finish():
    """What was imported stays: the collector of garbage need not search it again and again."""
    gc.collect()
    gc.freeze()


def network(name):
    return load_network(name)


def two_diagnoses(findings, **parts):
    """A network of the diagnoses a and b, made in Python."""
    half = Estimate.parse("0.5 ~ 10 @estimate")
    return Network(
        name="n",
        label="N",
        version="1",
        diagnosis={"a": Diagnosis(label="A"), "b": Diagnosis(label="B")},
        settings=parts.pop("settings", {"s": Setting(label="S", prior={"default": half})}),
        findings=findings,
        **parts,
    )


@cache
def engine(name, setting=None, backend="compiled"):
    return Engine(network(name), setting, backend)


@pytest.fixture(scope="session")
def als():
    return network("als_mimics")


@pytest.fixture(scope="session")
def asia():
    return network("asia")


@pytest.fixture
def tiny(tmp_path):
    """A copy of the network in ``TINY``, to be edited."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture
def case(tmp_path):
    """The file of ``CASE``."""
    write_case(CASE, tmp_path / "case.yaml")
    return tmp_path / "case.yaml"


@pytest.fixture
def table(tmp_path):
    """The file of ``TABLE``."""
    (tmp_path / "cases.csv").write_text(TABLE)
    return tmp_path / "cases.csv"


def line_of(text, fragment):
    """The line on which alone a fragment stands."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if fragment in line]
    assert len(lines) == 1, f"on lines {lines}: {fragment!r}"
    return lines[0]


@pytest.fixture(scope="session")
def impossible(tmp_path_factory):
    """The directory of a network in which a cough without any symptom has probability zero."""
    directory = tmp_path_factory.mktemp("impossible")
    (directory / "network.yaml").write_text(
        """\
name: impossible
label: A network with an exact rule
version: 1.0.0
diagnosis: {ill: {label: Ill}, well: {label: Well}}
settings: {clinic: {label: A clinic, prior: {default: 0.5 ~ 10 @estimate}}}
findings:
  cough: {label: Cough, given diagnosis: {ill: 0.9 ~ 10 @estimate, well: 0.1 ~ 10 @estimate}}
  fever: {label: Fever, given diagnosis: {ill: 0.9 ~ 10 @estimate, well: 0.1 ~ 10 @estimate}}
  any_symptom: {label: Any symptom, any-of: [cough, fever]}
""",
        encoding="utf-8",
    )
    return directory


@pytest.fixture(scope="module")
def no_fonts_but_the_shipped_one(tmp_path_factory):
    """Reports are the same on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DXNET_FONTS", str(tmp_path_factory.mktemp("fonts")))
        yield
