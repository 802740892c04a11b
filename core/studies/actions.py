"""What can be done to know an input better, where it is done, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.figures import Figure


@dataclass(frozen=True)
class Action:
    """sentence: what to do. page: where in the browser. hours: of work it takes, an assumption of this project's; None: unknown."""

    sentence: str
    page: str
    hours: float | None = None


# By the input's name without its owner. Hours are rough; with the case's rate they say what an answer costs.
ACTIONS: dict[str, Action] = {
    "rate_per_s": Action("Measure the speed in more processes: start a study with the preset standard.", "pages/new_study.py", 0.5),
    "accuracy_difference_points": Action("Evaluate on more test texts: raise evaluate.test_tokens in a new study.",
                                         "pages/new_study.py", 0.5),
    "share": Action("Evaluate on more test texts: raise evaluate.test_tokens in a new study.", "pages/new_study.py", 0.5),
    "usd_per_hour": Action("Choose the instance that will serve, or type its price.", "pages/prices.py", 0.5),
    "usd_per_call": Action("Count the tokens of some real calls.", "pages/checklist.py", 2.0),
    "predictions_per_day": Action("Read the predictions of the last weeks off the logs.", "pages/checklist.py", 2.0),
    "peak_to_mean": Action("Read the busiest seconds of the last weeks off the logs.", "pages/checklist.py", 2.0),
    "monthly_growth": Action("Fit the growth to the last year's monthly volumes.", "pages/checklist.py", 4.0),
    "target_utilisation": Action("Load-test one machine up to its latency limit.", "pages/checklist.py", 8.0),
    "engineering_hours": Action("Plan the work with those who will do it.", "pages/checklist.py", 8.0),
    "engineering_usd_per_hour": Action("Ask finance for the rate.", "pages/checklist.py", 0.5),
    "months_to_go_live": Action("Ask the release owners for a date.", "pages/checklist.py", 2.0),
    "redistil_hours": Action("Time one re-distillation.", "pages/checklist.py", 16.0),
    "usd_per_error": Action("Follow up some wrong answers and price what they cost.", "pages/checklist.py", 16.0),
    "monthly_bill_usd": Action("Read the last bills.", "pages/checklist.py", 1.0),
    "retry_factor": Action("Count the retries in the logs.", "pages/checklist.py", 2.0),
    "monitoring_usd_per_month": Action("Ask for the price of monitoring.", "pages/checklist.py", 1.0),
    "optimised_teacher_hours": Action("Plan the teacher's optimisation.", "pages/checklist.py", 4.0),
}
UNKNOWN = Action("State it with less doubt.", "pages/checklist.py")


def action_for(name: str) -> Action:
    """What to do about an input, by its name ("input" or "input of model")."""
    return ACTIONS.get(name.partition(" of ")[0], UNKNOWN)


def measuring_costs(names: Iterable[str], usd_per_hour: Figure) -> dict[str, float]:
    """USD for learning each input, where the hours are known: hours x the case's rate of work."""
    rate = usd_per_hour.value
    costs = {name: action_for(name).hours for name in names}
    return {} if rate is None else {name: hours * rate for name, hours in costs.items() if hours is not None}
