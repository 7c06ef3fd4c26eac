"""look(source) -> Look: all that can be told of one text as it stands in an editor, right or wrong.

Knows neither the protocol nor where open texts are kept: `read` gives the source of a file that is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ilang.base.diagnostic import Diagnostic
from ilang.base.source import Source
from ilang.check.check import survey
from ilang.check.declarations import Checked
from ilang.check.found import Found
from ilang.check.program import Program
from ilang.syntax import module as ast
from ilang.syntax.lexer import lex
from ilang.syntax.parse import parse_all
from ilang.syntax.read import read_source
from ilang.syntax.token import Lexed

Read = Callable[[str], Source]


@dataclass(frozen=True, eq=False)
class Look:
    """One text: its tokens, what of it is right, what names mean, and every problem.

    `files` holds the tree and the checked module of the text itself, then of the files that it uses.
    """

    source: Source
    files: tuple[tuple[ast.Module, Checked], ...]
    problems: tuple[Diagnostic, ...]
    program: Program | None = None

    @property
    def tree(self) -> ast.Module:
        """The declarations of the text that are right."""
        return self.files[0][0]

    @property
    def checked(self) -> Checked:
        """What the text itself declares."""
        return self.files[0][1]

    @cached_property
    def lexed(self) -> Lexed:
        """The tokens and comments of the text."""
        return lex(self.source)

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """What the checker found the names of the text to mean, by place."""
        return tuple(self.checked.found or ())

    @cached_property
    def paths(self) -> frozenset[str]:
        """The files that the text uses, directly or through others."""
        named = {f.path for f in self.found if f.path}
        return frozenset(
            os.path.realpath(p) for p in named | {t.source.path for t, _ in self.files[1:] if t.source.path}
        )


def look(source: Source, read: Read = read_source) -> Look:
    """All that can be told of a text. Where its syntax is wrong, only that is told, as `ilang check` does."""
    tree, wrong = parse_all(source)
    found = survey(tree, read)
    return Look(source, found.files, wrong or found.problems, None if wrong else found.program)


def nodes(node: object) -> Iterator[object]:
    """A node of a tree and all nodes in it."""
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, tuple):
            stack.extend(one)
        elif hasattr(one, "__dataclass_fields__") and not isinstance(one, Source):
            yield one
            stack.extend(getattr(one, f) for f in one.__dataclass_fields__ if not f.endswith("span") and f != "source")
