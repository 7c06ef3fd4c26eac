"""Checks expressions: from a tree with places to terms with types.

Each kind of expression has one method. `want` is a hint: the type that the place expects, used
for a list's elements and a record's fields; whether the term really fits is `fit`'s to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from ilang.base.span import Span
from ilang.base.type import (
    ANY,
    BOOL,
    INT,
    MESSAGE,
    MODEL,
    NONE,
    NUMBER,
    TEXT,
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
from ilang.check.calling import Caller, Slots, bare, bind_piped, call_local, through_none
from ilang.check.context import Context, Library, Stop, type_of_global
from ilang.check.fields import MESSAGE_FIELDS, candidate_fields, tally_fields
from ilang.check.fit import as_value, fit, why_none
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
from ilang.check.unify import optional
from ilang.syntax import module as ast

DRAWING = frozenset({"start", "extend", "sample", "ask", "refine", "tally"})
LIMITS = ("usd", "tokens", "calls", "seconds")
PRINTABLE = (TEXT, NUMBER, INT, BOOL)


class Expressions:
    """The check of expressions within one module."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.caller = Caller(ctx, self.expr)

    # ---- expressions -----------------------------------------------------------

    def expr(self, e: ast.Expr, scope: Scope, want: Type | None = None) -> Term:
        """The term of an expression."""
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
                return Local(bound.symbol, bound.type, e.span)
            case ast.MemberOf():
                return self.member(e)
            case ast.ListExpr():
                return self.list(e, scope, want)
            case ast.FieldsExpr():
                return self.record(e, scope, want)
            case ast.Call(name, arguments):
                return self.call(None, name, arguments, e.name_span, e.span, scope)
            case ast.Qualified():
                return self.qualified(e, scope)
            case ast.Get(value, name):
                return self.get(self.expr(value, scope), name, e.field_span, e.span, through=False)
            case ast.Unary():
                return self.unary(e, scope)
            case ast.Binary():
                return self.binary(e, scope)
            case ast.FunctionExpr():
                raise Stop(problems.not_a_function(e.span, "this place", want or ANY))
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
                return Const(e.value, TEXT, e.span)

    def template(self, e: ast.Template, scope: Scope) -> Term:
        parts = tuple(p if isinstance(p, str) else self.hole(p, scope) for p in e.parts)
        if all(isinstance(p, str) for p in parts):
            return Const("".join(p for p in parts if isinstance(p, str)), TEXT, e.span)
        return MakeText(parts, TEXT, e.span)

    def hole(self, e: ast.Expr, scope: Scope, *, images: bool = False) -> Term:
        """A hole of a template: something that prints."""
        term = as_value(self.ctx, self.expr(e, scope, TEXT))
        have = self.ctx.unifier.head(term.type)
        if isinstance(have, Optional) or have == NONE:
            raise Stop(problems.may_be_none(e.span, "a hole", self.ctx.unifier.full(have), TEXT, ""))
        if have in PRINTABLE or isinstance(have, Enum) or have == ANY or (isinstance(have, Var) and have.number == 0):
            return term
        if images and str(have) in ("image", "file"):
            return term
        raise Stop(problems.not_printable(e.span, self.ctx.unifier.full(have)))

    def name(self, e: ast.Name, scope: Scope) -> Term:
        local = scope.names.get(e.name)
        if local is not None:
            self.ctx.read.add(local.symbol)
            return Local(local.symbol, local.type, e.span)
        found = self.ctx.find(e.name)
        if isinstance(found, ModelDeclaration):
            return ModelOf(found.key, MODEL, e.span)
        if isinstance(found, tuple):
            return self.function_value(found[0], e.span)
        if isinstance(found, Library):
            raise Stop(problems.not_callable(e.span, e.name, TEXT))
        known = [*scope.names, *self.ctx.globals, *self.ctx.prelude]
        raise Stop(problems.unknown_name(e.span, e.name, known))

    def function_value(self, signature: Signature, span: Span) -> Term:
        """A pipeline, prompt or Python function read as a value: a function of its required parameters."""
        names: dict[str, Var] = {}
        u = self.ctx.unifier
        type_ = type_of_global((signature,))
        assert isinstance(type_, Function)
        type_ = u.instantiate(type_, names)
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
        if not isinstance(enum, Enum):
            raise Stop(problems.unknown_type(e.span, e.type, self.ctx.types))
        if e.member not in dict(enum.members):
            raise Stop(problems.unknown_member(e.span, enum, e.member))
        return Const(EnumValue(enum, e.member), enum, e.span)

    def list(self, e: ast.ListExpr, scope: Scope, want: Type | None) -> Term:
        u = self.ctx.unifier
        hint = u.head(want) if want is not None else None
        item_hint = hint.item if isinstance(hint, ListOf) else None
        items = [as_value(self.ctx, self.expr(i, scope, item_hint)) for i in e.items]
        if not items:
            return MakeList((), ListOf(item_hint or u.fresh("T")), e.span)
        type_ = items[0].type
        for i in items[1:]:
            joined = self.join(type_, i.type)
            if joined is None:
                raise Stop(problems.no_common_type(i.span, "the elements of this list", u.full(type_), u.full(i.type)))
            type_ = joined
        return MakeList(tuple(items), ListOf(type_), e.span)

    def record(self, e: ast.FieldsExpr, scope: Scope, want: Type | None) -> Term:
        hint = self.ctx.unifier.head(bare(want)) if want is not None else None
        names: list[str] = []
        values: list[Term] = []
        for name, value in e.fields:
            if name in names:
                raise Stop(problems.duplicate(value.span, name, None))
            field = hint.field(name) if isinstance(hint, Record) else None
            term = as_value(self.ctx, self.expr(value, scope, field.type if field else None))
            if field is not None:
                term = fit(self.ctx, term, field.type, f"the field `{name}`")
            names.append(name)
            values.append(term)
        shape = Record("", tuple(Field(n, v.type) for n, v in zip(names, values, strict=True)))
        return MakeRecord(tuple(names), tuple(values), shape, e.span)

    def get(self, value: Term, name: str, name_span: Span, span: Span, *, through: bool) -> Term:
        """`value.name`; with `through` (`| .name`) none passes."""
        u = self.ctx.unifier
        have = u.head(value.type)
        if isinstance(have, Optional):
            if through:
                return through_none(self.ctx, value, span, lambda v: self.get(v, name, name_span, span, through=False))
            raise Stop(problems.may_be_none(span, f"`.{name}`", u.full(have), u.full(have.item), why_none(value)))
        match have:
            case CandidateOf(item):
                fields = candidate_fields(item)
                type_ = fields.get(name)
                if type_ is None and name in self.ctx.mark_names:
                    type_ = self.ctx.marks.get(name, NUMBER)
                if type_ is None:
                    raise Stop(problems.unknown_field(name_span, name, u.full(have), [*fields, *sorted(self.ctx.mark_names)]))
                return GetField("candidate", value, name, type_, span)
            case TallyOf(item):
                fields = tally_fields(item)
                if name not in fields:
                    raise Stop(problems.unknown_field(name_span, name, u.full(have), [*fields]))
                if name == "mean" and u.head(item) not in (NUMBER, INT, ANY):
                    raise Stop(problems.wrong_type(span, "`.mean`", u.full(have), TallyOf(NUMBER)))
                return GetField("tally", value, name, fields[name], span)
            case Record():
                field = have.field(name)
                if field is None:
                    raise Stop(problems.unknown_field(name_span, name, have, [f.name for f in have.fields]))
                return GetField("record", value, name, field.type, span)
            case _ if have == MESSAGE:
                if name not in MESSAGE_FIELDS:
                    raise Stop(problems.unknown_field(name_span, name, have, [*MESSAGE_FIELDS]))
                return GetField("message", value, name, MESSAGE_FIELDS[name], span)
            case _ if have == ANY:
                return GetField("any", value, name, ANY, span)
        raise Stop(problems.unknown_field(name_span, name, u.full(have), []))

    # ---- operators -------------------------------------------------------------

    def unary(self, e: ast.Unary, scope: Scope) -> Term:
        operand = as_value(self.ctx, self.expr(e.operand, scope))
        have = self.ctx.unifier.head(operand.type)
        if e.operator == "not":
            operand = fit(self.ctx, operand, BOOL, "`not`")
            return CallBuiltin("not", ("x",), (operand,), BOOL, e.span)
        if have not in (NUMBER, INT, ANY):
            self._no_none(operand, "`-`", NUMBER)
            raise Stop(problems.bad_operands(e.span, "-", self.ctx.unifier.full(have), None))
        if isinstance(operand, Const):
            return Const(-operand.value, operand.type, e.span)
        return CallBuiltin("negate", ("x",), (operand,), NUMBER if have == ANY else have, e.span)

    def binary(self, e: ast.Binary, scope: Scope) -> Term:
        operator = e.operator
        if operator in ("and", "or"):
            left = fit(self.ctx, self.expr(e.left, scope, BOOL), BOOL, f"`{operator}`")
            right = fit(self.ctx, self.expr(e.right, scope, BOOL), BOOL, f"`{operator}`")
            true, false = Const(True, BOOL, e.span), Const(False, BOOL, e.span)
            if operator == "and":
                return Choose(left, right, false, BOOL, e.span)
            return Choose(left, true, right, BOOL, e.span)
        left = as_value(self.ctx, self.expr(e.left, scope))
        right = as_value(self.ctx, self.expr(e.right, scope))
        return self.operation(operator, left, right, e.operator_span, e.span)

    def operation(self, operator: str, left: Term, right: Term, at: Span, span: Span) -> Term:
        u = self.ctx.unifier
        a, b = u.head(left.type), u.head(right.type)
        names = ("left", "right")

        def made(type_: Type) -> Term:
            return CallBuiltin(operator, names, (left, right), type_, span)

        if operator in ("==", "!="):
            if self.join(a, b) is None and not (isinstance(bare(a), Var) or isinstance(bare(b), Var)):
                raise Stop(problems.no_common_type(at, f"the sides of `{operator}`", u.full(a), u.full(b)))
            return made(BOOL)
        if operator in ("in", "not in"):
            self._no_none(right, f"`{operator}`", TEXT)
            if isinstance(b, Candidates):
                right = fit(self.ctx, right, ListOf(b.item), f"`{operator}`")
                b = u.head(right.type)
            good = (a in (TEXT, ANY) and b in (TEXT, ANY)) or (isinstance(b, ListOf) and self.join(a, b.item) is not None)
            if not good:
                raise Stop(problems.bad_operands(at, operator, u.full(a), u.full(b)))
            return made(BOOL)
        for side in (left, right):
            self._no_none(side, f"`{operator}`", NUMBER)
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
                return made(joined)
        raise Stop(problems.bad_operands(at, operator, u.full(a), u.full(b)))

    def _no_none(self, term: Term, what: str, want: Type) -> None:
        have = self.ctx.unifier.head(term.type)
        if isinstance(have, Optional) or have == NONE:
            inner = self.ctx.unifier.full(bare(have)) if isinstance(have, Optional) else want
            raise Stop(problems.may_be_none(term.span, what, self.ctx.unifier.full(have), inner, why_none(term)))

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
        for let in block.lets:
            if any(let.name == other.name for other, _, _ in bound):
                raise Stop(problems.duplicate(let.name_span, let.name, None))
            symbol = self.ctx.symbol(let.name)
            try:
                value = self.expr(let.value, scope)
                if isinstance(value, Local) and isinstance(self.ctx.unifier.head(value.type), CandidateOf):
                    value = as_value(self.ctx, value)
            except Stop as problem:
                self.ctx.errors.append(problem.diagnostic)
                value = Const(None, ANY, let.span)
                self.ctx.read.add(symbol)
            one = Bound(symbol, value.type, let.name_span)
            bound.append((let, one, value))
            scope = scope.bind(let.name, one)
        result = self.expr(block.result, scope, want)
        for let, one, value in reversed(bound):
            if one.symbol not in self.ctx.read:
                self.ctx.warnings.append(problems.unused_let(let.name_span, let.name))
            result = Bind(one.symbol, value, result, result.type, let.span)
        return result

    def choose(self, e: ast.If, scope: Scope, want: Type | None) -> Term:
        condition = fit(self.ctx, self.expr(e.condition, scope, BOOL), BOOL, "`if`")
        then = self.block(e.then, scope, want)
        other = self.block(e.otherwise, scope, want)
        u = self.ctx.unifier
        if not isinstance(u.head(then.type), CandidateOf) or not isinstance(u.head(other.type), CandidateOf):
            then, other = as_value(self.ctx, then), as_value(self.ctx, other)
        type_ = self.join(then.type, other.type)
        if type_ is None and want is not None:
            # the place may say what both become: a Verdict, a list of a pool's values
            type_ = want
            then, other = fit(self.ctx, then, want, "this branch"), fit(self.ctx, other, want, "this branch")
        if type_ is None:
            raise Stop(problems.no_common_type(e.span, "the two branches", u.full(then.type), u.full(other.type)))
        return Choose(condition, then, other, type_, e.span)

    def within(self, e: ast.Within, scope: Scope, want: Type | None) -> Term:
        names: list[str] = []
        limits: list[Term] = []
        for argument in e.arguments:
            if argument.name is None:
                raise Stop(problems.limit_by_name(argument.span))
            if argument.name not in LIMITS:
                raise Stop(problems.unknown_limit(argument.span, argument.name, LIMITS))
            if argument.name in names:
                raise Stop(problems.given_twice(argument.span, "within", argument.name))
            kind = INT if argument.name in ("tokens", "calls") else NUMBER
            limits.append(fit(self.ctx, self.expr(argument.value, scope, kind), kind, f"`{argument.name}` of `within`"))
            names.append(argument.name)
        if not names:
            raise Stop(problems.missing_argument(e.span, "within", "usd", NUMBER))
        body = self.block(e.body, scope, want)
        return Within(tuple(names), tuple(limits), body, body.type, e.span)

    # ---- calls -----------------------------------------------------------------

    def call(
        self, qualifier: str | None, name: str, arguments: tuple[ast.Argument, ...], name_span: Span, span: Span, scope: Scope
    ) -> Term:
        """`f(a, b)`."""
        signatures = self.caller.signatures(qualifier, name, scope)
        if not signatures:
            raise Stop(self.unknown_callee(qualifier, name, name_span, scope))
        placed = self.caller.choose(signatures, arguments, scope, None, name_span, name)
        return self.finish_call(placed.signature, placed, None, scope, name_span, span)

    def unknown_callee(self, qualifier: str | None, name: str, span: Span, scope: Scope) -> problems.Diagnostic:
        u = self.ctx.unifier
        if qualifier is not None:
            library = self.ctx.globals.get(qualifier)
            if isinstance(library, Library):
                return problems.import_missing_name(span, name, f"`{qualifier}`", library.names)
            return problems.unknown_name(span, qualifier, [n for n, g in self.ctx.globals.items() if isinstance(g, Library)])
        if name in scope.names:
            return problems.not_callable(span, name, u.full(scope.names[name].type))
        if isinstance(self.ctx.find(name), ModelDeclaration):
            return problems.not_callable(span, name, MODEL)
        return problems.unknown_stage(span, name, [*self.ctx.callables(), *scope.names])

    def qualified(self, e: ast.Qualified, scope: Scope) -> Term:
        if isinstance(e.value, ast.Name) and e.value.name not in scope.names:
            return self.call(e.value.name, e.name, e.arguments, e.name_span, e.span, scope)
        raise Stop(problems.unknown_stage(e.name_span, e.name, self.ctx.callables()))

    def finish_call(self, signature: Signature, placed: Slots, piped: Term | None, scope: Scope, name_span: Span, span: Span) -> Term:
        names: dict[str, Var] = {}
        u = self.ctx.unifier
        if scope.hole and signature.kind == "builtin" and signature.name in DRAWING:
            raise Stop(problems.model_in_hole(name_span))
        if signature.key.startswith("local "):
            bound = scope.names[signature.name]
            type_ = bare(u.head(bound.type))
            assert isinstance(type_, Function)
            self.ctx.read.add(bound.symbol)
            terms, _ = self.caller.arguments(placed, scope, piped, names)
            return call_local(bound, type_, terms, span)
        if signature.name == "otherwise" and signature.kind == "builtin" and piped is not None:
            return self.otherwise(placed, piped, scope, span)
        terms, _ = self.caller.arguments(placed, scope, piped, names)
        result = u.full(u.instantiate(signature.result, names))
        extra: list[tuple[str, Term]] = []
        if placed.extra:
            extra = self.marks(placed.extra, terms[0], scope)
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
        item = have.item if isinstance(have, Candidates) else ANY
        found: list[tuple[str, Term]] = []
        for argument in arguments:
            assert argument.name is not None
            if argument.name in candidate_fields(ANY):
                raise Stop(problems.reserved_mark(argument.span, argument.name))
            if any(argument.name == n for n, _ in found):
                raise Stop(problems.given_twice(argument.span, "mark", argument.name))
            result = u.fresh("A")
            term = self.caller.function(
                argument.value, Function((CandidateOf(item),), result), f"`{argument.name}` of `mark`", scope, False
            )
            type_ = u.full(result)
            known = self.ctx.marks.get(argument.name)
            joined = self.join(known, type_) if known is not None else type_
            self.ctx.marks[argument.name] = joined if joined is not None else type_
            found.append((argument.name, term))
        return found

    def otherwise(self, placed: Slots, piped: Term, scope: Scope, span: Span) -> Term:
        argument = placed.arguments[1]
        assert argument is not None
        have = self.ctx.unifier.head(piped.type)
        inner = bare(have) if have != NONE else None
        other = self.expr(argument.value, scope, inner)
        if inner is None:
            return Otherwise(piped, other, other.type, span)
        if not isinstance(self.ctx.unifier.head(inner), CandidateOf):
            other = as_value(self.ctx, other)
        joined = self.join(inner, other.type)
        if joined is None:
            other = fit(self.ctx, other, inner, "`other` of `otherwise`")
            joined = inner
        return Otherwise(piped, other, joined, span)

    # ---- pipes -----------------------------------------------------------------

    def pipe(self, value: ast.Expr, stages: tuple[ast.StageExpr, ...], scope: Scope) -> Term:
        """`value | stage | stage`."""
        term = self.expr(value, scope)
        before = value.span.text() if value.span.end - value.span.start < 60 else "..."
        for s in stages:
            term = self.stage(term, s, scope, before)
        return term

    def stage(self, piped: Term, s: ast.StageExpr, scope: Scope, before: str) -> Term:
        span = piped.span.to(s.span) if piped.span.source is s.span.source else s.span
        match s:
            case ast.Pluck(fields):
                for field in fields:
                    piped = self.get(piped, field, s.span, span, through=True)
                return piped
            case ast.Region():
                return self.region(piped, s, scope, span)
            case ast.Stage(qualifier, name, arguments):
                signatures = self.caller.signatures(qualifier, name, scope)
                if not signatures:
                    raise Stop(self.unknown_callee(qualifier, name, s.name_span, scope))
                piped_type = self.ctx.unifier.head(piped.type)
                if piped_type == NONE and signatures[0].name != "otherwise":
                    piped_type = self.ctx.unifier.fresh("T")
                placed = self.caller.choose(signatures, arguments or (), scope, piped_type, s.name_span, before)
                signature = placed.signature

                def make(v: Term) -> Term:
                    if not any(self.caller.mentions(a.value, scope).them for a in arguments or ()):
                        return self.finish_call(signature, placed, v, scope, s.name_span, span)
                    return bind_piped(
                        self.ctx,
                        v,
                        span,
                        lambda name: self.finish_call(
                            signature, placed, name, self.with_them(scope, name), s.name_span, span
                        ),
                    )

                accepts_none = isinstance(signature.params[0].type, Optional) or self.ctx.unifier.head(signature.params[0].type) == ANY
                if accepts_none:
                    return make(piped)
                return through_none(self.ctx, piped, span, make)
        assert_never(s)

    def with_them(self, scope: Scope, piped: Local) -> Scope:
        """The scope of a stage's arguments: `them` is what reaches the stage, where that is a pool or list."""
        have = self.ctx.unifier.head(piped.type)
        if isinstance(have, Candidates | ListOf):
            return replace(scope, them=Bound(piped.symbol, piped.type, piped.span))
        return scope

    def region(self, piped: Term, s: ast.Region, scope: Scope, span: Span) -> Term:
        """`repeat`, `focus`, `per`."""
        signatures = self.ctx.prelude[s.name]
        placed = self.caller.choose(signatures, s.arguments, scope, self.ctx.unifier.head(piped.type), s.name_span, "...")
        return through_none(self.ctx, piped, span, lambda v: self._region(v, s, placed, scope, span))

    def _region(self, piped: Term, s: ast.Region, placed: Slots, scope: Scope, span: Span) -> Term:
        u = self.ctx.unifier
        have = u.head(piped.type)
        symbol = self.ctx.symbol("them")
        named = Local(symbol, have, piped.span)
        names: dict[str, Var] = {}
        with_them = self.with_them(scope, named)
        terms, _ = self.caller.arguments(placed, with_them, named, names)
        inner = self.ctx.symbol("part")
        body: Term = Local(inner, have, piped.span)
        for stage in s.stages:
            body = self.stage(body, stage, replace(scope, region=True), "...")
        got = u.head(body.type)
        if isinstance(got, Optional):
            got = u.head(got.item)
        if not u.fits(got, have):
            raise Stop(problems.body_changes_type(s.span, s.name, u.full(body.type), u.full(have)))
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
                made: Term = Focus(named, arguments.get("cond"), arguments.get("top"), arguments.get("by"), inner, body, have, span)
            case _:
                made = Per(named, arguments["key"], inner, body, have, span)
        return Bind(symbol, piped, made, have, span)


def written_order(given: Sequence[ast.Argument | None]) -> list[int]:
    """The places of the parameters in the order in which their arguments are evaluated: the piped
    value, what was written from left to right, then the defaults."""

    def key(i: int) -> tuple[int, int, int]:
        argument = given[i]
        if argument is None:
            return (0 if i == 0 else 2, 0, i)
        return (1, argument.span.start, i)

    return sorted(range(len(given)), key=key)
