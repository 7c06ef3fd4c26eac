"""check(module) -> Program: names bound, types known, defaults filled, imports linked.

The files that a program uses are parsed and checked first, each once; then the whole is held
against what no single declaration can see: no recursion, no model called in a prompt's hole, no
loop whose length a model chose without a `max`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.check import problems
from ilang.check.bounded import unbounded
from ilang.check.choices import without_choices
from ilang.check.context import Stop
from ilang.check.declarations import MOST_LEVELS, Checked, Declarations
from ilang.check.drawing import DRAWING
from ilang.check.found import FoundNames
from ilang.check.in_range import out_of_range
from ilang.check.prelude import prelude
from ilang.check.program import Pipeline, Program, Prompt, PythonFunction
from ilang.check.term import CallBuiltin, CallPipeline, Term
from ilang.check.walk import all_terms, called, called_at, name_in, prompt_terms
from ilang.syntax import module as ast
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source

Read = Callable[[str], Source]

MOST_CALLS_DEEP = 100
MOST_FILES_DEEP = 30


def check(module: ast.Module) -> Program:
    """The checked program of a module and all that it uses. Raises IlangError with every problem found."""
    return _Check().program(module)


@dataclass(frozen=True, slots=True)
class Survey:
    """All that the check of a file can tell, whether or not it is right.

    `files`: the tree and the checked module of the file itself, then of those that it uses; each has its
    `Checked.found`. `problems`: errors and warnings, in the order of `check`. `program`: None where there are errors.
    """

    files: tuple[tuple[ast.Module, Checked], ...]
    problems: tuple[Diagnostic, ...]
    program: Program | None


def survey(module: ast.Module, read: Read = read_source) -> Survey:
    """What names mean in a module and in all that it uses, and every problem. Raises nothing.

    `read` gives the source of a file that is used: an editor has it open, with changes that are not saved.
    """
    run = _Check(read, watching=True)
    checked, errors = run.look(module)
    warnings = [w for one in _all(checked, set()) for w in one.warnings]
    program = None if errors else run.linked(module, checked)
    return Survey(((module, checked), *run.trees), (*errors, *warnings), program)


class _Check:
    def __init__(self, read: Read = read_source, *, watching: bool = False) -> None:
        self.read = read
        self.watching = watching
        self.trees: list[tuple[ast.Module, Checked]] = []
        self.files: dict[str, Checked] = {}
        self.wrong: set[str] = set()
        self.open: list[str] = []

    def declarations(self, tree: ast.Module, key: str) -> tuple[Checked, list[Diagnostic]]:
        """One file checked by itself."""
        declarations = Declarations(tree, key, self.used, prelude())
        if self.watching:
            declarations.ctx.found = FoundNames()
        return declarations.check()

    def look(self, tree: ast.Module) -> tuple[Checked, list[Diagnostic]]:
        """A file checked with all that it uses, and every error."""
        path = str(Path(tree.source.path).resolve()) if tree.source.path else None
        self.open.append(path or tree.source.name)
        checked, errors = self.declarations(tree, "")
        pipelines, prompts = {}, {}
        for one in _all(checked, set()):
            pipelines.update(one.pipelines)
            prompts.update(one.prompts)
        own = [k for k in checked.pipelines if ":" not in k]
        order, circles = calls(pipelines, prompts)
        errors += circles
        if not circles:
            errors += models_in_holes(pipelines, prompts, order)
            errors += unbounded(pipelines, own)
        errors += without_choices(checked.pipelines)
        errors += out_of_range(checked.pipelines)
        return checked, sorted(errors, key=lambda e: _order(e, tree))

    def program(self, tree: ast.Module) -> Program:
        checked, errors = self.look(tree)
        if errors:
            raise IlangError(errors)
        return self.linked(tree, checked)

    def linked(self, tree: ast.Module, checked: Checked) -> Program:
        """The program of a file without errors, and of all that it uses."""
        path = str(Path(tree.source.path).resolve()) if tree.source.path else None
        pipelines, prompts, models = {}, {}, {}
        python: dict[str, PythonFunction] = {}
        for one in _all(checked, set()):
            pipelines.update(one.pipelines)
            prompts.update(one.prompts)
            for key, function in one.python.items():
                files = (*(python[key].used_in if key in python else ()), *function.used_in)
                python[key] = replace(function, used_in=files)
            models.update(one.models)
        own = [k for k in checked.pipelines if ":" not in k]
        entry = "main" if "main" in own else (own[0] if len(own) == 1 else None)
        return Program(
            tree.source.name,
            path,
            pipelines,
            prompts,
            python,
            models,
            tuple(checked.tests),
            entry,
            tuple(w for one in _all(checked, set()) for w in one.warnings),
            tree.doc,
        )

    def used(self, path: Path, where: str, span: Span) -> Checked:
        """The checked module of a file that is used; raises Stop where it has problems, which it tells once."""
        key = str(path.resolve())
        if key in self.files:
            return self.files[key]
        if key in self.wrong:
            raise Stop(None)
        if key in self.open:
            chain = [*self.open[self.open.index(key) :], key]
            raise Stop(problems.import_cycle(span, [Path(p).name for p in chain]))
        if len(self.open) == MOST_FILES_DEEP:
            raise Stop(problems.imports_too_deep(span, MOST_FILES_DEEP))
        self.open.append(key)
        try:
            tree = parse(self.read(str(path)))
            checked, errors = self.declarations(tree, key)
            if errors:
                raise IlangError(errors)
        except IlangError as broken:
            self.wrong.add(key)
            circle = next((d for d in broken.diagnostics if d.code in ("import-cycle", "imports-too-deep")), None)
            if circle is not None:
                raise Stop(circle) from None
            raise Stop(
                problems.import_broken(span, where, broken.diagnostics[0], len(broken.diagnostics) - 1)
            ) from None
        finally:
            self.open.pop()
        self.files[key] = checked
        self.trees.append((tree, checked))
        return checked


def _order(e: Diagnostic, tree: ast.Module) -> tuple[bool, int]:
    """The file that was asked for first, each file from top to bottom."""
    return (e.span is not None and e.span.source is not tree.source, e.span.start if e.span else 0)


def _all(checked: Checked, seen: set[str]) -> Iterable[Checked]:
    if checked.module in seen:
        return
    seen.add(checked.module)
    yield checked
    for other in checked.uses:
        yield from _all(other, seen)


def calls(pipelines: Mapping[str, Pipeline], prompts: Mapping[str, Prompt]) -> tuple[list[str], list[Diagnostic]]:
    """All keys, each behind those that it calls; and the problems of those that come back to themselves."""
    inside: dict[str, list[tuple[str, Term, int]]] = {k: called_at(p.body) for k, p in pipelines.items()}
    for k, prompt in prompts.items():
        inside[k] = [c for t in prompt_terms(prompt) for c in called_at(t)]
    found: list[Diagnostic] = []
    deep: dict[str, int] = {}
    nested: dict[str, int] = {}
    order: list[str] = []
    path: list[str] = []
    for root in inside:
        if root in deep:
            continue
        path.append(root)
        deep[root] = 0
        stack = [iter(inside[root])]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                done = path.pop()
                order.append(done)
                deep[done] = 1 + max((deep[k] for k, _, _ in inside[done] if k in deep), default=0)
                nested[done] = max((level + 2 + nested[k] for k, _, level in inside[done] if k in nested), default=0)
                if any(d.code == "nested-too-deep" for d in found):
                    continue  # told once: where the limit is passed
                if deep[done] > MOST_CALLS_DEEP:
                    found.append(problems.calls_too_deep(_place(done, pipelines, prompts), MOST_CALLS_DEEP))
                elif nested[done] > MOST_LEVELS:
                    found.append(problems.calls_nested_too_deep(_place(done, pipelines, prompts)))
                continue
            key, term, _ = step
            if key in path:
                names = [k.rsplit(":", 1)[-1] for k in [*path[path.index(key) :], key]]
                found.append(problems.recursion(name_in(term.span, names[-1], term.span.end), names))
            elif key not in deep and key in inside:
                deep[key] = 0
                path.append(key)
                stack.append(iter(inside[key]))
    return order, found


def _place(key: str, pipelines: Mapping[str, Pipeline], prompts: Mapping[str, Prompt]) -> Span:
    signature = pipelines[key].signature if key in pipelines else prompts[key].signature
    assert signature.span is not None
    return signature.span


def models_in_holes(
    pipelines: Mapping[str, Pipeline], prompts: Mapping[str, Prompt], order: Sequence[str]
) -> list[Diagnostic]:
    """Holes that call a pipeline which draws. `order`: each key behind those that it calls."""
    draws: set[str] = set()
    for key in order:
        pipeline = pipelines.get(key)
        if pipeline is None:
            continue
        for t in all_terms(pipeline.body):
            if (isinstance(t, CallBuiltin) and t.name in DRAWING) or (isinstance(t, CallPipeline) and t.key in draws):
                draws.add(key)
                break
    return [
        problems.model_in_hole(name_in(call.span, key.rsplit(":", 1)[-1], call.span.end))
        for prompt in prompts.values()
        for term in prompt_terms(prompt)
        for key, call in called(term)
        if key in draws
    ]
