"""A resident process that answers single texts: python -m core.answering [--idle SECONDS], one JSON object a line in, one out.

Asked {"text", "models": [{"folder", "runtime", "precision", "device", "threads", "stamp"}, ...]} it writes {"answers": [...]}, one for
each model in order, with `labels`, `logits`, `tokenise_ms`, `model_ms`, `tokens` read of `whole` ones, and `load_s` where it had to be
loaded; or {"refused": sentence}. A folder lies in the data folder. It ends as soon as standard input closes, so it outlives nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import sys
import threading
import traceback
from collections import OrderedDict
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from core import settings
from core.errors import UserError
from core.models.artifact import CARD
from core.runtimes.base import Runtime
from core.runtimes.registry import opened

IDLE_S = 600.0
MOST_MODELS = 4  # in memory; the one that was asked longest ago goes first
NICENESS = 5  # runs and pages come first
ENVIRONMENT = {"OMP_WAIT_POLICY": "passive", "TOKENIZERS_PARALLELISM": "false", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
Wanted = dict[str, Any]


class Answering:
    """The models in memory, and what they answer."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[tuple[Any, ...], Runtime] = OrderedDict()

    def reply(self, request: dict[str, Any]) -> dict[str, Any]:
        """One reply to one request."""
        try:
            return {"answers": [self._answer(request["text"], wanted) for wanted in request["models"]]}
        except UserError as error:
            return {"refused": str(error)}

    def _answer(self, text: str, wanted: Wanted) -> dict[str, Any]:
        started = perf_counter()
        runtime, is_new = self._runtime(wanted)
        if is_new:
            runtime.answer([text])  # what a first call costs is no part of a call
        load_s = perf_counter() - started if is_new else None
        return {**timed(runtime, text), "load_s": load_s}

    def _runtime(self, wanted: Wanted) -> tuple[Runtime, bool]:
        """The model, and whether it was loaded just now: `stamp` changes when its files do."""
        key = tuple(wanted[name] for name in ("folder", "runtime", "precision", "device", "threads", "stamp"))
        is_new = key not in self._loaded
        if is_new:
            while len(self._loaded) >= MOST_MODELS:
                self._loaded.popitem(last=False)
            folder = inside(wanted["folder"])
            self._loaded[key] = opened(wanted["runtime"], folder, wanted["device"], wanted["threads"], wanted["precision"])
        self._loaded.move_to_end(key)
        return self._loaded[key], is_new


def inside(folder: str) -> Path:
    """A folder of the data folder. Raises UserError for any other, and for one that is gone."""
    path = Path(folder).resolve()
    if not path.is_relative_to(settings.home()):
        raise UserError(f"folder: {folder!r} is not in the data folder; only models of a study are loaded.")
    if not (path / CARD).is_file():
        raise UserError(f"folder: the model files in {path.name!r} are gone; run the study again.")
    return path


def timed(runtime: Runtime, text: str) -> dict[str, Any]:
    """One text's logits with the time of its tokens and of the model, in ms."""
    started = perf_counter()
    ids = runtime.tokenise([text])
    tokenised = perf_counter()
    logits = runtime.logits(ids)[0]
    ended = perf_counter()
    return {"labels": list(runtime.card.labels), "logits": [float(value) for value in logits],
            "tokenise_ms": 1000 * (tokenised - started), "model_ms": 1000 * (ended - tokenised),
            "tokens": len(ids[0]), "whole": runtime.tokeniser.length(text)}


def _read(lines: queue.SimpleQueue[bytes]) -> None:
    """Hands lines on; at the end of standard input the process ends at once, whatever it does."""
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


def serve(out: TextIO, idle_s: float) -> None:
    """Answers until nobody has asked for idle_s seconds, or standard input closes."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    answering = Answering()
    while True:
        try:
            line = lines.get(timeout=idle_s)
        except queue.Empty:
            return
        out.write(json.dumps(answering.reply(json.loads(line))) + "\n")
        out.flush()


def main() -> None:
    """The process: standard output is the channel, so what libraries print goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m core.answering", description="Answer texts asked for on standard input.")
    parser.add_argument("--idle", type=float, default=IDLE_S, help="seconds without a question before it ends (default %(default)s)")
    idle_s = parser.parse_args().idle
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        serve(channel, idle_s)
    except Exception:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)  # at once: the reading thread holds standard input, which an orderly end would wait for


if __name__ == "__main__":
    main()
