"""`ilang cache`: shows, checks and prunes the store of draws, and of what pure Python functions gave."""

from __future__ import annotations

import re
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.configure import add_configuration_flags
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags, add_store_flag
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.draws.disk_store import DiskStore
    from ilang.draws.store import Cut, Dropped, Holding
    from ilang.report.output import Output

DESCRIPTION = """Show, check, prune and share the store of draws.

info (the default): how many draws of which model, how large, how old, and how often they were used again. ls:
a line for each request that was drawn. show KEY: the draws of a request. verify: read and decode every draw; exit
code 1 if any is damaged. prune: drop what meets every condition given, for good; nothing is ever dropped by
itself. export FILE: all draws (--model: of one model) in one file with a checksum; import FILE: puts them into this
store, so that a run with --offline has them. path: where the store is. Results of Python
functions marked `@ilang.pure` are kept beside the draws, under names such as python:checks.py:passes, which
--model takes too."""

ACTIONS = ("info", "ls", "show", "verify", "prune", "export", "import", "path")
TARGETS = {"show": "KEY", "export": "FILE", "import": "FILE"}
"""What an action is told to work on."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang cache",
        "ilang cache ls --model sim",
        "ilang cache prune --older-than 90d --max-size 5GB --dry-run",
        "ilang cache export draws.gz",
    )
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="info", metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("target", nargs="?", metavar="KEY|FILE", help="of show, export and import")
    add_store_flag(parser, none=False)
    which = parser.add_argument_group("which draws (prune; --model: ls and export too)")
    which.add_argument("--older-than", type=age, metavar="AGE", help="stored longer ago than 90d, 12h, 30m ...")
    which.add_argument("--max-size", type=size, metavar="SIZE", help="the oldest, until the rest takes 5GB, 500MB ...")
    which.add_argument("--model", metavar="MODEL", help="of this model: its name in `ilang cache`, or a part of it")
    which.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing (import too)")
    add_configuration_flags(parser)
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Do what ACTION says."""
    from ilang.draws.directory import DATABASE, default_directory

    output: Output = args.output
    _refuse_stray_flags(args)
    place = Path(args.store).expanduser() if args.store else default_directory()
    if args.action == "path":
        give(output, args, {"path": str(place)}, str(place))
        return ExitCode.ANSWERED
    if not (place / DATABASE).exists() and args.action != "import":
        return _empty(output, args, place)
    from ilang.cli.cache_sharing import export, import_, show
    from ilang.draws.disk_store import open_store

    store = open_store(place)
    try:
        match args.action:
            case "info":
                return _info(output, args, store)
            case "ls":
                return _ls(output, args, store)
            case "verify":
                return _verify(output, args, store)
            case "show":
                return show(output, args, store)
            case "export":
                return export(output, args, store, _sources(args, store))
            case "import":
                return import_(output, args, store)
            case _:
                return _prune(output, args, store)
    finally:
        store.close()


# ---- actions ---------------------------------------------------------------------


def _empty(output: Output, args: Namespace, place: Path) -> ExitCode:
    """There is no store yet; none is made for being looked at."""
    nothing: dict[str, dict[str, Any]] = {
        "info": {"entries": 0, "bytes": 0, "models": [], "results": []},
        "ls": {"requests": []},
        "show": {"draws": []},
        "export": {"draws": 0, "results": 0},
        "verify": {"sound": 0, "damaged": []},
        "prune": {"dry_run": args.dry_run, "entries": 0, "bytes": 0},
    }
    give(output, args, {"path": str(place), **nothing[args.action]}, f"{place}: no draws yet")
    return ExitCode.ANSWERED


