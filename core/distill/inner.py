"""What the teacher computes on its way, on the texts of a transfer set: computed once and kept by content, within a stated size.

A folder for teacher, texts, cut and device; a file for each value (see core/models/inside.py for the names): float16 (all tokens of all
texts, size), read as a memory map, so that a step reads its own texts alone.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from core.distill.training import Batch
from core.models.batching import batches, padded
from core.models.inside import Watch, size_of

CAP_BYTES = 4 * 2**30  # of all that is kept in a data folder; the oldest goes first
SPARE = 2  # as much disk must be free as is written, this many times
PASS_TOKENS = 4_096
BYTES = 2  # float16
SECONDS = "seconds.json"

Values = Mapping[str, torch.Tensor]
Source = Callable[[Batch], Values]  # float32 (texts, tokens, size) by name, on the batch's device


def bytes_of(model: PreTrainedModel, names: Iterable[str], lengths: Sequence[int]) -> int:
    """Size on disk of these values of texts with so many tokens."""
    return BYTES * sum(lengths) * sum(size_of(model, name) for name in names)


def fits(folder: Path, needed: int) -> bool:
    """Whether so many bytes may be kept beside `folder`: within CAP_BYTES and the free disk."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return needed <= CAP_BYTES and SPARE * needed <= shutil.disk_usage(folder.parent).free


@dataclass(frozen=True)
class Kept:
    """Inner values on disk. seconds: what the teacher took for them, also when they were there already."""

    arrays: Mapping[str, np.ndarray]
    starts: np.ndarray
    seconds: float

    def __call__(self, batch: Batch) -> Values:
        """Those of a batch's texts; what stands at padding means nothing."""
        places = self.starts[batch.rows, None] + np.arange(batch.input_ids.shape[1])
        device = batch.input_ids.device
        return {name: torch.from_numpy(array[np.minimum(places, len(array) - 1)]).to(device).float() for name, array in self.arrays.items()}

    def only(self, names: Iterable[str]) -> Kept:
        """The same without the values that nobody here asks for."""
        return Kept({name: self.arrays[name] for name in names}, self.starts, self.seconds)


def kept(
    folder: Path, model: Callable[[], PreTrainedModel], ids: Sequence[Sequence[int]], pad_id: int, names: Iterable[str],
    progress: Callable[[float], None] | None = None,
) -> Kept:
    """The values in `folder`; what is not there yet is computed in one pass of `model()` over texts of token ids, and written."""
    names = sorted(names)
    missing = [name for name in names if not _file(folder, name).exists()]
    if missing:
        teacher = model()
        _make_room(folder, bytes_of(teacher, missing, [len(row) for row in ids]))
        seconds = _write(folder, teacher, ids, pad_id, missing, progress)
        (folder / SECONDS).write_text(json.dumps(_seconds(folder) | dict.fromkeys(missing, round(seconds, 3))), encoding="utf-8")
    took = _seconds(folder)
    arrays = {name: np.load(_file(folder, name), mmap_mode="r", allow_pickle=False) for name in names}
    return Kept(arrays, _starts(ids), max(took.get(name, 0.0) for name in names))


def live(teacher: PreTrainedModel, names: Iterable[str]) -> Source:
    """The teacher itself, run on each batch again."""
    run = _runner(teacher, names)
    return lambda batch: run(batch.input_ids, batch.attention_mask)


def shared(source: Source) -> Source:
    """The same source, asked once for a batch however many students learn from it, from whichever threads."""
    lock = threading.Lock()
    last: list[Any] = []

    def once(batch: Batch) -> Values:
        with lock:
            if not last or last[0] is not batch:
                last[:] = [batch, source(batch)]
            found: Values = last[1]
            return found

    return once


def _runner(teacher: PreTrainedModel, names: Iterable[str]) -> Callable[[torch.Tensor, torch.Tensor], Values]:
    watch = Watch(teacher.eval(), names, training_only=False)

    @torch.no_grad()
    def run(input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Values:
        teacher(input_ids=input_ids, attention_mask=attention_mask)
        return watch.taken()

    return run


def _write(folder: Path, teacher: PreTrainedModel, ids: Sequence[Sequence[int]], pad_id: int, names: Sequence[str],
           progress: Callable[[float], None] | None) -> float:
    """Writes the values, each file whole or not at all; seconds that it took."""
    started, starts, lengths = perf_counter(), _starts(ids), np.array([len(row) for row in ids])
    drafts = {name: _file(folder, name).with_suffix(f".{os.getpid()}.tmp") for name in names}
    with ExitStack() as failed:
        for draft in drafts.values():
            failed.callback(draft.unlink, missing_ok=True)
        arrays = {name: np.lib.format.open_memmap(draft, "w+", np.float16, (int(lengths.sum()), size_of(teacher, name)))
                  for name, draft in drafts.items()}
        run, device, done = _runner(teacher, names), next(teacher.parameters()).device, 0
        for rows in batches(lengths.tolist(), PASS_TOKENS):
            table, mask = (torch.from_numpy(array).to(device) for array in padded([ids[i] for i in rows], pad_id))
            found = run(table, mask)
            places = (starts[rows, None] + np.arange(table.shape[1]))[mask.cpu().numpy().astype(bool)]
            for name, array in arrays.items():
                array[places] = found[name][mask.bool()].half().cpu().numpy()
            done += len(rows)
            if progress:
                progress(done / len(ids))
        for name, array in arrays.items():
            array.flush()
            drafts[name].replace(_file(folder, name))
    return perf_counter() - started


def _make_room(folder: Path, needed: int) -> None:
    """Removes the folders that were written longest ago until so many bytes fit; a process that reads one keeps its map."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {other: sum(file.stat().st_size for file in other.iterdir()) for other in folder.parent.iterdir() if other.is_dir()}
    for other in sorted(sizes.keys() - {folder}, key=lambda each: each.stat().st_mtime):
        if sum(sizes.values()) + needed <= CAP_BYTES:
            return
        shutil.rmtree(other, ignore_errors=True)
        del sizes[other]


def _seconds(folder: Path) -> dict[str, float]:
    file = folder / SECONDS
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"


def _starts(ids: Sequence[Sequence[int]]) -> np.ndarray:
    """Where each text's tokens begin."""
    return np.concatenate([[0], np.cumsum([len(row) for row in ids])])[:-1].astype(np.int64)
