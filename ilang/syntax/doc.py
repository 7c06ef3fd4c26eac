"""Find what `##` comments document: the declaration on the next line, or the file. Knows only keywords."""

from __future__ import annotations

from typing import NamedTuple

from ilang.base.source import Source
from ilang.syntax.token import Comment, Lexed

_DOCUMENTED = frozenset(("model", "record", "enum", "prompt", "pipeline"))


class Docs(NamedTuple):
    """The file's documentation, and that of what begins at an offset."""

    file: str
    at: dict[int, str]


def docs(source: Source, lexed: Lexed) -> Docs:
    """The documentation in a source's comments.

    Lines of `##` that follow each other are one block; it belongs to the declaration that begins on the line behind
    it. A block before everything else that has no such declaration is the file's.
    """
    blocks: list[list[str]] = []
    starts: list[int] = []
    behind: list[int] = []
    for comment in lexed.comments:
        words = _words(source.text, comment)
        if words is None:
            continue
        following = _next_line(source.text, comment.end)
        if behind and behind[-1] == comment.start:
            blocks[-1].append(words)
            behind[-1] = following
        else:
            blocks.append([words])
            starts.append(comment.start)
            behind.append(following)
    at = {offset: "\n".join(block).strip("\n") for offset, block in zip(behind, blocks, strict=True)}
    if not blocks:
        return Docs("", at)
    first = lexed.tokens[0] if lexed.tokens else None
    if first and (starts[0] > first.start or (behind[0] == first.start and first.text in _DOCUMENTED)):
        return Docs("", at)
    return Docs(at[behind[0]], at)


def _words(text: str, comment: Comment) -> str | None:
    """What a `##` comment says; None for another comment, or one behind something on its line."""
    start = comment.start
    if not text.startswith("##", start) or text.startswith("###", start):
        return None
    if text[text.rfind("\n", 0, start) + 1 : start].strip(" \t"):
        return None
    words = text[start + 2 : comment.end].rstrip()
    return words[1:] if words.startswith(" ") else words


def _next_line(text: str, end: int) -> int:
    """Where the line behind an offset has its first character that is no blank."""
    at = end + 1
    while text.startswith((" ", "\t"), at):
        at += 1
    return at
