"""rename(...): a name changed wherever it means the same, in every file, and nothing else changed by it.

1. What the name means says where it is declared; its places are those in all files that mean that.
2. The changed texts are checked. A problem that was not there, or a name that means another thing now, and the rename
   is refused: a new name can hide another, or be hidden.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.base.noun import noun
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.editor.look import Look, Read, look
from ilang.editor.names import Name, file_of, name_at, names, same_place
from ilang.syntax.tables import tables

NAME = re.compile(r"[a-z_][A-Za-z0-9_]*")
TYPE = re.compile(r"[A-Z][A-Za-z0-9]*")


class Refusal(Exception):
    """Why a name cannot be changed, in a sentence."""


@noun
class Change:
    """The places of one file to be written anew."""

    source: Source
    spans: tuple[Span, ...]


def renamable(here: Look, offset: int, own: Callable[[Source], bool]) -> Name:
    """The name at an offset. Raises Refusal where it cannot be changed. `own` says whether a file may be written."""
    name = name_at(here, offset)
    if name is None:
        raise Refusal("no name stands here that can be changed")
    written = name.span.text()
    found = name.found
    if found.kind in ("file", "library", "pronoun"):
        raise Refusal(f"`{written}` cannot be renamed here")
    if _aliased(here, name):
        return name
    if name.declared is None:
        raise Refusal(f"`{written}` is part of the language")
    if found.kind == "callee" and found.signatures and found.signatures[0].kind == "python":
        raise Refusal(f"`{written}` is a Python function: rename it in its file, or give it another name with `as`")
    if not own(name.declared.source):
        where = name.declared.source.name
        raise Refusal(f"`{written}` is declared in {where}, which is not part of this workspace")
    return name


def places(here: Look, name: Name, others: Mapping[str, Look]) -> list[Change]:
    """The places of a name in its own file and in the others (by path)."""
    alias = _aliased(here, name)
    looks = {file_of(here.source): here, **({} if alias else others)}
    if not alias and name.declared is not None:
        for tree, _ in here.files[1:]:  # the file that declares it, if it is none of those that were given
            if same_place(Span(tree.source, 0, 0), Span(name.declared.source, 0, 0)):
                looks.setdefault(file_of(tree.source), look(tree.source))
    written = name.span.text()
    changes = []
    for one in looks.values():
        spans = tuple(n.span for n in names(one) if same_place(n.declared, name.declared) and n.span.text() == written)
        if spans:
            changes.append(Change(one.source, spans))
    return changes


def rename(here: Look, name: Name, new: str, others: Mapping[str, Look], read: Read) -> list[Change]:
    """The places to be changed. Raises Refusal where the change would break or change anything else."""
    _spelling(name, new)
    if new == name.span.text():
        return []
    changes = places(here, name, others)
    changed = {file_of(c.source): _applied(c, new) for c in changes}

    def read_changed(path: str) -> Source:
        text = changed.get(os.path.realpath(path))
        return Source(path, text, path) if text is not None else read(path)

    before = {file_of(here.source): here, **others}
    for change in changes:
        key = file_of(change.source)
        was = before.get(key) or look(change.source, read)
        now = look(Source(change.source.name, changed[key], change.source.path), read_changed)
        _hold(was, now, changes, new)
    return changes


def _hold(was: Look, now: Look, changes: list[Change], new: str) -> None:
    """Raises Refusal unless a changed file says what it said before."""
    known = {(p.code, p.severity) for p in was.problems}
    for problem in now.problems:
        if problem.severity == "error" and (problem.code, problem.severity) not in known:
            raise Refusal(f"`{new}` does not go here: {_told(problem)}")
    moved = {file_of(c.source): sorted(s.start for s in c.spans) for c in changes}
    grow = {file_of(c.source): len(new) - len(c.spans[0].text()) for c in changes}

    def at(span: Span | None) -> tuple[str, int] | None:
        if span is None:
            return None
        key = file_of(span.source)
        return key, span.start + grow.get(key, 0) * sum(1 for s in moved.get(key, ()) if s < span.start)

    before = {at(n.span): at(n.declared) for n in names(was) if n.found.kind != "file"}
    after = {_place(n.span): _place(n.declared) for n in names(now) if n.found.kind != "file"}
    if before != after:
        odd = next((p for p in before if p not in after or before[p] != after[p]), None)
        line = f" in line {now.source.line_column(odd[1])[0]}" if odd is not None else ""
        raise Refusal(f"`{new}` is taken: a name{line} would mean another thing")


def _place(span: Span | None) -> tuple[str, int] | None:
    return (file_of(span.source), span.start) if span is not None else None


def _told(problem: Diagnostic) -> str:
    return " ".join(problem.message.split())


def _applied(change: Change, new: str) -> str:
    text, parts, at = change.source.text, [], 0
    for span in change.spans:
        parts += [text[at : span.start], new]
        at = span.end
    return "".join((*parts, text[at:]))


def _spelling(name: Name, new: str) -> None:
    if name.found.kind == "type":
        if not TYPE.fullmatch(new):
            raise Refusal("the name of a type begins with a capital letter, and letters and digits follow")
        return
    if not NAME.fullmatch(new):
        raise Refusal("a name begins with a small letter or `_`, and letters, digits and `_` follow")
    if "NAME" not in tables().words.get(new, ("NAME",)):
        raise Refusal(f"`{new}` is a word of the language")


def _aliased(here: Look, name: Name) -> bool:
    """Whether a name stands here for something by an alias of this file: `use best_of as best_one from ...`."""
    return name.span.text() != name.found.name if name.found.kind != "argument" else False


def mentions(text: str, word: str) -> bool:
    """Whether a text has a word at all: most files need not be looked at."""
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


def programs(folders: list[str], most: int = 2000) -> Iterator[str]:
    """The programs in some folders, hidden ones and installed packages left out; not more than `most`."""
    count = 0
    for folder in folders:
        for root, inside, files in os.walk(folder):
            inside[:] = sorted(
                d for d in inside if not d.startswith(".") and d not in ("node_modules", "site-packages")
            )
            for file in sorted(files):
                if file.endswith(".inf"):
                    yield os.path.join(root, file)
                    count += 1
                    if count == most:
                        return
