"""The app: its pages. ``dxnet app`` runs this file as a script of Streamlit."""

from functools import partial

import streamlit as st

from dxnet.ui.case import page as case_page
from dxnet.ui.cohort import page as cohort_page
from dxnet.ui.compare import page as compare_page
from dxnet.ui.evidence import page as evidence_page
from dxnet.ui.letter import page as letter_page
from dxnet.ui.network import page as network_page
from dxnet.ui.shared.frame import page


def run_page() -> None:
    """Draw the page that the user chose, from the top, as Streamlit does after every click."""
    st.set_page_config(page_title="dxnet", page_icon="🧠", layout="wide")
    case = st.Page(page(case_page.draw_case_page), title="Case", url_path="case", default=True)
    draw_letter = partial(letter_page.draw_letter_page, to_case=partial(st.switch_page, case))
    pages = [
        case,
        st.Page(page(draw_letter), title="Letter", url_path="letter"),
        st.Page(page(compare_page.draw_compare_page), title="Compare", url_path="compare"),
        st.Page(page(network_page.draw_network_page), title="Network", url_path="network"),
        st.Page(page(cohort_page.draw_cohort_page), title="Cohort", url_path="cohort"),
        st.Page(page(evidence_page.draw_evidence_page), title="Evidence & limits", url_path="evidence"),
    ]
    st.navigation(pages, position="top").run()


if __name__ == "__main__":
    run_page()
