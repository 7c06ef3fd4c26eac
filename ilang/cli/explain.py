"""`ilang explain`: says what a run will cost, before it runs."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic
from ilang.cli.assignment import given_values, read_assignments, refuse_stdin_twice
from ilang.cli.configure import add_configuration_flags
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_model_flag, add_output_flags, add_seed_flag, add_store_flag
from ilang.cli.parser import examples
from ilang.cli.rows import add_row_flags, mapping, refuse_stray_flags

if TYPE_CHECKING:
    from ilang.draws.store import Store
    from ilang.estimate.plan import Plan
    from ilang.estimate.sum import Sum
    from ilang.report.output import Output
    from ilang.session.estimating import Estimating

DESCRIPTION = """Say what a run will cost, before it runs. No model is asked.

A line for each stage that asks a model: calls, draws, tokens and USD, each as low..expected..high. low and high hold
whatever the models answer; what is expected rests on assumptions, named below the table with the flag that changes
each. They count what the program is worth; `to be paid` leaves out what the store has. An argument that is not given
is not known."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        'ilang explain programs/best_of_n.inf question="What is 12 * 7 + 5?" --model sim',
        "ilang explain programs/cascade.inf --data questions.jsonl --model sim --max calls=100",
        'ilang explain programs/vote.inf question="What is 6 * 7?" --model sim --assume reply=40',
        'ilang explain programs/vote.inf question="What is 6 * 7?" --model sim --missing',
    )
    parser.add_argument("file", metavar="FILE[:PIPELINE]", help="the program")
    parser.add_argument("assignments", nargs="*", default=[], metavar="name=value", help="what its parameters are")
    add_model_flag(parser)
    add_seed_flag(parser)
    parser.add_argument(
        "--max", type=limits, metavar="LIMITS", help="usd=5, calls=, tokens=: exit code 3 where more may be paid"
    )
    parser.add_argument(
        "--assume",
        action="append",
        type=assumption,
        default=[],
        metavar="NAME=VALUE",
        help="assume something else; the names stand below the table",
    )
    parser.add_argument("--missing", action="store_true", help="say why draws that are known are not in the store")
    add_row_flags(parser)
    add_store_flag(parser, none=True)
    add_configuration_flags(parser)
    how = parser.add_argument_group("which passes go over the graph")
    how.add_argument("--no-optimize", action="store_true", help="the graph as it was written")
    how.add_argument("--passes", metavar="NAMES", help="these alone; or all but some: --passes=-NAME,-NAME")
    add_output_flags(parser)
    parser.set_defaults(words="assignments")


def run(args: Namespace) -> ExitCode:
    """Show the plan."""
    from ilang.cli.run import chosen_passes, load_program
    from ilang.estimate.assumptions import Assumptions
    from ilang.session.estimating import Estimating

    if not args.data:
        refuse_stray_flags(args)
    assignments = read_assignments(args.assignments)
    refuse_stdin_twice(args.file, assignments)
    passes = chosen_passes(args)
    program = load_program(args)
    given = given_values(assignments)
    store = store_to_read(args.store)
    try:
        assume = Assumptions().with_(**dict(args.assume))
        estimating = Estimating(program, store=store, seed=args.seed, assume=assume, passes=passes)
        plan = planned(args, estimating, given)
        over = above(args.max, plan)
        show(args, estimating, plan, over)
    finally:
        if store is not None:
            store.close()
    return ExitCode.BUDGET if over else ExitCode.ANSWERED


def planned(args: Namespace, estimating: Estimating, given: Mapping[str, Any]) -> Plan:
    """The plan of one run, or of one for each row of --data."""
    if not args.data:
        return estimating.one(given, texts=True)
    from ilang.data.reading import expand
    from ilang.session.data_run import DataOptions, meant_rows
    from ilang.session.rows import Binding

    pipeline = estimating.program.pipeline
    options = DataOptions(
        data=args.data,
        mapped=mapping(args.map, [p.name for p in pipeline.signature.params]),
        limit=args.limit,
        sample=args.sample,
        sample_seed=args.sample_seed or 0,
        where=args.where,
        independent=args.independent_rows,
    )
    binding = Binding(pipeline, given, options.mapped)
    rows = meant_rows(expand(options.data), binding, options)
    return estimating.over(rows, binding, independent=options.independent)


