"""The Study page's results: the best student first, then quality, speed and cost, each with its chart and its table."""

from __future__ import annotations

import streamlit as st

from core.figures import Figure
from core.formats import unit_label
from core.records import ModelRecord, StudyRecord
from core.roi.results import Comparison, OptionResult
from core.studies.api_teacher import is_api, teacher_of
from core.studies.decide import Decision
from core.studies.emissions import Emissions, emissions
from pages.ui import charts, findings, quality_parts, seeds_parts, tables, ways
from pages.ui.cards import Card, cards, status
from pages.ui.text import plain

QUALITY = ("accuracy", "macro_f1", "retention", "accuracy_difference", "mcnemar_p_teacher", "gain_over_control",
           "mcnemar_p_control", "teacher_agreement", "test_texts")
SPEED = ("latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "throughput_per_s", "throughput_speedup", "parameters",
         "artifact_bytes", "peak_memory_bytes", "energy_j_per_prediction")
INSTRUMENT = ("load_s", "first_call_ms", "tokenise_ms", "model_ms", "after_ms", "resident_bytes", "peak_memory_bytes", "device_bytes",
              "board_bytes", "energy_j_per_prediction", "energy_net_j_per_prediction", "server_rate_per_s", "server_limit_ms",
              "server_p99_ms", "server_batch_size", "server_wait_ms", "server_queries")
# What compares a model with the teacher or its control is no figure of the one that it is compared with.
WITHOUT = {"teacher": ("retention", "accuracy_difference", "mcnemar_p_teacher", "teacher_agreement", "gain_over_control",
                       "mcnemar_p_control"), "control": ("gain_over_control", "mcnemar_p_control"), "student": ()}
COST = ("usd_per_million_bench", "usd_per_million", "monthly_cost_usd", "instances", "utilisation", "upfront_usd", "tco_usd")
SERIES = {"teacher": "status_quo", "student": "student", "optimised teacher": "optimised_teacher", "cascade": "cascade"}
ABREAST = 6  # options that two charts side by side can name
ENERGY = ("energy_kwh_per_month", "gco2e_per_month")
WORTH = ("npv_usd", "payback_months", "discounted_payback_months", "irr", "roi", "break_even_predictions_per_day",
         "max_upfront_usd", "net_benefit_usd")


def best(decision: Decision) -> None:
    """The best student in a sentence and cards."""
    model = decision.best
    option = decision.option(model) if model else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(findings.answer(decision)) + ".", anchor=False, width="content")
        if decision.verdict:
            status(decision.verdict.overall)
    if model is None or option is None:
        return
    named = {"accuracy": "Accuracy", "retention": "Retention", "latency_p99_ms": "Latency p99", "throughput_per_s": "Throughput"}
    chosen = [Card(label, model.figures[key]) for key, label in named.items() if key in model.figures]
    cards([*chosen, Card("Bench cost", option.usd_per_million_bench, "machine never idle"),
           Card("Provisioned cost", option.usd_per_million, "at your volume")], "best")


def quality(decision: Decision) -> None:
    """Accuracy of teacher, students and controls, with intervals; what follows for each student, and the evidence under it."""
    study = decision.study
    rows = _by_model(study)
    series = {role: {m.name: m.figures["accuracy"] for m in study.models if m.role == role and "accuracy" in m.figures}
              for role in ("teacher", "student", "control")}
    if not any(series.values()):
        st.markdown("The models are evaluated after training; until then there is nothing to compare.")
        return
    names = list(dict.fromkeys(model.name for model in study.models))
    chart = charts.dots(series, names, f"accuracy on the test texts, {unit_label('share')}")
    charts.draw(findings.quality_title(study), chart, "quality")
    st.caption("Bars are 95 % intervals. A control is the same student trained on the true labels alone, with the same budget. "
               + plain(findings.learnt(study)))
    quality_parts.answers(decision)
    tables.folded_table("Table", rows, QUALITY, "quality-table")
    quality_parts.evidence(decision)
    seeds_parts.section(study)


