"""A run over a data set with a file of answers: begun, continued or done anew, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.data.answers import Answer, AnswersFile, earlier, read_side, side_of, write_side
from ilang.data.choosing import chosen
from ilang.data.reading import STDIN, count, expand, rows
from ilang.data.row import Row
from ilang.session.bill import worth_cost
from ilang.session.fingerprint import fingerprint
from ilang.session.rows import Binding, Kept, Tallied, plain, run_rows
from ilang.session.runner import Runner
from ilang.session.where import condition


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Which rows, and where their answers go. `out`: None for `write` alone. `redo_failed`: rows that failed are done
    again. `force`: answers of another run are replaced."""

    data: Sequence[str]
    out: Path | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None
    limit: int | None = None
    sample: int | None = None
    sample_seed: int = 0
    where: str | None = None
    independent: bool = False
    redo_failed: bool = False
    force: bool = False
    patient: bool = False


class DataRun:
    """One run over rows. `tallied` says how far it is, also while it goes."""

    def __init__(self, run: Runner, constants: Mapping[str, Any], options: DataOptions) -> None:
        """Raises IlangError where there are no such files."""
        self.run = run
        self.options = options
        self.files = expand(options.data)
        self.binding = Binding(run.pipeline, constants, options.mapped, options.id)
        self.tallied = Tallied()
        self._constants = constants
        self.working = working_file(options.out) if options.out is not None else None
        self._earlier: Iterator[tuple[bytes, dict[str, Any]]] = iter(())

    def _fingerprint(self) -> dict[str, str]:
        options = self.options
        how = {
            "where": options.where,
            "sample": (options.sample, options.sample_seed) if options.sample is not None else None,
            "independent": options.independent,
            "id": options.id,
        }
        return fingerprint(self.run, self._constants, options.mapped, how)

    def summary(self) -> dict[str, Any]:
        """What a trace says of the run at its end."""
        done = self.tallied
        return {
            "status": "stopped" if done.stopped is not None else "done",
            "error": None if done.stopped is None else done.stopped.code,
            "rows": done.rows,
            "kept": done.kept,
            "statuses": dict(sorted(done.statuses.items())),
            "worth": asdict(worth_cost(done.worth)),
            "data": [name if name == STDIN else str(Path(name).absolute()) for name in self.files],
            "out": None if self.options.out is None else str(self.options.out.absolute()),
        }

    def expected(self) -> int | None:
        """How many rows there will be, where that is known before they are read."""
        if self.options.where is not None:
            return None
        found = count(self.files)
        if found is None:
            return None
        return min([found, *(most for most in (self.options.sample, self.options.limit) if most is not None)])

    async def go(self, write: Any = None, begun: Callable[[], None] = lambda: None) -> None:
        """Runs the rows. `write` is given each answer where there is no file for them; `begun` is told when nothing
        stands in the way. Raises IlangError: the answers that are there may be those of another run."""
        if self.working is None:
            await self._run(((row, None) for row in self._rows()), write, lambda kept: None)
            return
        now = self._fingerprint()
        chosen_rows = self._rows()  # first: what is refused must not have cost the answers that `force` gives up
        self._earlier = self._lines_of_before(self.working, now)
        write_side(self.working, {"run": now})
        begun()
        sink = Sink(self.working)
        try:
            await self._run(self._planned(chosen_rows, sink), sink.add, sink.keep)
        except BaseException:
            sink.leave()
            raise
        if self.tallied.stopped is not None:
            sink.leave()
        else:
            sink.finish()
        out = self.options.out
        if out is not None and out != self.working:
            from ilang.data.parquet import write_parquet

            write_parquet(self.working, out)

    async def _run(
        self,
        found: Iterable[tuple[Row, Kept | None]],
        write: Callable[[Answer], None],
        keep: Callable[[Kept], None],
    ) -> None:
        trace = self.run.trace

        def written(answer: Answer) -> None:
            write(answer)
            if trace is not None:
                trace.row({n: v for n, v in answer.data().items() if n != "input"})

        def held(kept: Kept) -> None:
            keep(kept)
            if trace is not None:
                trace.row({"kept": True, **{n: v for n, v in kept.data.items() if n != "input"}})

        await run_rows(
            self.run,
            found,
            self.binding,
            write=written,
            keep=held,
            tallied=self.tallied,
            independent=self.options.independent,
            patient=self.options.patient,
            slow_source=STDIN in self.files,
        )

    def _rows(self) -> Iterator[Row]:
        return meant_rows(self.files, self.binding, self.options)

    def _lines_of_before(self, working: Path, now: Mapping[str, str]) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """The answers that stand there already. Raises IlangError where they are those of another run."""
        out = self.options.out
        assert out is not None
        if self.options.force:
            if working.exists():
                AnswersFile(working).close()
            return iter(())
        if not working.exists() and not out.exists():
            return iter(())
        if working.exists() and not working.stat().st_size:
            return iter(())
        side = read_side(working)
        if side is None or not working.exists():
            name = side_of(working).name
            raise out_exists(f"{out} exists, and {name}, which says what it is the answer to, is not beside it")
        before = side.get("run", {})
        differing = [name for name, one in now.items() if before.get(name) != one]
        if differing:
            differ = f"{' and '.join(differing)} {'differ' if len(differing) > 1 else 'differs'}"
            raise out_exists(f"{out} has the answers of another run: {differ}")
        return earlier(working)

    def _planned(self, found: Iterator[Row], sink: Sink) -> Iterator[tuple[Row, Kept | None]]:
        """Each row, with its answer where an earlier run has it."""
        old = next(self._earlier, None)
        for row in found:
            while old is not None and old[1]["row"] < row.number:
                sink.dropped()  # a row that is not meant any more
                old = next(self._earlier, None)
            kept = None
            if old is not None and old[1]["row"] == row.number:
                line, data = old
                old = next(self._earlier, None)
                if self._still_holds(row, data):
                    kept = Kept(line, data)
                else:
                    sink.dropped()
            elif old is not None:
                sink.dropped()
            yield row, kept
        if old is not None:
            sink.dropped()

    def _still_holds(self, row: Row, data: Mapping[str, Any]) -> bool:
        if data.get("status") == "failed" and self.options.redo_failed:
            return False
        if row.error is not None:
            return data.get("error") is not None and not data.get("input")
        return bool(data.get("input") == plain(self.binding.input_of(row)))


