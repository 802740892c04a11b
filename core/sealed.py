"""JSON that carries a checksum over itself: what is cut short or edited by hand shows. It is no signature and proves no sender.

Free of the rest of the product, like core.manifest.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from core.errors import UserError

CHECKSUM = "checksum"


def seal(content: dict[str, Any]) -> dict[str, Any]:
    """The content with its checksum. Raises ValueError for numbers that are not finite."""
    return {**content, CHECKSUM: _digest(content)}


def unseal(data: bytes, max_bytes: int) -> dict[str, Any]:
    """The content of sealed JSON, at most `max_bytes` long, without its checksum. Raises UserError with the reason it is refused."""
    if len(data) > max_bytes:
        raise UserError(f"file: {len(data):,} bytes are more than the {max_bytes:,} that are read; give the file as it was written.")
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise UserError("file: it is no complete JSON, perhaps cut short on its way; copy it again.") from None
    if not isinstance(content, dict) or not isinstance(content.get(CHECKSUM), str):
        raise UserError(f"file: it has no {CHECKSUM}; give a file that `python -m core measure` wrote.")
    known = content.pop(CHECKSUM)
    if not _fits(content, known):
        raise UserError(f"file: its {CHECKSUM} does not fit its content, so it was changed after it was written; measure again.")
    return content


def _fits(content: dict[str, Any], known: str) -> bool:
    try:
        return _digest(content) == known
    except ValueError:  # 1e999 is read as infinite, which nothing sealed holds
        return False


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")
