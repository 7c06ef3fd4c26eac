"""How a text is read as a value: an extractor finds the answer, the type finishes the job.

Everything here is a pure function of the text. What gives no value gives an Unread with a message
that a model can act on.
"""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from typing import Any

from ilang.base.candidate import Unread
from ilang.base.pattern import compiled
from ilang.base.type import BOOL, INT, NUMBER, TEXT, VERDICT, Basic, Enum, ListOf, Optional, Record, Type
from ilang.base.value import EnumValue, Reader, RecordValue, Value, Verdict, whole

_CURRENCY = "$€£¥₹"
_NUMBER = re.compile(
    rf"""
    (?<![^\W_])(?<!\.)(?<![^\W_]_)(?<![^\W_]__)  # not inside a word or another number; _5_ is emphasis
    (?P<sign>[-+−]\s?)?[{_CURRENCY}]?\s?(?P<sign2>[-−])?
    (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
    (?P<exponent>[eE][-+]?\d{{1,4}})?
    (?:\s?/\s?(?P<below>\d+(?:\.\d+)?))?
    (?![_.]?\d)                             # 1_000, 1.5.2 and 1,2345 are no numbers
    """,
    re.VERBOSE,
)
_PLAIN = re.compile(r"-?[0-9]{1,18}")
_BOOLS = {"true": True, "yes": True, "false": False, "no": False}
_FENCE = re.compile(r"```[ \t]*([\w+#.-]*)[^\n`]*\n(.*?)(?:\n[ \t]*)?```", re.DOTALL)
_ALIASES = {"py": "python", "python3": "python", "js": "javascript", "ts": "typescript", "sh": "bash", "shell": "bash"}


def read(reader: Reader, text: str) -> Value | Unread:
    """The value that a text gives; `python` extractors are the caller's to run."""
    found = extract(reader.extract, reader.argument, text)
    if isinstance(found, Unread):
        return found
    if reader.extract == "json":
        return from_json_text(found, reader.type)
    return from_text(found, reader.type)


def extract(how: str, argument: Value, text: str) -> str | Unread:
    """The part of the text that holds the answer."""
    match how:
        case "whole" | "json":
            return text
        case "after":
            at = text.rfind(argument)
            if at < 0:
                return Unread(f'there is no "{argument}" in the reply')
            return text[at + len(argument) :].split("\n", 1)[0].strip()
        case "match":
            pattern, last = compiled(argument), None
            for last in pattern.finditer(text):  # noqa: B007
                pass
            if last is None:
                return Unread(f"nothing in the reply matches {argument}")
            group = last.group(1) if pattern.groups else last.group(0)
            return Unread(f"nothing in the reply matches {argument}") if group is None else group
        case "code_block":
            wanted = language(argument)
            blocks = [(language(m[1]), m[2]) for m in _FENCE.finditer(text)]
            for name, code in reversed(blocks):
                if not wanted or name == wanted:
                    return code
            for name, code in reversed(blocks):
                if not name:
                    return code
            return Unread(
                f"there is no {argument or 'code'} block in the reply"
                if argument
                else "there is no code block in the reply"
            )
    raise AssertionError(how)


def language(name: str) -> str:
    low = name.lower()
    return _ALIASES.get(low, low)


def from_text(text: str, type_: Type) -> Value | Unread:
    """A text as a value of a type."""
    if isinstance(type_, Optional):
        return from_text(text, type_.item)
    name = type_.name if isinstance(type_, Basic) else ""
    if name == "text":
        return text
    if name in ("number", "int"):
        number = read_number(text)
        if not isinstance(number, Unread) and name == "int" and not isinstance(number, int):
            return Unread(f"a whole number was expected, not {number}")
        return number
    word = bare_word(text)
    if name == "bool":
        found = _BOOLS.get(word.lower())
        return Unread(f"true or false was expected, not {shown(text)}") if found is None else found
    if isinstance(type_, Enum):
        return read_enum(word, type_)
    return from_json_text(text, type_)


def bare_word(text: str) -> str:
    """A text trimmed, without a last full stop."""
    return text.strip().removesuffix(".").rstrip()


def read_enum(word: str, type_: Enum) -> Value | Unread:
    low = word.strip().lower()
    for member, words in type_.members:
        if low in (member.lower(), words.strip().removesuffix(".").rstrip().lower()):
            return EnumValue(type_, member)
    choices = ", ".join(words for _, words in type_.members)
    return Unread(f"one of {choices} was expected, not {shown(word)}")


