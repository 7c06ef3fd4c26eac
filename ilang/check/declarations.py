"""Checks the declarations of one module, in four rounds: types, names, signatures, bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ilang.backend import registry
from ilang.base.diagnostic import Diagnostic
from ilang.base.type import (
    BOOL,
    MESSAGE,
    Basic,
    Enum,
    Field,
    ListOf,
    Record,
    RequestOf,
    Type,
    Var,
)
from ilang.base.value import Model
from ilang.check import problems
from ilang.check.context import Context, Global, Library, Stop
from ilang.check.expressions import Expressions
from ilang.check.fit import as_value, fit
from ilang.check.locate import file_beside, library_file, python_module
from ilang.check.program import (
    Expectation,
    IncludePart,
    MessagePart,
    ModelDeclaration,
    Parameter,
    Pipeline,
    Prompt,
    PythonFunction,
    ReaderSpec,
    ScriptedReplies,
    Signature,
    Test,
)
from ilang.check.python_source import functions
from ilang.check.schema import readable, schema_text
from ilang.check.scope import Bound, Scope
from ilang.check.term import Bind, CallBuiltin, Const, Local, MakeList, ModelOf, Term
from ilang.check.types import NAMED, to_type
from ilang.syntax import module as ast

EXTRACTORS = ("after", "match", "code_block", "json", "whole")


@dataclass(slots=True)
class Checked:
    """One checked module: what it declares, by plain name and by key."""

    module: str
    globals: dict[str, Global]
    types: dict[str, Record | Enum]
    own: list[str]  # names declared here, in order, which others may use
    pipelines: dict[str, Pipeline] = field(default_factory=dict)
    prompts: dict[str, Prompt] = field(default_factory=dict)
    python: dict[str, PythonFunction] = field(default_factory=dict)
    models: dict[str, ModelDeclaration] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)
    uses: list[Checked] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)


class Declarations:
    """The check of one module. `used` gives the checked module of a file that it uses."""

    def __init__(self, tree: ast.Module, module: str, used: object, prelude: dict[str, tuple[Signature, ...]]) -> None:
        self.tree = tree
        self.used = used
        self.folder = Path(tree.source.path).parent if tree.source.path else Path.cwd()
        self.ctx = Context(module, {}, dict(NAMED), prelude, {}, mark_names=mark_names(tree))
        self.expressions = Expressions(self.ctx)
        self.checked = Checked(module, self.ctx.globals, self.ctx.types, [])
        self.first: dict[str, ast.Declaration] = {}
        self._making: list[str] = []

    def check(self) -> tuple[Checked, list[Diagnostic]]:
        """All rounds. The problems stand in the order of the file."""
        ds = self.tree.declarations
        for d in ds:
            if isinstance(d, ast.Use):
                self._guard(lambda d=d: self.use(d))  # type: ignore[misc]
        records = {d.name: d for d in ds if isinstance(d, ast.RecordDecl | ast.EnumDecl)}
        for d in ds:
            if isinstance(d, ast.RecordDecl | ast.EnumDecl):
                self._guard(lambda d=d: self.type_declaration(d, records))  # type: ignore[misc]
        for d in ds:
            if isinstance(d, ast.ModelDecl):
                self._guard(lambda d=d: self.model(d))  # type: ignore[misc]
        ready: list[tuple[ast.PromptDecl | ast.PipelineDecl, Signature, Scope]] = []
        for d in ds:
            if isinstance(d, ast.PromptDecl | ast.PipelineDecl):
                self._guard(lambda d=d: ready.append(self.signature(d)))  # type: ignore[misc]
        for d, signature, scope in ready:
            if isinstance(d, ast.PromptDecl):
                self._guard(lambda d=d, s=signature, c=scope: self.prompt(d, s, c))  # type: ignore[misc]
        for d, signature, scope in ready:
            if isinstance(d, ast.PipelineDecl):
                self._guard(lambda d=d, s=signature, c=scope: self.pipeline(d, s, c))  # type: ignore[misc]
        for d in ds:
            if isinstance(d, ast.TestDecl):
                self._guard(lambda d=d: self.test(d))  # type: ignore[misc]
        self.checked.warnings = self.ctx.warnings
        errors = list(dict.fromkeys(self.ctx.errors))
        errors.sort(key=lambda e: e.span.start if e.span else 0)
        return self.checked, errors

    def _guard(self, work: object) -> None:
        assert callable(work)
        try:
            work()
        except Stop as problem:
            self.ctx.errors.append(problem.diagnostic)

    def declare(self, name: str, d: ast.Declaration, span: object) -> None:
        """A name of the module may be declared once."""
        from ilang.base.span import Span

        assert isinstance(span, Span)
        if name in self.first:
            first = self.first[name]
            raise Stop(problems.duplicate(span, name, getattr(first, "name_span", first.span)))
        self.first[name] = d
        self.checked.own.append(name)

    # ---- uses ------------------------------------------------------------------

    def use(self, d: ast.Use) -> None:
        if d.python:
            self.use_python(d)
            return
        if d.origin is None:
            for name in d.names:
                self.use_module(d, name)
            return
        where, other = self.module_of(d.origin, d.origin_span or d.span)
        for name in d.names:
            plain = ".".join(name.path)
            local = name.alias or plain
            if local in self.first:
                raise Stop(problems.duplicate(name.span, local, self.first[local].span))
            found = other.globals.get(plain) if plain in other.own else None
            type_ = other.types.get(plain) if plain in other.own else None
            if found is None and type_ is None:
                raise Stop(problems.import_missing_name(name.span, plain, where, other.own))
            self.first[local] = d
            if type_ is not None:
                self.ctx.types[local] = type_
            if found is not None:
                self.ctx.globals[local] = found
                if isinstance(found, tuple) and found[0].kind == "prompt" and found[0].key in other.prompts:
                    self.ctx.prompts[found[0].key] = other.prompts[found[0].key]

    def use_module(self, d: ast.Use, name: ast.UseName) -> None:
        """`use std.voting`: its names stand behind `voting.`."""
        _, other = self.module_of(name.path, name.span)
        local = name.alias or name.path[-1]
        self.first[local] = d
        self.ctx.globals[local] = Library(local, {n: other.globals[n] for n in other.own if n in other.globals})

    def module_of(self, origin: tuple[str, ...] | str, span: object) -> tuple[str, Checked]:
        from ilang.base.span import Span

        assert isinstance(span, Span) and callable(self.used)
        if isinstance(origin, str):
            path = file_beside(origin, self.folder, span)
            where = f"`{origin}`"
        else:
            path = library_file(origin, span)
            where = f"`{'.'.join(origin)}`"
        if isinstance(path, Diagnostic):
            raise Stop(path)
        other = self.used(path, where, span)
        assert isinstance(other, Checked)
        if other not in self.checked.uses:
            self.checked.uses.append(other)
        return where, other

    def use_python(self, d: ast.Use) -> None:
        if d.origin is None:
            raise Stop(problems.python_without_origin(d.span))
        span = d.origin_span or d.span
        path = file_beside(d.origin, self.folder, span) if isinstance(d.origin, str) else python_module(d.origin, span)
        if isinstance(path, Diagnostic):
            raise Stop(path)
        shown = d.origin if isinstance(d.origin, str) else ".".join(d.origin)
        try:
            known = functions(str(path))
        except SyntaxError as problem:
            raise Stop(problems.python_syntax(span, shown, problem.lineno, problem.msg)) from None
        except (OSError, ValueError) as problem:
            raise Stop(problems.python_syntax(span, shown, None, str(problem))) from None
        for name in d.names:
            plain = ".".join(name.path)
            read = known.get(plain)
            if read is None:
                raise Stop(problems.python_missing_name(name.span, plain, shown, known))
            local = name.alias or plain
            self.declare(local, d, name.span)
            key = f"{path}:{plain}"
            signature = Signature("python", key, local, read.params, read.result, read.doc, name.span)
            self.ctx.globals[local] = (signature,)
            self.checked.python[key] = PythonFunction(
                signature, str(path), plain, read.is_async, read.batched, read.pure
            )

    # ---- types -----------------------------------------------------------------

    def type_declaration(
        self, d: ast.RecordDecl | ast.EnumDecl, records: dict[str, ast.RecordDecl | ast.EnumDecl]
    ) -> None:
        if d.name in self.first and self.first[d.name] is not d:
            raise Stop(problems.duplicate(d.name_span, d.name, self.first[d.name].span))
        if d.name in self._making:
            raise Stop(problems.recursion(d.name_span, [*self._making, d.name]))
        if d.name in self.first:
            return
        self._making.append(d.name)
        try:
            if isinstance(d, ast.EnumDecl):
                members: dict[str, str] = {}
                for m in d.members:
                    if m.name in members:
                        raise Stop(problems.duplicate(m.span, m.name, None))
                    members[m.name] = m.words if m.words is not None else m.name
                made: Record | Enum = Enum(d.name, tuple(members.items()))
            else:
                fields: dict[str, Field] = {}
                for f in d.fields:
                    if f.name in fields:
                        raise Stop(problems.duplicate(f.name_span, f.name, None))
                    for other in type_names(f.type):
                        if other in records and other not in self.first:
                            self.type_declaration(records[other], records)
                        elif other in self._making:
                            raise Stop(problems.recursion(f.span, [*self._making, other]))
                    fields[f.name] = Field(f.name, to_type(f.type, self.ctx.types), f.note)
                made = Record(d.name, tuple(fields.values()))
        finally:
            self._making.pop()
        self.declare(d.name, d, d.name_span)
        self.ctx.types[d.name] = made

    # ---- models ----------------------------------------------------------------

    def model(self, d: ast.ModelDecl) -> None:
        self.declare(d.name, d, d.name_span)
        key = self.ctx.key(d.name)
        declaration = ModelDeclaration(key, d.name, None, d.name_span)
        self.ctx.globals[d.name] = declaration
        self.checked.models[key] = declaration
        if d.call is None:
            return
        model = model_of_call(d.call, d.name)
        declaration = ModelDeclaration(key, d.name, model, d.name_span)
        self.ctx.globals[d.name] = declaration
        self.checked.models[key] = declaration

    # ---- signatures --------------------------------------------------------------

    def signature(
        self, d: ast.PromptDecl | ast.PipelineDecl
    ) -> tuple[ast.PromptDecl | ast.PipelineDecl, Signature, Scope]:
        self.declare(d.name, d, d.name_span)
        ctx = self.ctx
        params: list[Parameter] = []
        scope = Scope()
        names: set[str] = set()
        for p in d.params:
            if p.name in names:
                raise Stop(problems.duplicate(p.name_span, p.name, None))
            names.add(p.name)
            type_ = to_type(p.type, ctx.types)
            default: Term | None = None
            if p.default is not None:
                default = fit(ctx, self.expressions.expr(p.default, Scope(), type_), type_, f"the default of `{p.name}`")
                if not closed(default):
                    raise Stop(problems.optional_default(p.default.span, p.name))
            symbol = ctx.symbol(p.name)
            params.append(Parameter(p.name, type_, default, symbol))
            scope = scope.bind(p.name, Bound(symbol, type_, p.name_span))
        if isinstance(d, ast.PromptDecl):
            result: Type = MESSAGE
            if d.result is not None:
                result = RequestOf(to_type(d.result, ctx.types))
            else:
                result = Basic("text") if d.short else ListOf(MESSAGE)
            kind = "prompt"
        else:
            result = to_type(d.result, ctx.types)
            kind = "pipeline"
        made = Signature(kind, ctx.key(d.name), d.name, tuple(params), result, d.doc, d.name_span)  # type: ignore[arg-type]
        ctx.globals[d.name] = (made,)
        return d, made, scope

    # ---- bodies ------------------------------------------------------------------

    def prompt(self, d: ast.PromptDecl, signature: Signature, scope: Scope) -> None:
        scope = Scope(scope.names, hole=True)
        parts: list[MessagePart | IncludePart] = []
        reads: int | None = None
        result = signature.result.item if isinstance(signature.result, RequestOf) else None
        if d.answer is not None and result is None:
            raise Stop(problems.answer_without_result(d.answer.span))
        for m in d.messages:
            if isinstance(m, ast.MessageBlock):
                texts = tuple(
                    p if isinstance(p, str) else self.expressions.hole(p, scope, images=True) for p in m.template.parts
                )
                parts.append(MessagePart(m.role, texts))
                continue
            value = self.expressions.expr(m.value, scope)
            have = self.ctx.unifier.full(value.type)
            if isinstance(have, RequestOf):
                if result is not None and have.item == result:
                    reads = len(parts)
            elif have != ListOf(MESSAGE):
                raise Stop(problems.bad_include(m.value.span, have))
            parts.append(IncludePart(value))
        reader: ReaderSpec | None = None
        schema: str | None = None
        if result is not None:
            if d.answer is not None:
                reader = self.answer(d.answer, result)
            elif reads is not None:
                reader = ReaderSpec("included", None, result)
                part = parts[reads]
                assert isinstance(part, IncludePart)
                parts[reads] = IncludePart(part.value, reads=True)
            else:
                reader = ReaderSpec("json" if isinstance(result, Record | ListOf) else "whole", None, result)
            if reader.extract not in ("included", "python") and not readable(result):
                raise Stop(problems.unreadable_type(d.result.span if d.result else d.name_span, result))
            if reader.extract == "json":
                schema = schema_text(result)
        shape = "request" if result is not None else ("text" if d.short else "messages")
        prompt = Prompt(signature, tuple(parts), reader, schema, shape, d.name_span)  # type: ignore[arg-type]
        self.checked.prompts[signature.key] = prompt
        self.ctx.prompts[signature.key] = prompt

    def answer(self, answer: ast.Answer, result: Type) -> ReaderSpec:
        """How replies are read, from the `answer` clause."""
        found = self.ctx.globals.get(answer.name)
        if isinstance(found, tuple) and found[0].kind == "python":
            return ReaderSpec("python", found[0].key, result)
        if answer.name not in EXTRACTORS:
            python = [n for n, g in self.ctx.globals.items() if isinstance(g, tuple) and g[0].kind == "python"]
            raise Stop(problems.bad_answer(answer.name_span, answer.name, [*EXTRACTORS, *python]))
        if answer.name in ("json", "whole"):
            if answer.arguments:
                raise Stop(problems.too_many_arguments(answer.arguments[0].span, answer.name, 0))
            return ReaderSpec(answer.name, None, result)
        values = [a.value.value for a in answer.arguments if isinstance(a.value, ast.Literal)]
        if len(answer.arguments) == 0 and answer.name == "code_block":
            values = [""]
        elif len(values) != 1 or len(answer.arguments) != 1 or not isinstance(values[0], str):
            raise Stop(problems.bad_answer_argument(answer.span, answer.name, "one text"))
        text = str(values[0])
        if answer.name in ("after", "match") and not text:
            raise Stop(problems.bad_answer_argument(answer.span, answer.name, "a text that is not empty"))
        if answer.name == "match":
            try:
                re.compile(text)
            except (re.error, OverflowError, RecursionError) as problem:
                raise Stop(problems.bad_pattern(answer.arguments[0].span, str(problem))) from None
        return ReaderSpec(answer.name, text, result)

    def pipeline(self, d: ast.PipelineDecl, signature: Signature, scope: Scope) -> None:
        if d.body is None:
            raise Stop(problems.optional_default(d.span, d.name))
        ctx = self.ctx
        body = self.expressions.block(d.body, scope, signature.result)
        if not isinstance(signature.result, Var):
            pass
        place = d.body.result
        body = self._fit_result(body, signature.result, f"`{d.name}`")
        ctx.unifier.full(body.type)
        self.checked.pipelines[signature.key] = Pipeline(signature, body, place.span)

    def _fit_result(self, body: Term, want: Type, what: str) -> Term:
        """The result of a block as its declared type: lets stay in front."""
        if isinstance(body, Bind):
            inner = self._fit_result(body.body, want, what)
            return Bind(body.symbol, body.value, inner, inner.type, body.span)
        return fit(self.ctx, body, want, what)

    # ---- tests -------------------------------------------------------------------

    def test(self, d: ast.TestDecl) -> None:
        replies: list[ScriptedReplies] = []
        lets: list[tuple[Bound, Term, ast.Let]] = []
        scope = Scope()
        for given in d.given:
            if isinstance(given, ast.Let):
                symbol = self.ctx.symbol(given.name)
                value = self.expressions.expr(given.value, scope)
                bound = Bound(symbol, value.type, given.name_span)
                lets.append((bound, value, given))
                scope = scope.bind(given.name, bound)
                continue
            found = self.ctx.globals.get(given.prompt)
            if not (isinstance(found, tuple) and found[0].kind == "prompt"):
                prompts = [n for n, g in self.ctx.globals.items() if isinstance(g, tuple) and g[0].kind == "prompt"]
                raise Stop(problems.replies_unknown_prompt(given.span, given.prompt, prompts))
            texts: list[str] = []
            for item in given.replies.items:
                term = self.expressions.expr(item, Scope())
                if not (isinstance(term, Const) and isinstance(term.value, str)):
                    raise Stop(problems.replies_must_be_text(item.span))
                texts.append(term.value)
            replies.append(ScriptedReplies(found[0].key, tuple(texts)))
        expects: list[Expectation] = []
        for e in d.expects:
            term = as_value(self.ctx, self.expressions.expr(e, scope))
            have = self.ctx.unifier.head(term.type)
            if have != BOOL:
                raise Stop(problems.test_needs_bool(e.span, self.ctx.unifier.full(have)))
            sides: tuple[Term, Term] | None = None
            if isinstance(term, CallBuiltin) and term.name in ("==", "!=", "<", "<=", ">", ">=", "in", "not in"):
                sides = (self._in_front(lets, term.arguments[0]), self._in_front(lets, term.arguments[1]))
            expects.append(Expectation(self._in_front(lets, term), e.span.text(), sides, e.span))
        self.checked.tests.append(Test(d.name, tuple(replies), tuple(expects), d.span))

    def _in_front(self, lets: list[tuple[Bound, Term, ast.Let]], term: Term) -> Term:
        for bound, value, let in reversed(lets):
            term = Bind(bound.symbol, value, term, term.type, let.span)
        return term


def mark_names(tree: ast.Module) -> frozenset[str]:
    """The names that `mark` gives anywhere in a module."""
    found: set[str] = set()
    stack: list[object] = [*tree.declarations]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Stage) and node.name == "mark":
            found.update(a.name for a in node.arguments or () if a.name)
        if isinstance(node, tuple):
            stack.extend(node)
        elif hasattr(node, "__dataclass_fields__") and not hasattr(node, "line_starts"):
            stack.extend(getattr(node, f) for f in node.__dataclass_fields__ if not f.endswith("span"))
    return frozenset(found)


def type_names(written: ast.TypeExpr) -> list[str]:
    """The names in a written type."""
    match written:
        case ast.TypeName(name):
            return [name]
        case ast.TypeApply(_, argument):
            return type_names(argument)
        case ast.TypeOptional(item):
            return type_names(item)
        case ast.TypeShape(fields):
            return [n for f in fields for n in type_names(f.type)]
        case ast.TypeFunction(params, result):
            return [n for p in (*params, result) for n in type_names(p)]


def closed(term: Term) -> bool:
    """Whether a term is a plain value, fit for a default."""
    match term:
        case Const() | ModelOf():
            return True
        case MakeList(items):
            return all(closed(i) for i in items)
    return not isinstance(term, Local) and not hasattr(term, "symbol") and _closed_parts(term)


def _closed_parts(term: Term) -> bool:
    from ilang.check.term import Convert, MakeRecord

    match term:
        case MakeRecord(_, values):
            return all(closed(v) for v in values)
        case Convert(_, value):
            return closed(value)
        case CallBuiltin("negate", _, arguments):
            return all(closed(x) for x in arguments)
    return False


def model_of_call(call: ast.Call, label: str) -> Model:
    """`openai("id", temperature=0.8)` as a Model; raises Stop for what its backend does not know."""
    provider = registry.find(call.name)
    if provider is None:
        raise Stop(problems.unknown_backend(call.name_span, call.name, registry.names()))
    id_ = ""
    settings: dict[str, object] = {}
    kinds = {**registry.SAMPLING, **{n: k.type for n, k in provider.settings.items()}}
    for i, argument in enumerate(call.arguments):
        value = _constant(argument)
        if argument.name is None:
            if i or not isinstance(value, str):
                raise Stop(problems.model_id(argument.span))
            id_ = value
            continue
        kind = kinds.get(argument.name)
        if kind is None:
            raise Stop(problems.unknown_setting(argument.span, call.name, argument.name, sorted(kinds)))
        if value is None:
            continue
        if argument.name in settings:
            raise Stop(problems.given_twice(argument.span, call.name, argument.name))
        have = {str: "text", bool: "bool", int: "int", float: "number"}.get(type(value), type(value).__name__)
        if have != kind and not (have == "int" and kind == "number"):
            raise Stop(problems.setting_type(argument.span, argument.name, kind, have))
        settings[argument.name] = value
    return Model(call.name, id_, tuple(sorted(settings.items())), label)


def _constant(argument: ast.Argument) -> object:
    match argument.value:
        case ast.Literal(value):
            return value
        case ast.Unary("-", ast.Literal(value)) if isinstance(value, int | float) and not isinstance(value, bool):
            return -value
        case ast.Template(parts) if all(isinstance(p, str) for p in parts):
            return "".join(str(p) for p in parts)
    raise Stop(problems.setting_not_constant(argument.value.span, argument.name or "the id"))
