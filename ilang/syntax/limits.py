"""How large and how deep a source may be, and the diagnostics for what is beyond.

The limits keep every later phase free of care: Python allows 1,000 calls inside each other, of which comparing two
trees takes four a level, and a walk may take six. Knows nothing of what is nested.
"""

from __future__ import annotations

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span

SOURCE_BYTES = 256 * 1024
BRACKETS = 100
"""Brackets of all kinds that may be open at once."""
LEVELS = 128
"""Levels of the tree below a declaration: each operand of a chain such as `a + b + c` is one, each `else if` is two."""
STAGES = 200
"""Stages that one pipe may have."""
ITEMS = 25_000
"""Elements that a list may have as it is written."""
TEXTS = 10
"""Texts that may stand in the holes of texts."""
NUMBER_CHARACTERS = 400
UNCLOSED_TEXTS = 20
"""Texts without an end after which the rest of a source is not read."""


def nested_too_deep(span: Span) -> Diagnostic:
    """Too many brackets, operators or branches inside each other."""
    return Diagnostic(
        "nested-too-deep",
        f"this is nested too deep: at most {BRACKETS} brackets, {LEVELS} levels, {TEXTS} texts in holes",
        span,
        label="the limit is passed here",
        help="name a part with `let`, or make it a pipeline",
    )


def chain_too_long(span: Span) -> Diagnostic:
    """Too many stages in one pipe."""
    return Diagnostic(
        "chain-too-long",
        f"a pipe has at most {STAGES} stages",
        span,
        label="the limit is passed here",
        help="name the first part with `let`, or make it a pipeline",
    )


def list_too_long(span: Span) -> Diagnostic:
    """Too many elements in one list."""
    return Diagnostic(
        "list-too-long",
        f"a list that is written down has at most {ITEMS:,} elements",
        span,
        label="the limit is passed here",
        help="keep so much data in a file of its own, passed as a parameter: `name=@file`",
    )


def source_too_large(name: str, size: int) -> Diagnostic:
    """A source that is not read at all."""
    return Diagnostic(
        "source-too-large",
        f"`{name}` has {size:,} bytes; a source has at most {SOURCE_BYTES:,}",
        help="keep data in files of their own, passed as parameters (`name=@file`), or split the program with `use`",
    )
