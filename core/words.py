"""Inputs and results by their names in words: as a label, within a sentence, and as the reason why a figure is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.figures import Figure

LABELS = {
    # inputs of a case
    "predictions_per_day": "Volume", "monthly_growth": "Growth a month", "peak_to_mean": "Peak to mean", "horizon_months": "Horizon",
    "discount_rate": "Discount rate a year", "usd_per_hour": "Hourly price", "rate_per_s": "Throughput",
    "target_utilisation": "Target utilisation", "min_instances": "Fewest machines", "spare_instances": "Spare machines",
    "startup_minutes": "Start-up time", "billing_step_h": "Billing step", "usd_per_call": "Price of a call",
    "retry_factor": "Calls for an answer", "monthly_bill_usd": "Monthly bill", "bill_predictions_per_month": "Predictions of the bill",
    "bill_variable_share": "Variable share of the bill", "yearly_price_change": "Price change a year",
    "hardware_usd": "Price of a machine", "hardware_life_months": "Life of a machine", "watts": "Power of a machine",
    "usd_per_kwh": "Price of electricity", "hosting_usd_per_month": "Hosting of a machine", "share": "Share escalated",
    "months_to_go_live": "Time to go-live", "parallel_months": "Parallel running", "committed_until_month": "Paid in any case until month",
    "redistil_every_months": "Re-distillation interval", "redistil_hours": "Hours of a re-distillation",
    "redistil_usd_per_hour": "Rate of work on a re-distillation", "redistil_usd": "Computing of a re-distillation",
    "monitoring_usd_per_month": "Monitoring", "storage_usd_per_month": "Storage",
    "accuracy_difference_points": "Accuracy against today's system", "usd_per_error": "Cost of an error",
    "error_usd_per_prediction": "Cost of errors by class", "engineering_hours": "Engineering hours",
    "engineering_usd_per_hour": "Engineering rate", "optimised_teacher_hours": "Hours of optimising the teacher",
    "integration_hours": "Integration effort",
    "latency_limit_ms": "Latency limit", "accuracy_margin_points": "Accuracy margin", "memory_limit_mb": "Memory limit",
    # results of a case
    "instances": "Machines", "monthly_cost_usd": "Cost a month", "usd_per_million": "Cost per million",
    "usd_per_million_bench": "Cost per million, never idle", "utilisation": "Utilisation", "upfront_usd": "Upfront cost",
    "tco_usd": "Total cost", "pv_cost_usd": "Present value of the total cost", "monthly_saving_usd": "Monthly saving", "npv_usd": "NPV",
    "npv_p10_usd": "NPV, P10", "npv_p90_usd": "NPV, P90",
    "irr": "IRR a year", "roi": "ROI", "payback_months": "Payback", "discounted_payback_months": "Discounted payback",
    "break_even_predictions_per_day": "Break-even volume", "break_even_accuracy_loss_points": "Break-even loss of accuracy",
    "max_upfront_usd": "Most that may be spent upfront", "net_benefit_usd": "Net benefit", "expected_npv_usd": "Expected NPV",
    "positive": "Probability that the NPV is above 0", "pays_back": "Chance of paying back",
    "energy_kwh_per_month": "Energy a month", "gco2e_per_month": "Emissions a month (CO2e)",
    # learning curves
    "learning_curve": "Learning curve", "gain_points": "Gain in accuracy", "gain_usd": "Worth of the gain",
    "collecting_usd": "Collecting the texts", "labelling_usd": "Labelling by the teacher", "more_training_usd": "More training",
    "net_gain_usd": "Gain less its costs", "worth_of_a_pass": "Worth of a further pass", "training_s": "Training time",
    # figures of a model
    "accuracy": "Accuracy", "macro_f1": "Macro-F1", "retention": "Retention", "accuracy_difference": "Difference to teacher",
    "difference_points": "Difference to teacher", "change_points": "Change in accuracy",
    "mcnemar_p_teacher": "McNemar, against teacher",
    "gain_over_control": "Gain over control", "mcnemar_p_control": "McNemar, against control",
    "teacher_agreement": "Agrees with teacher", "test_texts": "Test texts", "latency_p50_ms": "Latency p50",
    "latency_p90_ms": "Latency p90", "latency_p99_ms": "Latency p99", "latency_mean_ms": "Mean latency",
    "latency_queries": "Latency queries", "throughput_per_s": "Throughput", "throughput_speedup": "Throughput speed-up",
    "offline_rate_per_s": "Throughput, many texts at once", "server_limit_ms": "Latency limit of that rate",
    "server_rate_per_s": "Highest rate within the latency limit", "server_p99_ms": "Latency p99 at that rate",
    "server_batch_size": "Texts in a batch, at most", "server_wait_ms": "Wait for a batch, at most",
    "server_queries": "Queries at that rate",
    "log_loss": "Log loss", "brier": "Brier score", "ece": "Calibration error", "ece_scaled": "Calibration error, scaled",
    "ece_by_chance": "Calibration error by chance", "confidence_temperature": "Temperature", "texts": "Texts", "precision": "Precision",
    "recall": "Recall", "f1": "F1", "mcnemar_p_slice": "McNemar, over all slices",
    "repeated_errors": "Teacher's errors repeated", "repeated_errors_by_chance": "Repeated by chance",
    "repeated_errors_excess": "Repeated beyond chance", "repeated_errors_over_control": "Repeated beyond its control",
    "gap_label": "Gap between classes", "gap_length": "Gap between lengths", "gap_part": "Gap between parts",
    "gap_added_label": "Gap between classes, less the teacher's", "gap_added_length": "Gap between lengths, less the teacher's",
    "gap_added_part": "Gap between parts, less the teacher's", "flips": "Answers that flip",
    "latency_speedup": "Latency speed-up", "parameters": "Parameters", "artifact_bytes": "Size on disk",
    "peak_memory_bytes": "Peak memory", "energy_j_per_prediction": "Energy a prediction",
    "energy_net_j_per_prediction": "Energy a prediction, idle power taken off",
    "tokenise_ms": "Tokenising a text", "model_ms": "Model, one text", "after_ms": "After the model", "load_s": "Load time",
    "first_call_ms": "First call", "resident_bytes": "Resident memory", "proportional_bytes": "Resident memory, shared parts divided",
    "device_bytes": "GPU memory of the process", "board_bytes": "GPU memory in use by all", "idle_w": "Idle power",
    "quick_p99_ms": "Latency p99, a quick look",
    "reload_agreement": "Same answers after reload", "variant_agreement": "Answers as before",
    "largest_logit_difference": "Largest difference of a logit",
}
# Within a sentence, where "the" and the label would not do.
SENTENCE = {
    "monthly_growth": "the growth", "peak_to_mean": "the peak", "rate_per_s": "the throughput", "retry_factor": "the retries",
    "monthly_bill_usd": "the bill", "bill_variable_share": "the share of the bill that follows the volume",
    "accuracy_difference_points": "the loss of accuracy", "monitoring_usd_per_month": "the price of monitoring",
    "storage_usd_per_month": "the price of storage", "parallel_months": "the months in which both are paid",
    "committed_until_month": "the month until which it is paid in any case", "share": "the share escalated",
    "yearly_price_change": "the change of the price a year", "hosting_usd_per_month": "the hosting of a machine",
    "error_usd_per_prediction": "the cost of errors by class",
}
RUNTIMES = {"torch": "PyTorch, eager", "torch.compile": "PyTorch, compiled", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO",
            "tensorrt": "TensorRT, through ONNX Runtime"}
# Whose tools serve a model, by runtime, and one that is named beside them and serves none here.
TOOLS = {"torch": "PyTorch and Hugging Face Transformers", "torch.compile": "PyTorch compiler", "onnxruntime": "ONNX Runtime",
         "openvino": "Intel OpenVINO", "tensorrt": "NVIDIA TensorRT", "tfmot": "TensorFlow Model Optimization Toolkit"}
OTHER_UPFRONT = "Other upfront cost"  # as an input, what stands beside the work; as a result, the whole


def label(key: str) -> str:
    """A result or figure in words: "npv_usd at half the interval" is "NPV at half the interval"."""
    name, space, rest = key.partition(" ")
    if name in LABELS:
        return f"{LABELS[name]}{space}{rest}"
    told = key.replace("_", " ")
    return told[:1].upper() + told[1:]


def input_label(key: str) -> str:
    """An input in words: "rate_per_s of depth-3" is "Throughput of depth-3"."""
    name, space, rest = key.partition(" ")
    return f"{OTHER_UPFRONT}{space}{rest}" if name == "upfront_usd" else label(key)


def in_a_sentence(key: str) -> str:
    """An input ("input" or "input of model") in a sentence: "the hourly price of teacher"; a name without a label stays as it is."""
    name, of, owner = key.partition(" of ")
    if name in SENTENCE:
        told = SENTENCE[name]
    elif name in LABELS:
        told = f"the {lowered(input_label(name))}"
    else:
        told = name.replace("_", " ")
    return f"{told}{of}{owner}"


def lowered(told: str) -> str:
    """With a small first letter, unless it opens an abbreviation."""
    return told if told[:2].isupper() else told[:1].lower() + told[1:]


def why_unknown(figure: Figure) -> str:
    """Why a figure has no value, with the inputs that it lacks in words; empty for a known one."""
    if figure.value is not None:
        return ""
    head, needs, names = figure.provenance.reason.partition("needs ")
    if head or not needs:
        return figure.provenance.reason
    return f"needs {listed(map(in_a_sentence, names.split(', ')))}"


def listed(names: Iterable[str]) -> str:
    """"A", "A and B", "A, B and C"."""
    *first, last = names
    return f"{', '.join(first)}{' and ' if first else ''}{last}"


LOSS = "training loss"


def loss_of(name: str) -> str:
    """The name of a live curve; a stage in which one model learns needs no model's name."""
    return f"{LOSS} of {name}" if name else LOSS


def learner_of(series: str) -> str:
    """The model of a curve that loss_of named, "" where it names none (as in older studies)."""
    return series.removeprefix(f"{LOSS} of ") if series.startswith(f"{LOSS} of ") else ""


def span(values: Sequence[float]) -> str:
    """"0.312", or "0.312 to 0.455" for several."""
    low, high = (f"{value:.3f}" for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"
