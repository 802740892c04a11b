"""Names and units of a case in words, for every report."""

from __future__ import annotations

from core.roi.fields import UNITS

LABELS = {
    "predictions_per_day": "Predictions a day in month 1", "monthly_growth": "Growth of the volume a month",
    "peak_to_mean": "Peak rate over mean rate", "horizon_months": "Horizon", "discount_rate": "Discount rate a year",
    "usd_per_hour": "Price of a machine hour", "rate_per_s": "Rate of one machine", "target_utilisation": "Target utilisation",
    "min_instances": "Fewest machines", "spare_instances": "Spare machines", "startup_minutes": "Billed start-up time",
    "billing_step_h": "Billing step", "usd_per_call": "Price of a call", "retry_factor": "Calls for one answer",
    "monthly_bill_usd": "Bill of a month", "bill_predictions_per_month": "Predictions in the month of the bill",
    "bill_variable_share": "Share of the bill that follows the volume", "yearly_price_change": "Change of price a year",
    "hardware_usd": "Purchase of a machine", "hardware_life_months": "Life of a machine", "watts": "Power of a machine",
    "usd_per_kwh": "Price of electricity", "hosting_usd_per_month": "Hosting of a machine",
    "share": "Share of the demand that it answers", "upfront_usd": "Other upfront cost", "months_to_go_live": "Months to go-live",
    "parallel_months": "Months in which both run", "committed_until_month": "Paid in any case until month",
    "redistil_every_months": "Months between re-distillations", "redistil_hours": "Hours of one re-distillation",
    "redistil_usd_per_hour": "Cost of an hour of re-distillation", "redistil_usd": "Computing of one re-distillation",
    "monitoring_usd_per_month": "Monitoring", "storage_usd_per_month": "Storage",
    "accuracy_difference_points": "Accuracy against today's system", "usd_per_error": "Cost of an error",
    "error_usd_per_prediction": "Cost of errors in a prediction, by class",
    "engineering_hours": "Engineering", "engineering_usd_per_hour": "Cost of an hour of engineering",
    "optimised_teacher_hours": "Work on the optimised teacher", "instances": "Machines", "monthly_cost_usd": "Cost a month",
    "usd_per_million": "Cost of a million predictions", "usd_per_million_bench": "The same on machines that are never idle",
    "utilisation": "Utilisation", "tco_usd": "Total cost over the horizon", "pv_cost_usd": "Present value of the total cost",
    "monthly_saving_usd": "Saving a month", "npv_usd": "NPV", "irr": "IRR a year", "roi": "ROI", "payback_months": "Payback",
    "discounted_payback_months": "Discounted payback", "break_even_predictions_per_day": "Break-even volume",
    "break_even_accuracy_loss_points": "Break-even loss of accuracy", "max_upfront_usd": "Most that may be spent upfront",
    "net_benefit_usd": "Net benefit", "expected_npv_usd": "Expected NPV", "positive": "Probability that the NPV is above 0",
    "pays_back": "Probability of paying back within the horizon, discounted",
    "accuracy": "Accuracy", "macro_f1": "Macro-F1", "retention": "Retention", "accuracy_difference": "Difference to the teacher",
    "difference_points": "Difference to the teacher", "mcnemar_p_teacher": "McNemar test against the teacher",
    "gain_over_control": "Gain over the control", "mcnemar_p_control": "McNemar test against the control",
    "teacher_agreement": "Agreement with the teacher", "test_texts": "Test texts", "latency_p50_ms": "Latency, p50",
    "latency_p90_ms": "Latency, p90", "latency_p99_ms": "Latency, p99", "latency_mean_ms": "Latency, mean",
    "latency_queries": "Queries behind the latency", "latency_limit_ms": "Latency limit", "throughput_per_s": "Throughput",
    "throughput_speedup": "Speed-up of the throughput", "latency_speedup": "Speed-up of the latency", "parameters": "Parameters",
    "artifact_bytes": "Size on disk", "peak_memory_bytes": "Peak memory", "energy_j_per_prediction": "Energy of a prediction",
    "energy_net_j_per_prediction": "Energy of a prediction, idle power taken off", "reload_agreement": "Equal answers after a reload",
    "accuracy_margin_points": "Accuracy margin",
}
ROLES = {
    "status_quo": "today's system", "optimised_teacher": "teacher without training", "control": "control without teacher",
    "student": "student", "cascade": "cascade", "api": "API",
}
DRAWN = {"engineering_hours": "h", "engineering_usd_per_hour": "USD/h", "optimised_teacher_hours": "h"}


def label(name: str) -> str:
    """A field in words: "rate_per_s" is "Rate of one machine"."""
    return LABELS.get(name) or name.replace("_", " ")[:1].upper() + name.replace("_", " ")[1:]


def in_words(key: str) -> str:
    """The name of an input or a figure in words, with whose or where it is: "Rate of one machine of depth-3"."""
    name, space, rest = key.partition(" ")
    return f"{label(name)}{space}{rest}" if name in LABELS else label(key) if not space else key[:1].upper() + key[1:]


def named(key: str) -> tuple[str, str]:
    """The name of an input in words, and whose it is: ("Rate of one machine", "depth-3"); ("Horizon", "")."""
    name, _, owner = key.partition(" of ")
    return in_words(name), owner


def result_in_words(key: str) -> str:
    """The name of a result: its upfront cost is the whole, not what stands beside the work."""
    return f"Upfront cost{key.removeprefix('upfront_usd')}" if key.partition(" ")[0] == "upfront_usd" else in_words(key)


def in_a_sentence(key: str) -> str:
    """in_words() within a sentence: "rate of one machine of depth-3", but "NPV"."""
    told = in_words(key)
    return told if told[:2].isupper() else told[:1].lower() + told[1:]


def unit_of(key: str, currency: str) -> str:
    """The unit of an input by its name, money in the case's currency; "h" for the hours of an activity, "" if it is unknown."""
    name = key.partition(" ")[0]
    unit = "h" if name == "hours" else {**UNITS, **DRAWN}.get(name, "")
    return currency + unit[3:] if unit.startswith("USD") else unit
