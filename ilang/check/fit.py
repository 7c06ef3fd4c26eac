"""Makes a term fit the type that its place expects, by the conversions that the language allows.

A candidate stands for its value, a pool for the list of its values, a bool, a number or a record
with `ok` for a Verdict; a function is passed on as it is, or wrapped where its parameters need a
conversion. Nothing else is converted. What may be none never stands where it may not.
"""

from __future__ import annotations

from dataclasses import replace

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    ANY,
    BOOL,
    INT,
    MODEL,
    NONE,
    NUMBER,
    TEXT,
    VERDICT,
    CandidateOf,
    Candidates,
    Function,
    ListOf,
    Optional,
    Record,
    RequestOf,
    TallyOf,
    Type,
    Var,
)
from ilang.check import problems
from ilang.check.context import Context, Stop
from ilang.check.term import (
    Bind,
    CallBuiltin,
    CallFunction,
    CallPipeline,
    CallPython,
    Choose,
    Const,
    Convert,
    GetField,
    IfSome,
    Lambda,
    Local,
    MakeRecord,
    Otherwise,
    Term,
)
from ilang.check.unify import BROKEN, holds, optional, reshaped
from ilang.check.walk import name_in, stage_place


def as_value(ctx: Context, term: Term, *, loose: bool = False) -> Term:
    """A candidate as its value; anything else as it is."""
    have = ctx.unifier.head(term.type)
    if isinstance(have, CandidateOf):
        how = "value_or_text" if loose and ctx.unifier.head(have.item) == TEXT else "value"
        return Convert(how, term, have.item, term.span)  # type: ignore[arg-type]
    return term


def is_pronoun(term: Term) -> bool:
    """Whether the term is a candidate by its own name (`it`, `c`), not one reached by a field."""
    return isinstance(term, Local)


def fit(ctx: Context, term: Term, want: Type, what: str, *, loose: bool = False) -> Term:
    """The term, converted where the language allows it; raises Stop with the problem else.

    `what` names the place in the message: "`n` of `sample`".
    """
    u = ctx.unifier
    variable, have, want = want, u.head(term.type), u.head(want)
    if BROKEN in (have, want):
        u.solve_all(want, BROKEN)
        return term
    if isinstance(have, CandidateOf) and not isinstance(want, CandidateOf | Optional):
        if isinstance(want, Var) and want.number and not is_pronoun(term):
            u.solve(want, have)
            return term
        return fit(ctx, as_value(ctx, term, loose=loose), want, what)
    if isinstance(want, Var) and want.number:
        if not u.solve(want, have):
            raise Stop(problems.type_open(term.span, what))
        return term
    if isinstance(have, Var) and have.number:
        u.solve(have, want)
        return term
    if have == want:
        return term
    if have == ANY:
        if not takes_python(want):
            raise Stop(mismatch(ctx, term.span, what, have, want))
        u.solve_all(want, ANY)
        return held_against(term, u.full(want))
    if want == ANY:
        return term
    if isinstance(want, Optional):
        if have == NONE:
            return term
        if isinstance(have, Optional):
            symbol = ctx.symbol("some")
            body = fit(ctx, Local(symbol, have.item, term.span), want.item, what, loose=loose)
            return (
                term if isinstance(body, Local) else IfSome(symbol, term, body, optional(u.full(body.type)), term.span)
            )
        return fit(ctx, term, want.item, what, loose=loose)
    if isinstance(variable, Var) and variable.number and widened(ctx, variable, have, want):
        return term
    if isinstance(have, Optional) or have == NONE:
        raise Stop(problems.may_be_none(term.span, what, u.full(have), u.full(want), why_none(ctx, term)))
    if isinstance(have, Candidates) and isinstance(want, ListOf):
        item = u.head(want.item)
        if isinstance(item, CandidateOf):
            return fit(ctx, Convert("candidates", term, ListOf(CandidateOf(have.item)), term.span), want, what)
        return fit(ctx, Convert("values", term, ListOf(have.item), term.span), want, what)
    if want == VERDICT and have in (BOOL, INT, NUMBER):
        return Convert("verdict", term, VERDICT, term.span)
    if want == VERDICT and isinstance(have, Record) and (ok := have.field("ok")) is not None and u.fits(ok.type, BOOL):
        return Convert("verdict", term, VERDICT, term.span)
    if isinstance(have, Record) and isinstance(want, Record) and not have.name and isinstance(term, MakeRecord):
        return fit_record(ctx, term, want)
    if isinstance(have, Function) and isinstance(want, Function):
        return wrap_function(ctx, term, have, want, what, loose=loose)
    mark = u.mark()
    if u.fits(have, want):
        # what Python gave inside a list is held against the place too
        if holds(u.full(have), ANY) and not holds(u.full(want), ANY):
            return held_against(term, u.full(want))
        return reshape(ctx, term, u.full(want)) if reshaped(u.full(have), u.full(want)) else term
    u.undo(mark)
    if holds(u.full(have), BROKEN) or holds(u.full(want), BROKEN):
        return term  # what is broken inside was told
    raise Stop(mismatch(ctx, term.span, what, have, want))


def widened(ctx: Context, variable: Var, have: Type, want: Type) -> bool:
    """Whether a variable that stood for less, such as an int among numbers, now stands for what is given."""
    u = ctx.unifier
    mark = u.mark()
    if u.fits(have, want):
        return False
    u.undo(mark)
    return u.widen(variable, have)


