"""Binds the arguments of a call to the parameters of what it calls.

1. Each argument finds its parameter: by name; a model goes to the one `model` parameter wherever
   it stands; the others bind in order without it.
2. Of several declarations of one name (`prune` of a pool, of a list) the first is taken whose
   parameters the arguments fill and whose first parameter takes the piped value.
3. Arguments are checked from left to right. Where a function is expected, an argument that
   mentions `it` is that function; any other value is the function that always gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    ANY,
    INT,
    MODEL,
    NONE,
    NUMBER,
    CandidateOf,
    Candidates,
    Function,
    ListOf,
    Optional,
    RequestOf,
    TallyOf,
    Type,
    Var,
)
from ilang.check import problems
from ilang.check.context import Context, Library, Stop
from ilang.check.fit import as_value, fit
from ilang.check.program import ModelDeclaration, Parameter, Signature
from ilang.check.pronouns import Mentions, mentions
from ilang.check.scope import Bound, Scope
from ilang.check.term import Bind, CallFunction, Const, Constant, IfSome, Lambda, Local, Symbol, Term
from ilang.check.unify import optional
from ilang.syntax import module as ast

Elaborate = Callable[[ast.Expr, Scope, "Type | None"], Term]


@dataclass(frozen=True, slots=True)
class Slots:
    """Which argument fills which parameter; None where it is left to its default."""

    signature: Signature
    arguments: tuple[ast.Argument | None, ...]
    extra: tuple[ast.Argument, ...] = ()  # values by name of `mark`


def expects_function(parameter: Parameter) -> bool:
    """Whether a parameter takes a function."""
    return isinstance(bare(parameter.type), Function)


def bare(type_: Type) -> Type:
    """The type without its `?`."""
    return type_.item if isinstance(type_, Optional) else type_


def place(
    signature: Signature, arguments: Sequence[ast.Argument], is_model: Callable[[ast.Expr], bool], *, piped: bool, span: Span
) -> Slots | Diagnostic:
    """Step 1 for one declaration; a Diagnostic where the arguments do not fill it."""
    params = signature.params
    filled: list[ast.Argument | None] = [None] * len(params)
    first = 1 if piped else 0
    extra: list[ast.Argument] = []
    models = [i for i, p in enumerate(params) if i >= first and bare(p.type) == MODEL]
    order = [i for i in range(first, len(params)) if not (len(models) == 1 and i in models)]
    by_name = {p.name: i for i, p in enumerate(params) if i >= first}
    for argument in arguments:
        if argument.name is not None:
            at = by_name.get(argument.name)
            if at is None:
                if signature.key == "mark" and signature.kind == "builtin":
                    extra.append(argument)
                    continue
                return problems.unknown_argument(argument.span, signature.name, argument.name, [p.name for p in params[first:]])
            if filled[at] is not None:
                return problems.given_twice(argument.span, signature.name, argument.name)
            filled[at] = argument
            continue
        if len(models) == 1 and is_model(argument.value):
            if filled[models[0]] is not None:
                return problems.given_twice(argument.span, signature.name, params[models[0]].name)
            filled[models[0]] = argument
            continue
        free = next((i for i in order if filled[i] is None), None)
        if free is None:
            if signature.key == "mark" and signature.kind == "builtin":
                return problems.marks_by_name(argument.span)
            if len(models) == 1 and filled[models[0]] is None:
                free = models[0]
            else:
                return problems.too_many_arguments(argument.span, signature.name, len(params) - first)
        filled[free] = argument
    for i, (p, argument_or_none) in enumerate(zip(params, filled, strict=True)):
        if i >= first and argument_or_none is None and p.default is None and not p.python_default:
            return problems.missing_argument(span, signature.name, p.name, p.type)
    return Slots(signature, tuple(filled), tuple(extra))


def takes(ctx: Context, have: Type, want: Type) -> bool:
    """Whether a piped value of one type may stand for a first parameter of another (heads only)."""
    u = ctx.unifier
    have, want = u.head(have), u.head(want)
    if isinstance(have, CandidateOf) and not isinstance(want, CandidateOf):
        have = u.head(have.item)
    if isinstance(want, Optional):
        return have == NONE or takes(ctx, bare(have), want.item)
    if have == ANY or want == ANY or isinstance(want, Var) or (isinstance(have, Var) and have.number > 0):
        return True
    if isinstance(want, ListOf):
        if isinstance(have, ListOf):
            return takes(ctx, have.item, want.item)
        return isinstance(have, Candidates) and (
            isinstance(u.head(want.item), Var) or takes(ctx, have.item, want.item)
        )
    for kind in (Candidates, RequestOf, TallyOf, CandidateOf):
        if isinstance(want, kind):
            return isinstance(have, kind)
    if want == NUMBER:
        return have in (NUMBER, INT)
    if isinstance(want, Function):
        return isinstance(have, Function)
    mark = u.mark()
    good = u.fits(have, want)
    u.undo(mark)
    return good


class Caller:
    """Checks calls. `elaborate` checks an expression; `takes_function` answers for `mentions`."""

    def __init__(self, ctx: Context, elaborate: Elaborate) -> None:
        self.ctx = ctx
        self.elaborate = elaborate
        self._tried: dict[tuple[int, int], tuple[ast.Expr, Scope, Term]] = {}

    # ---- whose `it` ----------------------------------------------------------

    def mentions(self, expr: ast.Expr, scope: Scope) -> Mentions:
        """The pronouns of an argument at this place."""

        def takes_function(qualifier: str | None, name: str, position: int | None, by_name: str | None, piped: bool) -> bool:
            for signature in self.signatures(qualifier, name, scope):
                params = signature.params[1 if piped else 0 :]
                if by_name is not None:
                    found = next((p for p in params if p.name == by_name), None)
                    if found is None and signature.key == "mark":
                        return True
                    if found is not None and expects_function(found):
                        return True
                    continue
                models = [p for p in params if bare(p.type) == MODEL]
                order = [p for p in params if not (len(models) == 1 and p in models)]
                if position is not None and position < len(order) and expects_function(order[position]):
                    return True
            return False

        return mentions(expr, takes_function)

    def signatures(self, qualifier: str | None, name: str, scope: Scope) -> tuple[Signature, ...]:
        """What may be called by this name here."""
        if qualifier is not None:
            library = self.ctx.globals.get(qualifier)
            found = library.names.get(name) if isinstance(library, Library) else None
            return found if isinstance(found, tuple) else ()
        local = scope.names.get(name)
        if local is not None:
            type_ = bare(self.ctx.unifier.head(local.type))
            if isinstance(type_, Function):
                return (local_signature(name, type_),)
            return ()
        found = self.ctx.find(name)
        return found if isinstance(found, tuple) else ()

    def is_model(self, scope: Scope) -> Callable[[ast.Expr], bool]:
        """Tells whether an argument names a model."""

        def check(expr: ast.Expr) -> bool:
            if isinstance(expr, ast.Name):
                local = scope.names.get(expr.name)
                if local is not None:
                    return bare(self.ctx.unifier.head(local.type)) == MODEL
                return isinstance(self.ctx.find(expr.name), ModelDeclaration)
            return False

        return check

    # ---- the call ------------------------------------------------------------

    def choose(
        self,
        signatures: Sequence[Signature],
        arguments: Sequence[ast.Argument],
        scope: Scope,
        piped: Type | None,
        name_span: Span,
        before: str,
    ) -> Slots:
        """Steps 1 and 2."""
        is_model = self.is_model(scope)
        if piped == ANY:  # what Python gives is never a pool
            signatures = sorted(signatures, key=lambda s: bool(s.params) and isinstance(bare(s.params[0].type), Candidates))
        first_problem: Diagnostic | None = None
        refused: list[Type] = []
        for signature in signatures:
            if piped is not None:
                if not signature.params:
                    first_problem = first_problem or problems.too_many_arguments(name_span, signature.name, 0)
                    continue
                names: dict[str, Var] = {}
                want = self.ctx.unifier.instantiate(signature.params[0].type, names)
                if not takes(self.ctx, bare(piped) if not isinstance(want, Optional) else piped, want):
                    refused.append(signature.params[0].type)
                    continue
            placed = place(signature, arguments, is_model, piped=piped is not None, span=name_span)
            if isinstance(placed, Slots):
                if piped is None and len(signatures) > 1 and not self._first_fits(placed, scope):
                    continue
                return placed
            first_problem = first_problem or placed
        if first_problem is not None:
            raise Stop(first_problem)
        name = signatures[0].name
        if piped is None or not refused:
            # every declaration was refused for its first argument: say what it is
            argument = next((a for a in arguments if a.name is None), None)
            if argument is None:
                raise Stop(problems.nothing_piped(name_span, name))
            have = as_value(self.ctx, self._try(argument, scope))
            raise Stop(problems.wrong_input(argument.span, name, self.ctx.unifier.full(have.type), [s.params[0].type for s in signatures]))
        raise Stop(self._refusal(name, self.ctx.unifier.full(piped), refused, name_span, before))

    def _refusal(self, name: str, have: Type, wants: Sequence[Type], span: Span, before: str) -> Diagnostic:
        heads = [bare(w) for w in wants]
        if isinstance(heads[0], Candidates):
            return problems.needs_candidates(span, name, have, before)
        if any(isinstance(h, RequestOf) for h in heads):
            return problems.needs_request(span, name, have)
        if isinstance(heads[0], TallyOf):
            return problems.needs_tally(span, name, have)
        return problems.wrong_input(span, name, have, wants)

    def value(self, expr: ast.Expr, scope: Scope, want: Type | None) -> Term:
        """An argument's term; one that was tried while a declaration was chosen is not made again."""
        tried = self._tried.get((id(expr), id(scope)))
        return tried[2] if tried is not None else self.elaborate(expr, scope, want)

    def _try(self, argument: ast.Argument, scope: Scope) -> Term:
        key = (id(argument.value), id(scope))
        if key not in self._tried:
            self._tried[key] = (argument.value, scope, self.elaborate(argument.value, scope, None))
        return self._tried[key][2]

    def _first_fits(self, placed: Slots, scope: Scope) -> bool:
        """Whether the arguments, by their own types, may stand for this declaration's parameters."""
        names: dict[str, Var] = {}
        for p, argument in zip(placed.signature.params, placed.arguments, strict=True):
            want = self.ctx.unifier.instantiate(p.type, names)
            if argument is None or isinstance(bare(want), Function):
                continue
            have = as_value(self.ctx, self._try(argument, scope)).type
            if not takes(self.ctx, have, want) or (want == INT and self.ctx.unifier.head(have) == NUMBER):
                return False
        return True

    def arguments(
        self, placed: Slots, scope: Scope, piped: Term | None, names: dict[str, Var]
    ) -> tuple[list[Term], list[Type]]:
        """Step 3: a term for each parameter, and the parameters' instantiated types."""
        u = self.ctx.unifier
        signature = placed.signature
        wants = [u.instantiate(p.type, names) for p in signature.params]
        terms: list[Term] = []
        loose = signature.kind == "builtin" and signature.name in ("refine", "extend")
        for i, (p, want, argument) in enumerate(zip(signature.params, wants, placed.arguments, strict=True)):
            what = f"`{p.name}` of `{signature.name}`"
            if i == 0 and piped is not None:
                terms.append(fit(self.ctx, piped, want, f"`{signature.name}`"))
            elif argument is None:
                terms.append(p.default if p.default is not None else Const(None, NONE, signature.span))  # type: ignore[arg-type]
            elif isinstance(bare(want), Function):
                inner = replace(scope, loose=loose)
                terms.append(self.function(argument.value, bare(want), what, inner, isinstance(want, Optional)))  # type: ignore[arg-type]
            else:
                terms.append(fit(self.ctx, self.value(argument.value, scope, want), want, what, loose=scope.loose))
        return terms, wants

    def function(self, expr: ast.Expr, want: Function, what: str, scope: Scope, none_allowed: bool) -> Term:
        """An argument where a function is expected."""
        ctx = self.ctx
        if isinstance(expr, ast.FunctionExpr):
            return self.written_function(expr, want, what, scope)
        found = self.mentions(expr, scope)
        if found.free:
            if len(want.params) != 1:
                raise Stop(problems.function_arity(found.free[0], 1, len(want.params)))
            if found.inner:
                raise Stop(problems.nested_it(found.inner[0], found.free[0]))
            symbol = ctx.symbol("it")
            inner = replace(scope, it=Bound(symbol, want.params[0], found.free[0]), region=False)
            return self._lambda((symbol,), expr, want, what, inner)
        value = self.elaborate(expr, scope, None)
        have = ctx.unifier.head(value.type)
        if isinstance(bare(have), Function):
            return fit(ctx, value, optional(want) if none_allowed else want, what)
        if have == NONE and none_allowed:
            return value
        value = fit(ctx, value, want.result, what)
        return Constant(value, len(want.params), want, expr.span)

    def written_function(self, expr: ast.FunctionExpr, want: Function, what: str, scope: Scope) -> Term:
        """`x => body` where a function is expected."""
        if len(expr.params) != len(want.params):
            raise Stop(problems.function_arity(expr.span, len(expr.params), len(want.params)))
        symbols = tuple(self.ctx.symbol(p) for p in expr.params)
        inner = scope.bind_all(
            {p: Bound(s, t, expr.span) for p, s, t in zip(expr.params, symbols, want.params, strict=True)}
        )
        inner = replace(inner, region=False)
        return self._lambda(symbols, expr.body, want, what, inner, expr.span)

    def _lambda(
        self, symbols: tuple[Symbol, ...], expr: ast.Expr, want: Function, what: str, scope: Scope, span: Span | None = None
    ) -> Term:
        u = self.ctx.unifier
        body = self.elaborate(expr, scope, want.result)
        result = u.head(want.result)
        if isinstance(result, Var) and result.number and not isinstance(u.head(body.type), CandidateOf):
            body = as_value(self.ctx, body)
        body = fit(self.ctx, body, want.result, what, loose=scope.loose)
        return Lambda(symbols, body, Function(want.params, body.type), span or expr.span)


