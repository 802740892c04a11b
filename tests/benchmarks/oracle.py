"""SingleStream's p50 against that of optimum-benchmark 0.6.0, which runs in an environment of its own under build/.

Both serve the two-layer model of `serving` on one thread in fp32, eager, one text at a time, and both get the same token ids of
the same real texts in the same order: optimum-benchmark times the forward pass alone, so LoadGen does too here (a second row
says how much tokenising adds). Its own inputs would be random ids of one length. torch has this project's version, so that what
differs is who measures; transformers is the last one that it can import. Rounds alternate in mirrored order, in several pairs of
processes.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from core import tasks
from core.measure.loadgen import single_stream
from core.runtimes.eager import EagerRuntime
from core.settings import ROOT
from tests.benchmarks.rows import Row
from tests.benchmarks.serving import TEXTS, THREADS, alone, artefacts

HOME = ROOT / "build" / "oracle"
SIDE = Path(__file__).with_name("oracle_side.py")
QUERIES, ROUNDS, INVOCATIONS = 31, 30, 3  # short rounds share their disturbances; an odd number of queries has a middle one
NAME = "SingleStream p50 off optimum-benchmark 0.6.0's"
Ratios = list[tuple[float, float]]


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    try:
        python = environment(HOME)
    except subprocess.CalledProcessError as error:
        told = (error.stderr or "").strip().splitlines() or ["no reason given"]
        return [Row(NAME, "%", 5.0, None, at_least=False, note=f"pip could not install it: {told[-1]}")]
    task = tasks.load("snippets")
    texts = task.test["text"].tolist()[:TEXTS]
    ratios: Ratios = []
    with tempfile.TemporaryDirectory() as home:
        folder = artefacts(Path(home), task.info.labels)[2]
        for invocation in range(INVOCATIONS):
            ratios += alone(over_optimum, folder, texts, python, invocation % 2)
    model, whole = (100 * (statistics.median(side) - 1) for side in zip(*ratios, strict=True))
    return [Row(NAME, "%", 5.0, abs(model), at_least=False),
            Row("the same with tokenising in it, above optimum's", "%", None, whole)]


def requirements() -> list[str]:
    """What the oracle needs, beside which pip finds the rest. It imports names that transformers 5 has no more."""
    return ["optimum-benchmark==0.6.0", "transformers==4.57.6", f"torch=={version('torch').partition('+')[0]}"]


def environment(home: Path) -> Path:
    """Its Python; the environment is made once for these requirements. Raises CalledProcessError where pip cannot."""
    python, made, wanted = home / "bin" / "python", home / "made.txt", "\n".join(requirements())
    if not made.is_file() or made.read_text(encoding="utf-8") != wanted:
        venv.create(home, clear=True, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements()], check=True, capture_output=True, text=True)
        made.write_text(wanted, encoding="utf-8")
    return python


def over_optimum(folder: Path, texts: Sequence[str], python: Path, first: int) -> Ratios:
    """p50 of LoadGen's SingleStream over that of optimum-benchmark: of the model alone, and with tokenising; one pair each round.

    first: 1 where LoadGen begins.
    """
    runtime = EagerRuntime(folder, threads=THREADS)
    ids = dict(zip(texts, runtime.tokenise(texts), strict=True))
    asked: list[list[int]] = []

    def kept(batch: Sequence[str]) -> None:
        asked.extend(ids[text] for text in batch)
        runtime.answer(batch)

    def model(batch: Sequence[str]) -> None:
        runtime.logits([ids[text] for text in batch])

    p50(kept, texts)  # warms up; LoadGen's seed makes the next runs ask the same
    with optimum(python, folder, asked) as theirs:
        return [_round(lambda: (p50(model, texts), p50(runtime.answer, texts)), theirs, (i + first) % 2) for i in range(ROUNDS)]


def _round(ours: Callable[[], tuple[float, float]], theirs: Callable[[], float], first: int) -> tuple[float, float]:
    if first:
        (model, whole), other = ours(), theirs()
    else:
        other, (model, whole) = theirs(), ours()
    return model / other, whole / other


def p50(answer: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """LoadGen's p50 in ms."""
    found = single_stream(answer, texts, QUERIES)["latency_p50_ms"]
    assert found is not None, "there are queries enough"
    return found


@contextmanager
def optimum(python: Path, folder: Path, rows: Sequence[Sequence[int]]) -> Iterator[Callable[[], float]]:
    """optimum-benchmark's p50 in ms of these rows of token ids, each time it is asked; between two calls its process sleeps."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(rows, file)
        file.flush()
        command = [python, SIDE, folder, file.name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as side:
            assert side.stdin and side.stdout

            def ask() -> float:
                side.stdin.write("\n")
                side.stdin.flush()
                answered = side.stdout.readline()
                if not answered:
                    raise RuntimeError(f"optimum-benchmark ended with exit status {side.wait()}; its own words stand above.")
                return float(answered)

            ask()
            yield ask
            side.stdin.close()
