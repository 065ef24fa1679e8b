"""The app: its pages. ``dxnet app`` runs this file as a script of Streamlit."""

import streamlit as st

from dxnet.ui.case import page as case_page
from dxnet.ui.cohort import page as cohort_page
from dxnet.ui.compare import page as compare_page
from dxnet.ui.evidence import page as evidence_page
from dxnet.ui.network import page as network_page
from dxnet.ui.shared.frame import page
from dxnet.ui.teaching import page as teaching_page


def run_page() -> None:
    """Draw the page that the user chose, from the top, as Streamlit does after every click."""
    st.set_page_config(page_title="dxnet", page_icon="🧠", layout="wide")
    pages = [
        st.Page(page(case_page.draw_case_page), title="Case", url_path="case", default=True),
        st.Page(page(compare_page.draw_compare_page), title="Compare", url_path="compare"),
        st.Page(page(network_page.draw_network_page), title="Network", url_path="network"),
        st.Page(page(cohort_page.draw_cohort_page), title="Cohort", url_path="cohort"),
        st.Page(page(teaching_page.draw_teaching_page), title="Learn", url_path="learn"),
        st.Page(page(evidence_page.draw_evidence_page), title="Evidence & limits", url_path="evidence"),
    ]
    st.navigation(pages, position="top").run()


if __name__ == "__main__":
    run_page()
