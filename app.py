"""The clinician's app: `streamlit run app.py`."""

import streamlit as st

from dxnet.ui import case_page, network_page
from dxnet.ui.frame import page

st.set_page_config(page_title="dxnet", page_icon="🧠", layout="wide")
PAGES = [
    st.Page(page(case_page.draw), title="Case", url_path="case", default=True),
    st.Page(page(network_page.draw), title="Network", url_path="network"),
]
st.navigation(PAGES, position="top").run()
