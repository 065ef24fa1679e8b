"""The door for ``streamlit run app.py`` in a checkout; ``dxnet app`` opens the app anywhere."""

from dxnet.ui.app import run_page

run_page()
