"""What a stage is: its meaning, and facts that passes ask for.

The meaning is a generator. It *yields* what it needs from outside, as one of the effects below,
and is sent back what came of it; what it returns is the stage's value. So one meaning serves the
plain evaluator, which does one thing after the other, and the concurrent one. A stage asks all its
functions, and sends all its requests, before anything changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ilang.base.candidate import Candidate, Pool, Unread, View
from ilang.base.noun import made_often
from ilang.base.span import Span
from ilang.base.value import Asked, Model, Value
from ilang.draws.draw import Draw


@made_often
class Judge:
    """Ask a function of each item; an item is the tuple of its arguments. Each is an activation.

    Sent back: for each item a Given, a NotGiven or a Lost, in order.
    """

    function: Value
    items: tuple[tuple[Value, ...], ...]


@made_often
class Given:
    """A judgement that was made."""

    value: Value


@made_often
class NotGiven:
    """A judgement that could not be made: what it read did not parse, or user code raised."""

    why: str


@made_often
class Lost:
    """A judgement whose own draw could not be had, or was `refused`: what it judges stays as it stood."""

    why: str
    refused: bool = False


Judgement = Given | NotGiven | Lost


@made_often
class Want:
    """`n` draws of a request from a model (None: the default). `settings` are those given at the call;
    `prefill` is text that the reply goes on from. `candidate`: what comes becomes one, so that its
    fields may be read. `first`: these are the indices from there on, which were taken before (`Take`)."""

    asked: Asked
    model: Model | None
    n: int = 1
    settings: tuple[tuple[str, Value], ...] = ()
    prefill: str = ""
    candidate: bool = False
    first: int | None = None


@made_often
class Take:
    """Take the indices of all draws of a want, and no others after them. Nothing is drawn yet. Sent back: Taken.

    `asks`: for each that is drawn other draws may be asked for, of any model.
    """

    want: Want
    asks: bool = False


@made_often
class Taken:
    """The first of the indices, and the part of those left (0 to 1) that is to be drawn at once at least: 1 where it
    could be dearer to draw some of them first."""

    first: int
    eager: float


@made_often
class Send:
    """Draw, in the order of the wants. Sent back: for each want a tuple of n Drawn or Missing.

    `last`: the stage sends nothing after it, so that others may take their numbers.
    """

    wants: tuple[Want, ...]
    last: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ask which model is meant. Sent back: this one, or the default where it is None."""

    model: Model | None


@dataclass(frozen=True, slots=True)
class Able:
    """Ask what a model can do (None: the default). Sent back: its Capabilities."""

    model: Model | None


@made_often
class Drawn:
    """A draw that came, and the model that was asked."""

    draw: Draw
    model: Model
    tells: bool  # whether the backend tells a stop string from the model's own end


@made_often
class Missing:
    """A draw that could not be had after retries; `refused`: one for which a `within` had nothing left."""

    why: str
    refused: bool = False

    @property
    def report(self) -> Report:
        return Report("refused" if self.refused else "missing", self.why)


@made_often
class Read:
    """Read texts as their requests say. Sent back: for each (request, text, prefill) the value or an Unread."""

    texts: tuple[tuple[Asked, str, str], ...]


@made_often
class Run:
    """Run a region's body on a pool, or its `until`. Sent back: the body's value, the `until`'s as a Judgement."""

    part: str  # "body" or "until"
    pool: Pool


@made_often
class Chance:
    """Ask for a random number generator for these contents. Sent back: a function that gives the
    next number in [0, 1): from a hash of the run's seed, the stage, the contents, and how many equal
    stages this activation has run."""

    contents: Value


@made_often
class Report:
    """Something to be counted and told: `what` is a code such as unparsed, not-given, missing, dropped."""

    what: str
    why: str = ""
    text: str = ""
    count: int = 1


