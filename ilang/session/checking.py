"""Checks a file as `ilang check` does: the program, and what its models can do where somebody named them."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.check.capable import Bound, lacking, temperature_warnings
from ilang.check.check import check
from ilang.check.program import Program
from ilang.session.asked import not_asked
from ilang.session.models import Preferences, bind_models
from ilang.session.program import entry_key, split_entry
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source, read_stdin


def check_file(file: str, models: Sequence[str] = (), settled: Preferences | None = None) -> tuple[Diagnostic, ...]:
    """The warnings of a file, `file.inf:pipeline`, or standard input (`-`). Raises IlangError with every problem found.

    A file of several pipelines needs no entry. A model is held against the program where a
    declaration, a flag or ILANG_MODEL names it; what would fall to the embedded model is not.
    """
    path, entry = split_entry(file)
    program = check(parse(read_stdin() if path == "-" else read_source(path)))
    if entry is not None:
        entry = entry_key(program, entry)
    bound = named_models(program, models, settled)
    found = lacking(program, bound, entry)
    if found:
        raise IlangError(found)
    asked_nothing = not_asked(program, bound, entry) if bind_models(program, models, settled=settled).meant else []
    return (*program.warnings, *temperature_warnings(program, bound, entry), *asked_nothing)


def named_models(program: Program, models: Sequence[str], settled: Preferences | None = None) -> Bound:
    """The models that somebody named: without those that fall to the embedded one because nobody did."""
    bound = bind_models(program, models, settled=settled)
    if not bound.notes:
        return Bound(bound.models, bound.default)
    named = {
        key: model
        for key, model in bound.models.items()
        if program.models[key].model is not None or model != bound.default
    }
    return Bound(named, None)
