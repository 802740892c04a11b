"""What an exported folder holds, file by file, and what proves that a folder is the one that was exported.

Free of the rest of the product: the same code runs where nothing but the artefact is.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from core.errors import UserError

MANIFEST = "manifest.json"
FORMAT = 1
FOR_READERS = ("README.md",)  # may be edited; nothing that runs depends on it
MAX_BYTES = 1_000_000


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def form(folder: Path) -> str:
    """What the weights of a model folder are kept in: "safetensors" where it holds any, else "onnx"."""
    return "safetensors" if any(folder.glob("*.safetensors")) else "onnx"


def weights_digest(folder: Path) -> str:
    """One digest over all weight files (of its form), the configuration and the tokenizer of a model folder."""
    files = [*sorted(folder.glob(f"*.{form(folder)}")), folder / "config.json", *sorted(folder.glob("tokenizer.json"))]
    return hashlib.sha256("".join(sha256(file) for file in files).encode()).hexdigest()


def write_manifest(folder: Path, about: dict[str, str]) -> None:
    """Write manifest.json: `about`, the weights' digest, and sha256 and bytes of every file below `folder`."""
    files = {path.relative_to(folder).as_posix(): {"sha256": sha256(path), "bytes": path.stat().st_size}
             for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST}
    content = {"format": FORMAT, **about, "weights_sha256": weights_digest(folder), "files": files}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def checked(folder: Path) -> dict[str, Any]:
    """The manifest of an exported folder, whose files are all as they were. Raises UserError naming the first that is not."""
    content = _read(folder)
    for name, known in content["files"].items():
        if name in FOR_READERS:
            continue
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise UserError(f"folder: {name!r} is missing in {str(folder)!r}; export the model again.")
        if sha256(path) != known["sha256"]:
            raise UserError(f"folder: {name!r} in {str(folder)!r} is not what was exported; export the model again.")
    if not (folder / "config.json").is_file() or weights_digest(folder) != content["weights_sha256"]:
        raise UserError(f"folder: the weights in {str(folder)!r} are not those of its manifest; export the model again.")
    return content


def _read(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise UserError(f"folder: {str(folder)!r} has no {MANIFEST}; give a folder that `python -m core artifact export` wrote.")
    try:
        content = json.loads(path.read_bytes()[:MAX_BYTES])
        files = {str(name): {"sha256": str(row["sha256"])} for name, row in content["files"].items()}
        if content["format"] != FORMAT or not files:
            raise ValueError
        return {**content, "files": files, "weights_sha256": str(content["weights_sha256"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"folder: the {MANIFEST} of {str(folder)!r} cannot be read; export the model again.") from None
