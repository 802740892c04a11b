"""How soon the playground answers: teacher and student of a study, a second text after the process has loaded both.

python -m tests.benchmarks.playground STUDY, with the study's data folder in DISTILL_ROI_HOME; prints seconds.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from core.studies import playground, read
from core.studies.decide import decide
from core.studies.resident import Residents

TEXTS = ("a warm film about people who cannot help themselves", "grain prices fell again in the last quarter")


def second_s(study_id: str) -> float:
    """Seconds from the question to both answers, of the last of TEXTS."""
    decision = decide(read.get(study_id), datetime.now(UTC).date(), draws=0)
    models = playground.answerers(decision.study)
    teacher = next(model for model in models if model.role == "teacher")
    student = next(model for model in models if model.role == "student")
    residents = Residents()
    try:
        return [playground.ask(residents, decision, student, teacher, text).seconds for text in TEXTS][-1]
    finally:
        residents.close_all()


if __name__ == "__main__":
    print(second_s(sys.argv[1]))
