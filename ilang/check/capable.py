"""Holds a program against what its bound models can do: refuses before anything is paid what could not work.

Looks at each stage that samples whose model is known before the run; where the model is the
candidate's or a parameter's, at the run's own faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ilang.backend import registry
from ilang.backend.capabilities import Capabilities
from ilang.base.diagnostic import Diagnostic
from ilang.base.type import FILE, IMAGE, NONE
from ilang.base.value import Model
from ilang.check import problems
from ilang.check.check import DRAWS
from ilang.check.program import Program
from ilang.check.term import CallBuiltin, CallPrompt, Const, ModelOf, Term
from ilang.check.walk import all_terms, prompt_terms, stage_place


@dataclass(frozen=True, slots=True)
class Bound:
    """The models of a run: by key, and the default."""

    models: Mapping[str, Model]
    default: Model | None


def capabilities(model: Model) -> Capabilities | None:
    """What a model can do; None where its backend is not installed."""
    provider = registry.find(model.provider)
    return provider.capabilities(model) if provider is not None else None


def lacking(program: Program, bound: Bound) -> list[Diagnostic]:
    """What the bound models lack."""
    found: list[Diagnostic] = []
    for pipeline in program.pipelines.values():
        for term in all_terms(pipeline.body):
            if isinstance(term, CallBuiltin) and term.name in DRAWS:
                found.extend(_stage(program, term, bound))
    return list(dict.fromkeys(found))


def _stage(program: Program, term: CallBuiltin, bound: Bound) -> list[Diagnostic]:
    given = dict(zip(term.names, term.arguments, strict=True))
    model = _model(given.get("model"), bound, follows=term.name in ("extend", "refine"))
    if model is None:
        return []
    able = capabilities(model)
    if able is None:
        return []
    name = model.label or model.provider
    shown = f"{name} ({model.provider}:{model.id})" if model.id else name
    settings = {k: v for k, v in model.settings if v is not None}

    def is_given(setting: str) -> bool:
        value = given.get(setting)
        if value is not None and not (isinstance(value, Const) and value.type == NONE):
            return True
        return setting in settings

    needs: list[tuple[str, str]] = []
    if term.name == "extend" and not is_given("next"):
        needs.append(("continuation", "a model that can continue a text"))
    if term.name == "extend" and is_given("stop") and not is_given("next"):
        needs.append(("stop_reason", "a model that tells a stop string from its own end"))
    if term.name == "tally":
        needs.append(("logprobs", "log-probabilities"))
    for setting in ("temperature", "top_p", "stop"):
        if is_given(setting):
            needs.append((setting, f"the setting `{setting}`"))
    found = []
    for capability, words in needs:
        if not getattr(able, capability):
            others = [
                m.label or f"{m.provider}:{m.id}"
                for m in {*bound.models.values(), *([bound.default] if bound.default else [])}
                if (c := capabilities(m)) is not None and getattr(c, capability)
            ]
            found.append(problems.lacks(stage_place(term), term.name, words, shown, sorted(others)))
    if not able.images:
        request = given.get("request")
        prompt = _prompt(request)
        if prompt is not None and any(t.type in (IMAGE, FILE) for t in prompt_terms(program.prompts[prompt])):
            found.append(problems.image_model(stage_place(term), program.prompts[prompt].signature.name, shown))
    return found


def _prompt(term: Term | None) -> str | None:
    return term.key if isinstance(term, CallPrompt) else None


def _model(term: Term | None, bound: Bound, *, follows: bool) -> Model | None:
    match term:
        case ModelOf(key):
            return bound.models.get(key, bound.default)
        case None:
            return None if follows else bound.default
        case Const() if term.type == NONE:
            return None if follows else bound.default
    return None


def temperature_warnings(program: Program, bound: Bound) -> list[Diagnostic]:
    """n draws at temperature 0."""
    found = []
    for pipeline in program.pipelines.values():
        for term in all_terms(pipeline.body):
            if not (isinstance(term, CallBuiltin) and term.name == "sample"):
                continue
            given = dict(zip(term.names, term.arguments, strict=True))
            model = _model(given.get("model"), bound, follows=False)
            at_call = given.get("temperature")
            value = at_call.value if isinstance(at_call, Const) and at_call.type != NONE else None
            if value is None and not (at_call is not None and not isinstance(at_call, Const)) and model is not None:
                value = model.setting("temperature")
            n = given.get("n")
            if value == 0 and not (isinstance(n, Const) and n.value <= 1):
                found.append(problems.zero_temperature(stage_place(term)))
    return found