def held_against(term: Term, want: Type) -> Term:
    """What Python gave, held against a type as it returns: by the call itself, which can say whose value it is."""
    if isinstance(term, CallPython):
        return replace(term, type=want)
    return Convert("checked", term, want, term.span)


def takes_python(want: Type) -> bool:
    """Whether a Python function can give a value of this type."""
    return not isinstance(bare(want), Candidates | CandidateOf | RequestOf | TallyOf | Function) and want != MODEL


def bare(type_: Type) -> Type:
    """The type without its `?`."""
    return type_.item if isinstance(type_, Optional) else type_


def fit_record(ctx: Context, term: MakeRecord, want: Record) -> Term:
    """`{ a = x }` as a record: all its fields, but for those that may be none."""
    known = [f.name for f in want.fields]
    for name, value in zip(term.names, term.values, strict=True):
        field = want.field(name)
        if field is None:
            place = name_in(term.span, name, value.span.start)
            raise Stop(problems.unknown_record_field(place, name, want, known))
        if not ctx.unifier.fits(value.type, field.type):
            raise Stop(mismatch(ctx, value.span, f"the field `{name}`", value.type, field.type))
    missing = [f for f in want.fields if f.name not in term.names and not isinstance(f.type, Optional)]
    if missing:
        raise Stop(problems.missing_fields(term.span, want, missing))
    return MakeRecord(term.names, term.values, want, term.span)


def mismatch(ctx: Context, span: Span, what: str, have: Type, want: Type) -> Diagnostic:
    return problems.wrong_type(span, what, ctx.unifier.full(have), ctx.unifier.full(want))


def reshape(ctx: Context, term: Term, want: Type) -> Term:
    """A value whose type fits, made anew where a record without a name stands for one of other fields or order."""
    have, span = ctx.unifier.full(term.type), term.span
    if isinstance(want, Optional) and not isinstance(have, Optional):
        return term if have == NONE else reshape(ctx, term, want.item)
    if not reshaped(have, want):
        return term
    symbol = ctx.symbol("shape")
    name = Local(symbol, have, span)
    match have, want:
        case Record(), Record():
            taken = [(f, w) for w in want.fields if (f := have.field(w.name)) is not None]
            values = tuple(reshape(ctx, GetField("record", name, f.name, f.type, span), w.type) for f, w in taken)
            return Bind(symbol, term, MakeRecord(tuple(f.name for f, _ in taken), values, want, span), want, span)
        case Optional(a), Optional(b):
            some = Local(symbol, a, span)
            return IfSome(symbol, term, reshape(ctx, some, b), want, span)
        case ListOf(a), ListOf(b):
            element = ctx.symbol("element")
            made_anew = Lambda((element,), reshape(ctx, Local(element, a, span), b), Function((a,), b), span)
            most = CallBuiltin("length", ("list",), (name,), INT, span)
            made = CallBuiltin("each", ("list", "f", "max"), (name, made_anew, most), want, span)
            return Bind(symbol, term, made, want, span)
    return term


def wrap_function(ctx: Context, term: Term, have: Function, want: Function, what: str, *, loose: bool = False) -> Term:
    """A function where another type of function is expected: itself, or one that converts."""
    if len(have.params) != len(want.params):
        raise Stop(problems.function_arity(term.span, what, len(have.params), len(want.params)))
    u = ctx.unifier
    mark = u.mark()
    plain = all(
        not isinstance(u.head(w), CandidateOf) or isinstance(u.head(h), CandidateOf)
        for h, w in zip(have.params, want.params, strict=True)
    )
    if plain and u.head(want.result) != VERDICT and not holds(u.full(have.result), ANY) and u.fits(have, want):
        return term
    u.undo(mark)
    params = tuple(ctx.symbol("x") for _ in want.params)
    try:
        arguments = tuple(
            fit(ctx, Local(s, w, term.span), h, what, loose=loose)
            for s, w, h in zip(params, want.params, have.params, strict=True)
        )
    except Stop:
        types = [(u.full(w), u.full(h)) for w, h in zip(want.params, have.params, strict=True)]
        raise Stop(problems.function_takes(term.span, what, types)) from None
    body = fit(ctx, CallFunction(term, arguments, have.result, term.span), want.result, what)
    return Lambda(params, body, Function(want.params, body.type), term.span)


def why_none(ctx: Context, term: Term) -> str:
    """Which stage made a term optional, in words; empty where that cannot be told."""
    found = origin_of_none(term)
    match found:
        case None:
            return ""
        case Local(symbol) if symbol in ctx.origins:
            return ctx.origins[symbol]
        case CallBuiltin("prune"):
            return f"`prune(unless=...)` at {stage_place(found)} may drop every candidate"
        case CallPipeline(key) | CallPython(key):
            name = key.rsplit(":", 1)[-1]
            return f"`{name}` at {name_in(found.span, name, found.span.end)} may give none"
        case Const():
            return f"none is given at {found.span}"
        case GetField(_, _, name):
            return f"the field `{name}` may be none"
    return f"the value at {found.span} may be none"


def origin_of_none(term: Term) -> Term | None:
    """The term that first may be none, found from the outside in."""
    if not isinstance(term.type, Optional) and term.type != NONE:
        return None
    match term:
        case IfSome(_, value, body):
            return origin_of_none(value) or origin_of_none(body) or value
        case Bind(_, _, body):
            return origin_of_none(body) or term
        case Choose(_, then, other):
            return origin_of_none(then) or origin_of_none(other) or term
        case Otherwise(_, other):
            return origin_of_none(other) or term
        case GetField(_, _, _):
            return term
    return term
