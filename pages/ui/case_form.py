"""The business inputs as form fields: empty means that nobody has said it, and the default that then counts is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import streamlit as st

from core.case import CASE_DEFAULTS, CaseInputs
from core.studies import prices
from pages.ui.case_labels import LABELS, OPTIONS, STEPS, WHOLE
from pages.ui.fields import limits


@dataclass(frozen=True)
class Group:
    """Inputs that belong together; the first group of an item stands open."""

    title: str
    names: tuple[str, ...]


# Which inputs belong to which item of the checklist.
GROUPS: Mapping[int, tuple[Group, ...]] = {
    1: (Group("Demand and price", ("predictions_per_day", "peak_to_mean", "monthly_growth", "basis", "instance", "usd_per_hour")),
        Group("Fleet", ("target_utilisation", "min_instances", "spare_instances", "startup_minutes", "billing_step_h",
                        "yearly_price_change", "student_instance", "student_usd_per_hour", "hourly_profile")),
        Group("What serves today, and what else could", (
            "status_quo", "optimised_teacher_speedup", "optimised_teacher_hours", "api_provider", "api_model", "api_input_tokens",
            "api_cached_tokens", "api_cache_write_tokens", "api_output_tokens", "api_reasoning_tokens", "api_usd_per_call",
            "retry_factor", "monthly_bill_usd", "bill_predictions_per_month", "bill_variable_share")),
        Group("Owned machines", ("hardware_usd", "hardware_life_months", "watts", "usd_per_kwh", "hosting_usd_per_month", "country"))),
    2: (Group("Latency", ("latency_limit_ms",)),),
    3: (Group("Accuracy and errors", ("accuracy_margin_points", "usd_per_error")),),
    4: (Group("Work and time", ("engineering_hours", "engineering_usd_per_hour", "months_to_go_live", "parallel_months",
                                "horizon_months", "discount_rate")),
        Group("Other costs", ("other_upfront_usd", "training_usd_per_hour", "committed_until_month"))),
    5: (Group("Terms and target", ("teacher_terms_allow", "target_is_this_machine", "memory_limit_mb")),),
    6: (Group("Plan for updates", ("redistil_every_months", "redistil_hours", "redistil_owner", "redistil_trigger")),
        Group("Running it", ("monitoring_usd_per_month", "storage_usd_per_gb_month"))),
}
BY_ITEM: Mapping[int, tuple[str, ...]] = {item: tuple(name for group in groups for name in group.names) for item, groups in GROUPS.items()}
Changed = Callable[[], None]
NOTHING: Mapping[str, str] = {}


def fields(names: Sequence[str], case: CaseInputs, key: str, proposed: Mapping[str, str] = NOTHING, keep: bool = False,
           changed: Changed | None = None, columns: int = 3) -> dict[str, Any]:
    """Draws the inputs in a grid that wraps and returns their values by name; proposed: what counts where one is empty, in a few words.

    keep holds on to what was typed while other pages are open; changed is called before the page is drawn again.
    """
    values = {}
    grid = st.grid(min(len(names), columns), min_column_width=210, vertical_alignment="bottom")
    for name in names:
        with grid.cell():
            values[name] = field(name, getattr(case, name), f"{key}-{name}", proposed.get(name, ""), keep, changed)
    return values


def forget(key: str) -> None:
    """What was typed in the fields of this key counts no more; they show the case again."""
    for name in [str(name) for name in st.session_state if str(name).startswith(f"{key}-")]:
        del st.session_state[name]


def field(name: str, value: Any, key: str, proposed: str = "", keep: bool = False, changed: Changed | None = None) -> Any:
    """One input with its meaning as help; returns what it says, None for nothing."""
    info = CaseInputs.model_fields[name]
    about = info.description or ""
    common: dict[str, Any] = {"label": LABELS[name], "key": key, "help": f"{about[:1].upper()}{about[1:]}.",
                              "persist_state": "session" if keep else None, "on_change": changed}
    if value is not None:  # a field that starts empty can be emptied again; its value comes from the session
        st.session_state.setdefault(key, _shown(name, value))
    kind = str(info.annotation)
    if name.endswith("instance"):
        return _instance(proposed, common)
    if get_origin(info.annotation) is Literal:
        return st.selectbox(**common, options=get_args(info.annotation), format_func=lambda word: OPTIONS.get(word, word))
    if name == "hourly_profile":
        return read(name, st.text_input(**common, placeholder="24 numbers, midnight first"))
    if "bool" in kind:
        return st.selectbox(**common, options=[None, True, False],
                            format_func={None: "not stated", True: "yes", False: "no"}.__getitem__)
    if "str" in kind:
        return read(name, st.text_input(**common, placeholder="not stated"))
    return _number(name, common, proposed, whole=name in WHOLE or "float" not in kind)


def _shown(name: str, value: Any) -> Any:
    if name == "hourly_profile":
        return ", ".join(f"{weight:g}" for weight in value)
    return int(value) if name in WHOLE and not float(value) % 1 else value


def read(name: str, said: Any) -> Any:
    """What a field's content says: text without spaces around it, None for nothing, weights as numbers where they are some."""
    if not isinstance(said, str) or name in ("basis", "status_quo"):
        return said
    text = said.strip()
    if not text or name != "hourly_profile":
        return text or None
    try:
        return [float(part) for part in text.replace(";", ",").split(",")]
    except ValueError:
        return [text]  # refused with the key and what was said


def _number(name: str, common: dict[str, Any], proposed: str, whole: bool) -> float | None:
    low, high = limits(CaseInputs.model_fields[name])
    default = CASE_DEFAULTS.get(name)
    counts = "not stated" if default is None else f"default {default:,g}" if default < 1e6 else f"default {default:,.0f}"
    placeholder = proposed or counts
    if whole:
        return st.number_input(**common, value=None, step=1, format="%d", placeholder=placeholder,
                               min_value=None if low is None else int(low), max_value=None if high is None else int(high))
    small = name in ("api_usd_per_call", "usd_per_error", "hosting_usd_per_month")
    return st.number_input(**common, value=None, step=STEPS.get(name, 1.0), format="%.6f" if small else "%.2f",
                           placeholder=placeholder, min_value=low, max_value=high)


def _instance(proposed: str, common: dict[str, Any]) -> str | None:
    rows = {row.key: row for row in reversed(prices.instances())}
    keys = sorted(rows)

    def words(key: str) -> str:
        row = rows[key]
        gpu = f", {row.gpu_count} × {row.gpu}" if row.gpu else ""
        return f"{key}: {row.vcpus} vCPU{gpu}, ${row.usd_per_hour:.4g}/h"

    if (chosen := st.session_state.get(common["key"])) is not None and chosen not in rows:
        keys.append(chosen)  # a price that was deleted since: it is shown, and refused by its name
        return st.selectbox(**common, options=keys, index=None)
    return st.selectbox(**common, options=keys, index=None, format_func=words,
                        placeholder=proposed or "not stated")
