"""From a file's bytes to a table of its cells. Every fault is one sentence with the line that an editor shows."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import UserError
from core.tasks.parquet import read_parquet
from core.tasks.table import MAX_BYTES, Table, check_columns, check_rows

DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
JSON_LINES = (".jsonl", ".ndjson", ".json")
SUFFIXES = (*DELIMITERS, *JSON_LINES, ".parquet")
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def content(source: Path | bytes, filename: str, kinds: Sequence[str] = SUFFIXES) -> bytes:
    """The file's bytes. Raises UserError where it is not a regular, readable file of a sensible size and known kind."""
    if Path(filename).suffix.lower() not in kinds:
        raise UserError(f"file: {filename!r} is of an unknown kind; use one of {', '.join(kinds)}.")
    size = len(source) if isinstance(source, bytes) else _size(source)
    if size > MAX_BYTES:
        raise UserError(f"file: {filename!r} has {size / 1e6:,.1f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read, "
                        "so take a sample of it.")
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise UserError(f"file: {filename!r} cannot be read ({error.strerror}); check its permissions.") from None
    if not data.strip():
        raise UserError(f"file: {filename!r} is empty; it needs texts.")
    return data


def _size(path: Path) -> int:
    try:
        facts = path.stat()
    except (OSError, ValueError):
        raise UserError(f"file: {path} is not there or cannot be read; check the path.") from None
    if not stat.S_ISREG(facts.st_mode):
        raise UserError(f"file: {path} is not a regular file; name a file, not a folder or a device.")
    return facts.st_size


def read(data: bytes, filename: str) -> Table:
    """The table in `data`; the kind follows from the filename's suffix. Raises UserError for everything that is broken."""
    suffix = Path(filename).suffix.lower()
    if suffix == ".parquet":
        return read_parquet(data)
    text, encoding = decode(data)
    table = _json_lines(text) if suffix in JSON_LINES else _delimited(text, suffix)
    if table.empty:
        raise UserError(f"file: {filename!r} has no records below its header; it needs texts.")
    return Table(table, encoding)


def decode(data: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8, or UTF-16 with its byte order mark."""
    encoding = next((name for mark, name in BOMS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line(data[:error.start].decode(encoding, "replace"))
        raise UserError(f"encoding: line {line} (byte {error.start + 1:,}) is not {encoding.upper()[:6].rstrip('-')}; "
                        "save the file as UTF-8.") from None
    if (nul := text.find("\0")) >= 0:
        raise UserError(f"encoding: line {_line(text[:nul])} holds a NUL character; save the file as plain UTF-8 text.")
    return text, encoding


def _line(before: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", before)) + 1


def _delimited(text: str, suffix: str) -> pd.DataFrame:
    """CSV or TSV. Where a TSV cannot be read with quotes, a quotation mark is only a character."""
    delimiter = DELIMITERS[suffix]
    if suffix == ".csv":
        header = (text.lstrip()[:100_000].splitlines() or [""])[0]
        delimiter = max(",;\t", key=header.count)
    try:
        return _records(text, delimiter, csv.QUOTE_MINIMAL)
    except UserError:
        if delimiter != "\t":
            raise
    return _records(text, delimiter, csv.QUOTE_NONE)


def _records(text: str, delimiter: str, quoting: Any) -> pd.DataFrame:
    lines: list[int] = []
    rows: list[list[str]] = []
    records = _rows(text, delimiter, quoting)
    header = [name.strip() or f"column {i}" for i, name in enumerate(next(records, (0, []))[1], 1)]
    check_columns(header)
    for line, row in records:
        if len(row) != len(header):
            fields = "field" if len(row) == 1 else "fields"
            raise UserError(f"line {line}: {len(row)} {fields} found where the header has {len(header)}; "
                            "put texts that contain the separator in double quotes.")
        lines.append(line)
        rows.append(row)
        check_rows(len(rows))
    return pd.DataFrame(rows, columns=pd.Index(header), index=pd.Index(lines, name="line"), dtype=object)


def _rows(text: str, delimiter: str, quoting: Any) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line on which it starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=True)
    start = 1
    try:
        for row in reader:
            if row:
                yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        open_quote = "limit" in str(error) or "end of data" in str(error)
        unclosed = f"a quotation mark is never closed, or a text has over {csv.field_size_limit():,} characters"
        reason = unclosed if open_quote else error
        raise UserError(f"line {start}: this record cannot be read ({reason}); "
                        "put texts in double quotes and write a quotation mark inside them twice.") from None


def _json_lines(text: str) -> pd.DataFrame:
    """One JSON object on each line; a key that a line lacks is None there."""
    lines, records, names = [], [], dict[str, None]()
    for line, content in enumerate(io.StringIO(text, newline=""), 1):
        if content.strip():
            records.append(_json_object(content, line))
            lines.append(line)
            names.update(dict.fromkeys(records[-1]))
            check_rows(len(records))
            check_columns(list(names))
    columns = {name: pd.Series([record.get(name) for record in records], dtype=object) for name in names}
    return pd.DataFrame(columns).set_index(pd.Index(lines, name="line"))


def _json_object(content: str, line: int) -> dict[str, Any]:
    try:
        value = json.loads(content, object_pairs_hook=_unique)
        if "\\ud" in content.lower():
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no character
    except (ValueError, RecursionError) as error:
        raise UserError(f"line {line}: this is not valid JSON ({_reason(error)}); write one object on each line.") from None
    if not isinstance(value, dict):
        raise UserError(f"line {line}: a JSON {type(value).__name__} was found; write one object on each line, "
                        'such as {"text": "...", "label": "..."}.')
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    check_columns([name for name, _ in pairs])
    return dict(pairs)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()}, column {error.colno}"
    return "half a surrogate pair" if isinstance(error, UnicodeEncodeError) else str(error)[:80]
