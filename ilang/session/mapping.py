"""map_rows: runs a pipeline over rows that Python holds, and gives them back with their answers.

Rows may be dicts, in a list or as they come, a pandas or polars frame, an Arrow table, or the path of a file. A frame
comes back as a frame of its kind with three columns more; anything else as `Answers`. Of pandas, polars and pyarrow
nothing is loaded that is not given.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.data.answers import Answer
from ilang.data.row import Row
from ilang.session.result import Cost

if TYPE_CHECKING:
    from ilang.session.program import LoadedProgram
    from ilang.session.rows import Tallied

COLUMNS = ("value", "status", "error")
"""What a frame is given, a column for each."""


@dataclass(frozen=True)
class Answers(Sequence[Mapping[str, Any]]):
    """The answers of rows, in their order: each as a line of `--out` has it (row, id, input, value, status, worth,
    error). `paid` is what this run cost; `stopped` why it ended before its last row, if it did."""

    rows: Sequence[Mapping[str, Any]]
    paid: Cost
    warnings: tuple[str, ...] = ()
    stopped: Diagnostic | None = None

    @property
    def values(self) -> list[Any]:
        """The values alone; None for a row that has none."""
        return [row["value"] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        return self.rows[at]

    def _repr_html_(self) -> str:
        from ilang.session.display import as_html

        return as_html("answers_html", self)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows, and how answers are given back for them."""

    rows: Iterator[Row]
    give: Callable[[Answers], Any]
    names: tuple[str, ...] = field(default=())


async def map_rows(
    program: LoadedProgram,
    given: Any,
    constants: Mapping[str, Any],
    *,
    out: str | Path | None = None,
    mapped: Mapping[str, str] | None = None,
    id: str | None = None,
    limit: int | None = None,
    where: str | None = None,
    independent: bool = False,
    keep_going: bool = False,
    prefix: str = "",
    on_progress: Callable[[Tallied], None] | None = None,
    **options: Any,
) -> Any:
    """The answers. `out`: a file for them that is continued (of rows from a file alone). `on_progress` is told how far
    it is, after each row. `options` are those of a run. Raises IlangError; a row that fails is in the answers."""
    from ilang.data.choosing import chosen
    from ilang.session.arguments import Data
    from ilang.session.data_run import DataOptions, DataRun
    from ilang.session.rows import Binding, Tallied, run_rows
    from ilang.session.runner import Options, Runner

    constants = {name: Data(value) for name, value in constants.items()}
    program.check_models()
    run = Runner(program.program, program.pipeline, program.models, Options(**options))
    gathered: list[Mapping[str, Any]] = []
    tallied = Tallied()

    def take(answer: Answer) -> None:
        gathered.append(answer.data())
        if on_progress is not None:
            on_progress(tallied)

    if isinstance(given, str | os.PathLike):
        from ilang.data.answers import earlier

        how = DataOptions(
            data=[os.fspath(given)],
            out=None if out is None else Path(out),
            mapped=mapped or {},
            id=id,
            limit=limit,
            where=where,
            independent=independent,
            patient=keep_going,
        )
        made = DataRun(run, constants, how)
        tallied = made.tallied
        async with run:
            await made.go(take)
        if made.working is not None:
            gathered = [data for _, data in earlier(made.working)]
        return Answers(gathered, run.paid, _warnings(run.told(), tallied), tallied.stopped)
    if out is not None or where is not None:
        help_ = 'program.map("rows.jsonl", out="answers.jsonl")'
        raise IlangError(Diagnostic("bad-argument", "`out` and `where` go with rows from a file", help=help_))
    source = source_of(given, prefix)
    binding = Binding(program.pipeline, constants, mapped or {}, id)
    rows = source.rows
    first = next(rows, None)
    if first is None:
        return source.give(Answers((), Cost()))
    binding.check(first)
    async with run:
        await run_rows(
            run,
            ((row, None) for row in chosen(_behind(first, rows), limit=limit)),
            binding,
            write=take,
            keep=lambda _: None,
            tallied=tallied,
            independent=independent,
            patient=keep_going,
        )
    return source.give(Answers(gathered, run.paid, _warnings(run.told(), tallied), tallied.stopped))


