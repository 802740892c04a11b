"""Imported answers as a folder: answers.json and answers.parquet. A folder appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from core import settings
from core.answers.types import Answers, AnswersInfo, Spread
from core.errors import UserError
from core.tasks import storage
from core.tasks.registry import ID, slug

INFO, TABLE = "answers.json", "answers.parquet"


def list_answers(task: str = "") -> list[AnswersInfo]:
    """All imported answers, or those to texts of one task; reads no texts. Damaged ones are left out."""
    found = []
    for path in sorted(settings.folder("answers").iterdir()):
        with suppress(UserError):
            if ID.fullmatch(path.name):
                found.append(_read_json(path)[0])
    return [info for info in found if not task or info.task == task]


def info(answers_id: str) -> AnswersInfo:
    """What is known of imported answers. Raises UserError for an unknown id or damaged files."""
    return _read_json(_folder(answers_id))[0]


def load(answers_id: str) -> Answers:
    """The answers with their texts. Raises UserError for an unknown id, or files that are damaged or were changed."""
    folder = _folder(answers_id)
    known, fingerprint = _read_json(folder)
    try:
        table = pd.read_parquet(folder / TABLE)
        same = _fingerprint(known, table) == fingerprint
    except (OSError, pa.ArrowException, KeyError):
        raise _damaged(folder) from None
    if not same:
        raise _damaged(folder)
    return Answers(known, table, fingerprint)


def delete(answers_id: str) -> None:
    """Delete imported answers. Raises UserError for unknown ones."""
    storage.remove(_folder(answers_id))


def new_folder(name: str) -> Path:
    """The folder of answers to be called `name`. Raises UserError where the name gives no id or one that is taken."""
    folder = settings.folder("answers") / slug(name, "answers")
    if folder.exists():
        raise UserError(f"name: there are answers {folder.name!r} already; choose another name or delete those first.")
    return folder


def save(info: AnswersInfo, table: pd.DataFrame, folder: Path) -> AnswersInfo:
    """Write them as `folder`, which must not exist (OSError); the info as it is read back."""
    def write(empty: Path) -> None:
        table.to_parquet(empty / TABLE, index=False)
        content = {"info": asdict(info), "fingerprint": _fingerprint(info, table)}
        (empty / INFO).write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")

    storage.publish(write, folder)
    return info


def _folder(answers_id: str) -> Path:
    folder = settings.folder("answers") / answers_id if ID.fullmatch(answers_id) else None
    if folder is None or not folder.is_dir():
        known = ", ".join(each.id for each in list_answers()) or "none yet; `python -m core answers import` brings some"
        raise UserError(f"answers: {answers_id!r} is not known; there are {known}.")
    return folder


def _fingerprint(info: AnswersInfo, table: pd.DataFrame) -> str:
    """sha256 of all content, the same in every process."""
    digest = hashlib.sha256(json.dumps(asdict(info), sort_keys=True).encode())
    for name in table.columns:
        digest.update(json.dumps([name, table[name].map(repr).tolist()]).encode())
    return digest.hexdigest()


def _read_json(folder: Path) -> tuple[AnswersInfo, str]:
    try:
        content = json.loads((folder / INFO).read_text("utf-8"))
        data: dict[str, Any] = content["info"]
        lists = {key: tuple(data[key]) for key in ("labels", "ignored")}
        calls = {name: Spread(**each) for name, each in data["calls"].items()}
        return AnswersInfo(**{**data, **lists, "calls": calls}), content["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(folder) from None


def _damaged(folder: Path) -> UserError:
    return UserError(f"answers: the files of {folder.name!r} are damaged or were changed; delete these answers and import them again.")
