"""check(module) -> Program: names bound, types known, defaults filled, imports linked.

The files that a program uses are parsed and checked first, each once; then the whole is held
against what no single declaration can see: no recursion, no model called in a prompt's hole, no
loop whose length a model chose without a `max`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.span import Span
from ilang.check import problems
from ilang.check.bounded import unbounded
from ilang.check.context import Stop
from ilang.check.declarations import Checked, Declarations
from ilang.check.prelude import prelude
from ilang.check.program import IncludePart, Pipeline, Program, Prompt
from ilang.check.term import CallBuiltin, Term
from ilang.check.walk import all_terms, called
from ilang.syntax import module as ast
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source

DRAWS = frozenset({"extend", "sample", "ask", "refine", "tally"})


def check(module: ast.Module) -> Program:
    """The checked program of a module and all that it uses. Raises IlangError with every problem found."""
    return _Check().program(module)


class _Check:
    def __init__(self) -> None:
        self.files: dict[str, Checked] = {}
        self.open: list[str] = []

    def program(self, tree: ast.Module) -> Program:
        path = str(Path(tree.source.path).resolve()) if tree.source.path else None
        self.open.append(path or tree.source.name)
        checked, errors = Declarations(tree, "", self.used, prelude()).check()
        pipelines, prompts, python, models = {}, {}, {}, {}
        for one in _all(checked, set()):
            pipelines.update(one.pipelines)
            prompts.update(one.prompts)
            python.update(one.python)
            models.update(one.models)
        own = [k for k in checked.pipelines if ":" not in k]
        if not errors:
            errors = [*recursions(pipelines, prompts)]
        if not errors:
            errors = [*unbounded(pipelines, own), *models_in_holes(pipelines, prompts)]
        if errors:
            raise IlangError(errors)
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
        """The checked module of a file that is used; raises Stop where it has problems."""
        key = str(path.resolve())
        if key in self.files:
            return self.files[key]
        if key in self.open:
            chain = [*self.open[self.open.index(key) :], key]
            raise Stop(problems.import_cycle(span, [Path(p).name for p in chain]))
        self.open.append(key)
        try:
            tree = parse(read_source(str(path)))
            checked, errors = Declarations(tree, key, self.used, prelude()).check()
            if errors:
                raise IlangError(errors)
        except IlangError as broken:
            cycle = next((d for d in broken.diagnostics if d.code == "import-cycle"), None)
            if cycle is not None:
                raise Stop(cycle) from None
            raise Stop(problems.import_broken(span, where, broken.diagnostics[0], len(broken.diagnostics) - 1)) from None
        finally:
            self.open.pop()
        self.files[key] = checked
        return checked


def _all(checked: Checked, seen: set[str]) -> Iterable[Checked]:
    if checked.module in seen:
        return
    seen.add(checked.module)
    yield checked
    for other in checked.uses:
        yield from _all(other, seen)


def prompt_terms(prompt: Prompt) -> list[Term]:
    """The terms in a prompt's holes and includes."""
    found: list[Term] = []
    for part in prompt.parts:
        if isinstance(part, IncludePart):
            found.append(part.value)
        else:
            found.extend(p for p in part.parts if not isinstance(p, str))
    return found


def recursions(pipelines: dict[str, Pipeline], prompts: dict[str, Prompt]) -> list[Diagnostic]:
    """Declarations that come back to themselves."""
    calls: dict[str, list[tuple[str, Term]]] = {k: called(p.body) for k, p in pipelines.items()}
    for k, prompt in prompts.items():
        calls[k] = [c for t in prompt_terms(prompt) for c in called(t)]
    state: dict[str, int] = {}
    for root in calls:
        if root in state:
            continue
        path = [root]
        stack = [iter(calls[root])]
        state[root] = 1
        while stack:
            step = next(stack[-1], None)
            if step is None:
                state[path.pop()] = 2
                stack.pop()
                continue
            key, term = step
            if state.get(key) == 1:
                names = [k.rsplit(":", 1)[-1] for k in [*path[path.index(key) :], key]]
                return [problems.recursion(term.span, names)]
            if key not in state and key in calls:
                state[key] = 1
                path.append(key)
                stack.append(iter(calls[key]))
    return []


def models_in_holes(pipelines: dict[str, Pipeline], prompts: dict[str, Prompt]) -> list[Diagnostic]:
    """Holes that call a pipeline which draws."""
    draws: dict[str, bool] = {}

    def drawing(key: str) -> bool:
        if key not in draws:
            draws[key] = False
            p = pipelines.get(key)
            if p is not None:
                draws[key] = any(
                    isinstance(t, CallBuiltin) and t.name in DRAWS for t in all_terms(p.body)
                ) or any(drawing(k) for k, _ in called(p.body))
        return draws[key]

    return [
        problems.model_in_hole(call.span)
        for prompt in prompts.values()
        for term in prompt_terms(prompt)
        for key, call in called(term)
        if drawing(key)
    ]
