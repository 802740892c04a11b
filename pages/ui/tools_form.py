"""What somebody knows of each tool: support, maturity and integration effort, a row of fields for each."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from core.case import CaseInputs, Maturity, Support, ToolInputs
from core.words import TOOLS
from pages.ui.case_form import Changed
from pages.ui.fields import limits
from pages.ui.text import plain

CHOICES: dict[str, tuple[str, ...]] = {"support": get_args(Support), "maturity": get_args(Maturity)}
HEADS = {"support": "Support", "maturity": "Maturity", "integration_hours": "Integration (hours)"}
WIDTHS = (5, 4, 4, 4)


def draw(case: CaseInputs, key: str, changed: Changed) -> None:
    """A row for each tool, with a dash where nothing is stated; changed is called before the page is drawn again."""
    st.caption("Integration hours are added to the upfront cost of what the tool serves, beside the hours of step 4. A tool that is "
               "experimental, deprecated or without support warns in this item if it serves the option that the verdict is about.")
    for column, head in zip(st.columns(WIDTHS), ("Tool", *HEADS.values()), strict=True):
        column.markdown(f"**{head}**")
    for tool, name in TOOLS.items():
        said = case.tools.get(tool, ToolInputs())
        first, *columns = st.columns(WIDTHS, vertical_alignment="center")
        first.markdown(plain(name))
        for column, field in zip(columns, HEADS, strict=True):
            with column:
                _field(field, name, getattr(said, field), f"{key}-tool-{tool}-{field}", changed)


def _field(field: str, tool: str, value: Any, key: str, changed: Changed) -> None:
    about = f"{ToolInputs.model_fields[field].description}"
    common: dict[str, Any] = {"label": f"{HEADS[field]} of {tool}: {about}", "label_visibility": "collapsed", "key": key,
                              "on_change": changed}
    if value is not None:
        st.session_state.setdefault(key, value)
    if field in CHOICES:
        st.selectbox(**common, options=[None, *CHOICES[field]], format_func=lambda word: word or "–")
    else:
        low, high = limits(ToolInputs.model_fields[field])
        st.number_input(**common, value=None, min_value=low, max_value=high, step=1.0, format="%g", placeholder="–")


def read(case: CaseInputs, key: str) -> dict[str, dict[str, Any]]:
    """What the fields say now, tools of which nothing is stated left out; what is not drawn stays as the case has it."""
    found = {}
    for tool in TOOLS:
        said = case.tools.get(tool, ToolInputs()).model_dump()
        said |= {field: st.session_state[name] for field in HEADS if (name := f"{key}-tool-{tool}-{field}") in st.session_state}
        if any(value is not None for value in said.values()):
            found[tool] = said
    return found