Effect = Take | Judge | Send | Chosen | Able | Read | Run | Chance | Report
Steps = Generator[Effect, Any, Value]
Arguments = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is known of a stage's arguments before it runs: of each how many elements it has at most (`math.inf` where
    that is not known), and those values that are known."""

    items: Mapping[str, int | float]
    values: Mapping[str, Value]

    @property
    def most(self) -> int | float:
        """Elements of the pool, or of the list, that the stage is given."""
        return self.items.get("pool", self.items.get("list", math.inf))

    def count(self, name: str) -> int | float:
        """A number among the arguments, as a count."""
        found = self.values.get(name)
        return max(0, found) if isinstance(found, int | float) else math.inf


@dataclass(frozen=True, slots=True)
class Most:
    """The most that a stage does: it sends so many requests, draws of `each` so often, asks each of its functions
    `asked` times, and gives so many `items`."""

    wants: int | float = 0
    each: int | float = 1
    items: int | float = math.inf
    asked: int | float = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: its meaning and its facts.

    `apply` takes the arguments by their prelude names. `draws`: it sends requests. `keeps_order`:
    what it gives stands in the order in which it came. `keeps_texts`: no text is changed or dropped.
    `random`: it takes random numbers. `follows`: its model, left out, is the one that wrote the candidate.
    `gives_results`: what its functions give can be found in what it gives. `chooses`: among its `choices`, by
    requests that may go on from each other; one that is also `random` does so only where they are given. `most`: the
    most that it does, by what is known of its arguments; left out, it asks its functions once for each element, gives
    no more than it has, and draws without a bound where it draws. `settled`: of these candidates, and so many that are
    not drawn yet, the fewest that could settle what it gives (0: it is settled), where no argument but its pool is
    given; `settles` names the field of its value that is meant, left out: the value. `waves`: it can draw for such a
    stage. `judges` names the function with which it judges each candidate by itself, and no more.
    """

    name: str
    apply: Callable[[Arguments], Steps]
    draws: bool = False
    keeps_order: bool = True
    keeps_texts: bool = True
    random: bool = False
    follows: bool = False
    gives_results: bool = False
    chooses: bool = False
    most: Callable[[Sizes], Most] | None = None
    settled: Callable[[Sequence[Candidate], int], int] | None = None
    settles: str | None = None
    waves: bool = False
    judges: str | None = None


def unmade(judgement: NotGiven | Lost) -> Report:
    """The report of a judgement that was not made."""
    if isinstance(judgement, NotGiven):
        return Report("not-given", judgement.why)
    return Report("refused" if judgement.refused else "missing", judgement.why)


def failed(problem: NothingLeft | CannotGive) -> NotGiven | Lost:
    """What a judgement is whose function failed so."""
    if isinstance(problem, CannotGive):
        return NotGiven(problem.why)
    return Lost(str(problem), problem.refused) if problem.lost else NotGiven(str(problem))


class NothingLeft(Exception):
    """`ask`, `best`, `worst`, `pick` or `vote` had nothing to give. `lost`: a draw could not be had,
    or was `refused`."""

    def __init__(self, stage: str, why: str = "", *, lost: bool = False, refused: bool = False) -> None:
        super().__init__(f"{stage}: {why}" if why else stage)
        self.stage = stage
        self.why = why
        self.lost = lost
        self.refused = refused
        self.span: Span | None = None  # where in the program, told by the evaluator


class CannotGive(Exception):
    """A value that cannot be computed: the text it reads did not parse, user code raised, a score is none."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.span: Span | None = None


class Unsupported(Exception):
    """A part of the language that this version checks and lowers, but does not run yet."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def views(pool: Pool, places: Iterable[int] | None = None) -> tuple[tuple[Value, ...], ...]:
    """Each candidate of a pool, or those at these places, as the argument of a function of it."""
    at = range(len(pool)) if places is None else places
    return tuple((View(pool.candidates[i], pool, i),) for i in at)


def unread_of(candidate: Candidate) -> str | None:
    """Why a candidate gives no value; None where it gives one."""
    return candidate.reading.why if isinstance(candidate.reading, Unread) else None
