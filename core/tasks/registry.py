"""All tasks there are: the bundled ones and those that the user has imported."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from pathlib import Path

from core import settings
from core.errors import UserError
from core.tasks import beside, bundled, storage
from core.tasks.types import Task, TaskInfo

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def list_tasks() -> list[TaskInfo]:
    """Every task, the bundled ones first; reads no texts. A damaged import is left out."""
    found = [beside.told(known) for known in bundled.infos().values()]
    for path in sorted(settings.folder("tasks").iterdir()):
        with suppress(UserError):
            if ID.fullmatch(path.name):
                found.append(beside.told(storage.read_info(path)))
    return found


def info(task_id: str) -> TaskInfo:
    """The task's description. Raises UserError for an unknown id or a damaged import."""
    return beside.told(bundled.infos()[task_id] if task_id in bundled.infos() else storage.read_info(imported_folder(task_id)))


def load(task_id: str) -> Task:
    """The task with its texts, those that were added too. Raises UserError for an unknown id, a missing data wheel or a damaged import."""
    return beside.joined(bundled.load(task_id) if task_id in bundled.infos() else storage.read(imported_folder(task_id)))


def delete(task_id: str) -> None:
    """Delete an imported task, with the texts that were added to it. Raises UserError for a bundled or unknown one."""
    if task_id in bundled.infos():
        raise UserError(f"task: {task_id!r} is bundled and cannot be deleted; only imported tasks can.")
    storage.remove(imported_folder(task_id))
    beside.remove(task_id)


def new_folder(name: str) -> Path:
    """The folder of a task to be called `name`. Raises UserError where the name gives no id or one that is taken."""
    task_id = slug(name, "the task")
    folder = settings.folder("tasks") / task_id
    if task_id in bundled.infos() or folder.exists():
        raise UserError(f"name: there is a task {task_id!r} already; choose another name or delete that task first.")
    return folder


def slug(name: str, what: str) -> str:
    """The id that a name gives. Raises UserError where it gives none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-")
    if not found:
        raise UserError(f"name: {name!r} has no letters a to z or digits; give {what} another name.")
    return found


def imported_folder(task_id: str) -> Path:
    """The folder of an imported task. Raises UserError for an unknown id, naming the known ones."""
    folder = settings.folder("tasks") / task_id if ID.fullmatch(task_id) else None
    if folder is None or not folder.is_dir():
        known = ", ".join(task.id for task in list_tasks())
        raise UserError(f"task: {task_id!r} is not known; choose one of {known}.")
    return folder
