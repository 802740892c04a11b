"""The student families there are: one file each in core/models/families, read here without the libraries that build them.

A family's name is its file's name. The file's docstring says what it is; TAKES names the fields of a student that it reads,
NEEDS those of them that must be given, LAYERED whether it has layers like the teacher's.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "models" / "families"
FOLDERS: tuple[Path, ...] = (FOLDER,)
SIZES = {"layers": "a number of layers", "width": "a width: the share of heads and neurons kept", "dimensions": "a number of dimensions",
         "source": "a source: a Hub id or a local folder"}
CONSTANTS = ("TAKES", "NEEDS", "COST", "START_TOKENS", "LAYERED", "TRIED")


@dataclass(frozen=True)
class Family:
    """told: one sentence on what it is. takes, needs: among SIZES. layered: it has layers to compare with the teacher's.

    For the plan, roughly: cost, how many of the bundled teacher's layers a token costs (None: by layers and width); start_tokens, what
    the teacher reads before the student learns. tried: for a search, values of its sizes in rising order, the usual one in the middle.
    """

    name: str
    told: str
    takes: tuple[str, ...]
    needs: tuple[str, ...]
    cost: float | None
    start_tokens: int
    layered: bool = False
    tried: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def known() -> dict[str, Family]:
    """By name, in the order of their names."""
    return {file.stem: _read(file) for folder in FOLDERS for file in sorted(folder.glob("[a-z]*.py"))}


def _read(file: Path) -> Family:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = {target.id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
            for target in node.targets if isinstance(target, ast.Name) and target.id in CONSTANTS}
    told = (ast.get_docstring(tree) or "").split("\n\n")[0].replace("\n", " ")
    return Family(file.stem, told, tuple(said.get("TAKES", ())), tuple(said.get("NEEDS", ())), said.get("COST"),
                  said.get("START_TOKENS", 0), said.get("LAYERED", False), said.get("TRIED", {}))


def searchable(family: Family, layers: int) -> bool:
    """Whether a search can size it, where the teacher has so many layers."""
    return all(family.tried.get(size) or (size == "layers" and layers > 1) for size in family.needs)


def complaint(name: str, given: dict[str, object]) -> str:
    """What is wrong with a student of this family, "" for nothing. given: its SIZES, None where nothing is said."""
    family = known().get(name)
    if family is None:
        return f"the family {name!r} is not known; choose one of {', '.join(known())}"
    missing = [size for size in family.needs if not given.get(size)]
    if missing:
        return f"a {name} student needs {SIZES[missing[0]]}"
    alien = [size for size in SIZES if given.get(size) is not None and size not in family.takes]
    return f"a {name} student takes no {alien[0]}; remove it" if alien else ""
