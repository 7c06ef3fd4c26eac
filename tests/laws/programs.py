"""A Hypothesis strategy: programs as text, well typed by construction.

An expression is made for a type, out of what is in scope. `numbered` gives the same programs by number, which are
less like each other than those of Hypothesis; `smaller.py` shrinks them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.laws.place import Place
from tests.laws.pools import Pools
from tests.laws.vocabulary import (
    BINARY,
    BOOL,
    MODEL,
    NUMBER,
    TEXT,
    UNARY,
    Callee,
    Ty,
    function_of,
    list_of,
    opt_of,
    pool_of,
    request_of,
    tally_of,
    written,
)


class Programs(Pools):
    """Makes one program."""

    def expr(self, t: Ty, p: Place) -> str:
        """An expression of a type."""
        match t.kind:
            case "value":
                return self.value(t, p)
            case "list":
                return self.list_of_values(t, p)
            case "pool":
                return self.pool(t.item, p)
            case "request":
                return self.request(t.item, p)
            case "tally":
                return self.tally(t.item, p)
            case "opt":
                return self.opt(t.item, p)
            case "function":
                return self.function(t.params, t.item, p)
            case "model":
                return self.model(p)
        raise AssertionError(t)

    def pipeline(self, number: int) -> str:
        """A pipeline of its own; those after it may call it."""
        v = self.any_value()
        kinds = (
            NUMBER,
            NUMBER,
            v,
            request_of(v),
            pool_of(v),
            UNARY,
            UNARY,
            BINARY,
            list_of(NUMBER),
            opt_of(v),
            MODEL,
            BOOL,
            function_of((TEXT,), BOOL),
        )
        params = tuple(self.one(kinds) for _ in range(self.number(0, 3)))
        params = tuple(t for i, t in enumerate(params) if t != MODEL or MODEL not in params[:i])
        names = [f"q{i}" for i in range(len(params))]
        w = self.any_value()
        result = self.one((NUMBER, NUMBER, w, pool_of(w), list_of(NUMBER), opt_of(w), request_of(w), tally_of(w)))
        before = self.spent
        place = Place(tuple(zip(names, params, strict=True)))
        called = [c for c in self.pipelines if self.number(0, 2) == 2]
        body = self.block(result, place, 2, *called, share=self.most)
        cost = self.spent - before
        self.spent = before
        name = f"p{number}"
        shown = ", ".join(f"{n}: {t}" for n, t in zip(names, params, strict=True))
        text = f"pipeline {name}({shown}) -> {result} {body}"
        self.pipelines.append(Callee(name, params, result, text, cost))
        return text

    def program(self) -> str:
        for number in range(self.number(0, 4)):
            self.fuel = self.most
            self.pipeline(number)
        self.fuel = self.most
        w = self.any_value()
        result = self.one((NUMBER, w, list_of(NUMBER), opt_of(w), pool_of(w), tally_of(w)))
        called = [c for c in self.pipelines if self.number(0, 3)]
        main = f"pipeline main() -> {result} {self.block(result, Place(), 4, *called, share=self.most)}"
        kept, words = [main], main
        for callee in reversed(self.pipelines):
            if re.search(rf"\b{callee.name}\b", words):
                kept.insert(0, callee.text)
                words += callee.text
        return written(kept, words)


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any], most: int = 80) -> str:
    """The text of a program whose entry `main` needs nothing."""
    return Programs(lambda low, high: draw(st.integers(low, high)), draw(st.integers(min(20, most), most))).program()


def numbered(number: int, most: int = 80) -> str:
    """One of endlessly many programs, the same for the same number: more unlike each other than those of Hypothesis."""
    return of_choices(random.Random(number).randint, most)


def of_choices(integer: Callable[[int, int], int], most: int = 80) -> str:
    """The program that these choices make; the lowest make a short one."""
    return Programs(integer, integer(min(20, most), most)).program()
