"""A candidate answer and the pool it stands in."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Any

from ilang.base.noun import made_often
from ilang.base.value import Asked, Model, Value


class Mark:
    """The identity of one text of one candidate; equal only to itself, and copied with it."""

    __slots__ = ()


@made_often
class Unread:
    """Why a text gave no value: the parser's message, fit to be shown to a model."""

    why: str


@made_often
class Piece:
    """A part of a candidate's text: drawn (with its tokens, where told also its log-probability and the mean entropy
    of its tokens, in nats) or appended."""

    text: str
    drawn: bool = True
    tokens: int = 0
    logprob: float | None = None
    entropy: float | None = None


@made_often
class Candidate:
    """One candidate: a text on its way to being an answer, with all that is known about it.

    `reading` is the value its text reads as, or an `Unread`. `weight` is linear, at least 0.
    `verified` is None where no check was made, `score` None before the first. `pieces` are the
    parts that the text is made of, `last` the newest of them; `tokens` counts those drawn of this
    text, and `logprob` is their sum, None where the model does not tell. `entropy` is that of the newest drawn one.
    """

    asked: Asked
    model: Model
    text: str
    reading: Value | Unread
    pieces: tuple[Piece, ...] = ()
    finished: bool = False
    score: float | None = None
    weight: float = 1.0
    verified: bool | None = None
    feedback: tuple[str, ...] = ()
    round: int = 0
    thinking: str = ""
    thinking_tokens: int = 0
    cluster: int | None = None
    answered_by: str = ""  # the model that answered, where it is told
    stop: str = ""  # why the last draw ended; see backend.request.StopReason
    marks: tuple[tuple[str, Value], ...] = ()
    parent: Candidate | None = field(default=None, repr=False)
    identity: Any = field(default_factory=Mark, repr=False, compare=False)
    root: Any = field(default=None, repr=False, compare=False)  # the root candidate; None: itself

    @property
    def last(self) -> str:
        return self.pieces[-1].text if self.pieces else ""

    @property
    def tokens(self) -> int:
        return sum(p.tokens for p in self.pieces)

    @property
    def logprob(self) -> float | None:
        drawn = [p.logprob for p in self.pieces if p.drawn]
        return None if not drawn or None in drawn else sum(x for x in drawn if x is not None)

    @property
    def entropy(self) -> float | None:
        return next((p.entropy for p in reversed(self.pieces) if p.drawn), None)

    @property
    def parsed(self) -> bool:
        return not isinstance(self.reading, Unread)

    def mark(self, name: str) -> Value:
        return next((value for key, value in self.marks if key == name), None)

    def with_marks(self, **marks: Value) -> Candidate:
        kept = tuple((k, v) for k, v in self.marks if k not in marks)
        return replace(self, marks=kept + tuple(marks.items()))

    def rewritten(self, text: str, **changes: Any) -> Candidate:
        """The candidate after a change of its text: the parent is kept, `verified`, `score` and
        `feedback` are reset, marks and weight go on."""
        return replace(
            self,
            text=text,
            score=None,
            verified=None,
            feedback=(),
            parent=self,
            identity=Mark(),
            root=self.root if self.root is not None else self,
            **changes,
        )

    def copied(self) -> Candidate:
        """The same once more: of the same root, but another candidate."""
        return replace(self, identity=Mark(), root=self.root if self.root is not None else self)


@made_often
class Pool:
    """An ordered collection of candidates, in draw order."""

    candidates: tuple[Candidate, ...] = ()

    def told_apart(self) -> Pool:
        """The pool with no candidate in it twice (`resample` and `add` may put it there): the later are copies."""
        seen: set[int] = set()
        made: list[Candidate] = []
        for c in self.candidates:
            made.append(c.copied() if id(c.identity) in seen else c)
            seen.add(id(c.identity))
        return self if len(seen) == len(made) else Pool(tuple(made))

    def __len__(self) -> int:
        return len(self.candidates)

    def __iter__(self) -> Any:
        return iter(self.candidates)


@made_often
class View:
    """A candidate as a function of it sees it: with its place in the pool (0-based)."""

    candidate: Candidate
    pool: Pool
    place: int