def show(args: Namespace, estimating: Estimating, plan: Plan, over: list[Diagnostic]) -> None:
    """For people, or as JSON."""
    output: Output = args.output
    why = estimating.why_missing(plan) if getattr(args, "missing", False) else None
    if args.json:
        from ilang.report.diagnostic_data import diagnostic_data
        from ilang.report.explain_data import plan_data
        from ilang.report.json_text import object_text

        made = {
            "schema": 1,
            "command": args.command,
            "pipeline": estimating.program.pipeline.signature.name,
            **plan_data(plan, estimating.assume, estimating.passes()),
            **({} if why is None else {"missing": [{"draws": n, "why": said} for said, n in why]}),
            "error": diagnostic_data(over[0]) if over else None,
        }
        output.result(object_text(made))
        return
    from ilang.report.diagnostic import diagnostics_text
    from ilang.report.escape import visible_line
    from ilang.report.explain_text import plan_text

    output.value(plan_text(plan, estimating.assume, estimating.passes()))
    for said, n in why or ():
        output.value(f"missing: {n:,} of {visible_line(said)}\n")
    if why is not None and not why:
        output.value("missing: none of the draws that are known before the run\n")
    if over:
        output.error(diagnostics_text(over, output.error_style, output.width))


def store_to_read(flag: str | None) -> Store | None:
    """The store that is meant, where there is one: to look into it makes none. Raises IlangError."""
    from ilang.cli.flags import store_of
    from ilang.session.estimating import store_there
    from ilang.session.runner import open_user_store

    if flag == "none" or not store_there(flag):
        return None
    return store_of(flag) or open_user_store()


def above(limits_: Mapping[str, float] | None, plan: Plan) -> list[Diagnostic]:
    """A diagnostic for each limit that what is to be paid may pass."""
    found = []
    for name, most in (limits_ or {}).items():
        high = high_of(plan.paid, name)
        if high is None:
            found.append(over_max(f"what it costs is not known, so that it may be more than usd={most:g}", PRICE))
        elif high > most:
            may = "has no bound" if high == math.inf else f"may come to {high:,.6g}"
            found.append(over_max(f"`{name}` {may}; --max allows {most:,g}", LESS))
    return found


def high_of(one: Sum, name: str) -> float | None:
    """The upper bound of calls, tokens or USD; None where a price is not known."""
    if name == "calls":
        return one.calls.high
    if name == "tokens":
        return one.input.high + one.output.high
    return None if one.usd is None else float(one.usd[2])


PRICE = 'declare it, in USD for a million tokens: `prices="0.10 in, 0.40 out"`; or give calls= or tokens='
LESS = "the table says which stage it is: a smaller `n`, `max_tokens` or `max`, fewer rows, or a `within` around it"


def over_max(message: str, help_: str) -> Diagnostic:
    """The upper bound is above `--max`."""
    return Diagnostic("over-max", message, help=help_)


def limits(text: str) -> dict[str, float]:
    """`usd=5,calls=100` by name."""
    from ilang.cli.budget import limits as budget

    found = budget(text)
    if "seconds" in found:
        raise ArgumentTypeError("needs usd=, calls= or tokens=; how many seconds it takes is not told before a run")
    return dict(found)


def assumption(text: str) -> tuple[str, float]:
    """`reply=40`: a name, and what is assumed."""
    from ilang.check.near import near
    from ilang.estimate.assumptions import ALLOWED, NAMES, fits

    name, sign, amount = (part.strip() for part in text.partition("="))
    if not sign or name not in NAMES:
        close = near(name, NAMES)
        raise ArgumentTypeError(
            f"needs NAME=VALUE, not `{text}`" + (f"; did you mean `{close}`?" if close else f" ({', '.join(NAMES)})")
        )
    try:
        value = float(amount)
    except ValueError:
        value = math.nan
    if not fits(name, value):
        allowed = ALLOWED[name]
        raise ArgumentTypeError(
            f"needs a number from {allowed.low:g} to {allowed.high:,g} for `{name}`, not `{amount}`"
        )
    return name, value
