"""What generated programs are made of: types, and the declarations that they may draw on.

Only those that a program names are written into it. Several prompts render alike for different arguments, several
names are one model, and one prompt takes in another's request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["value", "list", "pool", "request", "tally", "opt", "function", "candidate", "model"]


@dataclass(frozen=True, slots=True)
class Ty:
    """A type: a value's by name, or one over `of`; a function has `params`."""

    kind: Kind
    name: str = ""
    of: Ty | None = None
    params: tuple[Ty, ...] = ()

    @property
    def item(self) -> Ty:
        assert self.of is not None
        return self.of

    def __str__(self) -> str:
        match self.kind:
            case "value":
                return self.name
            case "list":
                return f"list[{self.of}]"
            case "pool":
                return f"candidates[{self.of}]"
            case "opt":
                return f"{self.of}?"
            case "function":
                return f"({', '.join(map(str, self.params))}) -> {self.of}"
        return f"{self.kind}[{self.of}]" if self.of is not None else self.kind


NUMBER, TEXT, BOOL, KIND, PAIR = (Ty("value", n) for n in ("number", "text", "bool", "Kind", "Pair"))
MODEL = Ty("model")
VALUES = (NUMBER, TEXT, BOOL, KIND, PAIR)


def list_of(t: Ty) -> Ty:
    return Ty("list", of=t)


def pool_of(t: Ty) -> Ty:
    return Ty("pool", of=t)


def request_of(t: Ty) -> Ty:
    return Ty("request", of=t)


def tally_of(t: Ty) -> Ty:
    return Ty("tally", of=t)


def opt_of(t: Ty) -> Ty:
    return Ty("opt", of=t)


def candidate_of(t: Ty) -> Ty:
    return Ty("candidate", of=t)


def function_of(params: tuple[Ty, ...], result: Ty) -> Ty:
    return Ty("function", of=result, params=params)


UNARY = function_of((NUMBER,), NUMBER)
BINARY = function_of((NUMBER, NUMBER), NUMBER)


@dataclass(frozen=True, slots=True)
class Callee:
    """Something to call by name."""

    name: str
    params: tuple[Ty, ...]
    result: Ty
    text: str
    cost: int = 0  # draws, roughly


PYTHON = (
    Callee("weight_of", (NUMBER,), NUMBER, ""),
    Callee("size_of", (TEXT,), NUMBER, ""),
    Callee("likes", (TEXT,), BOOL, ""),
)


def _prompt(name: str, params: dict[str, Ty], result: Ty, body: str) -> Callee:
    written = ", ".join(f"{n}: {t}" for n, t in params.items())
    return Callee(name, tuple(params.values()), request_of(result), f"prompt {name}({written}) -> {result} {body}")


_ONLY = "Reply with the number only."
PROMPTS = (
    _prompt("fixed", {}, NUMBER, f'"""{_ONLY}"""'),
    _prompt("guess", {"x": NUMBER}, NUMBER, f'"""{_ONLY} {{{{x}}}}"""'),
    _prompt("alike", {"y": NUMBER}, NUMBER, f'{{ user """{_ONLY} {{{{y}}}}""" }}'),
    _prompt("coarse", {"x": NUMBER}, NUMBER, f'"""{_ONLY} {{{{round(x / 3)}}}}"""'),
    _prompt("tail", {"t": TEXT}, NUMBER, f'"""{_ONLY}{{{{t}}}}"""'),
    _prompt("silent", {"x": NUMBER}, NUMBER, f'{{ user """{_ONLY} {{{{x}}}}""" assistant """""" }}'),
    _prompt("lead", {"x": NUMBER, "t": TEXT}, NUMBER, f'{{ user """{_ONLY} {{{{x}}}}""" assistant """{{{{t}}}}""" }}'),
    _prompt(
        "marked",
        {"x": NUMBER, "t": TEXT},
        NUMBER,
        '{ user """{{t}} {{x}} Finish with "Answer: <number>".""" answer after("Answer:") }',
    ),
    _prompt(
        "again",
        {"r": request_of(NUMBER), "x": NUMBER},
        NUMBER,
        '{ include(r) user """Not {{x}}. Finish with "Answer: <number>".""" }',
    ),
    _prompt("word", {"t": TEXT}, TEXT, '"""A word for {{t}}, please."""'),
    _prompt("other_word", {"x": NUMBER}, TEXT, '"""A word for {{x}}, please."""'),
    _prompt("raw", {"x": NUMBER}, TEXT, f'"""{_ONLY} {{{{x}}}}"""'),
    _prompt("is_good", {"t": TEXT}, BOOL, '"""Is {{t}} good? Reply true or false."""'),
    _prompt("is_even", {"x": NUMBER}, BOOL, '"""Is {{x}} good? Reply true or false."""'),
    _prompt("colour", {"t": TEXT}, KIND, '"""A colour for {{t}}. Reply with one of: red, green, blue"""'),
    _prompt("shade", {"k": KIND}, KIND, '"""A colour for {{k}}. Reply with one of: red, green, blue"""'),
    _prompt("both", {"x": NUMBER}, PAIR, '"""Two numbers for {{x}}"""'),
    _prompt("swap", {"p": PAIR}, PAIR, '"""Two numbers for {{p.left}}"""'),
    _prompt(
        "halved",
        {"x": NUMBER},
        NUMBER,
        f'{{ user """{_ONLY} {{{{x}}}}""" answer half }}',
    ),
    _prompt("many", {"x": NUMBER}, list_of(NUMBER), '"""Numbers for {{x}}"""'),
)

