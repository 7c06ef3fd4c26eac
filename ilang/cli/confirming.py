"""Before a run: `--dry-run` tells what it will cost; a dear one, or one whose price nobody knows, asks first (`--yes`).

A run asks by what is expected to be paid. Models that cost nothing are never asked about.
"""

from __future__ import annotations

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.assignment import STDIN
from ilang.cli.exit_code import ExitCode

if TYPE_CHECKING:
    from ilang.estimate.plan import Plan
    from ilang.optimize.optimize import Pass
    from ilang.report.output import Output
    from ilang.session.estimating import Estimating
    from ilang.session.program import LoadedProgram

LOOK = 32
"""Rows that are looked at first; where so many tell that all together are far from dear, the others are not."""

FAR = 10
"""So many times cheaper than what is asked about is far from it."""


def add_confirming_flags(parser: ArgumentParser) -> None:
    """`--dry-run`, `--yes`, `--confirm-above`."""
    group = parser.add_argument_group("before it runs (`ilang explain` tells more)")
    group.add_argument("--dry-run", action="store_true", help="say what it will cost, and ask no model")
    group.add_argument("--yes", action="store_true", help="do not ask, whatever it costs")
    group.add_argument(
        "--confirm-above",
        type=usd,
        default=1.0,
        metavar="USD",
        help="ask where more is expected to be paid, or a price is not known (default 1; inf: never)",
    )


def usd(text: str) -> float:
    """`2.50`, or `inf`."""
    try:
        amount = float(text)
    except ValueError:
        amount = -1
    if not amount >= 0:
        raise ArgumentTypeError(f"needs an amount of USD from 0, or inf, not `{text}`")
    return amount


def dry_run(args: Namespace, program: LoadedProgram, given: Mapping[str, Any], passes: tuple[Pass, ...]) -> ExitCode:
    """What the run would cost on these rows, by this store."""
    from ilang.cli.explain import show

    estimating, plan = _planned(args, program, given, passes)
    show(args, estimating, plan, [])
    return ExitCode.ANSWERED


def confirm(args: Namespace, program: LoadedProgram, given: Mapping[str, Any], passes: tuple[Pass, ...]) -> None:
    """Asks whether to run, where that is to be asked. Raises IlangError where it is not to be run."""
    if args.yes or args.offline or args.confirm_above == math.inf or not _priced(program):
        return
    budget = (args.budget or {}).get("usd")
    if budget is not None and budget <= args.confirm_above:
        return  # it will not pay more, and a price that is not known is refused
    if args.pilot is not None:
        args = Namespace(**{**vars(args), "sample": args.pilot})
    if args.data and STDIN in args.data:
        raise _refused("what it costs is not known before its rows have come", args.confirm_above)
    try:
        if args.data and _far_from_dear(args, program, given, passes):
            return
        estimating, plan = _planned(args, program, given, passes)
    except IlangError:
        raise
    except Exception as fault:  # an error of the estimate may not keep a run from running
        _ask(args, f"what it costs cannot be reckoned ({type(fault).__name__}: {fault})", "")
        return
    if not plan.paid.calls.high:
        return
    if plan.paid.usd is not None and plan.paid.usd[1] + plan.dearer <= args.confirm_above:
        return
    from ilang.report.explain_text import plan_text

    _ask(args, _why(plan), plan_text(plan, estimating.assume, ()))


def _ask(args: Namespace, why: str, told: str) -> None:
    """Shows what was told, and asks. Raises IlangError where it is not to be run."""
    output: Output = args.output
    if args.json or output.quiet or not (output.errors_on_terminal and sys.stdin and sys.stdin.isatty()):
        raise _refused(why, args.confirm_above)
    output.note((f"{told}\n" if told else "") + f"{why}. Run it? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise IlangError(Diagnostic("not-confirmed", "it was not run, and nothing was paid"))


def _priced(program: LoadedProgram) -> bool:
    """Whether any model that may be asked costs something, or nobody knows what."""
    from ilang.backend.prices import FREE, prices_of
    from ilang.check.capable import Bound, capabilities, sites
    from ilang.draws.stand_in import with_stand_ins

    bound = Bound(program.models.models, program.models.default)
    asked = {m for site in sites(program.program, bound, program.entry) for m in site.models}
    for model in {one for m in asked for one in with_stand_ins(m)}:
        able = capabilities(model)
        if able is not None and prices_of(model, able) is not FREE:
            return True
    return False


def _far_from_dear(args: Namespace, program: LoadedProgram, given: Mapping[str, Any], passes: tuple[Pass, ...]) -> bool:
    """Whether the first rows tell that all of them will cost far less than is asked about."""
    from ilang.data.reading import count, expand

    rows = count(expand(args.data))
    if rows is None:
        return False
    rows = min(rows, *(most for most in (args.sample, args.limit) if most is not None), rows)
    limit = min(args.limit or LOOK, LOOK)
    _, plan = _planned(Namespace(**{**vars(args), "limit": limit}), program, given, passes)
    if plan.paid.usd is None or not plan.rows:
        return False
    expected = float(plan.paid.usd[1] + plan.dearer) / plan.rows * rows
    return bool(expected * FAR <= args.confirm_above)


def _planned(
    args: Namespace, program: LoadedProgram, given: Mapping[str, Any], passes: tuple[Pass, ...]
) -> tuple[Estimating, Plan]:
    from ilang.cli.explain import planned, store_to_read
    from ilang.session.estimating import Estimating

    store = store_to_read(args.store)
    try:
        estimating = Estimating(program, store=store, seed=args.seed, passes=passes)
        return estimating, planned(args, estimating, given)
    finally:
        if store is not None:
            store.close()


def _why(plan: Plan) -> str:
    """Why it is asked, in words."""
    if plan.paid.usd is None:
        return "what it costs is not known"
    from ilang.report.explain_text import dollars, usd_text

    if plan.dearer:
        return f"it is expected to cost {dollars(float(plan.paid.usd[1] + plan.dearer))} USD where a `fallback` answers"
    return f"it is expected to cost {usd_text(plan.paid.usd)} USD"


def _refused(why: str, above: float) -> IlangError:
    return IlangError(
        Diagnostic(
            "not-confirmed",
            f"{why}, and nobody is there to be asked (a run asks above {above:g} USD)",
            help="`--yes` runs it; `--dry-run` tells what it will cost; `--budget usd=...` limits what it pays",
        )
    )
