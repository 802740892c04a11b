"""A decision as text."""

from __future__ import annotations

from core import machine
from core.checklist import Verdict
from core.cli.output import say
from core.formats import show, show_date, show_with_interval
from core.records import StudyRecord
from core.studies import narrative
from core.studies.decide import Decision, option_name
from core.studies.export import ways


def print_decision(decision: Decision) -> None:
    """The study's models, one a line, and the verdict."""
    study = decision.study
    so_far = f", {study.job.state}: known so far" if study.job and study.job.state != "done" else ""
    say(f"\n{study.name} ({study.id}), {show_date(study.created_at)}, {_device(study)}{so_far}")
    say(f"  {'model':<20} {'accuracy':<26} {'retention':<10} {'p99':<10} {'throughput':<20} {'bench':<20} provisioned")
    for model in study.models:
        option = decision.option(model)
        cells = [show(model.figures[name]) if name in model.figures else "-" for name in
                 ("retention", "latency_p99_ms", "throughput_per_s")]
        accuracy = show_with_interval(model.figures["accuracy"]) if "accuracy" in model.figures else "-"
        money = f"{show(option.usd_per_million_bench):<20} {show(option.usd_per_million)}" if option else "-"
        say(f"  {option_name(model):<20} {accuracy:<26} {cells[0]:<10} {cells[1]:<10} {cells[2]:<20} {money}")
    if other := dict.fromkeys(way for model in study.models for way in ways(study, model)):
        say(f"  also served by: {'; '.join(other)}")
    print_verdict(decision)


def print_verdict(decision: Decision) -> None:
    """The overall verdict and its six items."""
    print_items(decision.verdict, decision.best_option or "")
    if told := narrative.choice(decision.ruling):
        say(f"  {told}")


def print_items(verdict: Verdict | None, option: str) -> None:
    """The overall verdict on an option, its reasons and its six items."""
    if verdict is None:
        say("\nNo verdict yet: no option with a student is known.")
        return
    say(f"\nVerdict: {verdict.overall} ({option})")
    for reason in verdict.reasons[:3]:
        say(f"  {reason}")
    for item in verdict.items:
        action = f" -> {item.action}" if item.action else ""
        say(f"  {item.item} {item.title:<34} {item.status:<20} {item.reason}{action}")


def _device(study: StudyRecord) -> str:
    return machine.device_name(study.machine, study.job.device if study.job else "cpu")