def speed(study: StudyRecord) -> None:
    """Latency and throughput of teacher and students."""
    models = [m for m in study.models if m.role != "control" and "latency_p50_ms" in m.figures]
    if not models:
        st.markdown("Speed is measured last; until then it is not known.")
        return
    names = [m.name for m in models]
    grid = st.grid(2, min_column_width=380, gap="medium")
    with grid.cell():
        latency = {label: _of(models, f"latency_{label}_ms") for label in ("p50", "p99")}
        title = findings.speed_title(study, "latency_speedup", "answers at", "Latency") + " mean speed, one text at a time"
        charts.draw(title, charts.bars(latency, names, f"latency, {unit_label('ms')}", side_by_side=True), "latency")
    with grid.cell():
        is_ratio = not is_api(teacher_of(study))
        title = findings.speed_title(study, "throughput_speedup", "reaches", "Throughput") + " throughput" if is_ratio else \
            findings.throughput_title(study)
        rate = {role: _of([m for m in models if m.role == role], "throughput_per_s") for role in ("teacher", "student")[not is_ratio:]}
        timed = [name for each in rate.values() for name in each]
        charts.draw(title, charts.bars(rate, timed, f"throughput, {unit_label('1/s')}"), "throughput")
    st.caption("Measured with MLPerf's load generator on this study's device, tokenisation included. "
               "A control has its student's architecture and therefore its speed."
               + ("" if is_ratio else " The teacher's latency is that of the calls in its file, network included."))
    ways.noisy(study)
    tables.folded_table("Table", _by_model(study), SPEED, "speed-table")
    tables.folded_table("Table: stages, memory, energy and load", _by_model(study), INSTRUMENT, "instrument-table")
    ways.ways(study)


def cost(decision: Decision) -> None:
    """Cost per million of every option, on a busy machine and at the case's volume, and what each is worth."""
    if not decision.options:
        st.markdown("Cost follows from speed and price; it is not known before the first measurement.")
        return
    names = [option.name for option in decision.options if option.role != "control"]
    grid = st.grid(2 if len(names) <= ABREAST else 1, min_column_width=380, gap="medium")
    for attribute, where in (("usd_per_million_bench", "Machine never idle"), ("usd_per_million", "At your volume")):
        costs = {word: {o.name: getattr(o, attribute) for o in decision.options if o.role == role}
                 for word, role in SERIES.items()}
        costs = {word: found for word, found in costs.items() if found}
        with grid.cell():
            charts.draw(findings.cost_title(decision, attribute, where),
                        charts.lying(costs, names, unit_label("USD/1e6")), attribute)
    st.caption("Bench and provisioned cost answer different questions and are never mixed: the first divides the hourly price by "
               "the measured rate, the second counts whole instances for your peak.")
    burdens = emissions(decision)
    costs_of = {o.name: {**_figures(o, COST), **_figures(burdens[o.name], ENERGY)} for o in decision.options}
    tables.folded_table("Table: cost of each option", costs_of, (*COST, *ENERGY), "cost-table", "Option")
    for comparison in decision.comparisons:
        if comparison.option == decision.best_option:
            st.markdown(f"- {plain(findings.worth(comparison))}.")
    worth_of = {f"{c.option} over {c.against}": _figures(c, WORTH) for c in decision.comparisons}
    tables.folded_table("Table: what each option is worth", worth_of, WORTH, "worth-table", "Option")


def _of(models: list[ModelRecord], key: str) -> dict[str, Figure]:
    return {m.name: m.figures[key] for m in models if key in m.figures}


def _by_model(study: StudyRecord) -> dict[str, dict[str, Figure | None]]:
    return {findings.describe(model): {**model.figures, **dict.fromkeys(WITHOUT[model.role])} for model in study.models}


def _figures(row: OptionResult | Comparison | Emissions, names: tuple[str, ...]) -> dict[str, Figure | None]:
    return {name: getattr(row, name) for name in names}
