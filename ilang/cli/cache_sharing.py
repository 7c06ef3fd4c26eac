"""`ilang cache show`, `export` and `import`: the draws of one request, and all of them as one file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.cache import day, give
from ilang.cli.exit_code import ExitCode

if TYPE_CHECKING:
    from ilang.draws.disk_store import DiskStore
    from ilang.draws.entry import Entry
    from ilang.report.output import Output


def show(output: Output, args: Namespace, store: DiskStore) -> ExitCode:
    """The draws of the requests whose keys begin so."""
    from ilang.report.escape import visible, visible_line

    wanted = args.target.lower()
    found = [(a, e) for a, e in store.entries() if a.key.startswith(wanted)]
    if not found:
        why = f"the store has no draws of a request whose key begins with {visible_line(args.target)}"
        raise IlangError(Diagnostic("no-such-draws", why, help="`ilang cache ls` lists the keys"))
    parts = [
        f"{address.key[:12]}#{address.index}  {visible_line(entry.source)}  {visible_line(entry.prompt)}  "
        f"{entry.draw.input_tokens:,} + {entry.draw.output_tokens:,} tokens  {entry.draw.reason}  {day(entry.stored)}\n"
        f"{visible(entry.draw.text)}"
        for address, entry in found
    ]
    data = [{"key": address.key, "index": address.index, **entry_data(entry)} for address, entry in found]
    give(output, args, {"path": str(store.directory), "draws": data}, "\n\n".join(parts))
    return ExitCode.ANSWERED


def entry_data(entry: Entry) -> dict[str, Any]:
    """A draw as the store has it, but for its log-probabilities."""
    draw = entry.draw
    return {
        "model": entry.source,
        "prompt": entry.prompt,
        "answered_by": draw.instead or draw.model,
        "stored": entry.stored,
        "reason": draw.reason,
        "input_tokens": draw.input_tokens,
        "output_tokens": draw.output_tokens,
        "text": draw.text + draw.stop_text,
        "thinking": draw.thinking,
    }


def export(output: Output, args: Namespace, store: DiskStore, sources: Collection[str] | None) -> ExitCode:
    """Writes an archive."""
    from ilang.draws.archive import write_archive
    from ilang.report.count import counted

    path = Path(args.target).expanduser()
    held = write_archive(path, store, lambda source: sources is None or source in sources)
    data = {"path": str(store.directory), "file": str(path), "draws": held.draws, "results": held.results}
    more = f" and {counted(held.results, 'result')} of Python" if held.results else ""
    give(output, args, data, f"{path}: {counted(held.draws, 'draw')}{more}")
    return ExitCode.ANSWERED


def import_(output: Output, args: Namespace, store: DiskStore) -> ExitCode:
    """Reads one."""
    from ilang.draws.archive import read_archive
    from ilang.report.count import counted

    path = Path(args.target).expanduser()
    held = read_archive(path, None if args.dry_run else store)
    all_ = held.draws + held.results
    data: dict[str, Any] = {"path": str(store.directory), "file": str(path), "dry_run": args.dry_run}
    data |= {"draws": held.draws, "results": held.results}
    if args.dry_run:
        text = f"{path} is whole: {counted(held.draws, 'draw')}; nothing was imported"
    else:
        data["new"] = held.new
        text = f"{counted(held.new, 'new entry', 'new entries')}, {all_ - held.new:,} were there already"
    give(output, args, data, text)
    return ExitCode.ANSWERED
