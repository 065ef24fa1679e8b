"""The clinician's app: `streamlit run app.py`."""

import streamlit as st

from dxnet.ui import case_page
from dxnet.ui.frame import page

st.set_page_config(page_title="dxnet", page_icon="🧠", layout="wide")
PAGES = [
    st.Page(page(case_page.draw), title="Case", url_path="case", default=True),
]
st.navigation(PAGES, position="top").run()
