"""Binds the arguments of a call to the parameters of what it calls.

1. Each argument finds its parameter; see `placing`.
2. Of several declarations of one name (`prune` of a pool, of a list) the first is taken whose
   parameters the arguments fill and whose first parameter takes the piped value.
3. Arguments are checked from left to right. Where a function is expected, an argument that
   mentions `it` is that function; any other value is the function that always gives it.
   A wrong argument is reported, and the others are checked all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

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
from ilang.check.context import Context, Library, Stop, broken, function_type
from ilang.check.fit import as_value, bare, fit, mismatch, takes_python, why_none
from ilang.check.found import first_words
from ilang.check.placing import Models, Slots, misplaced, place, required
from ilang.check.program import ModelDeclaration, Parameter, Signature
from ilang.check.pronouns import Mentions, mentions
from ilang.check.scope import Bound, Scope
from ilang.check.term import Bind, CallFunction, CallPrompt, Const, Constant, IfSome, Lambda, Local, Symbol, Term
from ilang.check.unify import BROKEN, optional
from ilang.syntax import module as ast


class Elaborate(Protocol):
    """What checks the expressions of a call."""

    def expr(self, e: ast.Expr, scope: Scope, want: Type | None = None) -> Term: ...

    def loosely(self, arguments: Sequence[ast.Argument], scope: Scope) -> None: ...

    def function_value(self, signature: Signature, span: Span) -> Term: ...


LOCAL = "local "
"""How the key of a function in a local name begins."""


class Refused(Stop):
    """What is piped is nothing that the callee takes."""


def expects_function(parameter: Parameter) -> bool:
    """Whether a parameter takes a function."""
    return isinstance(bare(parameter.type), Function)


def takes(ctx: Context, have: Type, want: Type) -> bool:
    """Whether a piped value of one type may stand for a first parameter of another (heads only)."""
    u = ctx.unifier
    have, want = u.head(have), u.head(want)
    if isinstance(have, CandidateOf) and not isinstance(want, CandidateOf):
        have = u.head(have.item)
    if BROKEN in (have, want):
        return True
    if isinstance(want, Optional):
        return have == NONE or takes(ctx, bare(have), want.item)
    if have == ANY:
        return takes_python(want)
    if want == ANY or isinstance(want, Var) or (isinstance(have, Var) and have.number > 0):
        return True
    if isinstance(want, ListOf):
        if isinstance(have, ListOf):
            return takes(ctx, have.item, want.item)
        return isinstance(have, Candidates) and (isinstance(u.head(want.item), Var) or takes(ctx, have.item, want.item))
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
    """Checks calls; `expressions` checks what stands in them."""

    def __init__(self, ctx: Context, expressions: Elaborate) -> None:
        self.ctx = ctx
        self.expressions = expressions
        self._tried: dict[tuple[int, int], tuple[ast.Expr, Scope, Term]] = {}
        self._mentions: dict[int, Mentions] = {}

    def forget(self) -> None:
        """Before bodies are checked again: what was tried may be another thing now."""
        self._tried.clear()

    # ---- whose `it` ----------------------------------------------------------

    def mentions(self, expr: ast.Expr, scope: Scope) -> Mentions:
        """The pronouns of an argument at this place."""

        def takes_function(qualifier: str | None, name: str, argument: int | str, first: int) -> bool:
            for signature in self.signatures(qualifier, name, scope):
                params = signature.params[first:]
                if isinstance(argument, str):
                    found = next((p for p in params if p.name == argument), None)
                    if found is None and signature.key == "mark":
                        return True
                    if found is not None and expects_function(found):
                        return True
                    continue
                models = [p for p in params if bare(p.type) == MODEL]
                order = [p for p in params if not (len(models) == 1 and p in models)]
                if argument < len(order) and expects_function(order[argument]):
                    return True
            return False

        return mentions(expr, takes_function, self._mentions)

    def signatures(self, qualifier: str | None, name: str, scope: Scope) -> tuple[Signature, ...]:
        """What may be called by this name here."""
        if qualifier is not None:
            library = self.ctx.globals.get(qualifier)
            found = library.names.get(name) if isinstance(library, Library) else None
            return found if isinstance(found, tuple) else ()
        local = scope.names.get(name)
        if local is not None:
            type_ = self.ctx.unifier.head(local.type)
            return (local_signature(name, type_),) if isinstance(type_, Function) else ()
        found = self.ctx.find(name)
        return found if isinstance(found, tuple) else ()

    def models(self, scope: Scope) -> Models:
        """Tells whether an argument is a model, by how it is written."""

        def check(e: ast.Expr) -> bool:
            match e:
                case ast.Name(name) if name in scope.names:
                    return bare(self.ctx.unifier.head(scope.names[name].type)) == MODEL
                case ast.Name(name):
                    return isinstance(self.ctx.find(name), ModelDeclaration)
                case ast.Get(ast.Name(library), name) if library not in scope.names:
                    owner = self.ctx.globals.get(library)
                    return isinstance(owner, Library) and isinstance(owner.names.get(name), ModelDeclaration)
                case ast.Call(name):
                    return gives_model(None, name)
                case ast.Qualified(ast.Name(library), name):
                    return gives_model(library, name)
                case ast.If(_, then, other):
                    return check(then.result) or check(other.result)
                case ast.Pipe(value, stages):
                    last = stages[-1]
                    if isinstance(last, ast.Stage) and last.name == "otherwise":
                        return check(value)
                    return isinstance(last, ast.Stage) and gives_model(last.qualifier, last.name)
            return False

        def gives_model(qualifier: str | None, name: str) -> bool:
            found = self.signatures(qualifier, name, scope)
            return bool(found) and bare(found[0].result) == MODEL

        def unknown(e: ast.Expr) -> bool:
            return isinstance(e, ast.Name) and e.name not in scope.names and self.ctx.find(e.name) is None

        return Models(check, unknown)

    # ---- the call ------------------------------------------------------------

    def choose(
        self,
        signatures: Sequence[Signature],
        arguments: Sequence[ast.Argument],
        scope: Scope,
        piped: Type | None,
        name_span: Span,
        before: Term | None = None,
    ) -> Slots:
        """Steps 1 and 2. Raises Refused where what is piped is wrong, Stop where the arguments are."""
        models = self.models(scope)
        first = 0 if piped is None else 1
        unplaced: list[Slots] = []
        refused: list[Signature] = []
        unfit: list[tuple[int, Diagnostic]] = []
        for signature in signatures:
            if piped is not None:
                if not signature.params:
                    raise Stop(problems.takes_nothing(name_span, signature.name))
                want = self.for_call(signature, signature.params[0].type, {})
                if not takes(self.ctx, bare(piped) if not isinstance(want, Optional) else piped, want):
                    refused.append(signature)
                    continue
            placed = place(signature, arguments, models, first, name_span)
            if placed.wrong:
                unplaced.append(placed)
                continue
            if len(signatures) > 1:
                problem = self._unfit(placed, scope)
                if problem is not None:
                    unfit.append(problem)
                    continue
            return placed
        if unfit:
            furthest, problem_there = max(unfit, key=lambda found: (found[0], found[1].code == "may-be-none"))
            if furthest == 0 and problem_there.code != "may-be-none":
                raise Stop(self._first_unfit(signatures, arguments, scope))
            raise Stop(problem_there)
        if not unplaced:
            raise Refused(self._refusal(refused, self.ctx.unifier.full(piped or ANY), name_span, before))
        if len(unplaced) > 1 and _differ(unplaced, first):
            raise Stop(misplaced(unplaced, arguments, first, name_span))
        for one in unplaced[0].wrong:
            self.ctx.report(Stop(one.problem))
        self.expressions.loosely([one.argument for one in unplaced[0].wrong if one.argument is not None], scope)
        return unplaced[0]

    def _refusal(self, refused: Sequence[Signature], have: Type, span: Span, before: Term | None) -> Diagnostic:
        """What is wrong with what is piped into declarations of one name."""
        name, shown = refused[0].name, short(before) if before is not None else "..."
        wants = [s.params[0].type for s in refused]
        heads = [bare(w) for w in wants]
        if isinstance(heads[0], Candidates):
            also_lists = any(isinstance(h, ListOf) for h in heads)
            more = any(required(p) for p in refused[0].params[1:])
            return problems.needs_candidates(span, name, have, shown, also_lists=also_lists, more=more)
        if any(isinstance(h, RequestOf) for h in heads):
            if isinstance(before, CallPrompt):
                return problems.prompt_without_result(span, name, shown)
            return problems.needs_request(span, name, have, shown)
        if isinstance(heads[0], TallyOf):
            return problems.needs_tally(span, name, have, shown)
        if refused[0].kind == "prompt" and isinstance(have, Candidates):
            return problems.prompt_of_pool(span, name, refused[0].params[0].name, have)
        return problems.wrong_input(span, name, have, wants)

    def for_call(self, signature: Signature, type_: Type, names: dict[str, Var]) -> Type:
        """A type of a declaration with its variables open for one call; those of a function in a name are fixed."""
        if signature.key.startswith(LOCAL):
            return type_
        return self.ctx.unifier.instantiate(type_, names)

    def value(self, expr: ast.Expr, scope: Scope, want: Type | None) -> Term:
        """An argument's term; one that was tried while a declaration was chosen is not made again."""
        tried = self._tried.get((id(expr), id(scope)))
        return tried[2] if tried is not None else self.expressions.expr(expr, scope, want)

    def _try(self, argument: ast.Argument, scope: Scope) -> Term:
        key = (id(argument.value), id(scope))
        if key not in self._tried:
            self._tried[key] = (argument.value, scope, self.expressions.expr(argument.value, scope, None))
        return self._tried[key][2]

    def _unfit(self, placed: Slots, scope: Scope) -> tuple[int, Diagnostic] | None:
        """The first argument that, by its own type, cannot stand for its parameter; None where all may."""
        names: dict[str, Var] = {}
        u = self.ctx.unifier
        for i, (p, argument) in enumerate(zip(placed.signature.params, placed.arguments, strict=True)):
            want = self.for_call(placed.signature, p.type, names)
            if argument is None or isinstance(bare(want), Function):
                continue
            found = self.mentions(argument.value, scope)
            if found.them or (found.free is not None and scope.it is None):
                continue  # told when all arguments are
            term = as_value(self.ctx, self._try(argument, scope))
            have, want = u.head(term.type), u.head(want)
            what = f"`{p.name}` of `{placed.signature.name}`"
            if isinstance(have, Optional) and not isinstance(want, Optional | Var) and takes(self.ctx, have.item, want):
                return i, problems.may_be_none(term.span, what, u.full(have), u.full(want), why_none(self.ctx, term))
            if not takes(self.ctx, have, want) or (want == INT and have == NUMBER):
                return i, mismatch(self.ctx, argument.value.span, what, have, want)
        return None

    def _first_unfit(
        self, signatures: Sequence[Signature], arguments: Sequence[ast.Argument], scope: Scope
    ) -> Diagnostic:
        """Every declaration refuses its first argument: what it is, and what they would take."""
        argument = next(a for a in arguments if a.name is None or a.name == signatures[0].params[0].name)
        have = self.ctx.unifier.full(as_value(self.ctx, self._try(argument, scope)).type)
        wants = [s.params[0].type for s in signatures]
        return problems.wrong_input(argument.value.span, signatures[0].name, have, wants)

    def arguments(self, placed: Slots, scope: Scope, piped: Term | None, names: dict[str, Var]) -> list[Term]:
        """Step 3: a term for each parameter."""
        signature = placed.signature
        wants = [self.for_call(signature, p.type, names) for p in signature.params]
        terms: dict[int, Term] = {}
        loose = replace(scope, loose=signature.kind == "builtin" and signature.name in ("refine", "extend"))
        # values before functions: they tell what a function is given
        for i in sorted(range(len(wants)), key=lambda i: isinstance(bare(wants[i]), Function)):
            p, want, argument = signature.params[i], wants[i], placed.arguments[i]
            what = f"`{p.name}` of `{signature.name}`"
            function = bare(want)
            if i == 0 and piped is not None:
                terms[i] = self._piped(piped, want, f"`{signature.name}`", scope)
            elif argument is None:
                terms[i] = self._left_out(p, want, placed.span)
            elif isinstance(function, Function):
                none_allowed = isinstance(want, Optional)
                terms[i] = self.guarded(argument.value, function, what, loose, none_allowed=none_allowed)
            else:
                terms[i] = self._value(
                    argument.value, want, what, self._without_it(argument.value, what, signature, scope)
                )
        return [terms[i] for i in range(len(wants))]

    def _without_it(self, e: ast.Expr, what: str, signature: Signature, scope: Scope) -> Scope:
        """`prune(keep=it.number)`: a value is told once, so no `it` stands in it but that of a stage around it."""
        asked = [p.name for p in signature.params if expects_function(p)]
        if scope.it is not None or not asked or signature.kind != "builtin":
            return scope
        span = self.mentions(e, scope).free
        if span is None:
            return scope
        self.ctx.report(Stop(problems.it_of_value(span, what, asked)))
        return replace(scope, it=Bound(self.ctx.symbol("it"), BROKEN))

    def _left_out(self, p: Parameter, want: Type, span: Span) -> Term:
        """What stands for an argument that is not given: the default, or none where Python fills in its own."""
        if p.default is not None:
            return p.default
        return fit(self.ctx, broken(span), want, "") if required(p) else Const(None, NONE, span)

    def _piped(self, piped: Term, want: Type, what: str, scope: Scope) -> Term:
        try:
            return fit(self.ctx, piped, want, what, loose=scope.loose)
        except Stop as problem:
            self.ctx.report(problem)
            return fit(self.ctx, broken(piped.span), want, what)

    def _value(self, e: ast.Expr, want: Type, what: str, scope: Scope) -> Term:
        """An argument where a value is expected; broken where it is none."""
        term = self.value(e, scope, want)
        try:
            return fit(self.ctx, term, want, what, loose=scope.loose)
        except Stop as problem:
            self.ctx.report(problem)
            return fit(self.ctx, broken(e.span), want, what)

    def guarded(self, e: ast.Expr, want: Function, what: str, scope: Scope, *, none_allowed: bool) -> Term:
        """An argument where a function is expected; broken where it is none."""
        try:
            return self.function(e, want, what, scope, none_allowed=none_allowed)
        except Stop as problem:
            self.ctx.report(problem)
            return fit(self.ctx, broken(e.span), want, what)

    def function(self, expr: ast.Expr, want: Function, what: str, scope: Scope, *, none_allowed: bool) -> Term:
        """An argument where a function is expected."""
        ctx = self.ctx
        if isinstance(expr, ast.FunctionExpr):
            return self.written_function(expr, want, what, scope)
        found = self.mentions(expr, scope)
        if found.free is not None:
            symbol = ctx.symbol("it")
            first = want.params[0] if len(want.params) == 1 else BROKEN
            inner = replace(scope, it=Bound(symbol, first, found.free))
            if len(want.params) != 1:
                self.expressions.expr(expr, inner, want.result)
                raise Stop(problems.it_of_several(found.free, what, len(want.params)))
            if found.inner is not None:
                self.expressions.expr(expr, inner, want.result)
                raise Stop(problems.nested_it(found.inner, found.free))
            return self._lambda((symbol,), expr, want, what, inner)
        value = self._named(expr, want, scope) or self.expressions.expr(expr, scope, want.result)
        have = ctx.unifier.head(value.type)
        if isinstance(bare(have), Function):
            return fit(ctx, value, optional(want) if none_allowed else want, what, loose=scope.loose)
        if have == NONE and none_allowed:
            return value
        value = fit(ctx, value, want.result, what, loose=scope.loose)
        return Constant(value, len(want.params), want, expr.span)

    def _named(self, expr: ast.Expr, want: Function, scope: Scope) -> Term | None:
        """`each(length)`: of several declarations of one name, the first whose parameters can take what is given."""
        if not isinstance(expr, ast.Name) or expr.name in scope.names:
            return None
        found = self.signatures(None, expr.name, scope)
        if len(found) < 2:
            return None
        for signature in found:
            params = function_type(signature).params
            if len(params) == len(want.params) and all(map(self._may_take, want.params, params)):
                self.ctx.see("callee", expr.name, expr.span, signatures=(signature,), type=want)
                return self.expressions.function_value(signature, expr.span)
        return None

    def _may_take(self, have: Type, want: Type) -> bool:
        return takes(self.ctx, have, self.ctx.unifier.instantiate(want, {}))

    def written_function(self, expr: ast.FunctionExpr, want: Function, what: str, scope: Scope) -> Term:
        """`x => body` where a function is expected."""
        types = want.params
        if len(expr.params) != len(types):
            self.ctx.report(Stop(problems.function_arity(expr.span, what, len(expr.params), len(types))))
            types = (BROKEN,) * len(expr.params)
            want = Function(types, want.result)
        symbols = tuple(self.ctx.symbol(p) for p in expr.params)
        places = first_words(expr.span, len(symbols))
        for p, t, at in zip(expr.params, types, places, strict=True):
            self.ctx.see("local", p, at, type=t, origin=at)
        bounds = [Bound(s, t, at) for s, t, at in zip(symbols, types, places, strict=True)]
        inner = scope.bind_all(dict(zip(expr.params, bounds, strict=True)))
        return self._lambda(symbols, expr.body, want, what, inner, expr.span)

    def _lambda(
        self,
        symbols: tuple[Symbol, ...],
        expr: ast.Expr,
        want: Function,
        what: str,
        scope: Scope,
        span: Span | None = None,
    ) -> Term:
        u = self.ctx.unifier
        body = self.expressions.expr(expr, scope, want.result)
        result = u.head(want.result)
        if isinstance(result, Var) and result.number and not isinstance(u.head(body.type), CandidateOf):
            body = as_value(self.ctx, body)
        body = fit(self.ctx, body, want.result, what, loose=scope.loose)
        return Lambda(symbols, body, Function(want.params, body.type), span or expr.span)


def _differ(found: Sequence[Slots], first: int) -> bool:
    """Whether declarations differ in more than what is piped into them."""
    one, *others = ([p.name for p in slots.signature.params[first:]] for slots in found)
    return any(names != one for names in others)


def short(term: Term) -> str:
    """A term as it was written, on one line, for a message; three points where it is long."""
    text = " ".join(term.span.text().split())
    return text if len(text) <= 60 else "..."


def local_signature(name: str, type_: Function) -> Signature:
    """A function held by a local name, as something to call by position."""
    params = tuple(Parameter(f"argument {i + 1}", t) for i, t in enumerate(type_.params))
    return Signature("pipeline", f"{LOCAL}{name}", name, params, type_.result)


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
