"""Tables of figures: values in words, and beside each table where its numbers come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from core.figures import Figure
from core.formats import chip, origin, show, show_with_interval
from core.words import label

Rows = Mapping[str, Mapping[str, Figure | None]]  # what a row is about, and its figures by name; None where it does not apply


def folded(label: str, icon: str, key: str, draw: Callable[[], object]) -> None:
    """A closed part that is drawn once it is opened: what nobody looks at costs a page nothing."""
    part = st.expander(label, icon=icon, key=key, on_change="rerun")
    if part.open:
        with part:
            draw()


def folded_table(label: str, rows: Rows, columns: Sequence[str], key: str, first: str = "Model") -> None:
    """figures_table behind a label, drawn once it is opened."""
    folded(label, ":material/table:", key, lambda: figures_table(rows, columns, first))


def folded_origins(rows: Rows, columns: Iterable[str], key: str) -> None:
    """Where the figures of a single row come from, drawn once it is opened."""
    folded("Where these numbers come from", ":material/fact_check:", key,
           lambda: st.dataframe(origins(rows, columns).drop(columns="Model"), hide_index=True))


def figures_table(rows: Rows, columns: Sequence[str], first: str = "Model") -> None:
    """One row for each model or option, one column for each figure; a dash where it does not apply."""
    data = [{first: name, **{label(column): _cell(figures, column) for column in columns}}
            for name, figures in rows.items()]
    st.dataframe(pd.DataFrame(data), hide_index=True, column_config={first: st.column_config.Column(pinned=True)})
    with st.expander("Where these numbers come from", icon=":material/fact_check:"):
        st.dataframe(origins(rows, columns, first), hide_index=True)


def origins(rows: Rows, columns: Iterable[str], first: str = "Model") -> pd.DataFrame:
    """Each figure with its chip and its origin in words."""
    known = [(name, column, figure) for name, figures in rows.items() for column in columns if (figure := figures.get(column))]
    return pd.DataFrame([{first: name, "Figure": label(column), "Value": show_with_interval(figure), "Origin": chip(figure),
                          "In words": origin(figure)} for name, column, figure in known])


def _cell(figures: Mapping[str, Figure | None], column: str) -> str:
    if column not in figures:
        return "not measured"
    figure = figures[column]
    if figure is None:
        return "–"
    return show_with_interval(figure) if figure.low is not None else show(figure)
