"""What holds of every source: parser, checker and formatter give what they should or an IlangError, and nothing else."""

from __future__ import annotations

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.check.check import check
from ilang.report.diagnostic import diagnostic_text
from ilang.syntax.format import formatted
from ilang.syntax.lexer import lex
from ilang.syntax.parse import parse


def hold(text: str) -> str:
    """The law of one source; says how far it came: parse, check or right."""
    source = Source("fuzz.inf", text)
    try:
        module = parse(source)
    except IlangError as error:
        told(error, text)
        try:
            formatted(text)
        except IlangError:
            return "parse"
        raise AssertionError("a source that cannot be parsed was formatted") from None
    made = formatted(text)
    assert formatted(made) == made, "not the same the second time"
    assert parse(Source("fuzz.inf", made)).declarations == module.declarations, "another meaning"
    before, after = ([t[c.start : c.end].rstrip() for c in lex(Source("", t)).comments] for t in (text, made))
    assert before == after, "a comment was lost"
    try:
        check(module)
    except IlangError as error:
        told(error, text)
        return "check"
    return "right"


def told(error: IlangError, text: str) -> None:
    """Each problem can be shown, has a place in the source and a way out."""
    for problem in error.diagnostics:
        assert problem.code and problem.message
        if problem.span is not None and problem.span.source.name == "fuzz.inf":
            assert 0 <= problem.span.start <= problem.span.end <= len(text)
        shown = diagnostic_text(problem)
        assert "\x1b" not in shown and "\0" not in shown
