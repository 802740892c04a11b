"""Words and marks that pages share. All text that people or files gave goes through plain()."""

from __future__ import annotations

import re

from core.figures import Figure
from core.formats import show_interval

ICON = re.compile(r":(?=material/|streamlit:)")  # Streamlit draws these as icons even where the colon is escaped
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])")

# Verdicts, states and origins as icon, word and colour: the word always stands beside the colour.
STATUS = {
    "pass": (":material/check_circle:", "green"), "warn": (":material/warning:", "orange"),
    "fail": (":material/cancel:", "red"), "not enough evidence": (":material/help:", "gray"),
    "invest": (":material/trending_up:", "green"), "pilot": (":material/science:", "blue"),
    "do not invest": (":material/block:", "red"),
    "holds": (":material/check_circle:", "green"), "does not hold": (":material/cancel:", "red"),
    "undecided": (":material/balance:", "orange"),
    "queued": (":material/hourglass_empty:", "gray"), "waiting": (":material/hourglass_empty:", "gray"),
    "running": (":material/progress_activity:", "blue"), "done": (":material/check_circle:", "green"),
    "failed": (":material/error:", "red"), "cancelled": (":material/stop_circle:", "orange"),
}
ORIGIN_ICONS = {
    "measured": ":material/straighten:", "catalogue": ":material/sell:", "published": ":material/menu_book:",
    "assumed": ":material/edit:", "derived": ":material/function:", "not_measured": ":material/help:",
}
FIGURES = {
    "energy_kwh_per_month": "Energy a month", "gco2e_per_month": "Emissions a month (CO2e)",
    "accuracy": "Accuracy", "macro_f1": "Macro-F1", "retention": "Retention", "accuracy_difference": "Difference to teacher",
    "difference_points": "Difference to teacher", "mcnemar_p_teacher": "McNemar, against teacher",
    "gain_over_control": "Gain over control", "mcnemar_p_control": "McNemar, against control",
    "teacher_agreement": "Agrees with teacher", "test_texts": "Test texts", "latency_p50_ms": "Latency p50",
    "latency_p90_ms": "Latency p90", "latency_p99_ms": "Latency p99", "latency_mean_ms": "Mean latency",
    "latency_queries": "Latency queries", "throughput_per_s": "Throughput", "throughput_speedup": "Throughput speed-up",
    "latency_speedup": "Latency speed-up", "parameters": "Parameters", "artifact_bytes": "Size on disk",
    "peak_memory_bytes": "Peak memory", "energy_j_per_prediction": "Energy a prediction",
    "reload_agreement": "Same answers after reload", "usd_per_million": "Provisioned cost", "usd_per_hour": "Machine price",
    "usd_per_million_bench": "Bench cost", "monthly_cost_usd": "Monthly cost", "instances": "Instances",
    "utilisation": "Utilisation", "upfront_usd": "Upfront cost", "tco_usd": "Total cost", "npv_usd": "NPV",
    "payback_months": "Payback", "discounted_payback_months": "Discounted payback", "irr": "IRR", "roi": "ROI",
    "break_even_predictions_per_day": "Break-even volume", "max_upfront_usd": "Most that may be spent upfront",
    "net_benefit_usd": "Net benefit", "predictions_per_day": "Volume", "latency_limit_ms": "Latency limit",
    "accuracy_margin_points": "Accuracy margin", "engineering_hours": "Engineering hours",
    "redistil_every_months": "Re-distillation interval", "monthly_growth": "Growth a month", "peak_to_mean": "Peak to mean",
    "horizon_months": "Horizon", "discount_rate": "Discount rate a year", "target_utilisation": "Target utilisation",
    "min_instances": "Fewest instances", "spare_instances": "Spare instances", "rate_per_s": "Throughput",
    "engineering_usd_per_hour": "Engineering rate", "months_to_go_live": "Time to go-live", "parallel_months": "Parallel running",
    "committed_until_month": "Commitment to today's system", "redistil_hours": "Hours of a re-distillation",
    "redistil_usd_per_hour": "Rate of a re-distillation", "redistil_usd": "Computing of a re-distillation",
    "storage_usd_per_month": "Storage of the kept teacher", "monitoring_usd_per_month": "Monitoring",
    "accuracy_difference_points": "Difference to teacher", "usd_per_error": "Cost of an error", "usd_per_call": "Price of a call",
    "retry_factor": "Calls for an answer", "monthly_bill_usd": "Monthly bill", "optimised_teacher_hours": "Hours of optimising",
    "bill_predictions_per_month": "Predictions of the bill", "bill_variable_share": "Variable share of the bill",
    "share": "Share escalated", "yearly_price_change": "Price change a year", "startup_minutes": "Start-up time",
    "billing_step_h": "Billing step", "hardware_usd": "Price of a machine", "hardware_life_months": "Life of a machine",
    "watts": "Power of a machine", "usd_per_kwh": "Price of electricity", "hosting_usd_per_month": "Hosting of a machine",
}


def plain(text: object) -> str:
    """Text as it is, with every mark of Markdown escaped: nothing in it becomes a link, a formula, an icon or HTML."""
    return MARKDOWN.sub(r"\\\1", ICON.sub(":\u2060", " ".join(str(text).split())))


def label_of(name: str) -> str:
    """A figure's name in words; a suffix (" of teacher", " in slice") stays."""
    key, space, rest = name.partition(" ")
    return FIGURES.get(key, key.replace("_", " ").capitalize()) + (f"{space}{rest}" if rest else "")


def interval_of(figure: Figure) -> str:
    """The interval in words, or an empty string."""
    interval = show_interval(figure)
    return plain(interval if interval in ("", "no interval") else f"interval {interval}")


def duration(seconds: float) -> str:
    """Seconds in words: "40 s", "3 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
