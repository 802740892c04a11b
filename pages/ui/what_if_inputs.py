"""The inputs of the page What-if: sliders where a feel for the answer is wanted, fields where a number is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.case import CASE_DEFAULTS, CaseInputs
from core.figures import assumed
from core.formats import show
from core.studies.differences import Words, changed
from pages.ui import case_form, placeholders, tables, what_if_state
from pages.ui.case_labels import LABELS, WHOLE
from pages.ui.text import plain
from pages.ui.what_if_state import Opened

VOLUME = "predictions_per_day"
# Volumes that a slider stops at: some a decade from a thousand to a hundred billion a day.
STOPS = [float(f"{lead}e{decade}") for decade in range(3, 11) for lead in ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")] + [1e11]


@dataclass(frozen=True)
class Slide:
    """A slider from low to high; scale: what a value is multiplied by to be shown, 100 for percent."""

    low: float
    high: float
    step: float
    format: str
    scale: float = 1.0


SLIDES = {
    "monthly_growth": Slide(-5, 15, 0.5, "%.1f %%", 100), "peak_to_mean": Slide(1, 10, 0.1, "%.1f ×"),
    "target_utilisation": Slide(5, 100, 5, "%.0f %%", 100), "months_to_go_live": Slide(0, 24, 1, "%d months"),
    "horizon_months": Slide(6, 60, 1, "%d months"), "discount_rate": Slide(0, 30, 0.5, "%.1f %%", 100),
    "accuracy_margin_points": Slide(0.5, 10, 0.5, "%.1f points"),
}
ORDER = ("monthly_growth", "peak_to_mean", "usd_per_hour", "target_utilisation", "engineering_hours", "months_to_go_live",
         "horizon_months", "discount_rate", "accuracy_margin_points", "latency_limit_ms", "usd_per_error", "basis",
         "redistil_every_months")


def draw(opened: Opened) -> None:
    """All inputs with what counts now; each tells whether it differs from the base."""
    now = opened.tried
    different, was = set(changed(opened.inputs, now)), Words(opened.inputs)

    def below(name: str) -> None:
        st.caption(_mark(name, now, different, was))

    _volume(opened, now)
    below(VOLUME)
    grid = st.grid(2, min_column_width=200)
    for name in ORDER:
        with grid.cell(), st.container(gap="xxsmall"):
            (_slider if name in SLIDES else _field)(opened, now, name)
            below(name)
    tables.folded("More inputs", ":material/tune:", f"what-more-{opened.study.id}", lambda: _more(opened, now))


def _mark(name: str, now: CaseInputs, different: set[str], was: Words) -> str:
    if name in different:
        return f":orange-badge[:material/edit: changed] from {plain(was(name))}"
    return "default" if getattr(now, name) is None and name in CASE_DEFAULTS else " "


def _volume(opened: Opened, now: CaseInputs) -> None:
    """A logarithmic slider, and beside it the exact number."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    value = float(now.predictions_per_day or CASE_DEFAULTS[VOLUME])
    key = _key(opened, "volume")
    st.session_state[key] = min(STOPS, key=lambda stop: abs(stop - value) / stop)
    with left:
        st.select_slider("Volume", STOPS, key=key, format_func=lambda stop: show(assumed(stop, "1/day", by="user")),
                         help="Logarithmic; the field beside it takes any number.",
                         on_change=lambda: what_if_state.change(opened, **{VOLUME: st.session_state[key]}))
    with right:
        _field(opened, now, VOLUME)


def _slider(opened: Opened, now: CaseInputs, name: str) -> None:
    slide, key = SLIDES[name], _key(opened, name)
    said = getattr(now, name)
    kind: type = int if slide.format.startswith("%d") else float
    value = kind(round((CASE_DEFAULTS[name] if said is None else said) * slide.scale, 6))
    profiled = name == "peak_to_mean" and now.hourly_profile is not None
    st.session_state[key] = value
    about = CaseInputs.model_fields[name].description or ""
    st.slider(_label(name), min(kind(slide.low), value), max(kind(slide.high), value), step=kind(slide.step), format=slide.format,
              key=key, help=f"{about[:1].upper()}{about[1:]}.", disabled=profiled,
              on_change=lambda: what_if_state.change(opened, **{name: _from_slide(st.session_state[key], slide)}))


def _from_slide(value: float, slide: Slide) -> float:
    return round(value / slide.scale, 9) if slide.scale != 1 else value


def _field(opened: Opened, now: CaseInputs, name: str, proposed: str = "") -> None:
    key, value = _key(opened, name), getattr(now, name)
    st.session_state[key] = _shown(name, value)
    case_form.field(name, value, key, proposed,
                    changed=lambda: what_if_state.change(opened, **{name: case_form.read(name, st.session_state[key])}))


def _shown(name: str, value: Any) -> Any:
    """As a field holds it: empty text for a text that nobody has said, weights as text, whole numbers without decimals."""
    if "str" in str(CaseInputs.model_fields[name].annotation) and not name.endswith("instance"):
        return value or ""
    if isinstance(value, tuple):
        return ", ".join(f"{weight:g}" for weight in value)
    return int(value) if name in WHOLE and value is not None and not float(value) % 1 else value


def _more(opened: Opened, now: CaseInputs) -> None:
    """The rest, one group of the checklist at a time."""
    groups = _groups()
    chosen = st.selectbox("Group", list(groups), key=f"what-group-{opened.study.id}")
    proposed = placeholders.of_study(opened.study)
    grid = st.grid(2, min_column_width=200, vertical_alignment="bottom")
    for name in groups[chosen]:
        with grid.cell():
            _field(opened, now, name, proposed.get(name, ""))


def _groups() -> dict[str, tuple[str, ...]]:
    """By title: the inputs that are not drawn already."""
    shown = {VOLUME, *ORDER}
    rest = {group.title: tuple(name for name in group.names if name not in shown)
            for groups in case_form.GROUPS.values() for group in groups}
    return {title: names for title, names in rest.items() if names}


def _key(opened: Opened, name: str) -> str:
    return f"what-{opened.study.id}-{name}"


def _label(name: str) -> str:
    return LABELS[name].partition(" (")[0]


def label_of_change(name: str) -> str:
    """An input in words: "Growth a month", "Range of engineering"."""
    key = name.removeprefix("ranges.")
    label = LABELS.get(key, key.replace("_", " ").capitalize()).partition(" (")[0]
    return label if key == name else f"Range of {label[:1].lower()}{label[1:]}"
