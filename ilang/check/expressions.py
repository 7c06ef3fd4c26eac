"""Checks expressions: from a tree with places to terms with types.

Each kind of expression has one method. `want` is a hint: the type that the place expects, used
for a list's elements and a record's fields; whether the term really fits is `fit`'s to say.

A mistake is told where it stands and then stands for a value of any type: so what is beside it is
checked too, and what is around it says nothing of it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    ANY,
    BOOL,
    FILE,
    IMAGE,
    INT,
    MESSAGE,
    MODEL,
    NONE,
    NUMBER,
    TEXT,
    VERDICT,
    CandidateOf,
    Candidates,
    Enum,
    Field,
    Function,
    ListOf,
    Optional,
    Record,
    TallyOf,
    Type,
    Var,
)
from ilang.base.value import EnumValue
from ilang.check import problems
from ilang.check.calling import LOCAL, Caller, Refused, bind_piped, call_local, through_none
from ilang.check.context import Context, Global, Library, Stop, broken, function_type
from ilang.check.drawing import MODELLED
from ilang.check.fields import MESSAGE_FIELDS, candidate_fields, tally_fields
from ilang.check.fit import as_value, bare, fit, fit_record, why_none
from ilang.check.placing import Slots
from ilang.check.program import ModelDeclaration, Signature
from ilang.check.scope import Bound, Scope
from ilang.check.term import (
    Bind,
    CallBuiltin,
    CallPipeline,
    CallPrompt,
    CallPython,
    Choose,
    Const,
    Constant,
    Focus,
    GetField,
    Lambda,
    Local,
    MakeList,
    MakeRecord,
    MakeText,
    ModelOf,
    Otherwise,
    Per,
    Repeat,
    Term,
)
from ilang.check.term import Scope as Within
from ilang.check.there import there
from ilang.check.unify import BROKEN, optional, reshaped
from ilang.check.walk import name_in
from ilang.syntax import module as ast

LIMITS = ("usd", "tokens", "calls", "seconds")
MOST_LETS = 200
PRINTABLE = (TEXT, NUMBER, INT, BOOL, ANY)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is piped is wrong; the arguments are placed all the same."""

    slots: Slots


