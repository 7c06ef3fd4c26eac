"""What is guessed of a value that is not there yet, beside what is surely known of it (`run/rough.py`)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from ilang.backend.prompt_tokens import A_BLOB, most_tokens
from ilang.base.candidate import Candidate, Pool, View
from ilang.base.noun import made_often
from ilang.base.type import Type
from ilang.base.value import Asked, Blob, Message, Model, Value
from ilang.estimate.assumptions import Assumptions
from ilang.estimate.range import NOTHING, ONCE, Range, exactly
from ilang.run.closure import Always, Closure
from ilang.stages.pure import show
from ilang.stages.stage import CannotGive

NONE: frozenset[str] = frozenset()

IMAGE = 1000
"""Tokens that are expected of an image."""

A_WORD = 128
"""Bytes of the longest token that a common tokenizer has."""


@made_often
class Likely:
    """`count`: elements of a list or pool. `size`: tokens that it has in a prompt; of a list or pool, those of one
    element; of a request, those of its prompt. `sure`: to compute it never fails. Of a request, or a pool that answers
    one: the `prompt`, the type that a reply is `reads` as, the `python` function that reads it. Of a pool: tokens of
    the request (`asked`) and of the `feedback`, its `marks`, and the models that wrote it, `writers` (None: any may
    have). `assumed`: the names of the assumptions that `usual` rests on; `unbounded`: why there is no bound, in words.
    """

    count: Range = ONCE
    size: Range = NOTHING
    sure: bool = False
    prompt: str = ""
    reads: Type | None = None
    python: str = ""
    asked: Range = NOTHING
    feedback: Range = NOTHING
    marks: tuple[tuple[str, Likely], ...] = ()
    writers: frozenset[Model] | None = None
    assumed: frozenset[str] = NONE
    unbounded: str = ""

    def sized(self, size: Range, *from_: Likely) -> Likely:
        """The same with another size, resting on these too."""
        return replace(
            self,
            size=size,
            assumed=joined(self, *from_),
            unbounded=next((x.unbounded for x in from_ if x.unbounded), ""),
        )

    @property
    def printed(self) -> Range:
        """Tokens of all of it in a prompt, with what stands between the elements."""
        if self.count == ONCE:
            return self.size
        return self.count.times(self.size + Range(0, 0.5, 8))


def joined(*some: Likely) -> frozenset[str]:
    """What all of them rest on."""
    found = NONE
    for one in some:
        found |= one.assumed
    return found


def either(a: Likely, b: Likely) -> Likely:
    """One of both, it is not known which; surely computed where both are."""
    return Likely(
        a.count.or_(b.count),
        a.size.or_(b.size),
        a.sure and b.sure,
        a.prompt if a.prompt == b.prompt else "",
        a.reads if a.reads == b.reads else None,
        a.python or b.python,
        a.asked.or_(b.asked),
        a.feedback.or_(b.feedback),
        either_marks(a.marks, b.marks),
        None if a.writers is None or b.writers is None else a.writers | b.writers,
        joined(a, b),
        why_of((a, b)),
    )


def either_marks(
    a: tuple[tuple[str, Likely], ...], b: tuple[tuple[str, Likely], ...]
) -> tuple[tuple[str, Likely], ...]:
    """The marks of a candidate that has the one or the other."""
    if a == b:
        return a
    mine, theirs = dict(a), dict(b)
    return tuple(
        (name, either(mine.get(name, theirs.get(name, NUMBER)), theirs.get(name, mine.get(name, NUMBER))))
        for name in {**mine, **theirs}
    )


def why_of(some: Iterable[Likely]) -> str:
    """Why one of them has no bound; empty where all have."""
    return next((one.unbounded for one in some if one.unbounded), "")


NUMBER = Likely(size=Range(1, 2, 24))
"""A number, a truth value, a score."""


def unknown(assume: Assumptions, why: str) -> Likely:
    """A value of which nothing is known."""
    return Likely(
        Range(0, assume.items, math.inf),
        Range(0, assume.text, math.inf),
        assumed=frozenset({"items", "text"}),
        unbounded=why,
    )


def likely_of(value: Value, assume: Assumptions) -> Likely:
    """Of a value that is known."""
    if isinstance(value, Asked):
        size = prompt_size(value, assume)
        python = python_of(value.reader.extract, value.reader.argument)
        return Likely(
            size=size, sure=True, prompt=value.prompt, reads=value.reader.type, python=python, assumed=CHARACTERS
        )
    if isinstance(value, Pool):
        return Likely(exactly(len(value)), _all([c.text for c in value.candidates], assume), sure=True)
    if isinstance(value, tuple):
        prompt = next((x.prompt for x in value if isinstance(x, Asked)), "")
        reads = next((x.reader.type for x in value if isinstance(x, Asked)), None)
        python = "".join([python_of(x.reader.extract, x.reader.argument) for x in value if isinstance(x, Asked)][:1])
        return Likely(exactly(len(value)), _all(value, assume), True, prompt, reads, python, assumed=CHARACTERS)
    return Likely(size=_size(value, assume), sure=True, assumed=CHARACTERS if isinstance(value, str) else NONE)


def python_of(extract: str, argument: Value) -> str:
    """The name of the Python function that reads replies; empty where none does."""
    return str(argument).rpartition(":")[2] if extract == "python" else ""


CHARACTERS = frozenset({"characters"})


def _all(values: Iterable[Value], assume: Assumptions) -> Range:
    """One element of these, whichever."""
    sizes = [_size(x, assume) for x in values]
    if not sizes:
        return NOTHING
    usual = math.fsum(x.usual for x in sizes) / len(sizes)
    return Range(min(x.low for x in sizes), usual, max(x.high for x in sizes))


def _size(value: Value, assume: Assumptions) -> Range:
    if value is None or isinstance(value, Model | Closure | Always):
        return NOTHING
    if isinstance(value, Asked):
        return prompt_size(value, assume)
    if isinstance(value, Message):
        return Range(0, len(value.content) / assume.characters + 4, most_tokens((value,), None))
    if isinstance(value, Blob):
        return Range(0, IMAGE, A_BLOB + len(value.data))
    if isinstance(value, Candidate | View):
        value = value.candidate.text if isinstance(value, View) else value.text
    try:
        text = show(value)
    except (CannotGive, TypeError):
        return Range(0, assume.text, math.inf)
    return text_size(text, assume)


def text_size(text: str, assume: Assumptions) -> Range:
    """Tokens of a text: at most its bytes, for a token is one at least."""
    size = len(text.encode("utf-8", "surrogatepass"))
    return Range(0, min(size, size / assume.characters + 0.5) if size else 0, size)


def prompt_size(asked: Asked, assume: Assumptions) -> Range:
    """Tokens of a request's prompt."""
    most = most_tokens(asked.messages, asked.schema)
    low = sum(at_least(part) for m in asked.messages for part in (m.parts or (m.content,)) if isinstance(part, str))
    written = sum(len(m.content.encode("utf-8", "surrogatepass")) for m in asked.messages)
    blobs = sum(len(m.blobs) for m in asked.messages)
    return Range(low, min(most, written / assume.characters + 4 * len(asked.messages) + IMAGE * blobs), most)


def at_least(text: str) -> int:
    """Tokens that a text has at least, whoever counts: as many as words, where these are longer than any token."""
    words = text.split()
    return min(len(words), sum(map(len, words)) // A_WORD)
