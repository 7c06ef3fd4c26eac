"""Holds a program against what its bound models can do: refuses before anything is paid what could not work.

Looks at each stage that samples and the models that may answer there (`wrote.py`); where these cannot be
told before the run, its own faults tell.
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
from ilang.check.program import Program
from ilang.check.term import CallBuiltin, CallPrompt, Const, Term
from ilang.check.walk import prompt_terms, stage_place
from ilang.check.wrote import Flow, Site


@dataclass(frozen=True, slots=True)
class Bound:
    """The models of a run: by key, and the default."""

    models: Mapping[str, Model]
    default: Model | None


def capabilities(model: Model) -> Capabilities | None:
    """What a model can do; None where its backend is not installed."""
    provider = registry.find(model.provider)
    return provider.capabilities(model) if provider is not None else None


def lacking(program: Program, bound: Bound, entry: str | None = None) -> list[Diagnostic]:
    """What the bound models lack for this pipeline and all that it calls; left out, for every pipeline of the file."""
    return list(
        dict.fromkeys(
            problem
            for site in sites(program, bound, entry)
            for model in sorted(site.models, key=lambda m: (m.label, m.shown))
            for problem in _stage(program, site.term, model, bound)
        )
    )


def sites(program: Program, bound: Bound, entry: str | None) -> list[Site]:
    """The stages that sample, with their models, reached from the entry or from the file's own pipelines."""
    entries = [entry] if entry is not None else [k for k in program.pipelines if ":" not in k]
    return Flow(program, bound.models, bound.default).sites(entries)


def _stage(program: Program, term: CallBuiltin, model: Model, bound: Bound) -> list[Diagnostic]:
    given = dict(zip(term.names, term.arguments, strict=True))
    able = capabilities(model)
    if able is None:
        return []
    shown = f"{model.label} ({model.shown})" if model.label else model.shown
    settings = {k: v for k, v in model.settings if v is not None}

    def is_given(setting: str) -> bool:
        value = given.get(setting)
        if value is not None and not (isinstance(value, Const) and value.type == NONE):
            return True
        return setting in settings

    if term.name == "start":
        return []
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
                m.label or m.shown
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


def temperature_warnings(program: Program, bound: Bound, entry: str | None = None) -> list[Diagnostic]:
    """n draws at temperature 0."""
    found = []
    for site in sites(program, bound, entry):
        term = site.term
        if term.name != "sample":
            continue
        given = dict(zip(term.names, term.arguments, strict=True))
        at_call, n = given.get("temperature"), given.get("n")
        if at_call is None or (isinstance(at_call, Const) and at_call.type == NONE):
            cold = any(model.setting("temperature") == 0 for model in site.models)
        else:
            cold = isinstance(at_call, Const) and at_call.value == 0
        if cold and not (isinstance(n, Const) and n.value <= 1):
            found.append(problems.zero_temperature(stage_place(term)))
    return list(dict.fromkeys(found))
