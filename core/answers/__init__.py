"""Answers that a model gave elsewhere, imported from a file: the teacher of those who pay by token. Torch-free, for both wings."""

from core.answers.files import import_answers
from core.answers.storage import delete, info, list_answers, load
from core.answers.types import Answers, AnswersInfo, Spread, fingerprint_of

__all__ = ["Answers", "AnswersInfo", "Spread", "delete", "fingerprint_of", "import_answers", "info", "list_answers", "load"]
