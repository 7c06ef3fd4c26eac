"""Types and records as they are declared, and the fields and members that are asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    NONE,
    TEXT,
    CandidateOf,
    Candidates,
    Enum,
    Field,
    ListOf,
    Record,
    RequestOf,
    TallyOf,
    Type,
)
from ilang.check.elsewhere import TYPES
from ilang.check.fields import candidate_fields
from ilang.check.near import near
from ilang.check.problems.words import a, listed, meant


def unknown_type(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`n: integer`."""
    help_ = meant(name, known, f"declare it: `record {name} {{ ... }}` or `enum {name} {{ ... }}`")
    if name in TYPES:
        help_ = f"write `{TYPES[name]}`"
    elif name in ("dict", "object", "json", "map", "struct"):
        help_ = "declare a record, such as `record Article { title: text, body: text }`, and write its name"
    elif not name[:1].isupper() and not near(name, known):
        help_ = (
            "types are: text, int, number, bool, list[T], model, request[T], candidates[T], tally[T], records and enums"
        )
    return Diagnostic("unknown-type", f"there is no type `{name}`", span, "not a type", help_)


def type_without_argument(span: Span, name: str) -> Diagnostic:
    """`names: list`."""
    return Diagnostic(
        "unknown-type", f"`{name}` does not say of what", span, "of what?", f"write what it holds: `{name}[text]`"
    )


def bad_type_argument(span: Span, name: str, known: Iterable[str], *, plain: bool) -> Diagnostic:
    """`set[text]`."""
    if plain:
        return Diagnostic(
            "unknown-type",
            f"`{name}` takes nothing in brackets",
            span,
            "takes nothing",
            f"write `{name}`, or `list[{name}]`",
        )
    return Diagnostic(
        "unknown-type",
        f"there is no type `{name}[...]`",
        span,
        "not a type",
        meant(name, known, "types with brackets are: list, request, candidates, tally"),
    )


def variable_in_record(span: Span, type_: Type) -> Diagnostic:
    """`record Pair { first: T }`."""
    return Diagnostic(
        "unknown-type",
        f"there is no type `{type_}`",
        span,
        "not a type",
        "one capital letter stands for any type in a pipeline or prompt, not in a record",
    )


def variable_from_nowhere(span: Span, type_: Type) -> Diagnostic:
    """`pipeline p(q: text) -> T`."""
    return Diagnostic(
        "unknown-type",
        f"nothing says what `{type_}` is here",
        span,
        "of what type?",
        f"write the type that it gives, or take it in with a parameter, such as `request: request[{type_}]`",
    )


def record_in_itself(span: Span, chain: Sequence[str]) -> Diagnostic:
    """`record Node { next: Node }`."""
    return Diagnostic(
        "recursion",
        "a record may not contain itself",
        span,
        "comes back to where it began",
        "leave this field out",
        (" -> ".join(chain),),
    )


def record_too_deep(span: Span, name: str, most: int) -> Diagnostic:
    """Records in records, 31 deep."""
    return Diagnostic(
        "nested-too-deep",
        f"`{name}` is nested too deep: at most {most} records inside each other",
        span,
        "the limit is passed here",
        "make it flatter",
    )


def record_too_large(span: Span, name: str, most: int) -> Diagnostic:
    """A record of two records of two records ..., ten deep."""
    return Diagnostic(
        "record-too-large",
        f"`{name}` holds more than {most:,} fields, with those of its records",
        span,
        "too large",
        "ask the model for less at a time",
    )


def unknown_field(span: Span, name: str, owner: Type, known: Sequence[str]) -> Diagnostic:
    """`it.txt`."""
    help_ = meant(name, known, f"it has: {', '.join(known)}" if known else "it has no fields")
    votes = name in ("winner", "share", "margin", "answers")
    match owner:
        case CandidateOf(item):
            if isinstance(item, Record) and item.field(name):
                help_ = f"`{name}` is a field of the value: write `it.value.{name}`"
            elif name == "confidence":
                help_ = "the share of an answer is `(them | vote).share`; a field of your own is made by `mark(confidence=...)`"
            elif not near(name, known):
                help_ = f"a field of your own is made by `mark({name}=...)`; it has: {', '.join(known)}"
        case Candidates():
            help_ = (
                f"vote first: `| vote | .{name}`"
                if votes
                else f"a pool holds many: take one (`| best`), or ask each: `| each(it.{name})`"
            )
        case ListOf(item):
            help_ = f"a list holds many: ask each (`| each(it.{name})`), or take the `first` or `last`"
            if name in ("length", "size", "count"):
                help_ = "`| length` counts it"
        case RequestOf(item):
            help_ = "it is not sent yet: `| ask` gives its value"
            if votes:
                help_ = f"it is not sent yet: `| sample(n=8) | vote | .{name}`"
            elif isinstance(item, Record) and item.field(name):
                help_ = f"it is not sent yet: `| ask | .{name}`"
        case _ if owner == TEXT and name in ("length", "size"):
            help_ = "`| length` counts its characters"
        case _ if name in candidate_fields(NONE):
            help_ = f"here stands the value itself; `.{name}` is a field of a candidate, which only stages of a pool see as `it`"
    return Diagnostic("unknown-field", f"{_owner(owner)} has no field `{name}`", span, "no such field", help_)


def _owner(type_: Type) -> str:
    match type_:
        case CandidateOf():
            return "a candidate"
        case Candidates():
            return "a pool"
        case RequestOf():
            return "a request"
        case TallyOf():
            return "a tally"
        case ListOf():
            return "a list"
    return a(type_)


def unknown_member(span: Span, owner: Enum, name: str) -> Diagnostic:
    """`Label.bugg`."""
    members = [m for m, _ in owner.members]
    return Diagnostic(
        "unknown-member",
        f"`{owner.name}` has no member `{name}`",
        span,
        "no such member",
        meant(name, members, f"its members: {listed(members)}"),
    )


def member_of_record(span: Span, owner: Record, name: str) -> Diagnostic:
    """`Article.title`."""
    return Diagnostic(
        "unknown-member",
        f"`{owner.name}` is a record and has no members",
        span,
        "not an enum",
        f"a field is read of a value: `x.{name}` of an `x: {owner.name}`; a value is written `{{ {name} = ... }}`",
    )


def unknown_record_field(span: Span, name: str, owner: Record, known: Sequence[str]) -> Diagnostic:
    """`{ titel = "x" }` where an Article is expected."""
    return Diagnostic(
        "unknown-field",
        f"{a(owner)} has no field `{name}`",
        span,
        "no such field",
        meant(name, known, f"it has: {', '.join(known)}"),
    )


def missing_fields(span: Span, owner: Record, missing: Sequence[Field]) -> Diagnostic:
    """`{ title = "x" }` where an Article has a body too."""
    names = " and ".join(f"`{f.name}`" for f in missing)
    return Diagnostic(
        "missing-field",
        f"{a(owner)} needs {names}",
        span,
        f"{', '.join(f'`{f.name}: {f.type}`' for f in missing)} is missing"
        if len(missing) == 1
        else "fields are missing",
        "give it: `{ " + ", ".join(f"{f.name} = ..." for f in missing) + " }`",
    )
