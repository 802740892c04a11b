"""A stage's context as its study would have it with another seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.records import StudyRecord
from core.stages.context import Context


@dataclass
class Again:
    """The stage's context as the study would have it with another seed. begin, end: what it is of the stage, in shares."""

    study: StudyRecord
    argument: str
    base: Context
    begin: float
    end: float
    results: Mapping[str, Mapping[str, Any]]

    def progress(self, share: float, detail: str = "") -> None:
        """Progress of the whole stage; raises Cancelled when the run is to stop."""
        self.base.progress(self.begin + (self.end - self.begin) * share, f"seed {self.study.spec.training.seed}: {detail}")

    def stopping(self) -> bool:
        """As for the whole stage."""
        return self.base.stopping()

    def point(self, series: str, x: float, y: float) -> None:
        """No curve: those of the study's own seed are enough."""

    def log(self, text: str) -> None:
        """A line with its seed."""
        self.base.log(f"seed {self.study.spec.training.seed}: {text}")
