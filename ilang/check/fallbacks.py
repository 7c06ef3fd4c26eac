"""Finds the model that each `fallback=` names, and refuses one that stands in for itself in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ilang.base.value import Model
from ilang.check import problems
from ilang.check.context import Context, Stop
from ilang.check.program import ModelDeclaration
from ilang.syntax import module as ast


def resolve(tree: ast.Module, ctx: Context, models: dict[str, ModelDeclaration]) -> None:
    """Puts the key of a declared model in the place of its name; reports a name that is none, and circles."""
    for d in tree.declarations:
        if not isinstance(d, ast.ModelDecl) or d.call is None:
            continue
        declared = models.get(ctx.key(d.name))
        argument = next((a for a in d.call.arguments if a.name == "fallback"), None)
        if argument is None or declared is None or declared.model is None:
            continue
        name = declared.model.setting("fallback")
        if name is None:
            continue
        found = ctx.globals.get(name)
        if not isinstance(found, ModelDeclaration):
            if name not in ctx.failed:
                known = [n for n, g in ctx.globals.items() if isinstance(g, ModelDeclaration)]
                ctx.report(Stop(problems.unknown_fallback(argument.value.span, name, known)))
            models[declared.key] = replace(declared, model=without(declared.model))
            continue
        models[declared.key] = replace(declared, model=pointed(declared.model, found.key))
        ctx.globals[d.name] = models[declared.key]
    for key, declared in models.items():
        if declared.model is not None and key in _chain(key, models):
            ctx.report(Stop(problems.fallback_circle(declared.span, declared.name)))
            models[key] = replace(declared, model=without(declared.model))


def _chain(key: str, models: Mapping[str, ModelDeclaration]) -> list[str]:
    """The models that stand in after this one, until one comes again."""
    found: list[str] = []
    while (declared := models.get(key)) is not None and declared.model is not None:
        key = declared.model.setting("fallback", "")
        if not key or key in found:
            break
        found.append(key)
    return found


def without(model: Model) -> Model:
    """The model with nobody to stand in for it."""
    return replace(model, settings=tuple(s for s in model.settings if s[0] != "fallback"))


def pointed(model: Model, to: object) -> Model:
    """The model with its `fallback` pointed to this: a key, later the model itself."""
    return replace(model, settings=tuple((n, to if n == "fallback" else v) for n, v in model.settings))
