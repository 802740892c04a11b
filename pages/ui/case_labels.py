"""How the business inputs are called in forms, and how fine their steps are."""

from __future__ import annotations

LABELS = {
    "predictions_per_day": "Predictions a day", "latency_limit_ms": "Latency limit (p99, ms)",
    "accuracy_margin_points": "Accuracy margin (points)", "variant": "Variant", "peak_to_mean": "Peak to mean (ratio)",
    "monthly_growth": "Growth a month (share)", "horizon_months": "Horizon (months)",
    "discount_rate": "Discount rate (share a year)", "basis": "How machines are paid for",
    "instance": "Instance", "usd_per_hour": "Hourly price (USD)", "target_utilisation": "Target utilisation (share)",
    "min_instances": "Fewest instances", "spare_instances": "Spare instances", "startup_minutes": "Start-up (minutes)",
    "billing_step_h": "Billing step of batches (hours)", "yearly_price_change": "Price change a year (share)",
    "student_instance": "Students' instance", "student_usd_per_hour": "Students' hourly price (USD)",
    "hourly_profile": "Profile of the day", "status_quo": "Serves today",
    "optimised_teacher_speedup": "Optimised teacher (speed-up)", "optimised_teacher_hours": "Optimising it (hours)",
    "api_provider": "API provider", "api_model": "API model", "api_input_tokens": "Input tokens a call",
    "api_cached_tokens": "Cached tokens a call", "api_cache_write_tokens": "Cache writes a call (tokens)",
    "api_output_tokens": "Output tokens a call", "api_reasoning_tokens": "Reasoning tokens a call",
    "api_usd_per_call": "Price of a call (USD)", "retry_factor": "Calls for one answer (ratio)",
    "monthly_bill_usd": "Known bill (USD a month)", "bill_predictions_per_month": "Predictions of that month",
    "bill_variable_share": "Variable share of the bill", "hardware_usd": "Price of a machine (USD)",
    "hardware_life_months": "Life of a machine (months)", "watts": "Mean power (W)", "usd_per_kwh": "Electricity (USD/kWh)",
    "hosting_usd_per_month": "Hosting (USD a month)", "country": "Country of the grid",
    "usd_per_error": "Cost of a wrong answer (USD)", "engineering_hours": "Engineering (hours)",
    "engineering_usd_per_hour": "Engineering rate (USD/hour)", "other_upfront_usd": "Other upfront (USD)",
    "training_usd_per_hour": "Training machine (USD/hour)", "committed_until_month": "Committed until month",
    "months_to_go_live": "Months to go-live", "parallel_months": "Parallel months",
    "monitoring_usd_per_month": "Monitoring (USD a month)", "storage_usd_per_gb_month": "Storage (USD/GB and month)",
    "redistil_every_months": "Re-distil every (months)", "redistil_hours": "One re-distillation (hours)",
    "redistil_owner": "Owner of updates", "redistil_trigger": "Trigger of updates",
    "teacher_terms_allow": "Teacher's terms allow a student", "target_is_this_machine": "This machine will serve",
    "memory_limit_mb": "Memory limit (MB)",
}
OPTIONS = {
    "provisioned": "provisioned (for the peak)", "autoscaled": "autoscaled (hour by hour)", "batch": "batch", "bench": "bench (never idle)",
    "teacher": "the teacher, on machines", "api": "an API", "bill": "a system with a known bill",
}
STEPS = {"monthly_growth": 0.01, "discount_rate": 0.01, "target_utilisation": 0.05, "accuracy_margin_points": 0.5,
         "peak_to_mean": 0.5, "usd_per_hour": 0.01, "student_usd_per_hour": 0.01, "latency_limit_ms": 1.0, "api_usd_per_call": 0.0001,
         "usd_per_error": 0.001, "usd_per_kwh": 0.01, "bill_variable_share": 0.05, "yearly_price_change": 0.01,
         "storage_usd_per_gb_month": 0.01, "optimised_teacher_speedup": 0.1, "retry_factor": 0.05, "training_usd_per_hour": 0.01}
WHOLE = ("predictions_per_day", "engineering_hours", "engineering_usd_per_hour", "redistil_hours", "optimised_teacher_hours",
         "monthly_bill_usd", "bill_predictions_per_month", "hardware_usd", "watts", "other_upfront_usd", "monitoring_usd_per_month")
