"""Tasks: labelled text with train, validation and test splits, bundled, imported from a file or from the Hub."""

from core.tasks.files import Preview, import_file, preview
from core.tasks.hub import import_hub
from core.tasks.registry import delete, info, list_tasks, load
from core.tasks.types import Task, TaskInfo

__all__ = ["Preview", "Task", "TaskInfo", "delete", "import_file", "import_hub", "info", "list_tasks", "load", "preview"]
