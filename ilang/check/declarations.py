"""Checks the declarations of one module, in five rounds: uses, types, models, signatures, bodies.

A declaration with a mistake does not end the others' check, and a name that it fails to bind is
remembered, so that who reads the name is not told of it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ilang.backend import registry
from ilang.backend.prices import parse_prices
from ilang.backend.protocol import BackendFault, Careful
from ilang.base.diagnostic import Diagnostic
from ilang.base.pattern import compiled
from ilang.base.ranges import outside
from ilang.base.span import Span
from ilang.base.type import (
    ANY,
    BOOL,
    INT,
    MESSAGE,
    NUMBER,
    TEXT,
    Enum,
    Field,
    ListOf,
    Optional,
    Record,
    RequestOf,
    Type,
)
from ilang.base.value import Model
from ilang.check import problems
from ilang.check.context import Context, Enough, Global, Library, Stop, broken
from ilang.check.expressions import MOST_LETS, Expressions, name_of
from ilang.check.fallbacks import resolve
from ilang.check.fit import as_value, bare, fit, mismatch, why_none
from ilang.check.found import FoundNames
from ilang.check.locate import file_beside, library_file, python_module
from ilang.check.misplaced_image import misplaced_images
from ilang.check.never_verified import never_verified
from ilang.check.one_judgement import one_for_all
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
from ilang.check.single_brace import single_braces
from ilang.check.term import (
    Bind,
    CallBuiltin,
    Choose,
    Const,
    Convert,
    Local,
    MakeList,
    MakeRecord,
    ModelOf,
    Symbol,
    Term,
)
from ilang.check.types import NAMED, to_type
from ilang.check.unify import BROKEN, holds, variables
from ilang.check.walk import all_terms, prompt_terms, result_place, too_deep
from ilang.syntax import module as ast

MOST_ROUNDS = 20
"""Rounds over bodies that read marks before they are made."""
MOST_RECORDS_DEEP = 30
MOST_FIELDS = 1000
"""Fields of a record, those of the records in it counted: so many stand in its schema."""
MOST_LEVELS = 250
"""Levels of a term: with three calls a level, a walk over it stays below the 1,000 calls that Python allows."""

TypeDecl = ast.RecordDecl | ast.EnumDecl
Used = Callable[[Path, str, Span], "Checked"]

EXTRACTORS = ("after", "match", "code_block", "json", "whole")


@dataclass(slots=True)
class Checked:
    """One checked module: what it declares, by plain name and by key."""

    module: str
    globals: dict[str, Global]
    types: dict[str, Record | Enum]
    own: list[str]  # names declared here, in order, which others may use
    marks: dict[str, Type] = field(default_factory=dict)
    pipelines: dict[str, Pipeline] = field(default_factory=dict)
    prompts: dict[str, Prompt] = field(default_factory=dict)
    python: dict[str, PythonFunction] = field(default_factory=dict)
    models: dict[str, ModelDeclaration] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)
    uses: list[Checked] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    found: FoundNames | None = None


class Declarations:
    """The check of one module. `used` gives the checked module of a file that it uses."""

    def __init__(self, tree: ast.Module, module: str, used: Used, prelude: dict[str, tuple[Signature, ...]]) -> None:
        self.tree = tree
        self.used = used
        self.folder = Path(tree.source.path).parent if tree.source.path else Path.cwd()
        self.ctx = Context(module, {}, dict(NAMED), prelude, {})
        self.expressions = Expressions(self.ctx)
        self.checked = Checked(module, self.ctx.globals, self.ctx.types, [])
        self.first: dict[str, Span] = {}
        self._making: list[str] = []
        self._sizes: dict[str, tuple[int, int]] = {}

    def check(self) -> tuple[Checked, list[Diagnostic]]:
        """All rounds. The problems stand in the order of the file."""
        try:
            self._rounds()
        except Enough:
            pass
        pipelines, prompts = self.checked.pipelines, self.checked.prompts
        found = [
            *self.ctx.warnings,
            *one_for_all(pipelines),
            *never_verified(pipelines),
            *single_braces(prompts),
            *misplaced_images(prompts, self.ctx.unifier.full),
        ]
        self.checked.warnings = sorted(found, key=lambda w: w.span.start if w.span else 0)
        self.checked.marks = self.ctx.marks.exported()
        if self.ctx.found is not None:
            self.ctx.found.solve(self.ctx.unifier.full)
            self.checked.found = self.ctx.found
        errors = sorted(self.ctx.errors, key=lambda e: e.span.start if e.span else 0)
        return self.checked, errors

    def _rounds(self) -> None:
        ds = self.tree.declarations
        for d in ds:
            if isinstance(d, ast.Use):
                self._guard(d, lambda d=d: self.use(d))  # type: ignore[misc]
        self._take_marks()
        types = {d.name: d for d in reversed(ds) if isinstance(d, ast.RecordDecl | ast.EnumDecl)}
        for d in ds:
            if isinstance(d, ast.RecordDecl | ast.EnumDecl):
                self._guard(d, lambda d=d: self.type_declaration(d, types))  # type: ignore[misc]
        for d in ds:
            if isinstance(d, ast.ModelDecl):
                self._guard(d, lambda d=d: self.model(d))  # type: ignore[misc]
        resolve(self.tree, self.ctx, self.checked.models)
        ready: list[tuple[ast.PromptDecl | ast.PipelineDecl, Signature, Scope]] = []
        for d in ds:
            if isinstance(d, ast.PromptDecl | ast.PipelineDecl):
                self._guard(d, lambda d=d: ready.append(self.signature(d)))  # type: ignore[misc]
        before = self.ctx.errors[:]
        tests = [d for d in ds if isinstance(d, ast.TestDecl)]
        self._bodies(ready, tests)
        for _ in range(MOST_ROUNDS):
            again = self.ctx.marks.misread()
            if not again:
                break
            spans = [d.span for d in ds if d.span.start in again]
            self.ctx.errors[:] = [e for e in self.ctx.errors if e in before or not _within(e.span, spans)]
            self.ctx.warnings[:] = [w for w in self.ctx.warnings if not _within(w.span, spans)]
            self.checked.tests[:] = [t for t in self.checked.tests if not _within(t.span, spans)]
            self.expressions.caller.forget()
            self._bodies([r for r in ready if r[0].span.start in again], [t for t in tests if t.span.start in again])
        self.checked.tests.sort(key=lambda t: t.span.start)

    def _bodies(
        self,
        ready: Sequence[tuple[ast.PromptDecl | ast.PipelineDecl, Signature, Scope]],
        tests: Sequence[ast.TestDecl],
    ) -> None:
        """The prompts first: a pipeline's `request` may be read as one that it includes."""
        for d, signature, scope in ready:
            if isinstance(d, ast.PromptDecl):
                self._guard(d, lambda d=d, s=signature, c=scope: self.prompt(d, s, c))  # type: ignore[misc]
        for d, signature, scope in ready:
            if isinstance(d, ast.PipelineDecl):
                self._guard(d, lambda d=d, s=signature, c=scope: self.pipeline(d, s, c))  # type: ignore[misc]
        named: dict[str, ast.TestDecl] = {}
        for t in tests:
            if named.setdefault(t.name, t) is not t:
                self.ctx.warnings.append(problems.test_named_twice(t.span, t.name))
            self._guard(t, lambda t=t: self.test(t))  # type: ignore[misc]

    def _take_marks(self) -> None:
        """A pool may come from a file that is used, with its marks on it."""
        for other in self.checked.uses:
            for name, type_ in other.marks.items():
                self.ctx.marks.imported.setdefault(name, type_)
        if "mark" in self.tree.source.text:
            self.ctx.marks.made_in = made_in(self.tree.declarations)

    def _guard(self, d: ast.Declaration, work: Callable[[], object]) -> None:
        self.ctx.marks.declaration = d.span.start
        try:
            work()
        except Stop as problem:
            self.ctx.report(problem)
        except RecursionError:
            self.ctx.report_depth(getattr(d, "name_span", d.span))

    def declare(self, name: str, span: Span, *, own: bool = True) -> bool:
        """Takes a name; False, with a problem reported, where it was taken before."""
        if name in self.first:
            self.ctx.report(Stop(problems.duplicate(span, name, self.first[name])))
            return False
        self.first[name] = span
        if own:
            self.checked.own.append(name)
        return True

    def type(self, written: ast.TypeExpr) -> Type:
        """The type that is written; a broken one, with the problem reported, where it is none."""
        try:
            return to_type(written, self.ctx.types, self.ctx.failed)
        except Stop as problem:
            self.ctx.report(problem)
            return BROKEN

    # ---- uses ------------------------------------------------------------------

    def use(self, d: ast.Use) -> None:
        whole = d.origin is None and not d.python
        names = [n.alias or (n.path[-1] if whole else ".".join(n.path)) for n in d.names]
        try:
            if d.python:
                self.use_python(d)
            elif d.origin is None:
                for name in d.names:
                    self._guard(d, lambda name=name: self.use_module(name))  # type: ignore[misc]
            else:
                self.use_names(d, d.origin)
        finally:
            self.ctx.failed.update(n for n in names if n not in self.first)

    def use_names(self, d: ast.Use, origin: tuple[str, ...] | str) -> None:
        """`use best_of, Verdicts from std.selection`."""
        where, other = self.module_of(origin, d.origin_span or d.span)
        own = set(other.own)
        for name in d.names:
            plain = ".".join(name.path)
            local = name.alias or plain
            found = other.globals.get(plain) if plain in own else None
            type_ = other.types.get(plain) if plain in own else None
            if found is None and type_ is None:
                self.ctx.report(Stop(problems.import_missing_name(plain_span(name), plain, where, other.own)))
                continue
            self._see_used(name, found, type_)
            if not self.declare(local, name.span, own=False):
                continue
            if type_ is not None:
                self.ctx.types[local] = type_
            if found is not None:
                self.ctx.globals[local] = found
                if isinstance(found, tuple) and found[0].kind == "prompt" and found[0].key in other.prompts:
                    self.ctx.prompts[found[0].key] = other.prompts[found[0].key]

    def _see_used(self, name: ast.UseName, found: Global | None, type_: Record | Enum | None) -> None:
        """Keeps what a name in a `use` means, and its alias."""
        plain, whole = plain_span(name), name.span
        places = [plain] if name.alias is None else [plain, Span(whole.source, whole.end - len(name.alias), whole.end)]
        for place in places:
            if type_ is not None:
                self.ctx.see("type", place.text(), place, owner=type_)
            self.expressions.see_global(place.text(), found, place)

    def use_module(self, name: ast.UseName) -> None:
        """`use std.voting`: its names stand behind `voting.`."""
        _, other = self.module_of(name.path, name.span)
        local = name.alias or name.path[-1]
        if self.declare(local, name.span, own=False):
            self.ctx.globals[local] = Library(local, {n: other.globals[n] for n in other.own if n in other.globals})

    def module_of(self, origin: tuple[str, ...] | str, span: Span) -> tuple[str, Checked]:
        if isinstance(origin, str):
            path = file_beside(origin, self.folder, span)
            where = f"`{problems.one_line(origin)}`"
        else:
            path = library_file(origin, span)
            where = f"`{'.'.join(origin)}`"
        if isinstance(path, Diagnostic):
            raise Stop(path)
        self.ctx.see("file", path.name, span, path=str(path))
        other = self.used(path, where, span)
        if all(one is not other for one in self.checked.uses):
            self.checked.uses.append(other)
        return where, other

    def use_python(self, d: ast.Use) -> None:
        if d.origin is None:
            raise Stop(problems.python_without_origin(d.span, ", ".join(".".join(n.path) for n in d.names)))
        span = d.origin_span or d.span
        path = file_beside(d.origin, self.folder, span) if isinstance(d.origin, str) else python_module(d.origin, span)
        if isinstance(path, Diagnostic):
            raise Stop(path)
        self.ctx.see("file", path.name, span, path=str(path))
        shown = f"`{problems.one_line(d.origin)}`" if isinstance(d.origin, str) else f"`{'.'.join(d.origin)}`"
        try:
            known = functions(str(path))
        except SyntaxError as problem:
            raise Stop(problems.python_syntax(span, shown, problem.lineno, problem.msg)) from None
        except (OSError, ValueError, RecursionError, MemoryError) as problem:
            raise Stop(problems.python_unreadable(span, shown, problem)) from None
        for name in d.names:
            plain = ".".join(name.path)
            read = known.get(plain)
            if read is None:
                self.ctx.report(Stop(problems.python_missing_name(plain_span(name), plain, shown, known)))
                continue
            if read.star:
                self.ctx.report(Stop(problems.python_star(plain_span(name), plain, shown, read.star)))
                continue
            local = name.alias or plain
            if not self.declare(local, name.span):
                continue
            key = f"{path}:{plain}"
            signature = Signature("python", key, local, read.params, read.result, read.doc, name.span)
            self.ctx.globals[local] = (signature,)
            self._see_used(name, (signature,), None)
            module = "" if isinstance(d.origin, str) else ".".join(d.origin)
            used_in = (span.source.path or "",)
            self.checked.python[key] = PythonFunction(
                signature, str(path), plain, read.is_async, read.batched, read.pure, module, used_in
            )

    # ---- types -----------------------------------------------------------------

    def type_declaration(self, d: TypeDecl, types: Mapping[str, TypeDecl]) -> None:
        """A record or enum, and first the records that its fields name."""
        if types[d.name] is not d:
            self.declare(d.name, d.name_span)  # the second of that name
            return
        if d.name in self.ctx.failed or d.name in self._sizes:
            return
        if not self.declare(d.name, d.name_span):
            self.ctx.failed.add(d.name)
            return
        if len(self._making) == MOST_RECORDS_DEEP:
            self.ctx.failed.add(d.name)
            raise Stop(problems.record_too_deep(d.name_span, d.name, MOST_RECORDS_DEEP))
        self._making.append(d.name)
        try:
            self.ctx.types[d.name] = self.enum(d) if isinstance(d, ast.EnumDecl) else self.record(d, types)
        except Stop:
            self.ctx.failed.add(d.name)
            raise
        finally:
            self._making.pop()

    def enum(self, d: ast.EnumDecl) -> Enum:
        members: dict[str, str] = {}
        first: dict[str, Span] = {}
        read_as: dict[str, str] = {}
        for m in d.members:
            if m.name in members:
                self.ctx.report(Stop(problems.duplicate(m.span, m.name, first[m.name])))
                continue
            first[m.name] = m.span
            members[m.name] = m.words if m.words is not None else m.name
            for words in {m.name, members[m.name]}:
                other = read_as.setdefault(words.strip().removesuffix(".").rstrip().lower(), m.name)
                if other != m.name:
                    self.ctx.report(Stop(problems.ambiguous_words(m.span, words, other, m.name)))
        self._sizes[d.name] = (1, 1)
        return Enum(d.name, tuple(members.items()))

    def record(self, d: ast.RecordDecl, types: Mapping[str, TypeDecl]) -> Record:
        fields: dict[str, Field] = {}
        first: dict[str, Span] = {}
        depth = size = 1
        for f in d.fields:
            if f.name in fields:
                self.ctx.report(Stop(problems.duplicate(f.name_span, f.name, first[f.name])))
                continue
            first[f.name] = f.name_span
            for other in type_names(f.type):
                if other in self._making:
                    raise Stop(
                        problems.record_in_itself(f.type.span, [*self._making[self._making.index(other) :], other])
                    )
                if other in types:
                    self.type_declaration(types[other], types)
                inner_depth, inner_size = self._sizes.get(other, (0, 1))
                depth, size = max(depth, inner_depth + 1), size + inner_size
            type_ = self.type(f.type)
            if variables(type_):
                self.ctx.report(Stop(problems.variable_in_record(f.type.span, type_)))
                type_ = BROKEN
            fields[f.name] = Field(f.name, type_, f.note)
        if depth > MOST_RECORDS_DEEP:
            raise Stop(problems.record_too_deep(d.name_span, d.name, MOST_RECORDS_DEEP))
        if size > MOST_FIELDS:
            raise Stop(problems.record_too_large(d.name_span, d.name, MOST_FIELDS))
        self._sizes[d.name] = (depth, size)
        return Record(d.name, tuple(fields.values()))

    # ---- models ----------------------------------------------------------------

    def model(self, d: ast.ModelDecl) -> None:
        if not self.declare(d.name, d.name_span):
            return
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
        ctx = self.ctx
        fresh = self.declare(d.name, d.name_span)
        params: list[Parameter] = []
        names: dict[str, Bound] = {}
        for p in d.params:
            type_ = self.type(p.type)
            default = self.default(p, type_, {x.name for x in d.params}) if p.default is not None else None
            if p.name in names:
                ctx.report(Stop(problems.duplicate(p.name_span, p.name, names[p.name].span)))
                continue
            symbol = ctx.symbol(p.name)
            if isinstance(type_, Optional):
                ctx.origins[symbol] = f"the parameter `{p.name}` is declared `{type_}`"
            params.append(Parameter(p.name, type_, default, symbol))
            names[p.name] = Bound(symbol, type_, p.name_span)
            ctx.see("local", p.name, p.name_span, type=type_, origin=p.name_span)
        kind: Literal["prompt", "pipeline"] = "pipeline"
        if isinstance(d, ast.PipelineDecl):
            result = self.type(d.result)
        else:
            kind = "prompt"
            result = TEXT if d.short else ListOf(MESSAGE)
            if d.result is not None:
                result = RequestOf(self.type(d.result))
        bound = set().union(*(variables(p.type) for p in params))
        for variable in sorted(variables(result) - bound, key=str):
            assert d.result is not None
            ctx.report(Stop(problems.variable_from_nowhere(d.result.span, variable)))
            result = BROKEN if kind == "pipeline" else RequestOf(BROKEN)
        made = Signature(kind, ctx.key(d.name), d.name, tuple(params), result, d.doc, d.name_span)
        if fresh:
            ctx.globals[d.name] = (made,)
        return d, made, Scope(names)

    def default(self, p: ast.Param, type_: Type, params: set[str]) -> Term:
        """The term of a parameter's default: a plain value, so that it is the same for every call."""
        assert p.default is not None
        if not _may_be_plain(p.default, params):
            self.ctx.report(Stop(problems.default_not_constant(p.default.span, p.name)))
            return broken(p.default.span)
        term = self.expressions.fitting(p.default, Scope(), type_, f"the default of `{p.name}`")
        if not closed(term):
            self.ctx.report(Stop(problems.default_not_constant(p.default.span, p.name)))
        return term

    # ---- bodies ------------------------------------------------------------------

    def prompt(self, d: ast.PromptDecl, signature: Signature, scope: Scope) -> None:
        before = len(self.ctx.errors)
        scope = Scope(scope.names, hole=True)
        parts: list[MessagePart | IncludePart] = []
        reads: int | None = None
        result = signature.result.item if isinstance(signature.result, RequestOf) else None
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
            elif have == ANY or have == ListOf(ANY):
                value = fit(self.ctx, value, ListOf(MESSAGE), "`include`")
            elif have not in (ListOf(MESSAGE), BROKEN):
                self.ctx.report(Stop(problems.bad_include(m.value.span, have)))
            parts.append(IncludePart(value))
        reader: ReaderSpec | None = None
        schema: str | None = None
        if d.answer is not None and result is None:
            self.ctx.report(Stop(problems.answer_without_result(d.answer.span)))
        if result is not None:
            reader = self.reader(d, result, parts, reads)
            if reader.extract == "json":
                schema = schema_text(result)
        shape: Literal["request", "text", "messages"] = "messages"
        if result is not None or d.short:
            shape = "request" if result is not None else "text"
        prompt = Prompt(signature, tuple(parts), reader, schema, shape, d.name_span)
        for term in prompt_terms(prompt):
            self.hold_depth(term)
        if len(self.ctx.errors) == before:
            self.checked.prompts[signature.key] = prompt
            self.ctx.prompts[signature.key] = prompt

    def reader(
        self, d: ast.PromptDecl, result: Type, parts: list[MessagePart | IncludePart], reads: int | None
    ) -> ReaderSpec:
        """How a prompt's replies are read: as `answer` says, as the included request's are, or as its type is."""
        if d.answer is not None:
            reader = self.answer(d.answer, result)
        elif reads is not None:
            part = parts[reads]
            assert isinstance(part, IncludePart)
            parts[reads] = IncludePart(part.value, reads=True)
            return ReaderSpec("included", None, result)
        else:
            reader = ReaderSpec("json" if isinstance(result, Record | ListOf) else "whole", None, result)
        if reader.extract != "python" and not readable(result) and not holds(result, BROKEN):
            assert d.result is not None
            raise Stop(problems.unreadable_type(d.result.span, result))
        return reader

    def answer(self, answer: ast.Answer, result: Type) -> ReaderSpec:
        """How replies are read, from the `answer` clause."""
        found = self.ctx.globals.get(answer.name)
        if isinstance(found, tuple) and found[0].kind == "python":
            self.expressions.see_global(answer.name, found, answer.name_span)
            return self.parser(answer, found[0], result)
        if answer.name not in EXTRACTORS:
            if answer.name in self.ctx.failed:
                raise Stop(None)
            python = [n for n, g in self.ctx.globals.items() if isinstance(g, tuple) and g[0].kind == "python"]
            raise Stop(
                problems.bad_answer(answer.name_span, answer.name, EXTRACTORS, python, declared=found is not None)
            )
        if answer.name in ("json", "whole"):
            if answer.arguments:
                raise Stop(
                    problems.too_many_arguments(answer.arguments[0].span, f"`answer {answer.name}`", [], piped=False)
                )
            return ReaderSpec(answer.name, None, result)
        return ReaderSpec(answer.name, self.answer_text(answer), result)

    def answer_text(self, answer: ast.Answer) -> str:
        """The one text in the brackets of `after`, `match` and `code_block`."""
        if not answer.arguments:
            if answer.name == "code_block":
                return ""
            raise Stop(problems.bad_answer_argument(answer.name_span, answer.name, "a text"))
        if len(answer.arguments) > 1:
            place = answer.arguments[1].span
            raise Stop(problems.too_many_arguments(place, f"`answer {answer.name}`", ["the text"], piped=False))
        argument = answer.arguments[0]
        text = _plain(argument.value)
        if argument.name is not None or not isinstance(text, str):
            raise Stop(problems.bad_answer_argument(argument.span, answer.name, "a text"))
        if not text and answer.name != "code_block":
            raise Stop(problems.bad_answer_argument(argument.span, answer.name, "a text that is not empty"))
        if answer.name == "match":
            try:
                compiled(text)
            except ValueError as problem:
                raise Stop(problems.bad_pattern(argument.span, str(problem))) from None
        return text

    def parser(self, answer: ast.Answer, signature: Signature, result: Type) -> ReaderSpec:
        """`answer my_parser`: a Python function of the reply's text."""
        if answer.arguments:
            raise Stop(
                problems.too_many_arguments(answer.arguments[0].span, f"`answer {answer.name}`", [], piped=False)
            )
        required = [p for p in signature.params if not p.python_default]
        if not signature.params or len(required) > 1:
            raise Stop(problems.parser_arity(answer.name_span, answer.name, len(required)))
        u = self.ctx.unifier
        if not u.fits(TEXT, signature.params[0].type):
            raise Stop(problems.parser_takes(answer.name_span, answer.name, signature.params[0].type))
        if not u.fits(bare(signature.result), result) and not (result == INT and signature.result == NUMBER):
            raise Stop(problems.parser_gives(answer.name_span, answer.name, signature.result, result))
        return ReaderSpec("python", signature.key, result)

    def pipeline(self, d: ast.PipelineDecl, signature: Signature, scope: Scope) -> None:
        if d.body is None:
            raise Stop(problems.builtin_body(d.name_span, d.name))
        before = len(self.ctx.errors)
        body = self.expressions.block(d.body, scope, signature.result)
        try:
            body = self._fit_result(body, signature.result, f"`{d.name}`")
        except Stop as problem:
            self.ctx.report(problem)
        self.hold_depth(body)
        if len(self.ctx.errors) == before:
            self.checked.pipelines[signature.key] = Pipeline(signature, body, d.body.result.span)

    def hold_depth(self, term: Term, above: int = 0) -> None:
        """What is nested too deep for those who walk over it is refused here; `above` are levels around it."""
        deep = too_deep(term, MOST_LEVELS - above)
        if deep is not None:
            self.ctx.report_depth(deep.span)

    def _fit_result(self, body: Term, want: Type, what: str) -> Term:
        """The result of a block as its declared type: lets stay in front."""
        if isinstance(body, Bind):
            inner = self._fit_result(body.body, want, what)
            return Bind(body.symbol, body.value, inner, inner.type, body.span)
        try:
            return fit(self.ctx, body, want, what)
        except Stop as problem:
            if want == BROKEN:
                return body
            if isinstance(body, Choose):  # which branch is it?
                self._fit_result(body.then, want, what)
                self._fit_result(body.otherwise, want, what)
            have = self.ctx.unifier.full(body.type)
            if problem.diagnostic == mismatch(self.ctx, body.span, what, have, want):
                raise Stop(problems.wrong_result(result_place(body), what, have, want)) from None
            if problem.diagnostic is None or problem.diagnostic.code != "may-be-none":
                raise
            why = why_none(self.ctx, body)
            raise Stop(problems.result_may_be_none(result_place(body), what, have, want, why)) from None

    # ---- tests -------------------------------------------------------------------

    def test(self, d: ast.TestDecl) -> None:
        before = len(self.ctx.errors)
        replies: list[ScriptedReplies] = []
        lets: list[tuple[Bound, Term, ast.Let]] = []
        here: dict[str, Span] = {}
        scope = Scope()
        for given in d.given:
            if isinstance(given, ast.Replies):
                self._guard(d, lambda given=given: replies.append(self.replies(given)))  # type: ignore[misc]
                continue
            if len(lets) == MOST_LETS:
                raise Stop(problems.block_too_long(given.span, MOST_LETS))
            bound, value = self.expressions.let(given, scope, here)
            self.hold_depth(value, len(lets))
            lets.append((bound, value, given))
            scope = scope.bind(given.name, bound)
        expects: list[Expectation] = []
        for e in d.expects:
            term = as_value(self.ctx, self.expressions.expr(e, scope))
            have = self.ctx.unifier.head(term.type)
            if have == ANY:
                term = fit(self.ctx, term, BOOL, "`expect`")
            elif have not in (BOOL, BROKEN):
                self.ctx.report(Stop(problems.test_needs_bool(e.span, self.ctx.unifier.full(have))))
            sides: Term | None = None
            if isinstance(term, CallBuiltin) and term.name in ("==", "!=", "<", "<=", ">", ">=", "in", "not in"):
                sides = self._in_front(lets, MakeList(term.arguments, ListOf(ANY), e.span))
            self.hold_depth(term, len(lets))
            expects.append(Expectation(self._in_front(lets, term), e.span.text(), sides, e.span))
        for bound, _, given in lets:
            if bound.symbol not in self.ctx.read:
                self.ctx.warnings.append(problems.unused_let(given.name_span, given.name))
        if len(self.ctx.errors) == before:
            self.checked.tests.append(Test(d.name, tuple(replies), tuple(expects), d.span))

    def replies(self, given: ast.Replies) -> ScriptedReplies:
        """`replies solve = [...]`."""
        texts: list[str] = []
        for item in given.replies.items:
            term = self.expressions.expr(item, Scope())
            if isinstance(term, Const) and isinstance(term.value, str):
                texts.append(term.value)
            elif term.type != BROKEN:
                self.ctx.report(Stop(problems.replies_must_be_text(item.span)))
        found = self.ctx.globals.get(given.prompt)
        start = given.span.source.text.index(given.prompt, given.span.start + len("replies"))
        place = Span(given.span.source, start, start + len(given.prompt))
        self.expressions.see_global(given.prompt, found, place)
        if isinstance(found, tuple) and found[0].kind == "prompt" and isinstance(found[0].result, RequestOf):
            return ScriptedReplies(found[0].key, tuple(texts))
        if given.prompt in self.ctx.failed:
            raise Stop(None)
        prompts = [n for n, g in self.ctx.globals.items() if isinstance(g, tuple) and g[0].kind == "prompt"]
        raise Stop(problems.replies_unknown_prompt(place, given.prompt, prompts, declared=found is not None))

    def _in_front(self, lets: list[tuple[Bound, Term, ast.Let]], term: Term) -> Term:
        """A term with the lets that it reads, directly or through others, in front of it."""
        read = _locals(term)
        for bound, value, let in reversed(lets):
            if bound.symbol in read:
                read |= _locals(value)
                term = Bind(bound.symbol, value, term, term.type, let.span)
        return term