def _info(output: Output, args: Namespace, store: DiskStore) -> ExitCode:
    from ilang.report.count import counted, size_text, usd_text
    from ilang.report.escape import visible_line
    from ilang.report.table import table_text
    from ilang.session.reuse import reuse

    info = store.info()
    models, results = ([_holding(h) for h in held] for held in (info.holdings, info.results))
    head = f"{info.place}: {counted(info.entries, 'draw')}, "
    if results:
        head += f"{counted(sum(h.entries for h in info.results), 'result')} of Python, "
    parts = [f"{head}{size_text(info.bytes)} on disk"]
    for first, second, held in (("model", "draws", info.holdings), ("function", "results", info.results)):
        rows = [[first, second, "size", "oldest", "newest"]]
        rows += [
            [visible_line(h.source), f"{h.entries:,}", size_text(h.bytes), day(h.oldest), day(h.newest)] for h in held
        ]
        if held:
            parts.append(table_text(rows, right={1, 2}))
    used = reuse()
    if used:
        rows = [["program", "runs", "new", "from the store", "share", "saved"]]
        rows += [
            [
                visible_line(PurePath(u.program).name),
                f"{u.runs:,}",
                f"{u.new:,}",
                f"{u.stored:,}",
                f"{u.rate:.0%}",
                usd_text(u.saved),
            ]
            for u in used
        ]
        parts.append("draws of the runs that are kept (`ilang runs`)\n" + table_text(rows, right={1, 2, 3, 4}))
    data = {"path": info.place, "entries": info.entries, "bytes": info.bytes, "models": models, "results": results}
    data["reuse"] = [{**asdict(u), "rate": u.rate} for u in used]
    give(output, args, data, "\n\n".join(parts))
    return ExitCode.ANSWERED


def _ls(output: Output, args: Namespace, store: DiskStore) -> ExitCode:
    from ilang.report.escape import visible_line
    from ilang.report.table import table_text
    from ilang.report.width import clip

    sources = _sources(args, store)
    requests = [one for one in _requests(store) if sources is None or one["model"] in sources]
    rows = [["request", "model", "prompt", "draws", "tokens", "stored", "first reply"]]
    for one in requests:
        reply = clip(visible_line(" ".join(one["first_reply"].split())), 40)
        cells = (one["key"][:12], visible_line(one["model"]), visible_line(one["prompt"]))
        rows.append([*cells, f"{one['draws']:,}", f"{one['output_tokens']:,}", day(one["stored"]), reply])
    text = table_text(rows, right={3, 4}) if requests else "no draws"
    give(output, args, {"path": str(store.directory), "requests": requests}, text)
    return ExitCode.ANSWERED


def _verify(output: Output, args: Namespace, store: DiskStore) -> ExitCode:
    from ilang.report.count import counted

    checked = store.verify()
    lines = [f"{counted(checked.sound, 'sound draw')}, {len(checked.damaged)} damaged", *checked.damaged]
    results = sum(h.entries for h in store.info().results)
    if results:
        lines[0] = f"{checked.sound:,} sound ({counted(results, 'result')} of Python), {len(checked.damaged)} damaged"
    data = {"path": str(store.directory), "sound": checked.sound, "damaged": list(checked.damaged)}
    give(output, args, data, "\n".join(lines), ok=not checked.damaged)
    return ExitCode.FAILED if checked.damaged else ExitCode.ANSWERED


def _prune(output: Output, args: Namespace, store: DiskStore) -> ExitCode:
    from ilang.report.count import counted, size_text

    work = store.preview if args.dry_run else store.prune
    words = ("entry", "entries") if store.info().results else ("draw", "draws")
    dropped: list[Dropped] = [work(cut) for cut in _cuts(args, store)]
    entries, taken = sum(d.entries for d in dropped), sum(d.bytes for d in dropped)
    word = "would drop" if args.dry_run else "dropped"
    data = {"path": str(store.directory), "dry_run": args.dry_run, "entries": entries, "bytes": taken}
    give(output, args, data, f"{word} {counted(entries, *words)}, {size_text(taken)}")
    return ExitCode.ANSWERED


# ---- parts -----------------------------------------------------------------------


