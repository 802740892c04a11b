"""Tables of figures: values in words, and beside each table where its numbers come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from core.figures import Figure
from core.formats import chip, origin, show, show_with_interval
from pages.ui.text import label_of

Rows = Mapping[str, Mapping[str, Figure]]  # what a row is about, and its figures by name


def figures_table(rows: Rows, columns: Sequence[str], first: str = "Model") -> None:
    """One row for each model or option, one column for each figure; below it, where each number comes from."""
    data = [{first: name, **{label_of(column): _cell(figures.get(column)) for column in columns}}
            for name, figures in rows.items()]
    st.dataframe(pd.DataFrame(data), hide_index=True, column_config={first: st.column_config.Column(pinned=True)})
    with st.expander("Where these numbers come from", icon=":material/fact_check:"):
        st.dataframe(origins(rows, columns, first), hide_index=True)


def origins(rows: Rows, columns: Iterable[str], first: str = "Model") -> pd.DataFrame:
    """Each figure with its chip and its origin in words."""
    return pd.DataFrame([
        {first: name, "Figure": label_of(column), "Value": _cell(figures[column]), "Origin": chip(figures[column]),
         "In words": origin(figures[column])}
        for name, figures in rows.items() for column in columns if column in figures])


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "not measured"
    return show_with_interval(figure) if figure.low is not None else show(figure)
