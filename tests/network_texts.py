"""A small network as it stands in files of other programs, how it is read, and what a network states."""

from dxnet.formats.networks.net import read_net
from dxnet.formats.networks.xdsl import read_xdsl
from dxnet.formats.networks.xmlbif import read_xmlbif

XDSL = """<?xml version="1.0" encoding="UTF-8"?>
<smile version="1.0" id="N" numsamples="10000" discsamples="10000">
<nodes>
<cpt id="a" target="true"><state id="no"/><state id="yes"/><probabilities>0.7 0.3</probabilities></cpt>
<cpt id="b"><state id="no"/><state id="yes"/><parents>a</parents>
<probabilities>0.9 0.1 0.4 0.6</probabilities></cpt>
</nodes>
</smile>"""
XMLBIF = """<?xml version="1.0"?>
<BIF VERSION="0.3">
<NETWORK><NAME>n</NAME>
<VARIABLE TYPE="nature"><NAME>a</NAME><OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>b</NAME><OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME></VARIABLE>
<DEFINITION><FOR>a</FOR><TABLE>0.7 0.3</TABLE></DEFINITION>
<DEFINITION><FOR>b</FOR><GIVEN>a</GIVEN><TABLE>0.9 0.1 0.4 0.6</TABLE></DEFINITION>
</NETWORK></BIF>"""
NET = """net { node_size = (80 40); }
node a { label = "A"; states = ("no" "yes"); }
node b { label = "B"; states = ("no" "yes"); }
potential (a) { data = (0.7 0.3); }
potential (b | a) { data = ((0.9 0.1) % no
 (0.4 0.6)); }
"""
READERS = {"xdsl": read_xdsl, "xml": read_xmlbif, "net": read_net}


def network_in(kind, text):
    return READERS[kind](text.encode() if isinstance(text, str) else text, f"x.{kind}")


NOISY = """<smile version="1.0" id="N"><nodes>
<cpt id="flu"><state id="severe"/><state id="mild"/><state id="none"/>
<probabilities>0.1 0.2 0.7</probabilities></cpt>
<cpt id="smoke"><state id="no"/><state id="yes"/><probabilities>0.6 0.4</probabilities></cpt>
<noisymax id="cough"><state id="bad"/><state id="some"/><state id="no"/><parents>flu smoke</parents>
<strengths>0 1 2 1 0</strengths>
<parameters>0.6 0.3 0.1 0.2 0.4 0.4 0 0 1 0.1 0.5 0.4 0 0 1 0.01 0.04 0.95</parameters></noisymax>
</nodes></smile>"""  # fmt: skip


def stated(part):
    """All that a network states, without the places where it stands."""
    part = part.model_dump() if hasattr(part, "model_dump") else part
    if isinstance(part, dict):
        return {key: stated(value) for key, value in part.items() if key != "where"}
    return part
