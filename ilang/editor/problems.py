"""problems(look): what `ilang check` says of a text: wrong syntax, names, types, and models that cannot do it."""

from __future__ import annotations

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.span import Span
from ilang.check.capable import lacking, temperature_warnings
from ilang.editor.look import Look
from ilang.editor.names import file_of
from ilang.session.checking import named_models


def problems(look: Look) -> list[tuple[Diagnostic, Span]]:
    """Each problem with its place in this text; an error of another file stands at the text's beginning."""
    told = list(look.problems)
    if look.program is not None:
        try:
            bound = named_models(look.program, ())
            found = lacking(look.program, bound, None)
            told += found or temperature_warnings(look.program, bound, None)
        except IlangError as error:
            told += error.diagnostics
    here = file_of(look.source)
    placed: list[tuple[Diagnostic, Span]] = []
    for problem in told:
        if problem.span is not None and file_of(problem.span.source) == here:
            placed.append((problem, problem.span))
        elif problem.severity == "error":
            placed.append((problem, Span(look.source, 0, 0)))
    return placed
