"""Holds a program against what its bound models can do: refuses before anything is paid what could not work.

Looks at each stage that samples and the models that may answer there (`wrote.py`); where these cannot be
told before the run, its own faults tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ilang.backend import registry
from ilang.backend.capabilities import Capabilities
from ilang.base.diagnostic import Diagnostic
from ilang.base.type import FILE, IMAGE, NONE
from ilang.base.value import Model
from ilang.check import problems
from ilang.check.program import Program
from ilang.check.term import Bind, CallBuiltin, CallPipeline, CallPrompt, Const, GetField, IfSome, Local, Term
from ilang.check.walk import all_terms, called, prompt_terms, stage_place
from ilang.check.wrote import Flow, Site

WRITING = frozenset({"sample", "extend", "refine"})
"""The stages whose replies become candidates."""


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
    found = sites(program, bound, entry)
    problems_ = [
        problem
        for site in found
        for model in sorted(site.models, key=_by_name)
        for problem in _stage(program, site.term, model, bound)
    ]
    return list(dict.fromkeys([*problems_, *_untold(program, found, bound, entry)]))


def _by_name(model: Model) -> tuple[str, str]:
    return model.label, model.shown


def _untold(program: Program, found: list[Site], bound: Bound, entry: str | None) -> list[Diagnostic]:
    """Reads of `it.logprob` and `it.entropy` where no model that writes candidates tells log-probabilities."""
    writers = {m for site in found if site.term.name in WRITING for m in site.models}
    able = [capabilities(m) for m in writers]
    if not writers or any(a is None or a.logprobs for a in able):
        return []
    models = [shown_model(m) for m in sorted(writers, key=_by_name)]
    have = sorted(m.label or m.shown for m in _all_bound(bound) if (c := capabilities(m)) is not None and c.logprobs)
    return [
        problems.untold(term.span, term.name, models, have)
        for key in reached(program, entry)
        for term in all_terms(program.pipelines[key].body)
        if isinstance(term, GetField) and term.owner == "candidate" and term.name in ("logprob", "entropy")
    ]


def reached(program: Program, entry: str | None) -> list[str]:
    """The pipelines that run from an entry, it first; left out, from any of the file's own."""
    found = [entry] if entry is not None else [k for k in program.pipelines if ":" not in k]
    for key in found:
        calls = [k for k, call in called(program.pipelines[key].body) if isinstance(call, CallPipeline)]
        found += [k for k in dict.fromkeys(calls) if k not in found]
    return found


def _all_bound(bound: Bound) -> set[Model]:
    return {*bound.models.values(), *([bound.default] if bound.default else [])}


def shown_model(model: Model) -> str:
    return f"{model.label} ({model.shown})" if model.label else model.shown


def sites(program: Program, bound: Bound, entry: str | None) -> list[Site]:
    """The stages that sample, with their models, reached from the entry or from the file's own pipelines."""
    entries = [entry] if entry is not None else [k for k in program.pipelines if ":" not in k]
    return Flow(program, bound.models, bound.default).sites(entries)


def _stage(program: Program, term: CallBuiltin, model: Model, bound: Bound) -> list[Diagnostic]:
    given = dict(zip(term.names, term.arguments, strict=True))
    able = capabilities(model)
    if able is None:
        return []
    shown = shown_model(model)
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
                for m in _all_bound(bound)
                if (c := capabilities(m)) is not None and getattr(c, capability)
            ]
            found.append(problems.lacks(stage_place(term), term.name, words, shown, sorted(others)))
    asked = [given[name] for name in ("request", "requests", "next") if name in given]
    for key in prompts_in(program, asked):
        prompt = program.prompts[key]
        for type_, capability in ((IMAGE, "images"), (FILE, "files")):
            if not getattr(able, capability) and any(t.type == type_ for t in prompt_terms(prompt)):
                others = [
                    m.label or m.shown
                    for m in _all_bound(bound)
                    if (c := capabilities(m)) is not None and getattr(c, capability)
                ]
                found.append(
                    problems.image_model(stage_place(term), prompt.signature.name, capability, shown, sorted(others))
                )
    return found


def prompts_in(program: Program, asked: Sequence[Term]) -> list[str]:
    """The prompts that make these requests: called there, in a `let` that is named there, or included by another."""
    terms = (t for p in program.pipelines.values() for t in all_terms(p.body))
    lets = {id(t.symbol): t.value for t in terms if isinstance(t, Bind | IfSome)}
    found: list[str] = []
    waiting, seen = list(asked), set[int]()
    while waiting:
        for term in all_terms(waiting.pop()):
            if isinstance(term, CallPrompt) and term.key not in found:
                found.append(term.key)
                waiting += prompt_terms(program.prompts[term.key])
            elif isinstance(term, Local) and id(term.symbol) in lets and id(term.symbol) not in seen:
                seen.add(id(term.symbol))
                waiting.append(lets[id(term.symbol)])
    return found


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
