"""Tasks: labelled text with train, validation and test splits, bundled, imported from a file or from the Hub."""

from core.tasks.files import Preview, import_file, preview
from core.tasks.hub import import_hub
from core.tasks.registry import delete, info, list_tasks, load
from core.tasks.types import Task, TaskInfo
from core.tasks.unlabelled import add_texts, remove_texts

__all__ = ["Preview", "Task", "TaskInfo", "add_texts", "delete", "import_file", "import_hub", "info", "list_tasks", "load", "preview",
           "remove_texts"]
