"""The name and the unit of every number that a business case rests on."""

from __future__ import annotations

# What holds for the whole case.
TERMS: dict[str, str] = {
    "predictions_per_day": "1/day", "monthly_growth": "share", "peak_to_mean": "ratio", "horizon_months": "months",
    "discount_rate": "share",
}

# What one way of answering rests on, by basis; the others are neutral where nothing is said.
NEEDED: dict[str, tuple[str, ...]] = {
    "bench": ("usd_per_hour", "rate_per_s"),
    "provisioned": ("usd_per_hour", "rate_per_s", "target_utilisation", "min_instances"),
    "autoscaled": ("usd_per_hour", "rate_per_s", "target_utilisation", "min_instances"),
    "batch": ("usd_per_hour", "rate_per_s", "target_utilisation", "min_instances"),
    "api": ("usd_per_call",),
    "bill": ("monthly_bill_usd", "bill_predictions_per_month", "bill_variable_share"),
}
SERVING: dict[str, str] = {
    "usd_per_hour": "USD/h", "rate_per_s": "1/s", "offline_rate_per_s": "1/s", "target_utilisation": "share", "min_instances": "count",
    "spare_instances": "count", "startup_minutes": "min", "billing_step_h": "h", "usd_per_call": "USD/call",
    "retry_factor": "ratio", "monthly_bill_usd": "USD/month", "bill_predictions_per_month": "1/month",
    "bill_variable_share": "share", "yearly_price_change": "share", "hardware_usd": "USD", "hardware_life_months": "months",
    "watts": "W", "usd_per_kwh": "USD/kWh", "hosting_usd_per_month": "USD/month", "share": "share",
}

# What one option rests on beside its serving.
OPTION: dict[str, str] = {
    "upfront_usd": "USD", "months_to_go_live": "months", "parallel_months": "months", "committed_until_month": "months",
    "redistil_every_months": "months", "redistil_hours": "h", "redistil_usd_per_hour": "USD/h", "redistil_usd": "USD",
    "monitoring_usd_per_month": "USD/month", "storage_usd_per_month": "USD/month",
    "accuracy_difference_points": "points", "usd_per_error": "USD/error",
    "error_usd_per_prediction": "USD/prediction",
}
UNITS: dict[str, str] = {**TERMS, **SERVING, **OPTION}
WHOLE = ("months_to_go_live", "parallel_months", "min_instances", "spare_instances")  # drawn as whole numbers
