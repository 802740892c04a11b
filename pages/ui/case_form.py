"""The business inputs as form fields: empty means that nobody has said it, and the default that then counts is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.case import CASE_DEFAULTS, CaseInputs
from core.studies import prices
from pages.ui.fields import limits

# Which inputs belong to which item of the checklist.
BY_ITEM: Mapping[int, tuple[str, ...]] = {
    1: ("predictions_per_day", "peak_to_mean", "monthly_growth", "instance", "usd_per_hour", "target_utilisation",
        "min_instances"),
    2: ("latency_limit_ms",),
    3: ("accuracy_margin_points",),
    4: ("engineering_hours", "engineering_usd_per_hour", "months_to_go_live", "parallel_months", "horizon_months",
        "discount_rate"),
    5: ("teacher_terms_allow", "target_is_this_machine"),
    6: ("redistil_every_months", "redistil_hours", "redistil_owner", "redistil_trigger"),
}
LABELS = {
    "predictions_per_day": "Predictions a day", "latency_limit_ms": "Latency limit (p99, ms)",
    "accuracy_margin_points": "Accuracy margin (points)", "peak_to_mean": "Peak to mean (ratio)",
    "monthly_growth": "Growth a month (share)", "horizon_months": "Horizon (months)",
    "discount_rate": "Discount rate (share a year)",
    "instance": "Instance", "usd_per_hour": "Hourly price (USD)", "target_utilisation": "Target utilisation (share)",
    "min_instances": "Fewest instances", "engineering_hours": "Engineering (hours)",
    "engineering_usd_per_hour": "Engineering rate (USD/hour)", "months_to_go_live": "Months to go-live",
    "parallel_months": "Parallel months", "redistil_every_months": "Re-distil every (months)",
    "redistil_hours": "One re-distillation (hours)", "redistil_owner": "Owner of updates",
    "redistil_trigger": "Trigger of updates",
    "teacher_terms_allow": "Teacher's terms allow a student", "target_is_this_machine": "This machine will serve",
}
STEPS = {"monthly_growth": 0.01, "discount_rate": 0.01, "target_utilisation": 0.05, "accuracy_margin_points": 0.5,
         "peak_to_mean": 0.5, "usd_per_hour": 0.01, "latency_limit_ms": 1.0}
WHOLE = ("predictions_per_day", "engineering_hours", "engineering_usd_per_hour", "redistil_hours")


def fields(names: Sequence[str], case: CaseInputs, key: str, proposed: str = "", keep: bool = False) -> dict[str, Any]:
    """Draws the inputs in a grid that wraps and returns their values by name; proposed: the instance that is assumed.

    keep holds on to what was typed while other pages are open.
    """
    values = {}
    grid = st.grid(min(len(names), 3), min_column_width=210, vertical_alignment="bottom")
    for name in names:
        with grid.cell():
            values[name] = field(name, getattr(case, name), f"{key}-{name}", proposed, keep)
    return values


def forget(key: str) -> None:
    """What was typed in the fields of this key counts no more; they show the case again."""
    for name in [str(name) for name in st.session_state if str(name).startswith(f"{key}-")]:
        del st.session_state[name]


def field(name: str, value: Any, key: str, proposed: str = "", keep: bool = False) -> Any:
    """One input with its meaning as help; returns what it says, None for nothing."""
    about = CaseInputs.model_fields[name].description or ""
    common: dict[str, Any] = {"label": LABELS[name], "key": key, "help": f"{about[:1].upper()}{about[1:]}.",
                              "persist_state": "session" if keep else None}
    if value is not None:  # a field that starts empty can be emptied again; its value comes from the session
        whole = name in WHOLE and not float(value) % 1
        st.session_state.setdefault(key, int(value) if whole else value)
    if name == "instance":
        return _instance(proposed, common)
    kind = str(CaseInputs.model_fields[name].annotation)
    if "bool" in kind:
        options = [None, True, False]
        return st.selectbox(**common, options=options,
                            format_func={None: "not stated", True: "yes", False: "no"}.__getitem__)
    if "str" in kind:
        return st.text_input(**common, placeholder="not stated").strip() or None
    return _number(name, common, whole=name in WHOLE or "float" not in kind)


def _number(name: str, common: dict[str, Any], whole: bool) -> float | None:
    low, high = limits(CaseInputs.model_fields[name])
    default = CASE_DEFAULTS.get(name)
    placeholder = "not stated" if default is None else f"default {default:,g}" if default < 1e6 else f"default {default:,.0f}"
    if whole:
        return st.number_input(**common, value=None, step=1, format="%d", placeholder=placeholder,
                               min_value=None if low is None else int(low), max_value=None if high is None else int(high))
    return st.number_input(**common, value=None, step=STEPS.get(name, 1.0), format="%.2f",
                           placeholder=placeholder, min_value=low, max_value=high)


def _instance(proposed: str, common: dict[str, Any]) -> str | None:
    rows = {row.key: row for row in reversed(prices.instances())}
    keys = sorted(rows)

    def words(key: str) -> str:
        row = rows[key]
        gpu = f", {row.gpu_count} × {row.gpu}" if row.gpu else ""
        return f"{key}: {row.vcpus} vCPU{gpu}, ${row.usd_per_hour:.4g}/h"

    return st.selectbox(**common, options=keys, index=None, format_func=words,
                        placeholder=f"assumed: {proposed}" if proposed else "not stated")
