"""`ilang run`: answers a question with a program."""

from __future__ import annotations

import contextlib
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.ranges import EAGER
from ilang.cli.assignment import (
    STDIN,
    given_values,
    not_utf8,
    read_assignments,
    refuse_stdin_twice,
    stdin_bytes,
)
from ilang.cli.budget import add_budget_flags
from ilang.cli.configure import add_configuration_flags, preferences
from ilang.cli.confirming import add_confirming_flags, confirm, dry_run
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_model_flag, add_output_flags, add_seed_flag, add_store_flag, store_of
from ilang.cli.parser import examples, whole_number
from ilang.cli.piloting import run_pilot
from ilang.cli.rows import add_data_flags, refuse_stray_flags, run_rows
from ilang.cli.trusting import add_trust_flag, asker

if TYPE_CHECKING:
    from ilang.draws.batch import Draws
    from ilang.draws.draw import Ask, Draw
    from ilang.draws.event import Event
    from ilang.optimize.optimize import Pass
    from ilang.report.output import Output
    from ilang.session.program import LoadedProgram
    from ilang.session.result import Cost, Result

DESCRIPTION = """Answer a question with a program.

FILE is a program, or `-` for standard input; with several pipelines say which: FILE:NAME. Its entry's
parameters are given as name=value and read by their types (lists and records as JSON). name=@file gives
the text of a file, name=- standard input, name:=JSON data. On a terminal the answer comes with its votes
and its cost; a pipe gets the answer alone: a text as it is, anything else as JSON (`none` for none)."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        'ilang run programs/cascade.inf question="What is 12 * 7 + 5?"',
        "ilang run programs/prune.inf question=@question.txt --model 'sim(accuracy=0.9)' --seed 1",
        "ilang run programs/cascade.inf --data questions.jsonl --out answers.jsonl --model sim",
        "echo 'What is 6 * 7?' | ilang run programs/prune.inf question=- --model sim --json",
    )
    parser.add_argument("file", metavar="FILE[:PIPELINE]", help="the program")
    parser.add_argument("assignments", nargs="*", default=[], metavar="name=value", help="what its parameters are")
    add_model_flag(parser)
    add_seed_flag(parser)
    parser.add_argument(
        "--concurrency",
        type=whole_number(1),
        default=64,
        metavar="N",
        help="calls of one model in flight at most (default 64); the answer does not depend on it",
    )
    add_budget_flags(parser)
    add_confirming_flags(parser)
    add_data_flags(parser)
    add_store_flag(parser, none=True)
    add_trust_flag(parser)
    add_configuration_flags(parser)
    how = parser.add_argument_group("how it is computed; the answer is the same")
    how.add_argument("--no-optimize", action="store_true", help="run the graph as it was written")
    how.add_argument(
        "--passes", metavar="NAMES", help="these passes alone, in their order; or all but some: --passes=-NAME,-NAME"
    )
    how.add_argument(
        "--eager",
        type=share_of_one,
        default=EAGER,
        metavar="PART",
        help="where draws go out in waves (the pass `demand`): of those left this part at least, 0 to 1; more is"
        f" sooner done and spares fewer (default {EAGER})",
    )
    how.add_argument("--plain", action="store_true", help="one thing after the other, on the plain evaluator")
    add_output_flags(parser)
    parser.add_argument("--offline", action="store_true", help="ask no model: what the store does not have is told")
    parser.add_argument("--locked", action="store_true", help="refuse models that `ilang lock` has not seen")
    parser.add_argument("--no-trace", action="store_true", help="do not write down what happens (`ilang trace`)")
    parser.add_argument(
        "--progress", choices=("auto", "bar", "lines", "none"), metavar="HOW", help="auto, bar, lines or none"
    )
    parser.set_defaults(words="assignments", failure=failure)


def share_of_one(text: str) -> float:
    """An argparse type: a number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ArgumentTypeError(f"needs a number from 0 to 1, not `{text}`")
    return number


