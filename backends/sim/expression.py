"""Finds arithmetic in a text and works it out, exactly. Evaluates nothing but numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
OPERATOR = r"(?:\*\*|[+*\u00d7\u00f7^/]|(?<=\s)[-\u2212\u2013x](?=\s))"  # a bare - or x between two words is no sum
EXPRESSION = re.compile(
    rf"(?<![\w.,$=-])[-(]{{0,8}}{NUMBER}(?:[)\s]{{0,8}}{OPERATOR}[-(\s]{{0,8}}{NUMBER})+\){{0,8}}(?!\w)"
)
SOLVED = re.compile(r"\s*=\s*[-$]?\d")
RESULT = re.compile(r"= (-?\d+)\s*\Z")
LONGEST = 300
TOKEN = re.compile(rf"\s*({NUMBER}|\*\*|[-+*/^()])")


@dataclass(frozen=True, slots=True)
class Found:
    """An expression as it stands in a text, and its value."""

    text: str
    value: Fraction


def find(text: str) -> Iterator[Found]:
    """Every expression that is asked, not stated: `12 + 7 = 19` is a step of somebody's answer.

    A fraction or a date alone (`1/2`, `24/7`) is no question either.
    """
    for match in EXPRESSION.finditer(text):
        written = _balanced(match.group().strip())
        if SOLVED.match(text, match.end()) or _goes_on(text[: match.start()], written):
            continue
        if not re.search(r"[+*\u00d7\u00f7^x]|\s[-\u2212\u2013/]\s", written):
            continue
        value = evaluate(written)
        if value is not None:
            yield Found(written, value)


def evaluate(text: str) -> Fraction | None:
    """The value; None where this is no arithmetic, divides by nought, or is or grows beyond all bounds."""
    if len(text) > LONGEST:
        return None
    plain = re.sub(r"[\u00d7x]", "*", text.replace("\u00f7", "/").replace("\u2212", "-").replace("\u2013", "-"))
    tokens = TOKEN.findall(plain)
    if "".join(tokens) != re.sub(r"\s", "", plain):
        return None
    reader = _Reader(tokens)
    try:
        value = reader.total()
    except (_NotArithmetic, ZeroDivisionError):
        return None
    return value if reader.at == len(tokens) else None


class _NotArithmetic(Exception):
    pass


@dataclass(slots=True)
class _Reader:
    """Recursive descent: total = product {+- product}, product = signed {*/ signed}, signed = [-] power."""

    tokens: list[str]
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def total(self) -> Fraction:
        value = self.product()
        while self.peek() in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Fraction:
        value = self.signed()
        while self.peek() in ("*", "/"):
            value = value * self.signed() if self.take() == "*" else value / self.signed()
        return value

    def signed(self) -> Fraction:
        if self.peek() == "-":
            self.take()
            return -self.signed()
        return self.power()

    def power(self) -> Fraction:
        base = self.atom()
        if self.peek() not in ("^", "**"):
            return base
        self.take()
        exponent = self.signed()
        if exponent.denominator != 1 or abs(exponent) > 64 or abs(base.numerator) > 10**6:
            raise _NotArithmetic
        return base ** int(exponent)

    def atom(self) -> Fraction:
        token = self.take()
        if token == "(":
            value = self.total()
            if self.take() != ")":
                raise _NotArithmetic
            return value
        if not token or not token[0].isdigit() or len(token) > 30:
            raise _NotArithmetic
        return Fraction(token.replace(",", ""))


def _goes_on(before: str, written: str) -> bool:
    """Whether this is a step of somebody's answer that was cut: it begins with the result just before it."""
    result = RESULT.search(before[-60:])
    return result is not None and written.startswith(result[1] + " ")


def _balanced(text: str) -> str:
    """Without the brackets at its ends that have no partner: `(2 + 3` out of `(see 2 + 3)`."""
    while text.count("(") < text.count(")") and text.endswith(")"):
        text = text[:-1].rstrip()
    while text.count("(") > text.count(")") and text.startswith("("):
        text = text[1:].lstrip()
    return text
