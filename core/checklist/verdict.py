"""The words of a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.figures import Figure

Status = Literal["pass", "warn", "fail", "not enough evidence"]
Overall = Literal["invest", "pilot", "do not invest", "not enough evidence"]

TITLES = (
    "Volume and cost per prediction", "Latency", "Accuracy and business impact",
    "Upfront cost", "Tooling and compatibility", "Iteration and updates",
)
SHORT = ("Cost", "Latency", "Accuracy", "Upfront", "Tooling", "Updates")
QUESTIONS = (
    "What are today's inference volume and cost per prediction?",
    "Does the distilled model meet the latency requirement?",
    "Is the accuracy acceptable, and what does the difference cost the business?",
    "What do engineering and computing cost before the first saving?",
    "Do the tools and the infrastructure run the distilled model?",
    "How is the model evaluated and updated after distillation?",
)


@dataclass(frozen=True)
class ItemVerdict:
    """One checklist item (1 to 6): rule is the rule in plain words, reason why it came out so, action the one next step."""

    item: int
    status: Status
    rule: str
    reason: str
    figures: Mapping[str, Figure]
    action: str = ""

    @property
    def title(self) -> str:
        """Short name of the item."""
        return TITLES[self.item - 1]


@dataclass(frozen=True)
class Verdict:
    """The overall decision with its reasons, and the six items it rests on."""

    overall: Overall
    reasons: tuple[str, ...]
    items: tuple[ItemVerdict, ...]