LIBRARY = (
    Callee("pair", (NUMBER, NUMBER), PAIR, "pipeline pair(l: number, r: number) -> Pair { { left = l, right = r } }"),
    Callee("first_of", (NUMBER, NUMBER), NUMBER, "pipeline first_of(x: number, y: number) -> number { x }"),
    Callee(
        "either",
        (BOOL, NUMBER, NUMBER),
        NUMBER,
        "pipeline either(c: bool, x: number, y: number) -> number { if c { x } else { y } }",
    ),
    Callee("twofold", (NUMBER,), NUMBER, "pipeline twofold(x: number) -> number { x + x }"),
    Callee(
        "apply",
        (NUMBER, function_of((NUMBER,), NUMBER)),
        NUMBER,
        "pipeline apply(x: A, f: (A) -> B) -> B { f(x) }",
    ),
    Callee(
        "twice",
        (NUMBER, function_of((NUMBER,), NUMBER)),
        NUMBER,
        "pipeline twice(x: number, f: (number) -> number) -> number { f(f(x)) }",
    ),
    Callee(
        "fold_two",
        (function_of((NUMBER, NUMBER), NUMBER), NUMBER, NUMBER),
        NUMBER,
        "pipeline fold_two(f: (number, number) -> number, x: number, y: number) -> number { f(x, y) - f(y, x) }",
    ),
    Callee(
        "one_by_one",
        (function_of((NUMBER,), NUMBER), function_of((NUMBER,), NUMBER)),
        list_of(NUMBER),
        "pipeline one_by_one(f: (number) -> number, g: (number) -> number) -> list[number] { [f, g] | each(h => h(1)) }",
    ),
    Callee(
        "chosen_of",
        (BOOL, function_of((NUMBER,), NUMBER), function_of((NUMBER,), NUMBER)),
        function_of((NUMBER,), NUMBER),
        "pipeline chosen_of(c: bool, f: (number) -> number, g: (number) -> number) -> (number) -> number "
        "{ if c { f } else { g } }",
    ),
    Callee(
        "restart",
        (request_of(NUMBER),),
        pool_of(NUMBER),
        "pipeline restart(r: request[T]) -> candidates[T] { r | sample(n=2) | add(r | sample) }",
        3,
    ),
    Callee(
        "asked_by",
        (request_of(NUMBER), MODEL),
        NUMBER,
        "pipeline asked_by(r: request[T], m: model? = none) -> T { [r, r] | each(x => x | ask(m)) | first }",
        2,
    ),
    Callee("maybe", (pool_of(NUMBER),), opt_of(NUMBER), "pipeline maybe(p: candidates[T]) -> T? { p | best }"),
)

HEADER = (
    'use python weight_of, passes, size_of, likes, half from "judges.py"',
    'model one = sim("one", steps=1, mean_tokens=0)',
    'model two = sim("two", steps=1, mean_tokens=0)',
    'model same = sim("one", steps=1, mean_tokens=0)',
    'model single = sim("single", steps=1, mean_tokens=0)',
    'model default = sim("one", steps=1, mean_tokens=0)',
    "enum Kind { red, green, blue }",
    "record Pair { left: number, right: number }",
)


def written(own: list[str], names: str) -> str:
    """The text of a program: what is its own, in front of it what that names."""
    known = {c.name: c.text for c in (*PROMPTS, *LIBRARY)}
    needed: set[str] = set()
    words = set(re.findall(r"\w+", names))
    while words:
        more = {w for w in words if w in known} - needed
        needed |= more
        words = {w for name in more for w in re.findall(r"\w+", known[name])} - needed
    if re.search(r"\.m[12]\b", names):
        own = ["pipeline marking(p: candidates[T]) -> candidates[T] { p | mark(m1=1, m2=2) }", *own]
    parts = [*HEADER, *(text for name, text in known.items() if name in needed), *own]
    return "\n".join(parts) + "\n"