def read_number(text: str) -> int | float | Unread:
    """The one number that stands after the last `=`; commas between thousands, currency and percent
    signs, emphasis and words are passed over, and a/b is one number."""
    part = text.rsplit("=", 1)[-1]
    if _PLAIN.fullmatch(part):  # as most are
        return int(part)
    found = [m for m in _NUMBER.finditer(part)]
    if not found:
        return Unread(f"a number was expected, and there is none in {shown(text)}")
    if len(found) > 1:
        return Unread(f"one number was expected, and there are {len(found)} in {shown(text)}")
    m = found[0]
    digits = m["digits"].replace(",", "")
    if len(digits) > 400 or (m["exponent"] and abs(int(m["exponent"][1:])) > 308):
        return Unread("the number is too large")
    value = Fraction(digits + (m["exponent"] or ""))
    if m["below"]:
        below = Fraction(m["below"])
        if below == 0:
            return Unread("a division by 0 is no number")
        value /= below
    if (m["sign"] and m["sign"].strip() in "-−") or m["sign2"]:
        value = -value
    return exact(value)


def exact(value: Fraction) -> int | float | Unread:
    """A whole number exactly, another as the nearest double."""
    if value.denominator == 1:
        return value.numerator
    try:
        return float(value)
    except OverflowError:
        return Unread("the number is too large")


def from_json_text(text: str, type_: Type) -> Value | Unread:
    """A JSON text, also inside a code fence, as a value of a type."""
    failed = Unread(f"JSON was expected, not {shown(text)}")
    for candidate in (text.strip(), *(m[2].strip() for m in _FENCE.finditer(text))):
        try:
            data = json.loads(candidate, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            continue
        found = from_json(data, type_)
        if not isinstance(found, Unread):
            return found
        failed = found
    return failed


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def from_json(data: Any, type_: Type, where: str = "the reply") -> Value | Unread:
    """JSON data as a value of a type: all required fields, of the right types; others are passed over."""
    match type_:
        case Optional(item):
            return None if data is None else from_json(data, item, where)
        case ListOf(item):
            if not isinstance(data, list):
                return Unread(f"{where} should be a list")
            values = [from_json(x, item, f"{where}[{i}]") for i, x in enumerate(data)]
            bad = next((v for v in values if isinstance(v, Unread)), None)
            return bad if bad is not None else tuple(values)
        case Enum():
            return read_enum(data, type_) if isinstance(data, str) else Unread(f"{where} should be a text")
        case Record():
            if not isinstance(data, dict):
                return Unread(f"{where} should be a JSON object")
            if type_ == VERDICT:
                return _verdict(data, where)
            fields: list[tuple[str, Value]] = []
            for f in type_.fields:
                if f.name not in data:
                    if isinstance(f.type, Optional):
                        fields.append((f.name, None))
                        continue
                    return Unread(f"{where} has no field `{f.name}`")
                value = from_json(data[f.name], f.type, f"`{f.name}`")
                if isinstance(value, Unread):
                    return value
                fields.append((f.name, value))
            return RecordValue(type_.name, tuple(fields))
    if type_ == TEXT:
        return data if isinstance(data, str) else Unread(f"{where} should be a text")
    if type_ == BOOL:
        return data if isinstance(data, bool) else Unread(f"{where} should be true or false")
    if type_ in (NUMBER, INT):
        if isinstance(data, bool) or not isinstance(data, int | float):
            return Unread(f"{where} should be a number")
        number = whole(data)
        if not -math.inf < number < math.inf:
            return Unread(f"{where} is too large a number")
        if type_ == INT and not isinstance(number, int):
            return Unread(f"{where} should be a whole number")
        return number
    return Unread(f"{where} cannot be read as {type_}")


def _verdict(data: dict[str, Any], where: str) -> Value | Unread:
    ok, score, feedback = data.get("ok"), data.get("score"), data.get("feedback")
    if not isinstance(ok, bool):
        return Unread(f"{where} has no field `ok` that is true or false")
    told = double(score) if isinstance(score, int | float) and not isinstance(score, bool) else None
    return Verdict(ok, told, feedback if isinstance(feedback, str) else "")


def double(number: float) -> float | None:
    """A number as a double; None where it is too large for one, or none at all."""
    try:
        found = float(number)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def shown(text: str) -> str:
    """A text in a message: at most 60 characters, on one line."""
    line = " ".join(text.split())
    return json.dumps(line if len(line) <= 60 else line[:57] + "...", ensure_ascii=False)
