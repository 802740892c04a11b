"""To which slices each test text belongs: by its label, by its length, and by the file's own column. Computed, never stored."""

from __future__ import annotations

import numpy as np

from core.tasks.types import Task

KINDS = ("label", "length", "part")
SEPARATOR = ": "


def kind(name: str) -> str:
    """What a slice is made by, one of KINDS: "label" for "label: fresh"."""
    return name.partition(SEPARATOR)[0]


def memberships(task: Task) -> dict[str, np.ndarray]:
    """By slice, for each row of task.test, whether the text belongs to it: (n,) booleans, in the order of KINDS.

    Labels: those that occur. Lengths: thirds of the test texts by number of words, equally long texts together, so there may be
    fewer than three; the name says which lengths. A text without an entry in the column slice belongs to none of these.
    """
    labels = task.test["label"].to_numpy()
    found = {f"label{SEPARATOR}{name}": labels == i for i, name in enumerate(task.info.labels) if (labels == i).any()}
    found |= _lengths(task.test["text"].map(lambda text: len(text.split())).to_numpy())
    if "slice" in task.test:
        column = task.test["slice"].to_numpy()
        found |= {f"part{SEPARATOR}{name}": column == name for name in sorted(set(column) - {""})}
    return found


def _lengths(words: np.ndarray) -> dict[str, np.ndarray]:
    """Thirds by number of words (n,); nothing where all texts are equally long."""
    first, second = (int(np.quantile(words, share, method="inverted_cdf")) for share in (1 / 3, 2 / 3))
    parts = {"short": (words <= first, f"up to {first} words"),
             "middle": ((words > first) & (words <= second), f"{first + 1} to {second} words"),
             "long": (words > second, f"over {second} words")}
    kept = {f"length{SEPARATOR}{name} ({told})": inside for name, (inside, told) in parts.items() if inside.any()}
    return kept if len(kept) > 1 else {}