def _warnings(told: Iterable[str], tallied: Tallied) -> tuple[str, ...]:
    return (*told, *tallied.warnings)


def _behind(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def source_of(given: Any, prefix: str = "") -> Source:
    """The rows of whatever holds them. Raises IlangError for what holds none."""
    kind = f"{type(given).__module__.partition('.')[0]}.{type(given).__name__}"
    match kind:
        case "pandas.DataFrame":
            _free(prefix, map(str, given.columns))
            names = list(map(str, given.columns))
            records = (dict(zip(names, row, strict=True)) for row in given.itertuples(index=False, name=None))
            return Source(_numbered(records), lambda answers: _pandas(given, answers, prefix))
        case "polars.DataFrame":
            _free(prefix, given.columns)
            return Source(_numbered(given.iter_rows(named=True)), lambda answers: _polars(given, answers, prefix))
        case "pyarrow.Table":
            _free(prefix, given.column_names)
            records = (one for batch in given.to_batches() for one in batch.to_pylist())
            return Source(_numbered(records), lambda answers: _arrow(given, answers, prefix))
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        help_ = "a list of dicts, a data frame, an Arrow table, or the path of a file"
        raise IlangError(Diagnostic("bad-argument", f"rows are needed, not a {type(given).__name__}", help=help_))
    return Source(_numbered(given), lambda answers: answers)


def _numbered(records: Iterable[Any]) -> Iterator[Row]:
    for number, record in enumerate(records):
        if isinstance(record, Mapping):
            yield Row(number, {str(name): plain(value) for name, value in record.items()})
        else:
            why = f"row {number} is a {type(record).__name__}, and a dict is needed"
            yield Row(number, error=Diagnostic("not-a-row", why))


def plain(value: Any) -> Any:
    """A value of a frame as Python's own: what is missing as None, a number of numpy as a number."""
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if type(value).__name__ in ("NAType", "NaTType") else value


def _free(prefix: str, names: Iterable[str]) -> None:
    """Raises IlangError where a frame has columns that the answers would take."""
    taken = {prefix + name for name in COLUMNS} & set(names)
    if taken:
        why = f"the rows have columns {', '.join(sorted(taken))} already"
        raise IlangError(Diagnostic("bad-argument", why, help='give the answers another name: prefix="answer_"'))


def _columns(answers: Answers, rows: int, prefix: str) -> dict[str, list[Any]]:
    """The new columns, as long as the frame: rows that were not run have none."""
    more = [None] * (rows - len(answers.rows))
    errors = [(row["error"] or {}).get("message") for row in answers.rows]
    made = ([row["value"] for row in answers.rows], [row["status"] for row in answers.rows], errors)
    return {prefix + name: [*column, *more] for name, column in zip(COLUMNS, made, strict=True)}


def _pandas(frame: Any, answers: Answers, prefix: str) -> Any:
    made = frame.copy()
    for name, column in _columns(answers, len(frame), prefix).items():
        made[name] = type(frame[frame.columns[0]])(column, index=frame.index) if len(frame.columns) else column
    made.attrs["ilang"] = {"paid": answers.paid, "warnings": answers.warnings, "stopped": answers.stopped}
    return made


def _polars(frame: Any, answers: Answers, prefix: str) -> Any:
    import polars

    return frame.with_columns(
        polars.Series(name, column, strict=False) for name, column in _columns(answers, len(frame), prefix).items()
    )


def _arrow(table: Any, answers: Answers, prefix: str) -> Any:
    import pyarrow

    for name, column in _columns(answers, table.num_rows, prefix).items():
        table = table.append_column(name, pyarrow.array(column))
    return table
