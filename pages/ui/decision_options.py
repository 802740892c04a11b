"""The Decision page's options side by side, and the cascade of each student."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core import checklist
from core.figures import Figure, not_measured
from core.formats import show, show_with_interval
from core.studies.api_teacher import is_api
from core.studies.cascades import Choice, p99_of, unit_cost
from core.studies.decide import Decision
from core.studies.options import teacher_option
from core.studies.ruling import Candidate, Ruling
from pages.ui import charts, money_findings, tables
from pages.ui import money_charts as money
from pages.ui.decision_charts import key_of, look
from pages.ui.money_charts import Look

ROLES = {"status_quo": "status quo", "optimised_teacher": "optimised teacher", "control": "control", "student": "student",
         "cascade": "cascade", "api": "API"}
AXES = ("", "2", "3", "4")  # as Plotly numbers them
SERVED = {False: "Both models are served as they were trained", True: "The teacher is the API; the student is served as it was trained"}
COSTS = ("instances", "monthly_cost_usd", "usd_per_million", "usd_per_million_bench", "utilisation", "upfront_usd", "tco_usd")


def side_by_side(decision: Decision) -> None:
    """All options of the case in one table, each with whether it qualifies."""
    ruling = decision.ruling
    if ruling is None:
        return
    st.subheader("Options side by side", anchor=False)
    st.dataframe(options_table(decision, ruling), hide_index=True, column_config={
        "Option": st.column_config.Column(pinned=True), "Here": st.column_config.Column(width=112)})
    st.caption("An option qualifies if the checklist's items 2 (latency) and 3 (accuracy) pass or warn for it, and it fits into the "
               "target's memory where a limit is stated. Distillation is credited with its NPV over the best other option that does; "
               "the NPV over the status quo stands beside it.")
    costs = {option.name: {name: getattr(option, name) for name in COSTS} for option in decision.options}
    tables.folded_table("All costs of each option", costs, COSTS, "option-costs", "Option")


def options_table(decision: Decision, ruling: Ruling) -> pd.DataFrame:
    """One row for each option: its role, costs, speed, answers and worth, and why it does not qualify."""
    today = ruling.case.status_quo.name
    worth = {row.option: row.npv_usd for row in decision.comparisons if row.against == today}
    return pd.DataFrame([_row(ruling, candidate, worth.get(candidate.name)) for candidate in ruling.candidates])


def _row(ruling: Ruling, candidate: Candidate, worth: Figure | None) -> dict[str, str]:
    option = ruling.result(candidate.name)
    because = why_not(candidate, ruling.facts.thresholds)
    return {"Option": candidate.name, "Role": ROLES[option.role], "Here": _here(ruling, candidate.name),
            "Qualifies": "no" if because else "yes", "Monthly cost": show(option.monthly_cost_usd).removesuffix(" per month"),
            "Cost per million": show(option.usd_per_million).removesuffix(" per million"), "p99": _short(candidate.latency.p99),
            "Difference to teacher": _short(candidate.accuracy.difference),
            "NPV over status quo": "–" if worth is None else show(worth), "Instances": show(option.instances), "Basis": option.basis,
            "Why it does not qualify": because}


def _short(figure: Figure) -> str:
    """With the interval where there is one."""
    return show(figure) if figure.low is None or figure.low == figure.high else show_with_interval(figure)


def _here(ruling: Ruling, name: str) -> str:
    return {ruling.best: "decided on", ruling.other: "compared with"}.get(name, "")


def why_not(candidate: Candidate, limits: checklist.Thresholds) -> str:
    """Why an option does not qualify, by items 2 and 3 and the limit of memory; empty where it does."""
    return checklist.why_not(candidate.latency, candidate.accuracy, candidate.tooling, limits)


def cascade(decision: Decision) -> None:
    """Threshold by threshold: what is escalated, kept, paid and waited for, and who wins."""
    if not decision.cascades:
        return
    st.subheader("Student and teacher together: the cascade", anchor=False)
    names = [choice.model.name for choice in decision.cascades]
    best = decision.best.name if decision.best and decision.best.name in names else names[0]
    name = best if len(names) == 1 else st.segmented_control("Student", names, default=best, key="cascade-student") or best
    choice = decision.cascades[names.index(name)]
    teacher = next(model for model in decision.study.models if model.role == "teacher")
    waits = [p99_of(teacher, choice.model, point.escalated) for point in choice.model.cascade]
    drawn, margin = look(decision), decision.inputs["accuracy_margin_points"].value
    charts.draw(money_findings.cascade(choice), _kept(key_of(decision), choice.model.name, drawn, choice, waits, margin), "cascade")
    st.caption("The student answers every text; where its confidence does not exceed the threshold, the teacher answers too. Threshold 0 "
               "is the student alone, 1 the teacher for every text. The dashed line is the threshold that costs least among those that "
               "keep the margin, both on validation texts; the curves show test texts."
               + (f" {SERVED[is_api(teacher)]}; other ways to serve stand in the table above." if decision.study.variants else ""))
    tables.folded("Table: every threshold", ":material/table:", "cascade-table",
                  lambda: st.dataframe(cascade_table(choice, waits, _unit_costs(decision, choice), drawn), hide_index=True))


@st.cache_resource(max_entries=60, show_spinner=False)
def _kept(key: tuple[Any, ...], student: str, look: Look, _choice: Choice, _waits: Sequence[Figure], _margin: float | None) -> Any:
    return chart(_choice, _waits, _margin, look)


def _teacher_name(decision: Decision) -> str:
    return teacher_option(next(model for model in decision.study.models if model.role == "teacher"))


def _unit_costs(decision: Decision, choice: Choice) -> list[Figure]:
    """Bench cost of a million predictions at each threshold, from those of student and teacher alone; an API costs its calls."""
    bench = {option.name: option.usd_per_million if option.basis == "api" else option.usd_per_million_bench for option in decision.options}
    unknown = not_measured("USD/1e6", "this model has no bench cost")
    student, teacher = bench.get(choice.model.name, unknown), bench.get(_teacher_name(decision), unknown)
    return [unit_cost(point, student, teacher) for point in choice.model.cascade]


def chart(choice: Choice, waits: Sequence[Figure], margin: float | None, drawn: Look) -> Any:
    """Four charts over the threshold: share escalated, accuracy difference, total cost and p99; dashed: the chosen threshold."""
    import plotly.graph_objects as go

    points = choice.model.cascade
    x = [point.threshold for point in points]
    parts = (("escalated, %", _over(x, [point.escalated for point in points], 100.0)),
             ("difference, points", _over(x, [point.difference for point in points])),
             (f"all costs (PV), {drawn.currency}", _plain(x, choice.total_usd)), ("p99, ms", _over(x, waits)))
    ink = {"color": money.INK[drawn.dark], "size": 16 if drawn.large else 13}
    shape: dict[str, Any] = {"height": 600, "margin": {"l": 10, "r": 10, "t": 30, "b": 10}, "dragmode": False, "showlegend": False,
                             "font": ink, "annotations": [], "shapes": []}
    for i, (title, _) in enumerate(parts):
        _place(shape, i, title, ink)
        shape["shapes"].append(_line(f"x{AXES[i]}", choice.point.threshold, f"y{AXES[i]} domain", "dash", ink))
    shape["yaxis3"]["tickformat"] = "$~s" if drawn.currency == "USD" else "~s"
    if margin is not None:
        shape["shapes"].append(_line("y2", -margin, "x2 domain", "dot", ink))
        shape["annotations"].append({"text": f"margin −{margin:g}", "xref": "x2 domain", "yref": "y2", "x": 1, "y": -margin,
                                     "yanchor": "top", "xanchor": "right", "showarrow": False, "font": ink})
    data = [{**trace, "xaxis": f"x{axis}", "yaxis": f"y{axis}"} for axis, (_, trace) in zip(AXES, parts, strict=True)]
    return go.Figure(data=data, layout=shape)


def _place(shape: dict[str, Any], i: int, title: str, ink: dict[str, Any]) -> None:
    """The axes and the title of the i-th of four charts, two in a row."""
    across, down = (0.0, 0.45) if i % 2 == 0 else (0.55, 1.0), (0.62, 1.0) if i < 2 else (0.0, 0.38)
    axis = AXES[i]
    shape[f"xaxis{axis}"] = {"domain": across, "anchor": f"y{axis}", "range": [-0.03, 1.03], "zeroline": False, "tickfont": ink,
                             "title": {"text": "threshold (confidence)", "font": ink}}
    shape[f"yaxis{axis}"] = {"domain": down, "anchor": f"x{axis}", "zeroline": False, "tickfont": ink, "automargin": True}
    shape["annotations"].append({"text": title, "xref": "paper", "yref": "paper", "x": sum(across) / 2, "y": down[1], "yanchor": "bottom",
                                 "showarrow": False, "font": ink})


def _line(axis: str, at: float, across: str, dash: str, ink: dict[str, Any]) -> dict[str, Any]:
    """A line at a value of one axis (x or y), over the whole width or height of its chart."""
    own, other = axis[0], across[0]
    return {"type": "line", f"{own}ref": axis, f"{own}0": at, f"{own}1": at, f"{other}ref": across, f"{other}0": 0, f"{other}1": 1,
            "line": {"color": ink["color"], "width": 1.5, "dash": dash}}


def _plain(x: Sequence[float], y: Sequence[float | None]) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines+markers", "x": x, "y": y, "marker": {"size": 7}, "line": {"width": 2}}


def _over(x: Sequence[float], figures: Sequence[Figure], scale: float = 1.0) -> dict[str, Any]:
    def scaled(values: Sequence[float | None]) -> list[float | None]:
        return [None if value is None else scale * value for value in values]

    middle, high, low = (scaled([getattr(figure, end) for figure in figures]) for end in ("value", "high", "low"))
    above = [0.0 if y is None or end is None else end - y for y, end in zip(middle, high, strict=True)]
    below = [0.0 if y is None or end is None else y - end for y, end in zip(middle, low, strict=True)]
    bars = {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 1.2, "width": 3}
    return {**_plain(x, middle), "error_y": bars}


def cascade_table(choice: Choice, waits: Sequence[Figure], costs: Sequence[Figure], drawn: Look) -> pd.DataFrame:
    """Every threshold with its figures; the chosen one is marked."""
    return pd.DataFrame([{
        "Threshold": f"{point.threshold:.3f}", "Chosen": "chosen" if point is choice.point else "",
        "Escalated": show_with_interval(point.escalated), "Accuracy": show_with_interval(point.accuracy),
        "Difference to teacher": show_with_interval(point.difference),
        "Bench cost per million": show(cost).removesuffix(" per million"), "All costs": drawn.money(total), "p99": show(wait)}
        for point, total, wait, cost in zip(choice.model.cascade, choice.total_usd, waits, costs, strict=True)])