def run(args: Namespace) -> ExitCode:
    """Run the program and show what came of it."""
    from ilang.report.progress import Progress, chosen

    output: Output = args.output
    if not args.data:
        refuse_stray_flags(args)
    assignments = read_assignments(args.assignments)
    refuse_stdin_twice(args.file, assignments)
    passes = chosen_passes(args)
    program = load_program(args)
    args.pipeline = program.pipeline.signature.name
    given = given_values(assignments)
    if args.dry_run:
        return dry_run(args, program, given, passes)
    confirm(args, program, given, passes)
    store = store_of(args.store)
    tell = Teller(output, program)
    watched: list[Draws] = []
    if output.verbose:
        tell_passes(output, program, passes)
    progress = Progress(output, chosen(args.progress, output.environment))

    def hear(event: Event) -> None:
        progress.hear(event)
        tell.hear(event)

    def hits(ask: Ask, key: str, found: Sequence[tuple[int, Draw]]) -> None:
        progress.hits(len(found))
        tell.hits(ask, found)

    how: dict[str, Any] = {
        "seed": args.seed,
        "store": store,
        "concurrency": args.concurrency,
        "on_event": hear,
        "on_hits": hits,
        "passes": passes,
        "plainly": args.plain,
        "eager": args.eager,
        "ask": asker(args),
        "trace": not args.no_trace,
        "locked": locked_for(args),
        "offline": args.offline,
        "budget": args.budget,
        "budget_order": args.budget_order,
        "budget_cut": args.budget_cut,
    }
    began = time.monotonic()
    try:
        if args.data:
            from ilang.session.runner import Options

            if args.pilot is not None:
                return run_pilot(args, program, given, Options(**how))
            return run_rows(args, program, given, Options(**how), progress)
        # what the user's Python prints is no value: a pipe gets the value alone
        with progress, contextlib.redirect_stdout(sys.stderr):
            result = program.run_with(given, texts=True, watch=watched.append, **how)
    except KeyboardInterrupt:
        args.paid = paid_so_far(watched, time.monotonic() - began)
        raise interrupted(progress.heard.new) from None
    finally:
        if store is not None:
            store.close()
    if args.json:
        from ilang.report.json_text import object_text
        from ilang.report.run_data import run_data

        output.result(object_text(run_data(result)))
    else:
        show(output, program, result)
    codes = {"failed": ExitCode.FAILED, "budget": ExitCode.BUDGET}
    return codes.get(result.status, ExitCode.ANSWERED)


def locked_for(args: Namespace) -> dict[str, list[str]] | None:
    """What `--locked` lets answer. Raises IlangError where there is no lock."""
    if not args.locked:
        return None
    from ilang.session.locking import lock_file, read_lock
    from ilang.session.program import split_entry

    return read_lock(lock_file(split_entry(args.file)[0]))


def failure(args: Namespace, problems: Sequence[Diagnostic]) -> dict[str, Any]:
    """The contract's object for a run that did not end."""
    from ilang.report.run_data import failed_run_data

    return failed_run_data(
        problems, getattr(args, "seed", 0), getattr(args, "pipeline", None), getattr(args, "paid", None)
    )


def load_program(args: Namespace) -> LoadedProgram:
    """The program that FILE names, from a file or from standard input."""
    from ilang.session.program import load, loads

    name, _, entry = args.file.partition(":")
    if name != STDIN:
        return load(args.file, models=args.model, settled=preferences(args))
    return loads(stdin_source(), name="<stdin>", models=args.model, entry=entry or None, settled=preferences(args))


def stdin_source() -> str:
    """The program on standard input. Raises IlangError."""
    from ilang.syntax import limits

    data = stdin_bytes(limits.SOURCE_BYTES + 1)
    if len(data) > limits.SOURCE_BYTES:
        raise IlangError(limits.source_too_large("<stdin>", len(data)))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        raise not_utf8("the program on standard input", problem) from None


def chosen_passes(args: Namespace) -> tuple[Pass, ...]:
    """The passes that `--passes` and `--no-optimize` leave, in their own order. Raises IlangError."""
    from ilang.optimize.optimize import PASSES

    if args.no_optimize:
        return ()
    if args.passes is None:
        return PASSES
    words = [word.strip() for word in args.passes.split(",") if word.strip()]
    names = [one.__name__ for one in PASSES]
    for word in words:
        if word.removeprefix("-") not in names:
            from ilang.check.near import near

            close = near(word.removeprefix("-"), names)
            raise IlangError(
                Diagnostic(
                    "unknown-pass",
                    f"there is no pass `{word.removeprefix('-')}`",
                    help=f"did you mean `{close}`?" if close else f"there are: {', '.join(names)}",
                )
            )
    left_out = {word[1:] for word in words if word.startswith("-")}
    kept = {word for word in words if not word.startswith("-")} or set(names)
    return tuple(one for one in PASSES if one.__name__ in kept - left_out)


