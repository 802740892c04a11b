"""A cell's label among those of a task, where case, spaces or punctuation may differ."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cached_property

from core.tasks.prepare import label_name

AROUND = "\"'`*.,:;!()[]"  # what a chat model puts around a label


class Labels:
    """The labels of a task in their order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    @cached_property
    def _exact(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def _loose(self) -> dict[str, int]:
        """By what is left of a label; labels that differ in nothing else must be written exactly."""
        left = [mended(name) for name in self.names]
        times = Counter(left)
        return {key: number for number, key in enumerate(left) if key and times[key] == 1}

    def number(self, cell: object) -> int | None:
        """The label's number, None for no label of the task."""
        name = label_name(cell)
        if name is None:
            return None
        return self._exact[name] if name in self._exact else self._loose.get(mended(name))

    def is_exact(self, cell: object) -> bool:
        """Whether the cell is a label as the task writes it."""
        return (cell if isinstance(cell, str) else label_name(cell)) in self._exact


def mended(name: str) -> str:
    """Without case, punctuation around it, and more than single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace("_", " ").strip(AROUND + " \t\r\n").split())
