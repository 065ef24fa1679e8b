"""The Case page without a browser, as tests use and read it."""

import json
import re
from html import unescape

from dxnet import Case, Engine, load_network
from dxnet.knowledge.load import RESOURCES
from dxnet.ui.case.used import use_chosen
from dxnet.words import percent

EXAMPLES = sorted((RESOURCES / "data" / "cases").glob("*.yaml"))


def opened(page, tab):
    page.session_state["reasons"] = tab
    page.run()
    assert not page.exception
    return page


def shown(table):
    """A table as it reads: numbers and per cent signs stand together."""
    return table.value.map(lambda text: text.replace("\N{NO-BREAK SPACE}", " "))


def ranking(page):
    """Diagnosis -> (pre-test, post-test), as the page's table shows them."""
    table = shown(page.table[0])
    return {row.Diagnosis: (row["Pre-test"], row["Post-test"]) for _, row in table.iterrows()}


def expected(network, findings, setting=None):
    network = load_network(network)
    answer = Engine(network, setting).diagnose(Case(findings))
    return {
        row.label: (percent(row.pre_test), percent(row.post_test)) for row in answer.to_frame().itertuples()
    }


def footer(page):
    return next(text.value for text in page.caption if "never images" in text.value)


def upload(page, name, text):
    page.file_uploader[0].set_value((name, text.encode(), "text/plain")).run()
    if page.session_state.form.incoming:
        page.button(key="incoming_new").click().run()
    return page


def entered(page):
    """The findings that are listed, as they are shown."""
    drawn = [it.proto for it in page.get("bidi_component") if it.proto.component_name == "dxnet.choices"]
    html = next(html for it in drawn if 'class="used"' in (html := json.loads(it.json)["html"]))
    return [unescape(re.sub("<[^>]+>", "", text)) for text in re.findall("<button.*?</button>", html)]


def pause(page, *names):
    """Leave only the others in use."""
    form = page.session_state.form
    left = [name for name in form.used.findings if name not in names]
    use_chosen(form, {"names": left})
    return page.run()
