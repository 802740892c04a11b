"""Form fields made from a pydantic model: meaning as help, bounds and default as the model has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo


def limits(info: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the largest value that a field's bounds name; an open bound counts as its end."""
    found: dict[str, float] = {}
    for rule in info.metadata:
        for name in ("ge", "gt", "le", "lt"):
            if (bound := getattr(rule, name, None)) is not None:
                found[name] = float(bound)
    return found.get("ge", found.get("gt")), found.get("le", found.get("lt"))


def draw(part: BaseModel, names: list[str], key: str) -> dict[str, Any]:
    """The fields of a part, starting from its values, in a grid that wraps; returns what they say."""
    values = {}
    grid = st.grid(3, min_column_width=200, vertical_alignment="bottom")
    for name in names:
        with grid.cell():
            values[name] = _field(name, type(part).model_fields[name], getattr(part, name), f"{key}-{name}")
    return values


def _field(name: str, info: FieldInfo, value: Any, key: str) -> Any:
    about = info.description or ""
    label = name.replace("_", " ").capitalize()
    common: dict[str, Any] = {"label": label, "key": key, "help": f"{about[:1].upper()}{about[1:]}. Default: {_shown(value)}."}
    kind = info.annotation
    if get_origin(kind) is Literal:
        options = list(get_args(kind))
        return st.selectbox(**common, options=options, index=options.index(value))
    if kind is bool:
        return st.checkbox(**common, value=value)
    if kind is str:
        return st.text_input(**common, value=value)
    if str in get_args(kind):
        return st.text_input(**common, value=value or "") or None
    return _number(common, info, value, whole=kind is int or int in get_args(kind))


def _number(common: Mapping[str, Any], info: FieldInfo, value: Any, whole: bool) -> Any:
    low, high = limits(info)
    if whole:
        return st.number_input(**common, value=value, step=1, min_value=None if low is None else int(low),
                               max_value=None if high is None else int(high), placeholder="not stated")
    form = "%.5f" if value and value < 0.001 else "%g"
    return st.number_input(**common, value=float(value), min_value=low, max_value=high, format=form,
                           step=None if value == 0 else 10.0 ** _exponent(value))


def _exponent(value: float) -> int:
    """The power of ten of the value's first digit, for the step of its field."""
    return int(f"{value:e}".partition("e")[2])


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
