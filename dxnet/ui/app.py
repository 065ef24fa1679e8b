"""The app: its pages. ``dxnet app`` runs this file as a script of Streamlit."""

from functools import partial

import streamlit as st

from dxnet.lazy import lazily
from dxnet.ui.case import page as case_page
from dxnet.ui.shared.frame import page, tab_title
from dxnet.ui.shared.freed_memory import give_freed_memory_back


def run_page() -> None:
    """Draw the page that the user chose, from the top, as Streamlit does after every click.

    What the other pages need is imported when one of them is opened.
    """
    give_freed_memory_back()
    case = st.Page(page(case_page.draw_case_page), title="Case", default=True)
    to_case = partial(st.switch_page, case)
    draw_letter = partial(lazily("dxnet.ui.letter.page:draw_letter_page"), to_case=to_case)
    pages = [
        case,
        st.Page(to_case, title="Case", url_path="case", visibility="hidden"),  # /case leads to /
        st.Page(page(draw_letter), title="Letter", url_path="letter"),
        st.Page(page(lazily("dxnet.ui.compare.page:draw_compare_page")), title="Compare", url_path="compare"),
        st.Page(page(lazily("dxnet.ui.network.page:draw_network_page")), title="Network", url_path="network"),
        st.Page(page(lazily("dxnet.ui.cohort.page:draw_cohort_page")), title="Cohort", url_path="cohort"),
        st.Page(page(lazily("dxnet.ui.teaching.page:draw_teaching_page")), title="Learn", url_path="learn"),
        st.Page(
            page(lazily("dxnet.ui.evidence.page:draw_evidence_page")),
            title="Evidence & limits",
            url_path="evidence",
        ),
    ]
    chosen = st.navigation(pages, position="top")
    st.set_page_config(page_title=tab_title(chosen.title), page_icon="🧠", layout="wide")
    chosen.run()


if __name__ == "__main__":
    run_page()
