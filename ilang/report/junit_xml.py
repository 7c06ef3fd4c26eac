"""What came of tests as JUnit XML, which every service that runs tests can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from ilang.base.diagnostic import Diagnostic
from ilang.report.diagnostic import diagnostic_text
from ilang.report.escape import visible
from ilang.report.test_text import failure_text
from ilang.run.testing import TestOutcome

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one file, or why it is no program."""

    file: str
    outcomes: Sequence[tuple[int, TestOutcome]]
    problems: Sequence[Diagnostic]


def junit_xml(suites: Sequence[Suite]) -> str:
    """`<testsuites>`: a suite for each file, a case for each test; of a file that is no program an error."""
    whole = ElementTree.Element("testsuites", name="ilang")
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for one in suites:
        failed = sum(not outcome.passed for _, outcome in one.outcomes)
        counts = {
            "tests": len(one.outcomes) + bool(one.problems),
            "failures": failed,
            "errors": int(bool(one.problems)),
        }
        suite = ElementTree.SubElement(
            whole, "testsuite", {"name": _clean(one.file), **{k: str(v) for k, v in counts.items()}}
        )
        for k, v in counts.items():
            totals[k] += v
        if one.problems:
            case = ElementTree.SubElement(suite, "testcase", classname=_clean(one.file), name="check")
            error = ElementTree.SubElement(case, "error", message=_clean(one.problems[0].message))
            error.set("type", one.problems[0].code)
            error.text = _clean("\n\n".join(diagnostic_text(d) for d in one.problems))
        for line, outcome in one.outcomes:
            case = ElementTree.SubElement(
                suite, "testcase", classname=_clean(one.file), name=_clean(outcome.name), file=_clean(one.file)
            )
            case.set("line", str(line))
            if not outcome.passed:
                said = outcome.error.message if outcome.error else " ".join(outcome.failed.split())
                failure = ElementTree.SubElement(case, "failure", message=_clean(said))
                failure.text = _clean(failure_text(outcome))
    for k, v in totals.items():
        whole.set(k, str(v))
    ElementTree.indent(whole)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(whole, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    """The text without what no XML can hold; what would command a terminal is written out."""
    return _NOT_XML.sub("\ufffd", visible(text))