class Sink:
    """Where answers go, in order. As long as all that stood there holds, lines are appended; once one does not, all are
    written to a new file, which takes the place of the old one when the run ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept_bytes = 0
        self._anew = False
        self._file: AnswersFile | None = None

    def dropped(self) -> None:
        """An answer that stood there does not hold any more."""
        self._anew = True

    def keep(self, kept: Kept) -> None:
        """An answer that stood there holds."""
        if self._file is None and not self._anew:
            self._kept_bytes += len(kept.line)
        else:
            self._opened().write(kept.line)

    def add(self, answer: Answer) -> None:
        """A new answer."""
        self._opened().write(answer.line())

    def finish(self) -> None:
        """All rows are done."""
        file = self._opened()
        file.close()
        if file.path != self._path:
            os.replace(file.path, self._path)

    def leave(self) -> None:
        """The run was cut short. What was appended stays; a new file that is not whole takes no place."""
        if self._file is None:
            return
        self._file.close()
        if self._file.path != self._path:
            self._file.path.unlink(missing_ok=True)

    def _opened(self) -> AnswersFile:
        if self._file is None:
            if self._anew:
                part = self._path.with_name(f".{self._path.name}.part")
                self._file = AnswersFile(part)
                left = self._kept_bytes
                with self._path.open("rb") as old:
                    while left:
                        piece = old.read(min(left, 1 << 20))
                        self._file.write(piece)
                        left -= len(piece)
            else:
                self._file = AnswersFile(self._path, self._kept_bytes)
        return self._file


def out_exists(message: str) -> IlangError:
    """What stands in the file of answers is not this run's to go on with."""
    help_ = "write to another file, or `--force` to replace it (draws are kept, and not paid for again)"
    return IlangError(Diagnostic("out-exists", message, help=help_))


def working_file(out: Path) -> Path:
    """The file of lines in which answers are gathered: the one that is asked for, or (of Parquet) one beside it."""
    if out.suffix.lower() == ".parquet":
        return out.with_name(out.name + ".rows.jsonl")
    if out.suffix.lower() not in (".jsonl", ".ndjson"):
        raise IlangError(
            Diagnostic(
                "unknown-format",
                f"{out}: answers are written as .jsonl or .parquet",
                help="for example --out answers.jsonl; `-` is standard output",
            )
        )
    return out


def meant_rows(files: Sequence[str], binding: Binding, options: DataOptions) -> Iterator[Row]:
    """The rows that are meant; the first good one is held against the pipeline. Raises IlangError."""
    source = rows(files)
    held: list[Row] = []
    first: Row | None = None
    for row in source:
        held.append(row)
        if row.error is None:
            first = row
            break
    if first is not None:
        binding.check(first)
    elif not held:  # where none can be read, each says why
        names = ", ".join("standard input" if n == STDIN else n for n in files)
        raise IlangError(Diagnostic("no-rows", f"there are no rows in {names}"))
    meets = condition(options.where, first) if options.where is not None and first is not None else None
    return chosen(
        _behind(held, source), limit=options.limit, sample=options.sample, seed=options.sample_seed, where=meets
    )


def _behind(held: Sequence[Row], source: Iterator[Row]) -> Iterator[Row]:
    yield from held
    yield from source