def tell_passes(output: Output, program: LoadedProgram, passes: Sequence[Pass]) -> None:
    """What each pass does to the graph, for `-v`."""
    from ilang.cli.show import passes_told
    from ilang.graph.lower import lower

    for line in passes_told(lower(program.program, program.entry), passes)[0]:
        output.detail(line)


class Teller:
    """Tells of single draws with `-v` and `-vv`, and once that the embedded model answers unbidden."""

    def __init__(self, output: Output, program: LoadedProgram) -> None:
        self._output = output
        self._program = program
        self._notes = list(program.models.notes)

    def hits(self, ask: Ask, found: Sequence[tuple[int, Draw]]) -> None:
        """These draws of a request were in the store."""
        from ilang.draws.event import Event

        self._note(ask)
        if self._output.verbose:
            for index, draw in found:
                self.hear(Event("hit", ask, index, draw))

    def _note(self, ask: Ask) -> None:
        if self._notes and ask.model == self._program.models.default:
            for note in self._notes:
                self._output.note(f"{self._output.error_style.paint('note', 'bold', 'cyan')}: {note}")
            self._notes = []

    def hear(self, event: Event) -> None:
        """An event of the run."""
        from ilang.report.draw_text import draw_line, request_text

        self._note(event.ask)
        if self._output.verbose:
            self._output.detail(draw_line(event))
            if event.kind in ("start", "hit"):
                self._output.detail(request_text(event), level=2)


def paid_so_far(watched: Sequence[Draws], seconds: float) -> Cost:
    """What a run that was cut short has paid."""
    from ilang.session.bill import paid_cost
    from ilang.session.result import Cost

    return paid_cost(watched[0].meter, watched[0], seconds) if watched else Cost(seconds=0.0)


def interrupted(new: int) -> IlangError:
    """Ctrl-C: what is kept."""
    from ilang.report.count import counted

    kept = f"{counted(new, 'draw')} that had come {'is' if new == 1 else 'are'} kept" if new else "nothing had come"
    more = "; the same command goes on from there" if new else ""
    return IlangError(Diagnostic("interrupted", f"interrupted: {kept}{more}"), ExitCode.INTERRUPTED)


def show(output: Output, program: LoadedProgram, result: Result) -> None:
    """The result for people: all of it on a terminal, the value alone for a pipe."""
    from ilang.report.diagnostic import diagnostic_text
    from ilang.report.escape import visible
    from ilang.report.result_text import cost_text, on_terminal, piped
    from ilang.report.votes import undrawn_text, votes_text

    style = output.error_style
    if result.status != "failed":
        output.value(on_terminal(result.value) if output.on_terminal else piped(result.value))
    if output.on_terminal:
        if result.tally:
            output.note("\n" + votes_text(result.tally, style, output.width, blocks=output.blocks))
        if result.undrawn:
            output.note(("" if result.tally else "\n") + undrawn_text(result.undrawn))
        output.note(("\n" if result.status != "failed" or result.tally else "") + cost_text(result))
    if result.status == "abstained" and not output.on_terminal:
        output.note("abstained: the answer is none" + (f" ({visible(result.why)})" if result.why else ""))
    if result.status == "budget":
        output.note("a budget was spent: this is the best so far")
    for warning in program.warnings:
        output.note(diagnostic_text(warning, style, output.width))
    for said in result.warnings[len(program.warnings) :]:
        output.note(warning_line(said, style.paint))
    if result.error is not None:
        output.error(diagnostic_text(result.error, style, output.width))


def warning_line(said: str, paint: Callable[..., str]) -> str:
    """`warning: 2 replies could not be read`."""
    from ilang.report.escape import visible

    return f"{paint('warning', 'bold', 'yellow')}: {visible(said)}"
