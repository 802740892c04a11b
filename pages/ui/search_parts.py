"""What a study's search has tried: the cheapest that passes, a chart that grows while it runs, and every trial in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.formats import show, show_with_interval
from core.records import JobRecord, StudyRecord, TrialRecord
from core.studies import submit
from pages.ui import charts, panels, tables
from pages.ui.frontier_chart import ticks
from pages.ui.text import duration

STATES = {"done": "breaks a limit", "pruned": "given up", "failed": "failed"}
ORIGINS = {"study": "the study's own", "default": "a cheap family as it comes", "proposed": "proposed"}


def section(study: StudyRecord) -> None:
    """Nothing for a study without a search."""
    if not study.trials:
        return
    done = [trial for trial in study.trials if trial.state == "done"]
    if done:
        charts.draw(finding(study.trials), _chart(done), "search")
        st.caption("On validation texts, with a quick look at the speed: what joins the study is evaluated on test texts and measured like "
                   "every other model, and the Frontier says what passes. A filled point keeps the case's limits, an open one does not.")
    tables.folded(f"All {len(study.trials)} trials" if len(study.trials) > 1 else "The trial", ":material/table:", "trials",
                  lambda: st.dataframe(table(study.trials), hide_index=True, column_config={
                      "Why": st.column_config.TextColumn("Why", width="large")}))


def stop(study: StudyRecord, job: JobRecord) -> None:
    """The button that ends a search that runs, with what it has found."""
    runs = any(step.key == "search" and step.state == "running" for step in job.steps)
    if runs and st.button("End the search", icon=":material/fast_forward:", key="stop-search", disabled=job.stop_search,
                          help="The search ends within seconds; what it has found is evaluated and measured. The run goes on."):
        panels.act(submit.stop_search, study.id)


def finding(trials: Sequence[TrialRecord]) -> str:
    """The cheapest trial that passes, in a sentence."""
    passing = [trial for trial in trials if trial.passes]
    count = f"{len(trials)} trial{'s' if len(trials) > 1 else ''}"
    if not passing:
        return f"Search: none of {count} keeps the limits"
    best = max(passing, key=lambda trial: trial.value("throughput_per_s") or 0.0)
    return (f"Search: of {count} the cheapest within the limits is {_name(best)} ({best.way}), {show(best.figures['accuracy'])} accurate "
            f"and {_ms(best):.3g} ms a text")


def table(trials: Sequence[TrialRecord]) -> pd.DataFrame:
    """One row for each trial, the newest first."""
    return pd.DataFrame([{
        "Trial": trial.number, "Student": _name(trial), "Served by": trial.way,
        "Accuracy, validation": _shown(trial, "accuracy"), "Difference to teacher": _shown(trial, "accuracy_difference"),
        "Throughput": _shown(trial, "throughput_per_s"),
        "p99, a quick look": _shown(trial, "quick_p99_ms"), "Result": "within the limits" if trial.passes else STATES[trial.state],
        "Learns by": f"{trial.student.get('method', 'logits')}, {trial.student.get('epochs', '–')} epochs, "
                     f"rate × {trial.student.get('rate', 1):g}",
        "Comes from": ORIGINS[trial.origin], "Took": duration(trial.seconds), "Why": trial.why}
        for trial in reversed(trials)])


def _chart(done: Sequence[TrialRecord]) -> Any:
    import plotly.graph_objects as go

    chart = go.Figure(layout=charts.layout("accuracy on validation texts, %", None))
    at = ticks(min(map(_ms, done)), max(map(_ms, done)))
    chart.update_layout(xaxis_title="ms a text, many at once (logarithmic)", xaxis_type="log", uirevision="search",
                        xaxis_tickvals=at, xaxis_ticktext=[f"{tick:g}" for tick in at])
    for family in dict.fromkeys(trial.student["family"] for trial in done):
        mine = [trial for trial in done if trial.student["family"] == family]
        right = [100 * (trial.value("accuracy") or 0.0) for trial in mine]
        ends = {bound: [abs(100 * (getattr(trial.figures["accuracy"], bound) or 0.0) - y) for trial, y in zip(mine, right, strict=True)]
                for bound in ("low", "high")}
        chart.add_trace(go.Scatter(
            mode="markers", name=family, x=[_ms(trial) for trial in mine], y=right,
            marker={"size": 10, "symbol": ["circle" if trial.passes else "circle-open" for trial in mine]},
            error_y={"type": "data", "symmetric": False, "array": ends["high"], "arrayminus": ends["low"], "thickness": 0.8, "width": 0},
            customdata=[f"trial {trial.number}, {_name(trial)}, {trial.way}: {show_with_interval(trial.figures['accuracy'])}, "
                        f"{_ms(trial):.3g} ms a text{f'; {trial.why}' if trial.why else ''}" for trial in mine],
            hovertemplate="%{customdata}<extra></extra>"))
    return chart


def _ms(trial: TrialRecord) -> float:
    return 1_000 / (trial.value("throughput_per_s") or 1.0)


def _name(trial: TrialRecord) -> str:
    return trial.model or str(trial.student["name"])


def _shown(trial: TrialRecord, name: str) -> str:
    figure = trial.figures.get(name)
    return "–" if figure is None else show(figure) if figure.low is None else show_with_interval(figure)