def _refuse_stray_flags(args: Namespace) -> None:
    """Raises IlangError for flags that the action does not know, and for a prune without a condition."""
    given = {
        "--older-than": args.older_than is not None,
        "--max-size": args.max_size is not None,
        "--dry-run": args.dry_run and args.action != "import",
        "--model": args.model is not None and args.action not in ("ls", "export"),
    }
    needed = TARGETS.get(args.action)
    if needed and args.target is None:
        raise args.parser.problem(f"`ilang cache {args.action}` needs a {needed}")
    if not needed and args.target is not None:
        raise args.parser.problem(f"`ilang cache {args.action}` takes no `{args.target}`")
    if args.action != "prune":
        stray = next((flag for flag, is_given in given.items() if is_given), None)
        if stray is not None:
            raise args.parser.problem(f"{stray} goes with `ilang cache prune`, not with `{args.action}`")
    elif args.older_than is None and args.max_size is None and args.model is None:
        raise args.parser.problem(
            "`ilang cache prune` needs to be told what to drop",
            "give --older-than 90d, --max-size 5GB or --model NAME; --dry-run shows what would go",
        )


def _sources(args: Namespace, store: DiskStore) -> set[str] | None:
    """The models that `--model` means; None where it was not given. Raises IlangError where it means none."""
    if args.model is None:
        return None
    info = store.info()
    known = [h.source for h in (*info.holdings, *info.results)]
    found = {source for source in known if source == args.model} or {source for source in known if args.model in source}
    if not found:
        from ilang.check.near import near

        close = near(args.model, known)
        raise IlangError(
            Diagnostic(
                "unknown-model",
                f"the store has no draws of a model `{args.model}`",
                help=f"did you mean `{close}`?" if close else "`ilang cache` lists its models",
            )
        )
    return found


def _cuts(args: Namespace, store: DiskStore) -> list[Cut]:
    """What to drop: one cut, or one for each model that `--model` means."""
    from ilang.draws.store import Cut

    before = None if args.older_than is None else time.time() - args.older_than
    sources = _sources(args, store)
    if sources is None:
        return [Cut(before, None, args.max_size)]
    if args.max_size is not None and len(sources) > 1:
        raise args.parser.problem(
            f"--max-size goes with one model, but {len(sources)} have `{args.model}` in their names",
            f"name one of: {', '.join(sorted(sources))}",
        )
    return [Cut(before, source, args.max_size) for source in sorted(sources)]


def _requests(store: DiskStore) -> Iterable[dict[str, Any]]:
    """The requests that the store has draws of, in the order of their keys."""
    current: dict[str, Any] | None = None
    for address, entry in store.entries():
        if current is None or current["key"] != address.key:
            if current is not None:
                yield current
            current = {
                "key": address.key,
                "model": entry.source,
                "prompt": entry.prompt,
                "draws": 0,
                "input_tokens": entry.draw.input_tokens,
                "output_tokens": 0,
                "stored": entry.stored,
                "first_reply": entry.draw.text,
            }
        current["draws"] += 1
        current["output_tokens"] += entry.draw.output_tokens
        current["stored"] = max(current["stored"], entry.stored)
    if current is not None:
        yield current


def _holding(h: Holding) -> dict[str, Any]:
    return {"model": h.source, "entries": h.entries, "bytes": h.bytes, "oldest": h.oldest, "newest": h.newest}


def give(output: Output, args: Namespace, data: dict[str, Any], text: str, *, ok: bool = True) -> None:
    """What an action says, for people or as an object."""
    if not args.json:
        output.value(text + "\n")
        return
    from ilang.report.json_text import object_text

    output.result(object_text({"schema": 1, "command": "cache", "action": args.action, "ok": ok, **data}))


# ---- words -----------------------------------------------------------------------

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def age(text: str) -> float:
    """`90d`, `12h`, `30m`, `2w`, `45s`, in seconds."""
    return _measure(text, _SECONDS, "an age such as 90d, 12h or 30m")


def size(text: str) -> int:
    """`5GB`, `500MB`, `1.5GiB`, `4096`, in bytes."""
    return int(_measure(text, _BYTES, "a size such as 5GB or 500MB"))


def _measure(text: str, units: dict[str, int], wanted: str) -> float:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text.lower())
    if found is None or found[2] not in units:
        raise ArgumentTypeError(f"needs {wanted}, not `{text}`")
    return float(found[1]) * units[found[2]]


def day(seconds: float) -> str:
    """A time (seconds since 1970) as a local date."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
