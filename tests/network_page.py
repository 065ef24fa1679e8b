"""The Network page without a browser, as tests use and read it."""

NETWORK_PAGE = """
from dxnet.ui.network import page as network_page
from dxnet.ui.shared.frame import page

page(network_page.draw_network_page)()
"""


def choose(page, name):
    page.selectbox(key="sought_node").set_value(name).run()
    assert not page.exception
    return page


def opened(page, tab):
    page.session_state["tables"] = tab
    page.run()
    assert not page.exception
    return page


def said(page):
    return "\n".join(text.value for text in [*page.markdown, *page.caption])


def write(page, place, text):
    page.text_input(key=f"number:{place}").set_value(text).run()
    assert not page.exception


def button(page, label):
    (found,) = [button for button in page.button if button.label == label]
    return found


def attempt(page):
    button(page, "Check and compare").click().run()
    assert not page.exception
    return tried(page)


def tried(page):
    return page.session_state.desk.trial(page.session_state.form.setting)


def editor(start, network, name):
    return opened(choose(start(network), name), "Edit")
