"""Parquet, whose small file may unpack to something huge: sizes are known before memory is spent."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as kinds

from core.errors import UserError
from core.tasks.table import Table, check_columns, check_rows

MAX_UNPACKED_BYTES = 500_000_000


def read_parquet(data: bytes) -> Table:
    """The table in `data`; columns of nested values, bytes or dates are left out and named as unusable."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        schema = file.schema_arrow
        _check_size(file)
        plain = {column.name: _reason(column.type) for column in schema}
        texts = [column.name for column in schema if kinds.is_string(column.type) or kinds.is_large_string(column.type)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        table = file.read(columns=[name for name, reason in plain.items() if not reason])
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = f"{error}".partition("\n")[0][:80]
        raise UserError(f"file: this is not a readable Parquet file ({reason}); write it again.") from None
    _check_unpacked(sum(_unpacked_bytes(column) for column in table.columns))
    return Table(_cells(table, schema), "parquet", {name: reason for name, reason in plain.items() if reason})


def _check_size(file: pq.ParquetFile) -> None:
    facts = file.metadata
    check_columns(file.schema_arrow.names)
    check_rows(facts.num_rows)
    if facts.num_rows == 0:
        raise UserError("file: the Parquet file has no rows; it needs texts.")
    _check_unpacked(sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups)))


def _check_unpacked(size: int) -> None:
    if size > MAX_UNPACKED_BYTES:
        raise UserError(f"file: it unpacks to {size / 1e6:,.0f} MB; at most {MAX_UNPACKED_BYTES / 1e6:,.0f} MB are read, "
                        "so take a sample of it.")


def _unpacked_bytes(column: pa.ChunkedArray) -> int:
    """Bytes of a column with each repeated text written out."""
    if not kinds.is_dictionary(column.type) or kinds.is_primitive(column.type.value_type):
        return column.nbytes
    return sum(pc.sum(pc.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0 for chunk in column.chunks)


def _reason(kind: pa.DataType) -> str:
    """Why a column cannot be used, or ""."""
    value = kind.value_type if kinds.is_dictionary(kind) else kind
    is_text = kinds.is_string(value) or kinds.is_large_string(value) or kinds.is_string_view(value)
    plain = is_text or kinds.is_integer(value) or kinds.is_boolean(value) or kinds.is_floating(value) or kinds.is_null(value)
    return "" if plain else f"{'nested ' if kinds.is_nested(value) else ''}values of type {value}"[:100]


def _cells(table: pa.Table, schema: pa.Schema) -> pd.DataFrame:
    names = _class_names(schema)
    columns = {name: pd.Series(_named(table[name].to_pylist(), names.get(name)), dtype=object) for name in table.column_names}
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows)).set_index(pd.RangeIndex(1, table.num_rows + 1, name="row"))


def _class_names(schema: pa.Schema) -> dict[str, list[str]]:
    """The label names that the `datasets` library keeps in the file's metadata, by column."""
    try:
        features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        return {name: list(map(str, kind["names"])) for name, kind in features.items() if kind.get("_type") == "ClassLabel"}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _named(values: list[Any], names: list[str] | None) -> list[Any]:
    """Label numbers replaced by their names; a number without a name (-1) is a missing label."""
    if names is None:
        return values
    return [names[value] if isinstance(value, int) and 0 <= value < len(names) else None for value in values]