def _within(span: Span | None, others: Sequence[Span]) -> bool:
    return span is not None and any(o.start <= span.start < o.end and o.source is span.source for o in others)


def _locals(term: Term) -> set[Symbol]:
    return {t.symbol for t in all_terms(term) if isinstance(t, Local)}


def plain_span(name: ast.UseName) -> Span:
    """The place of a name as the other file has it, without its alias."""
    return Span(name.span.source, name.span.start, name.span.start + len(".".join(name.path)))


def made_in(declarations: Iterable[ast.Declaration]) -> dict[str, set[int]]:
    """The marks that a module makes: by name, the places of the declarations that make them."""
    found: dict[str, set[int]] = {}
    for d in declarations:
        stack: list[object] = [d]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Stage | ast.Call) and node.name == "mark":
                for argument in node.arguments or ():
                    if argument.name:
                        found.setdefault(argument.name, set()).add(d.span.start)
            if isinstance(node, tuple):
                stack.extend(node)
            elif hasattr(node, "__dataclass_fields__") and not hasattr(node, "line_starts"):
                stack.extend(getattr(node, f) for f in node.__dataclass_fields__ if not f.endswith("span"))
    return found


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


def _may_be_plain(e: ast.Expr, params: set[str]) -> bool:
    """Whether an expression is written as a plain value; a name may be a model's, but is no parameter's."""
    match e:
        case ast.Literal() | ast.MemberOf():
            return True
        case ast.Template(parts):
            return all(isinstance(p, str) for p in parts)
        case ast.Unary("-", operand):
            return _may_be_plain(operand, params)
        case ast.ListExpr(items):
            return all(_may_be_plain(i, params) for i in items)
        case ast.FieldsExpr(fields):
            return all(_may_be_plain(value, params) for _, value in fields)
        case ast.Name(name):
            return name not in params
        case ast.Get(ast.Name(), _):
            return True
    return False


