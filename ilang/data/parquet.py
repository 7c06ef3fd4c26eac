"""Answers as a Parquet file: made of the lines when a run ends, and put in place at once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.data.answers import earlier, unwritable

BATCH = 4096


def write_parquet(lines: Path, out: Path) -> None:
    """Columns row, id, input, value, status, worth (calls, draws, input_tokens, output_tokens, usd), error; `id`,
    `input`, `value` and `error` as JSON, for their kinds may differ from row to row. Raises IlangError."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise IlangError(missing(str(out))) from None
    worth = [(n, pyarrow.int64()) for n in ("calls", "draws", "input_tokens", "output_tokens")]
    schema = pyarrow.schema(
        [
            ("row", pyarrow.int64()),
            ("id", pyarrow.string()),
            ("input", pyarrow.string()),
            ("value", pyarrow.string()),
            ("status", pyarrow.string()),
            ("worth", pyarrow.struct([*worth, ("usd", pyarrow.float64())])),
            ("error", pyarrow.string()),
        ]
    )
    part = out.with_name(f".{out.name}.part")
    try:
        with parquet.ParquetWriter(part, schema, compression="zstd") as writer:
            held: list[dict[str, Any]] = []
            for _, data in earlier(lines):
                held.append({**data, **{n: as_json(data[n]) for n in ("id", "input", "value", "error")}})
                if len(held) == BATCH:
                    writer.write_table(pyarrow.Table.from_pylist(held, schema))
                    held = []
            if held:
                writer.write_table(pyarrow.Table.from_pylist(held, schema))
        os.replace(part, out)
    except OSError as error:
        raise unwritable(out, error) from error


def as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def missing(name: str) -> Diagnostic:
    """pyarrow is not installed."""
    return Diagnostic(
        "missing-extra",
        f"{name}: Parquet files are read and written by pyarrow, which is not installed",
        help="pip install 'ilang[data]'",
    )
