"""HTML of which a click chooses: the bar that is picked, or the buttons that are pressed."""

from __future__ import annotations

from dxnet.ui.shared.browser_parts import browser_part

draw_choices = browser_part(__file__, isolate_styles=False)
"""Draws the ``html`` of its data. What has a ``data-key`` can be chosen: the key is told as
``picked``; of buttons with ``aria-pressed`` are told as ``pressed`` the ``names`` of those that are."""