def local_signature(name: str, type_: Function) -> Signature:
    """A function held by a local name, as something to call by position."""
    params = tuple(Parameter(f"argument {i + 1}", t) for i, t in enumerate(type_.params))
    return Signature("pipeline", f"local {name}", name, params, type_.result)


def call_local(bound: Bound, type_: Function, terms: Sequence[Term], span: Span) -> Term:
    """A call of a function held by a local name."""
    return CallFunction(Local(bound.symbol, type_, span), tuple(terms), type_.result, span)


def through_none(ctx: Context, piped: Term, span: Span, make: Callable[[Term], Term]) -> Term:
    """`make` of the piped value where it is some, none where it is none."""
    have = ctx.unifier.head(piped.type)
    if not isinstance(have, Optional):
        return make(piped)
    symbol = ctx.symbol("some")
    body = make(Local(symbol, have.item, piped.span))
    return IfSome(symbol, piped, body, optional(ctx.unifier.full(body.type)), span)


def bind_piped(ctx: Context, piped: Term, span: Span, make: Callable[[Local], Term]) -> Term:
    """`make` of a name for the piped value, so that `them` can stand for it."""
    if isinstance(piped, Local):
        return make(piped)
    symbol = ctx.symbol("them")
    body = make(Local(symbol, piped.type, piped.span))
    return Bind(symbol, piped, body, body.type, span)