class Expressions:
    """The check of expressions within one module."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.caller = Caller(ctx, self)
        self._members: dict[int, frozenset[str]] = {}

    # ---- expressions -----------------------------------------------------------

    def expr(self, e: ast.Expr, scope: Scope, want: Type | None = None) -> Term:
        """The term of an expression; a broken one where a mistake was found and reported."""
        try:
            return self._expr(e, scope, want)
        except Stop as problem:
            self.ctx.report(problem)
        except RecursionError:
            self.ctx.report_depth(e.span)
        return broken(e.span)

    def fitting(self, e: ast.Expr, scope: Scope, want: Type, what: str) -> Term:
        """The term of an expression as its place needs it; a broken one where it does not fit."""
        return self.guarded(e.span, lambda: fit(self.ctx, self.expr(e, scope, want), want, what, loose=scope.loose))

    def guarded(self, span: Span, work: Callable[[], Term]) -> Term:
        """What `work` makes; a broken term where it stops, its problem reported."""
        try:
            return work()
        except Stop as problem:
            self.ctx.report(problem)
            return broken(span)

    def _expr(self, e: ast.Expr, scope: Scope, want: Type | None) -> Term:
        match e:
            case ast.Literal():
                return self.literal(e)
            case ast.Template():
                return self.template(e, scope)
            case ast.Name():
                return self.name(e, scope)
            case ast.It() | ast.Them():
                pronoun = "it" if isinstance(e, ast.It) else "them"
                bound = scope.it if isinstance(e, ast.It) else scope.them
                if bound is None:
                    raise Stop(problems.outside_stage(e.span, pronoun))
                self.ctx.see("pronoun", pronoun, e.span, type=bound.type)
                return Local(bound.symbol, bound.type, e.span)
            case ast.MemberOf():
                return self.member(e)
            case ast.ListExpr():
                return self.list_of(e, scope, want)
            case ast.FieldsExpr():
                return self.record_of(e, scope, want)
            case ast.Call(name, arguments):
                return self.call(None, name, arguments, e.name_span, e.span, scope)
            case ast.Qualified():
                return self.qualified(e, scope)
            case ast.Get(ast.Name(library), name) if self.is_library(library, scope):
                return self.of_library(library, e)
            case ast.Get(value, name):
                return self.get(self.expr(value, scope), name, e.field_span, e.span, through=False)
            case ast.Unary():
                return self.unary(e, scope)
            case ast.Binary():
                return self.binary(e, scope)
            case ast.FunctionExpr():
                self.loosely((ast.Argument(None, e, e.span),), scope)
                raise Stop(problems.not_a_function(e.span))
            case ast.If():
                return self.choose(e, scope, want)
            case ast.Within():
                return self.within(e, scope, want)
            case ast.Pipe(value, stages):
                return self.pipe(value, stages, scope)
        assert_never(e)

    def literal(self, e: ast.Literal) -> Term:
        match e.value:
            case None:
                return Const(None, NONE, e.span)
            case bool():
                return Const(e.value, BOOL, e.span)
            case int():
                return Const(e.value, INT, e.span)
            case float():
                return Const(e.value, NUMBER, e.span)
            case str():
                if "{{" in e.value and "}}" in e.value:
                    self.ctx.warnings.append(problems.hole_in_string(e.span))
                return Const(e.value, TEXT, e.span)

    def template(self, e: ast.Template, scope: Scope) -> Term:
        parts = tuple(p if isinstance(p, str) else self.hole(p, scope) for p in e.parts)
        if all(isinstance(p, str) for p in parts):
            return Const("".join(p for p in parts if isinstance(p, str)), TEXT, e.span)
        return MakeText(parts, TEXT, e.span)

    def hole(self, e: ast.Expr, scope: Scope, *, images: bool = False) -> Term:
        """A hole of a template: something that prints."""
        term = as_value(self.ctx, self.expr(e, scope, TEXT), loose=scope.loose)
        have = self.ctx.unifier.head(term.type)
        if have in PRINTABLE or have == BROKEN or isinstance(have, Enum) or (isinstance(have, Var) and not have.number):
            return term
        if images and have in (IMAGE, FILE):
            return term
        if isinstance(have, Optional) or have == NONE:
            stop = Stop(problems.none_in_hole(e.span, self.ctx.unifier.full(have), why_none(self.ctx, term)))
        else:
            stop = Stop(problems.not_printable(e.span, self.ctx.unifier.full(have)))
        self.ctx.report(stop)
        return broken(e.span)

    def name(self, e: ast.Name, scope: Scope) -> Term:
        local = scope.names.get(e.name)
        if local is not None:
            self.ctx.read.add(local.symbol)
            self.ctx.see("local", e.name, e.span, type=local.type, origin=local.span)
            return Local(local.symbol, local.type, e.span)
        found = self.ctx.find(e.name)
        self.see_global(e.name, found, e.span)
        if isinstance(found, ModelDeclaration):
            return ModelOf(found.key, MODEL, e.span)
        if isinstance(found, tuple):
            return self.function_value(found[0], e.span)
        if e.name in self.ctx.failed:
            raise Stop(None)
        if isinstance(found, Library):
            raise Stop(problems.library_as_value(e.span, e.name, found.names))
        if e.name in scope.later:
            raise Stop(problems.not_known_yet(e.span, e.name))
        known = [*scope.names, *self.ctx.globals, *self.ctx.prelude]
        raise Stop(problems.unknown_name(e.span, e.name, known))

    def see_global(self, name: str, found: Global | None, span: Span) -> None:
        """Keeps what a global name means."""
        if isinstance(found, ModelDeclaration):
            self.ctx.see("model", name, span, model=found, type=MODEL)
        elif isinstance(found, tuple):
            self.ctx.see("callee", name, span, signatures=found)
        elif found is not None:
            self.ctx.see("library", name, span)

    def see_callee(self, name: str, span: Span, signatures: tuple[Signature, ...], scope: Scope) -> None:
        """Keeps what is called: a declaration, or a function in a local name."""
        if signatures and signatures[0].key.startswith(LOCAL):
            bound = scope.names[name]
            self.ctx.see("local", name, span, type=bound.type, origin=bound.span)
        elif signatures:
            self.ctx.see("callee", name, span, signatures=signatures)

    def see_arguments(self, placed: Slots) -> None:
        """Keeps which parameters the named arguments of a call are."""
        for p, argument in zip(placed.signature.params, placed.arguments, strict=True):
            if argument is not None and argument.name is not None:
                self.ctx.see("argument", p.name, name_of(argument), signatures=(placed.signature,), type=p.type)

    def is_library(self, name: str, scope: Scope) -> bool:
        return name not in scope.names and isinstance(self.ctx.globals.get(name), Library)

    def of_library(self, library: str, e: ast.Get) -> Term:
        """`voting.agreed` as a value."""
        owner = self.ctx.globals[library]
        assert isinstance(owner, Library)
        found = owner.names.get(e.field)
        self.ctx.see("library", library, e.value.span)
        self.see_global(e.field, found, e.field_span)
        if isinstance(found, ModelDeclaration):
            return ModelOf(found.key, MODEL, e.span)
        if isinstance(found, tuple):
            return self.function_value(found[0], e.span)
        raise Stop(problems.import_missing_name(e.field_span, e.field, f"`{library}`", owner.names))

    def function_value(self, signature: Signature, span: Span) -> Term:
        """A pipeline, prompt or Python function read as a value: a function of its required parameters."""
        names: dict[str, Var] = {}
        u = self.ctx.unifier
        type_ = u.instantiate(function_type(signature), names)
        assert isinstance(type_, Function)
        symbols = tuple(self.ctx.symbol("x") for _ in type_.params)
        given = iter(Local(s, t, span) for s, t in zip(symbols, type_.params, strict=True))
        arguments: list[Term] = []
        for p in signature.params:
            if p.default is None and not p.python_default:
                arguments.append(next(given))
            else:
                arguments.append(p.default if p.default is not None else Const(None, NONE, span))
        body = self.make_call(signature, arguments, type_.result, span, (), [None] * len(arguments))
        return Lambda(symbols, body, type_, span)

    def member(self, e: ast.MemberOf) -> Term:
        enum = self.ctx.types.get(e.type)
        if enum is None and e.type in self.ctx.failed:
            raise Stop(None)
        type_span = Span(e.span.source, e.span.start, e.span.start + len(e.type))
        if enum is not None:
            member_span = Span(e.span.source, e.span.end - len(e.member), e.span.end)
            self.ctx.see("type", e.type, type_span, owner=enum)
            self.ctx.see("member", e.member, member_span, owner=enum, type=enum)
        if isinstance(enum, Record):
            raise Stop(problems.member_of_record(type_span, enum, e.member))
        if enum is None:
            enums = [n for n, t in self.ctx.types.items() if isinstance(t, Enum)]
            raise Stop(problems.unknown_type(type_span, e.type, enums))
        if id(enum) not in self._members:
            self._members[id(enum)] = frozenset(m for m, _ in enum.members)
        if e.member not in self._members[id(enum)]:
            raise Stop(
                problems.unknown_member(Span(e.span.source, e.span.end - len(e.member), e.span.end), enum, e.member)
            )
        return Const(EnumValue(enum, e.member), enum, e.span)

    def list_of(self, e: ast.ListExpr, scope: Scope, want: Type | None) -> Term:
        u = self.ctx.unifier
        hint = u.head(want) if want is not None else None
        item_hint = hint.item if isinstance(hint, ListOf) else None
        items = [as_value(self.ctx, self.expr(i, scope, item_hint), loose=scope.loose) for i in e.items]
        if not items:
            return MakeList((), ListOf(item_hint or u.fresh("T")), e.span)
        type_ = items[0].type
        for i in items[1:]:
            joined = self.join(type_, i.type)
            if joined is None:
                raise Stop(problems.mixed_list(i.span, u.full(type_), u.full(i.type), e.items[0].span))
            type_ = joined
        return MakeList(tuple(self.as_joined(i, type_) for i in items), ListOf(u.full(type_)), e.span)

    def as_joined(self, term: Term, type_: Type) -> Term:
        """A term as the type that it has in common with others: what Python gave is checked, a shape is made one."""
        have = self.ctx.unifier.full(term.type)
        if have == ANY or reshaped(have, self.ctx.unifier.full(type_)):
            return fit(self.ctx, term, type_, "this place")
        return term

    def record_of(self, e: ast.FieldsExpr, scope: Scope, want: Type | None) -> Term:
        hint = self.ctx.unifier.head(bare(want)) if want is not None else None
        names: list[str] = []
        values: list[Term] = []
        for name, value in e.fields:
            field = hint.field(name) if isinstance(hint, Record) else None
            term = as_value(self.ctx, self.expr(value, scope, field.type if field else None), loose=scope.loose)
            if name in names:
                place = name_in(e.span, name, value.span.start)
                self.ctx.report(Stop(problems.given_twice(place, "the record", name)))
                continue
            if field is not None:
                place = name_in(e.span, name, value.span.start)
                self.ctx.see("field", name, place, owner=hint, type=field.type)
                term = self.fitted(term, field.type, f"the field `{name}`")
            names.append(name)
            values.append(term)
        shape = Record("", tuple(Field(n, v.type) for n, v in zip(names, values, strict=True)))
        made = MakeRecord(tuple(names), tuple(values), shape, e.span)
        return fit_record(self.ctx, made, hint) if isinstance(hint, Record) and hint != VERDICT else made

    def fitted(self, term: Term, want: Type, what: str) -> Term:
        """`fit`, with its problem reported; a broken term then."""
        return self.guarded(term.span, lambda: fit(self.ctx, term, want, what))

    def get(self, value: Term, name: str, name_span: Span, span: Span, *, through: bool) -> Term:
        """`value.name`; with `through` (`| .name`) none passes."""
        made = self._get(value, name, name_span, span, through=through)
        self.ctx.see_type(name_span, made.type)
        return made

    def _get(self, value: Term, name: str, name_span: Span, span: Span, *, through: bool) -> Term:
        u = self.ctx.unifier
        have = u.head(value.type)
        if isinstance(have, Optional):
            if through:
                return through_none(self.ctx, value, span, lambda v: self.get(v, name, name_span, span, through=False))
            raise Stop(problems.field_of_none(value.span, name, u.full(have), why_none(self.ctx, value)))
        if have == BROKEN:
            return broken(span)
        self.ctx.see("field", name, name_span, owner=have)
        match have:
            case CandidateOf(item):
                fields = candidate_fields(item)
                type_ = fields.get(name)
                if type_ is None and name in self.ctx.marks:
                    type_ = self.ctx.marks.type(name)
                if type_ is None and u.head(item) == BROKEN:
                    return broken(span)
                if type_ is None:
                    raise Stop(
                        problems.unknown_field(name_span, name, u.full(have), [*fields, *self.ctx.marks.names()])
                    )
                return GetField("candidate", value, name, type_, span)
            case TallyOf(item):
                fields = tally_fields(item)
                if name not in fields:
                    raise Stop(problems.unknown_field(name_span, name, u.full(have), [*fields]))
                if name == "mean" and u.head(item) not in (NUMBER, INT, ANY, BROKEN):
                    raise Stop(problems.mean_of(name_span, u.full(item)))
                return GetField("tally", value, name, fields[name], span)
            case Record():
                field = have.field(name)
                if field is None:
                    raise Stop(problems.unknown_field(name_span, name, have, [f.name for f in have.fields]))
                # a score that is none is a number still: what computes with it is not given
                type_ = NUMBER if have == VERDICT and name == "score" else field.type
                return GetField("record", value, name, type_, span)
            case _ if have == MESSAGE:
                if name not in MESSAGE_FIELDS:
                    raise Stop(problems.unknown_field(name_span, name, have, [*MESSAGE_FIELDS]))
                return GetField("message", value, name, MESSAGE_FIELDS[name], span)
            case _ if have == ANY:
                return GetField("any", value, name, ANY, span)
        raise Stop(problems.unknown_field(name_span, name, u.full(have), []))

    # ---- operators -------------------------------------------------------------

    def unary(self, e: ast.Unary, scope: Scope) -> Term:
        if e.operator == "not":
            return CallBuiltin("not", ("x",), (self.fitting(e.operand, scope, BOOL, "`not`"),), BOOL, e.span)
        operand = as_value(self.ctx, self.expr(e.operand, scope))
        have = self.ctx.unifier.head(operand.type)
        if have not in (NUMBER, INT, ANY, BROKEN):
            self._no_none(operand, "`-`", NUMBER)
            raise Stop(problems.bad_operands(e.span, "-", self.ctx.unifier.full(have), None))
        if isinstance(operand, Const) and have != BROKEN:
            return Const(-operand.value, operand.type, e.span)
        return CallBuiltin("negate", ("x",), (operand,), NUMBER if have == ANY else have, e.span)

    def binary(self, e: ast.Binary, scope: Scope) -> Term:
        operator = e.operator
        if operator in ("and", "or"):
            left = self.fitting(e.left, scope, BOOL, f"`{operator}`")
            if_so, if_not = there(e.left)
            beyond = self.knowing(scope, if_so if operator == "and" else if_not)
            right = self.fitting(e.right, beyond, BOOL, f"`{operator}`")
            true, false = Const(True, BOOL, e.span), Const(False, BOOL, e.span)
            if operator == "and":
                return Choose(left, right, false, BOOL, e.span)
            return Choose(left, true, right, BOOL, e.span)
        left = as_value(self.ctx, self.expr(e.left, scope), loose=scope.loose)
        right = as_value(self.ctx, self.expr(e.right, scope), loose=scope.loose)
        return self.operation(operator, left, right, e.operator_span, e.span)

    def operation(self, operator: str, left: Term, right: Term, at: Span, span: Span) -> Term:
        u = self.ctx.unifier
        a, b = u.head(left.type), u.head(right.type)
        names = ("left", "right")

        def made(type_: Type) -> Term:
            return CallBuiltin(operator, names, (left, right), type_, span)

        if operator in ("==", "!="):
            if self.join(a, b) is None and not (isinstance(bare(a), Var) or isinstance(bare(b), Var)):
                raise Stop(problems.never_equal(at, operator, u.full(a), u.full(b)))
            return made(BOOL)
        if operator in ("in", "not in"):
            self._no_none(right, f"`{operator}`", TEXT)
            if BROKEN in (a, b):
                return made(BOOL)
            if isinstance(b, Candidates):
                right = fit(self.ctx, right, ListOf(b.item), f"`{operator}`")
                b = u.head(right.type)
            good = (a in (TEXT, ANY) and b in (TEXT, ANY)) or (
                isinstance(b, ListOf) and self.join(a, b.item) is not None
            )
            if not good:
                raise Stop(problems.bad_operands(at, operator, u.full(a), u.full(b)))
            return made(BOOL)
        for side in (left, right):
            self._no_none(side, f"`{operator}`", NUMBER)
        if BROKEN in (a, b):
            return made(BOOL if operator in ("<", "<=", ">", ">=") else BROKEN)
        numbers = (NUMBER, INT, ANY)
        if a in numbers and b in numbers:
            if operator in ("<", "<=", ">", ">="):
                return made(BOOL)
            if a == ANY and b == ANY and operator == "+":
                return made(ANY)
            return made(INT if a == INT and b == INT and operator != "/" else NUMBER)
        if a in (TEXT, ANY) and b in (TEXT, ANY) and operator in ("+", "<", "<=", ">", ">="):
            return made(TEXT if operator == "+" else BOOL)
        if operator == "+" and isinstance(a, ListOf) and isinstance(b, ListOf):
            joined = self.join(a, b)
            if joined is not None:
                left, right = self.as_joined(left, joined), self.as_joined(right, joined)
                return made(joined)
        raise Stop(problems.bad_operands(at, operator, u.full(a), u.full(b)))

    def _no_none(self, term: Term, what: str, want: Type) -> None:
        have = self.ctx.unifier.head(term.type)
        if isinstance(have, Optional) or have == NONE:
            inner = self.ctx.unifier.full(bare(have)) if isinstance(have, Optional) else want
            raise Stop(
                problems.may_be_none(term.span, what, self.ctx.unifier.full(have), inner, why_none(self.ctx, term))
            )

    def join(self, a: Type, b: Type) -> Type | None:
        """The type that takes values of both, or None."""
        u = self.ctx.unifier
        a, b = u.head(a), u.head(b)
        if a == NONE and b == NONE:
            return NONE
        if a == NONE:
            return optional(b)
        if b == NONE:
            return optional(a)
        for have, want in ((a, b), (b, a)):
            mark = u.mark()
            if u.fits(have, want):
                return want if want != ANY else have
            u.undo(mark)
        if isinstance(a, Optional) or isinstance(b, Optional):
            inner = self.join(bare(a), bare(b))
            return optional(inner) if inner is not None else None
        return None

    # ---- choices and scopes ----------------------------------------------------

    def block(self, block: ast.Block, scope: Scope, want: Type | None) -> Term:
        """`{ let ... result }`."""
        bound: list[tuple[ast.Let, Bound, Term]] = []
        if len(block.lets) > MOST_LETS:
            raise Stop(problems.block_too_long(block.lets[MOST_LETS].span, MOST_LETS))
        here: dict[str, Span] = {}
        if block.lets:
            scope = replace(scope, later=scope.later | {let.name for let in block.lets})
        for let in block.lets:
            one, value = self.let(let, scope, here)
            bound.append((let, one, value))
            scope = scope.bind(let.name, one)
        result = self.expr(block.result, scope, want)
        for let, one, value in reversed(bound):
            if one.symbol not in self.ctx.read:
                self.ctx.warnings.append(problems.unused_let(let.name_span, let.name))
            result = Bind(one.symbol, value, result, result.type, let.span)
        return result

    def let(self, let: ast.Let, scope: Scope, here: dict[str, Span]) -> tuple[Bound, Term]:
        """One `let` of a block; `here` are the places of those before it."""
        if let.name in here:
            self.ctx.report(Stop(problems.duplicate(let.name_span, let.name, here[let.name])))
        here.setdefault(let.name, let.name_span)
        symbol = self.ctx.symbol(let.name)
        value = self.expr(let.value, scope)
        self.ctx.see("local", let.name, let.name_span, type=value.type, origin=let.name_span)
        if isinstance(self.ctx.unifier.head(value.type), Optional):
            self.ctx.origins[symbol] = why_none(self.ctx, value)
        return Bound(symbol, value.type, let.name_span), value

    def choose(self, e: ast.If, scope: Scope, want: Type | None) -> Term:
        condition = self.fitting(e.condition, scope, BOOL, "`if`")
        if_so, if_not = there(e.condition)
        then = self.block(e.then, self.knowing(scope, if_so), want)
        other = self.block(e.otherwise, self.knowing(scope, if_not), want)
        u = self.ctx.unifier
        if not isinstance(u.head(then.type), CandidateOf) or not isinstance(u.head(other.type), CandidateOf):
            then, other = as_value(self.ctx, then), as_value(self.ctx, other)
        type_ = self.join(then.type, other.type)
        if type_ is not None:
            then, other = self.as_joined(then, type_), self.as_joined(other, type_)
        elif want is not None and not (isinstance(want, Var) and want.number):
            # the place may say what both become: a Verdict, a list of a pool's values
            type_ = want
            then, other = self.fitted(then, want, "this branch"), self.fitted(other, want, "this branch")
        else:
            raise Stop(problems.no_common_type(e.otherwise.result.span, u.full(then.type), u.full(other.type)))
        return Choose(condition, then, other, type_, e.span)

    def knowing(self, scope: Scope, names: frozenset[str]) -> Scope:
        """The scope, these of its names being known not to be none."""
        if not names:
            return scope
        scope = scope.bind_all({name: self.present(scope.names[name]) for name in names & scope.names.keys()})
        return replace(scope, it=self.present(scope.it)) if scope.it is not None and "it" in names else scope

    def present(self, bound: Bound) -> Bound:
        """The name, known not to be none."""
        return replace(bound, type=bare(self.ctx.unifier.head(bound.type)))

    def within(self, e: ast.Within, scope: Scope, want: Type | None) -> Term:
        names: list[str] = []
        limits: list[Term] = []
        for argument in e.arguments:
            kind = INT if argument.name in ("tokens", "calls") else NUMBER
            limit = self.expr(argument.value, scope, kind)
            if argument.name is None:
                self.ctx.report(Stop(problems.limit_by_name(argument.span)))
            elif argument.name not in LIMITS:
                self.ctx.report(Stop(problems.unknown_limit(name_of(argument), argument.name, LIMITS)))
            elif argument.name in names:
                self.ctx.report(Stop(problems.given_twice(name_of(argument), "`within`", argument.name)))
            else:
                limits.append(self.fitted(limit, kind, f"`{argument.name}` of `within`"))
                names.append(argument.name)
        if not e.arguments:
            self.ctx.report(
                Stop(problems.without_limit(Span(e.span.source, e.span.start, e.span.start + len("within"))))
            )
        body = self.block(e.body, scope, want)
        return Within(tuple(names), tuple(limits), body, body.type, e.span)

    # ---- calls -----------------------------------------------------------------

    def call(
        self,
        qualifier: str | None,
        name: str,
        arguments: tuple[ast.Argument, ...],
        name_span: Span,
        span: Span,
        scope: Scope,
    ) -> Term:
        """`f(a, b)`."""
        signatures = self.caller.signatures(qualifier, name, scope)
        self.see_callee(name, name_span, signatures, scope)
        try:
            if not signatures:
                raise Stop(self.unknown_callee(qualifier, name, name_span, scope))
            placed = self.caller.choose(signatures, arguments, scope, None, name_span)
        except Stop:
            self.loosely(arguments, scope)
            raise
        made = self.finish_call(placed.signature, placed, None, scope, name_span, span)
        self.ctx.see_type(name_span, made.type)
        return made

    def loosely(self, arguments: Sequence[ast.Argument], scope: Scope) -> None:
        """Arguments of a callee that is not known, or not known to take them: what is wrong in themselves."""
        pronoun = Bound(self.ctx.symbol("it"), BROKEN)
        for argument in arguments:
            inner, value = replace(scope, it=pronoun, them=pronoun), argument.value
            if isinstance(value, ast.FunctionExpr):
                inner = inner.bind_all({p: Bound(self.ctx.symbol(p), BROKEN) for p in value.params})
                value = value.body
            self.expr(value, inner)

    def unknown_callee(self, qualifier: str | None, name: str, span: Span, scope: Scope) -> Diagnostic | None:
        """What is wrong with a callee; None where that was told before."""
        u = self.ctx.unifier
        if qualifier is not None:
            library = self.ctx.globals.get(qualifier)
            if isinstance(library, Library):
                found = library.names.get(name)
                if isinstance(found, ModelDeclaration):
                    return problems.not_callable(span, name, MODEL)
                return problems.import_missing_name(span, name, f"`{qualifier}`", library.names)
            if qualifier in self.ctx.failed:
                return None
            before = Span(span.source, max(0, span.start - len(qualifier) - 1), span.start - 1)
            if qualifier in self.ctx.prelude:
                return problems.field_of_stage(before, qualifier, name)
            return problems.unknown_library(
                before, qualifier, name, self.libraries(), is_stage=self.ctx.find(name) is not None
            )
        if name in scope.names:
            have = u.full(scope.names[name].type)
            if have == BROKEN:
                return None
            if isinstance(bare(have), Function):
                return problems.may_be_none(span, f"a call of `{name}`", have, bare(have), "")
            return problems.not_callable(span, name, have)
        if name in self.ctx.failed:
            return None
        found = self.ctx.find(name)
        if isinstance(found, ModelDeclaration):
            return problems.not_callable(span, name, MODEL)
        if isinstance(found, Library):
            return problems.library_as_value(span, name, found.names)
        functions = (n for n, b in scope.names.items() if isinstance(bare(u.head(b.type)), Function))
        return problems.unknown_stage(span, name, [*self.ctx.callables(), *functions])

    def libraries(self) -> list[str]:
        return [n for n, g in self.ctx.globals.items() if isinstance(g, Library)]

    def qualified(self, e: ast.Qualified, scope: Scope) -> Term:
        """`voting.agreed(request)`; `value.f(x)` is how other languages write `value | f(x)`."""
        if isinstance(e.value, ast.Name) and e.value.name not in scope.names:
            known = self.ctx.globals.get(e.value.name)
            if known is None or isinstance(known, Library) or e.value.name in self.ctx.failed:
                self.see_global(e.value.name, known, e.value.span)
                return self.call(e.value.name, e.name, e.arguments, e.name_span, e.span, scope)
        self.expr(e.value, scope)
        self.loosely(e.arguments, scope)
        raise Stop(problems.method_call(e.name_span, e.value.span.text(), e.name, [*self.ctx.callables()]))

    def finish_call(
        self, signature: Signature, placed: Slots, piped: Term | None, scope: Scope, name_span: Span, span: Span
    ) -> Term:
        names: dict[str, Var] = {}
        u = self.ctx.unifier
        self.see_callee(signature.name, name_span, (signature,), scope)
        self.see_arguments(placed)
        if scope.hole and signature.kind == "builtin" and signature.name in MODELLED:
            self.ctx.report(Stop(problems.model_in_hole(name_span)))
        if signature.key.startswith(LOCAL):
            bound = scope.names[signature.name]
            type_ = u.head(bound.type)
            assert isinstance(type_, Function)
            self.ctx.read.add(bound.symbol)
            terms = self.caller.arguments(placed, scope, piped, names)
            return call_local(bound, type_, terms, span)
        if signature.name == "otherwise" and signature.kind == "builtin":
            first, second = placed.arguments
            value = piped
            if value is None and first is not None:
                value = self.expr(first.value, scope)
            if value is None or second is None:
                return broken(span)  # told when the arguments were placed
            return self.otherwise(second.value, value, scope, span)
        terms = self.caller.arguments(placed, scope, piped, names)
        result = u.full(u.instantiate(signature.result, names))
        extra = self.marks(placed.extra, terms[0], scope) if placed.extra else []
        if signature.kind == "builtin" and signature.name == "prune" and isinstance(result, Optional):
            if scope.region or scope.hole:
                result = result.item
            else:
                extra.append(("none_if_empty", Const(True, BOOL, span)))
        return self.make_call(signature, terms, result, span, extra, placed.arguments)

    def make_call(
        self,
        signature: Signature,
        terms: list[Term],
        result: Type,
        span: Span,
        extra: Sequence[tuple[str, Term]],
        given: Sequence[ast.Argument | None],
    ) -> Term:
        """The term of a call whose arguments are in place."""
        match signature.kind:
            case "builtin":
                order = written_order(given)
                names = (*(signature.params[i].name for i in order), *(n for n, _ in extra))
                arguments = (*(terms[i] for i in order), *(t for _, t in extra))
                return CallBuiltin(signature.name, names, arguments, result, span)
            case "pipeline":
                return CallPipeline(signature.key, tuple(terms), result, span)
            case "prompt":
                return CallPrompt(signature.key, tuple(terms), result, span)
            case "python":
                kept = [
                    (signature.params[i].name, terms[i])
                    for i in written_order(given)
                    if not (signature.params[i].python_default and i < len(given) and given[i] is None)
                    or not isinstance(terms[i], Const)
                ]
                return CallPython(signature.key, tuple(n for n, _ in kept), tuple(t for _, t in kept), result, span)

    def marks(self, arguments: tuple[ast.Argument, ...], pool: Term, scope: Scope) -> list[tuple[str, Term]]:
        """The named values of `mark`: each a function of a candidate, of a type of its own."""
        u = self.ctx.unifier
        have = u.head(pool.type)
        item = have.item if isinstance(have, Candidates) else BROKEN
        found: list[tuple[str, Term]] = []
        for argument in arguments:
            assert argument.name is not None
            if argument.name in candidate_fields(ANY):
                self.ctx.report(Stop(problems.reserved_mark(name_of(argument), argument.name)))
            if any(argument.name == n for n, _ in found):
                self.ctx.report(Stop(problems.given_twice(name_of(argument), "`mark`", argument.name)))
            result = u.fresh("A")
            term = self.caller.guarded(
                argument.value,
                Function((CandidateOf(item),), result),
                f"`{argument.name}` of `mark`",
                replace(scope, loose=False),
                none_allowed=False,
            )
            self.marked(argument, u.full(result))
            self.ctx.see("mark", argument.name, name_of(argument), type=result)
            found.append((argument.name, term))
        return found

    def marked(self, argument: ast.Argument, type_: Type) -> None:
        """The type of a mark, held against what the module knows of it."""
        assert argument.name is not None
        known = self.ctx.marks.here(argument.name)
        joined = self.join(known, type_) if known is not None else type_
        if joined is None:
            assert known is not None
            self.ctx.report(Stop(problems.mark_changes_type(name_of(argument), argument.name, known, type_)))
        else:
            self.ctx.marks.make(argument.name, joined)

    def otherwise(self, e: ast.Expr, value: Term, scope: Scope, span: Span) -> Term:
        """`value | otherwise(e)`: a type that takes in both."""
        value = as_value(self.ctx, value)
        have = self.ctx.unifier.head(value.type)
        inner = bare(have) if have != NONE else None
        other = as_value(self.ctx, self.expr(e, scope, inner), loose=scope.loose)
        if inner is None:
            return Otherwise(value, other, other.type, span)
        joined = self.join(inner, other.type)
        if joined is None:
            other = self.fitted(other, inner, "`other` of `otherwise`")
            joined = inner
        return Otherwise(self.as_joined(value, joined), self.as_joined(other, joined), joined, span)

    # ---- pipes -----------------------------------------------------------------

    def pipe(self, value: ast.Expr, stages: tuple[ast.StageExpr, ...], scope: Scope) -> Term:
        """`value | stage | stage`."""
        return self.stages(self.expr(value, scope), stages, scope)

    def stages(self, term: Term, stages: Sequence[ast.StageExpr], scope: Scope) -> Term:
        """What the stages make of a term, one after the other; a wrong one gives a broken term to the next."""
        for s in stages:
            span = term.span.to(s.span) if term.span.source is s.span.source else s.span
            try:
                term = self.stage(term, s, scope, span)
            except Stop as problem:
                self.ctx.report(problem)
                term = broken(span)
            if not isinstance(s, ast.Pluck):
                self.ctx.see_type(s.name_span, term.type)
        return term

    def stage(self, piped: Term, s: ast.StageExpr, scope: Scope, span: Span) -> Term:
        match s:
            case ast.Pluck(fields):
                at = s.span.start
                for field in fields:
                    at = s.span.source.text.index(field, at)
                    piped = self.get(piped, field, Span(s.span.source, at, at + len(field)), span, through=True)
                    at += len(field)
                return piped
            case ast.Region():
                return self.region(piped, s, scope, span)
            case ast.Stage(qualifier, name, arguments):
                return self.called_stage(
                    piped, s, self.caller.signatures(qualifier, name, scope), arguments or (), scope, span
                )
        assert_never(s)

    def called_stage(
        self,
        piped: Term,
        s: ast.Stage,
        signatures: tuple[Signature, ...],
        arguments: tuple[ast.Argument, ...],
        scope: Scope,
        span: Span,
    ) -> Term:
        """A stage, pipeline, prompt or function into which a value is piped."""
        if s.qualifier is not None:
            place = Span(s.span.source, s.span.start, s.span.start + len(s.qualifier))
            self.see_global(s.qualifier, self.ctx.globals.get(s.qualifier), place)
        self.see_callee(s.name, s.name_span, signatures, scope)
        if not signatures:
            self.ctx.see("callee", s.name, s.name_span, owner=piped.type)
            self.loosely(arguments, scope)
            raise Stop(self.unknown_callee(s.qualifier, s.name, s.name_span, scope))
        placed = self.placed(piped, signatures, arguments, scope, s.name_span)
        if placed is None:
            return broken(span)
        if isinstance(placed, Refusal):
            piped, placed = broken(piped.span), placed.slots
        signature = placed.signature

        def make(v: Term) -> Term:
            if not any(self.caller.mentions(a.value, scope).them for a in arguments):
                return self.finish_call(signature, placed, v, scope, s.name_span, span)
            return bind_piped(
                self.ctx,
                v,
                span,
                lambda name: self.finish_call(signature, placed, name, self.with_them(scope, name), s.name_span, span),
            )

        first = self.ctx.unifier.head(signature.params[0].type)
        made = make(piped) if isinstance(first, Optional) or first == ANY else through_none(self.ctx, piped, span, make)
        if piped.type == BROKEN and (len(signatures) > 1 or signature.kind != "builtin"):
            return broken(span)
        return made

    def placed(
        self,
        piped: Term,
        signatures: Sequence[Signature],
        arguments: Sequence[ast.Argument],
        scope: Scope,
        name_span: Span,
    ) -> Slots | Refusal | None:
        """The slots of what a value is piped into; a Refusal where the value is wrong, None where the arguments are.

        Its problems are reported.
        """
        have = self.ctx.unifier.head(piped.type)
        if have == NONE and signatures[0].name != "otherwise":
            have = self.ctx.unifier.fresh("T")
        refused = False
        try:
            try:
                return self.caller.choose(signatures, arguments, scope, have, name_span, piped)
            except Refused as problem:
                self.ctx.report(problem)
                refused = True
                return Refusal(self.caller.choose(signatures, arguments, scope, BROKEN, name_span))
        except Stop as problem:
            if not refused:
                self.ctx.report(problem)
            self.loosely(arguments, scope)
            return None

    def with_them(self, scope: Scope, piped: Local) -> Scope:
        """The scope of a stage's arguments: `them` is what reaches the stage, where that is a pool or list."""
        have = self.ctx.unifier.head(piped.type)
        if isinstance(have, Candidates | ListOf) or have == BROKEN:
            return replace(scope, them=Bound(piped.symbol, piped.type, piped.span))
        return scope

    def region(self, piped: Term, s: ast.Region, scope: Scope, span: Span) -> Term:
        """`repeat`, `focus`, `per`."""
        self.ctx.see("callee", s.name, s.name_span, signatures=self.ctx.prelude[s.name])
        placed = self.placed(piped, self.ctx.prelude[s.name], s.arguments, scope, s.name_span)
        if isinstance(placed, Slots):
            slots = placed
            return through_none(self.ctx, piped, span, lambda v: self._region(v, s, slots, scope, span))
        if placed is None:
            part = piped if isinstance(bare(self.ctx.unifier.head(piped.type)), Candidates) else broken(piped.span)
            self.body(s, Local(self.ctx.symbol("part"), bare(part.type), piped.span), scope)
            return replace(part, span=span)
        return self._region(broken(piped.span), s, placed.slots, scope, span)

    def body(self, s: ast.Region, part: Local, scope: Scope) -> Term:
        """The stages in a region's braces, applied to its part; broken where they do not give a pool back."""
        u = self.ctx.unifier
        body = self.stages(part, s.stages, replace(scope, region=True))
        got = bare(u.head(body.type))
        if not u.fits(got, part.type):
            last = s.stages[-1]
            self.ctx.report(Stop(problems.body_changes_type(stage_name(last), s.name, u.full(got), u.full(part.type))))
            return broken(body.span)
        return body

    def _region(self, piped: Term, s: ast.Region, placed: Slots, scope: Scope, span: Span) -> Term:
        self.ctx.see("callee", s.name, s.name_span, signatures=(placed.signature,))
        self.see_arguments(placed)
        have = self.ctx.unifier.head(piped.type)
        symbol = self.ctx.symbol("them")
        named = Local(symbol, have, piped.span)
        names: dict[str, Var] = {}
        terms = self.caller.arguments(placed, self.with_them(scope, named), named, names)
        inner = self.ctx.symbol("part")
        body = self.body(s, Local(inner, have, piped.span), scope)
        if BROKEN in (have, body.type):
            return broken(span)
        arguments = dict(zip((p.name for p in placed.signature.params), terms, strict=True))
        match s.name:
            case "repeat":
                until: Term | None = arguments["until"]
                each_one = False
                if isinstance(until, Const) and until.type == NONE:
                    until = None
                elif isinstance(until, Constant):
                    until = until.value
                else:
                    each_one = True
                return Repeat(piped, arguments["max"], symbol, until, each_one, inner, body, have, span)
            case "focus":
                made: Term = Focus(
                    named, arguments.get("cond"), arguments.get("top"), arguments.get("by"), inner, body, have, span
                )
            case _:
                made = Per(named, arguments["key"], inner, body, have, span)
        return Bind(symbol, piped, made, have, span)


def name_of(argument: ast.Argument) -> Span:
    """The place of an argument's name, or of the whole where it has none."""
    start = argument.span.start
    return Span(argument.span.source, start, start + len(argument.name)) if argument.name else argument.span


def stage_name(s: ast.StageExpr) -> Span:
    """The place of a stage's name."""
    return s.span if isinstance(s, ast.Pluck) else s.name_span


def written_order(given: Sequence[ast.Argument | None]) -> list[int]:
    """The places of the parameters in the order in which their arguments are evaluated: the piped
    value, what was written from left to right, then the defaults."""

    def key(i: int) -> tuple[int, int, int]:
        argument = given[i]
        if argument is None:
            return (0 if i == 0 else 2, 0, i)
        return (1, argument.span.start, i)

    return sorted(range(len(given)), key=key)