def closed(term: Term) -> bool:
    """Whether a term is a plain value, fit for a default."""
    match term:
        case Const() | ModelOf():
            return True
        case MakeList(items=items) | MakeRecord(values=items) | CallBuiltin(name="negate", arguments=items):
            return all(closed(i) for i in items)
        case Convert(_, value):
            return closed(value)
    return False


def model_of_call(call: ast.Call, label: str) -> Model:
    """`openai("id", temperature=0.8)` as a Model; raises Stop for what its backend does not know."""
    provider = registry.find(call.name)
    if provider is None:
        raise Stop(problems.unknown_backend(call.name_span, call.name, registry.names()))
    id_ = ""
    settings: dict[str, object] = {}
    kinds = {**registry.SAMPLING, **registry.DECLARED, **{n: k.type for n, k in provider.settings.items()}}
    for i, argument in enumerate(call.arguments):
        if argument.name is not None and argument.name not in kinds:
            raise Stop(problems.unknown_setting(name_of(argument), call.name, argument.name, sorted(kinds)))
        if argument.name == "fallback" and isinstance(argument.value, ast.Name):
            settings["fallback"] = argument.value.name  # which model that is, is known when all are declared
            continue
        value = _constant(argument, call.name)
        if argument.name is None:
            if i or not isinstance(value, str):
                wrong = problems.setting_by_name if i else problems.model_id
                raise Stop(wrong(argument.span, call.name))
            id_ = value
            continue
        if argument.name in settings:
            raise Stop(problems.given_twice(argument.span, f"`{call.name}`", argument.name))
        if value is None:
            continue
        kind = kinds[argument.name]
        have = {str: "text", bool: "bool", int: "int", float: "number"}.get(type(value), type(value).__name__)
        if have != kind and not (have == "int" and kind == "number"):
            raise Stop(problems.setting_type(argument.value.span, argument.name, kind, have))
        if (range_ := outside(argument.name, value)) is not None:
            raise Stop(problems.number_out_of_range(argument.value.span, f"the setting `{argument.name}`", *range_))
        if argument.name == "prices":
            _look_at_prices(argument, str(value))
        settings[argument.name] = value
    model = Model(call.name, id_, tuple(sorted(settings.items())), label)
    if isinstance(provider, Careful):
        try:
            provider.check(model)
        except BackendFault as fault:
            raise Stop(problems.setting_refused(call.span, fault.message)) from None
    return model


def _look_at_prices(argument: ast.Argument, text: str) -> None:
    try:
        parse_prices(text)
    except ValueError as wrong:
        raise Stop(problems.wrong_prices(argument.value.span, str(wrong))) from None


def _constant(argument: ast.Argument, backend: str) -> object:
    value = _plain(argument.value)
    if isinstance(value, _NotPlain):
        what = f"`{argument.name}`" if argument.name else "the id"
        raise Stop(problems.setting_not_constant(argument.value.span, what, backend))
    return value


class _NotPlain:
    """What stands for an expression that is no plain value."""


def _plain(e: ast.Expr) -> object:
    """The value of a literal, a number with a sign or a text without holes."""
    match e:
        case ast.Literal(value):
            return value
        case ast.Unary("-", ast.Literal(value)) if isinstance(value, int | float) and not isinstance(value, bool):
            return -value
        case ast.Template(parts) if all(isinstance(p, str) for p in parts):
            return "".join(str(p) for p in parts)
    return _NotPlain()
