"""What must be spent before an option serves."""

from __future__ import annotations

from core.figures import Figure, compute, derived


def upfront_usd(engineering_hours: float, usd_per_hour_of_work: float, training_s: float, machine_usd_per_hour: float) -> float:
    """Work and machine time together, in USD."""
    return engineering_hours * usd_per_hour_of_work + training_s / 3600.0 * machine_usd_per_hour


def upfront(engineering_hours: Figure, usd_per_hour_of_work: Figure, training_s: Figure, machine_usd_per_hour: Figure) -> Figure:
    """What a student or control costs to make, in USD: engineering hours and measured training time. The same formula
    prices one re-distillation, with its own hours."""
    return compute(upfront_usd, "USD", "engineering hours x rate + training hours x price of the machine",
                   engineering_hours=engineering_hours, usd_per_hour_of_work=usd_per_hour_of_work,
                   training_s=training_s, machine_usd_per_hour=machine_usd_per_hour)


def nothing_upfront() -> Figure:
    """The known zero of a system that already serves."""
    return derived(0.0, "USD", "nothing is spent to keep what already serves", {})
