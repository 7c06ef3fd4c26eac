"""Shows what came of tests: a failing one with what was written, both sides, and the draws."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.report.count import counted
from ilang.report.diagnostic import diagnostic_text
from ilang.report.escape import visible, visible_line
from ilang.report.style import PLAIN, Style
from ilang.run.testing import TestOutcome


def tests_text(
    file: str,
    outcomes: Sequence[tuple[int, TestOutcome]],
    left_out: int = 0,
    style: Style = PLAIN,
    *,
    verbose: bool = False,
) -> str:
    """The tests of one file, each with its line; those that passed only where `verbose`. May be empty."""
    if not outcomes:
        return "" if left_out else f"{file}: no tests"
    lines = []
    for line, outcome in outcomes:
        place = f'{file}:{line} "{visible_line(outcome.name)}"'
        if not outcome.passed:
            lines.append(f"{style.paint('failed', 'bold', 'red')} {place}\n{failure_text(outcome, style)}")
        elif verbose:
            lines.append(f"{style.paint('passed', 'green')} {place}")
            lines += [f"    {n} of {of} replies of `{name}` were not drawn" for name, n, of in outcome.unused]
    return "\n".join(lines)


def failure_text(outcome: TestOutcome, style: Style = PLAIN) -> str:
    """What failed in a test:

    expect main("2 + 2", n=3) == 4
      left:  3
      right: 4
      draws: solve[0]: Answer: 3
             solve[1]: Answer: 3
    """
    lines = [f"expect {visible(' '.join(outcome.failed.split()))}"]
    if outcome.sides is not None:
        lines += [_remark("left: ", outcome.sides[0]), _remark("right:", outcome.sides[1])]
    for i, draw in enumerate(outcome.draws):
        lines.append(_remark("draws:" if i == 0 else "      ", draw))
    if outcome.error is not None:
        lines.append(diagnostic_text(outcome.error, style))
    return _indented("\n".join(lines), "    ")


def summary_text(outcomes: Sequence[TestOutcome], broken: int = 0, style: Style = PLAIN) -> str:
    """`3 passed, 1 failed`."""
    failed = sum(not outcome.passed for outcome in outcomes)
    parts = [style.paint(f"{len(outcomes) - failed} passed", "green")] if len(outcomes) > failed else []
    if failed:
        parts.append(style.paint(f"{failed} failed", "bold", "red"))
    if broken:
        parts.append(style.paint(f"{counted(broken, 'file')} with errors", "bold", "red"))
    return ", ".join(parts) or "no tests"


def _remark(word: str, text: str) -> str:
    return f"  {word} " + visible(text).replace("\n", "\n" + " " * 9)


def _indented(text: str, margin: str) -> str:
    return "\n".join(margin + line if line else line for line in text.split("\n"))
