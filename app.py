"""The clinician's app: `streamlit run app.py`."""

import streamlit as st

from dxnet.ui import case_page

st.set_page_config(page_title="dxnet", page_icon="🧠", layout="wide")
st.navigation([st.Page(case_page.show, title="Case", url_path="case", default=True)], position="top").run()
