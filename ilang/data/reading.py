"""Reads rows from files, one after the other: JSON Lines, CSV, Parquet, each by its name; `.gz` is unpacked on the way.

Nothing is held but the row at hand (of Parquet a batch of rows). A line that is no row gives a row with its error.
"""

from __future__ import annotations

import csv
import glob
import gzip
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.data.parquet import missing
from ilang.data.row import Row

STDIN = "-"
LINE_BYTES = 64 * 1024 * 1024
"""A longer line is no row; it would have to be held whole."""

KINDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet"}


def expand(names: Sequence[str]) -> list[str]:
    """The files that are meant, patterns (`rows-*.jsonl`) replaced by what they match, sorted. Raises IlangError."""
    found: list[str] = []
    for name in names:
        if name == STDIN or Path(name).exists():
            matched = [name]
        else:
            matched = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
        if not matched:
            help_ = "--data takes files and patterns"
            raise IlangError(Diagnostic("no-such-file", f"{name}: there is no such file", help=help_))
        found += matched
    if found.count(STDIN) > 1:
        raise IlangError(Diagnostic("stdin-twice", "standard input can be read once: `--data -` is given twice"))
    for name in found:
        kind_of(name)
    return found


def kind_of(name: str) -> str:
    """`jsonl`, `csv`, `tsv` or `parquet`, by the name of a file; standard input is `jsonl`. Raises IlangError."""
    if name == STDIN:
        return "jsonl"
    path = Path(name)
    kind = KINDS.get(Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower())
    if kind is None or (kind == "parquet" and path.suffix.lower() == ".gz"):
        raise IlangError(
            Diagnostic(
                "unknown-format",
                f"{name}: this kind of file is not read as rows",
                help="there are: .jsonl, .csv, .tsv (each also .gz), .parquet, and - for JSON Lines on standard input",
            )
        )
    return kind


def rows(names: Sequence[str]) -> Iterator[Row]:
    """All rows of these files. Raises IlangError where a file cannot be read."""
    number = 0
    for name in names:
        for row in _rows_of(name, number):
            yield row
            number = row.number + 1


def count(names: Sequence[str]) -> int | None:
    """How many rows there are, where that is told without reading them all as rows; None where it is not."""
    total = 0
    for name in names:
        kind = kind_of(name)
        if name == STDIN or name.lower().endswith(".gz") or kind in ("csv", "tsv"):
            return None
        try:
            if kind == "parquet":
                total += _parquet(name).metadata.num_rows
            else:
                with open(name, "rb") as file:
                    total += sum(1 for line in file if line.strip())
        except OSError:
            return None
    return total


def _rows_of(name: str, first: int) -> Iterator[Row]:
    kind = kind_of(name)
    reads: dict[str, Callable[[str, int], Iterator[Row]]] = {
        "jsonl": _jsonl,
        "csv": lambda n, k: _separated(n, k, ","),
        "tsv": lambda n, k: _separated(n, k, "\t"),
        "parquet": _parquet_rows,
    }
    try:
        yield from reads[kind](name, first)
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise IlangError(Diagnostic("unreadable-file", f"cannot read {shown(name)}: {why}")) from error


def shown(name: str) -> str:
    return "standard input" if name == STDIN else name


def _opened(name: str) -> IO[bytes]:
    if name == STDIN:
        return sys.stdin.buffer
    return gzip.open(name, "rb") if name.lower().endswith(".gz") else open(name, "rb")  # type: ignore[return-value]


def _jsonl(name: str, first: int) -> Iterator[Row]:
    number = first
    with _opened(name) as file:
        line_number = 0
        while line := file.readline(LINE_BYTES + 1):
            line_number += 1
            if not line.strip():
                continue
            yield _json_row(line, number, f"{shown(name)}:{line_number}")
            number += 1
            while len(line) > LINE_BYTES and not line.endswith(b"\n"):
                line = file.readline(LINE_BYTES + 1)


def _json_row(line: bytes, number: int, place: str) -> Row:
    if len(line) > LINE_BYTES:
        return bad(number, f"{place}: the line is longer than {LINE_BYTES:,} bytes")
    try:
        data = json.loads(line.removeprefix(b"\xef\xbb\xbf") if not number else line)
    except (ValueError, RecursionError) as problem:
        return bad(number, f"{place}: the line is no JSON: {problem}")
    if not isinstance(data, dict):
        return bad(number, f'{place}: a row is an object, like {{"question": "..."}}; this is {_kind(data)}')
    return Row(number, data)


def _kind(data: Any) -> str:
    kinds: dict[type, str] = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(data), "a number")


def _separated(name: str, first: int, separator: str) -> Iterator[Row]:
    with _opened(name) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline="")
        reader = csv.reader(text, delimiter=separator, strict=True)
        csv.field_size_limit(LINE_BYTES)
        header: list[str] | None = None
        number = first
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except UnicodeDecodeError:
                raise IlangError(
                    Diagnostic("not-utf8", f"{shown(name)} is no UTF-8 text", help="save it as UTF-8")
                ) from None
            except csv.Error as problem:
                yield bad(number, f"{shown(name)}:{reader.line_num}: {problem}")
                number += 1
                continue
            if header is None:
                header = cells
                twice = next((c for c in cells if cells.count(c) > 1), None)
                if twice is not None:
                    raise IlangError(Diagnostic("bad-data", f"{shown(name)}: two columns are called `{twice}`"))
            elif cells:
                if len(cells) != len(header):
                    why = f"{len(cells)} cells, but {len(header)} columns"
                    yield bad(number, f"{shown(name)}:{reader.line_num}: {why}")
                else:
                    yield Row(number, dict(zip(header, cells, strict=True)), texts=True)
                number += 1


def _parquet(name: str) -> Any:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError:
        raise IlangError(missing(name)) from None
    try:
        return parquet.ParquetFile(name)
    except ArrowInvalid as problem:
        raise IlangError(Diagnostic("unreadable-file", f"cannot read {name}: {str(problem).splitlines()[0]}")) from None


def _parquet_rows(name: str, first: int) -> Iterator[Row]:
    number = first
    for batch in _parquet(name).iter_batches(batch_size=1024):
        for fields in batch.to_pylist():
            yield Row(number, fields)
            number += 1


def bad(number: int, message: str) -> Row:
    """A row that could not be read."""
    return Row(number, error=Diagnostic("bad-row", message, help="mend the line, and run it again"))
