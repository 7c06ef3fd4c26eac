"""Which model each name of a program stands for in one run.

`--model solver=openai:gpt-5-mini` binds one name, `--model openai:gpt-5-mini` the default; a whole
call may stand there. Then the program's own `model default`, then `ILANG_MODEL`, then the embedded model.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ilang.backend import registry
from ilang.backend.prices import parse_prices
from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.source import Source
from ilang.base.value import Model
from ilang.check.context import Stop
from ilang.check.declarations import model_of_call
from ilang.check.fallbacks import pointed
from ilang.check.near import near
from ilang.check.program import Program
from ilang.syntax import module as ast
from ilang.syntax.parse import parse

EMBEDDED = Model("embedded", "smollm2-135m-instruct", label="embedded")
_NAMED = re.compile(r"\s*([a-z_][A-Za-z0-9_]*)\s*=(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BoundModels:
    """The models of a run by key, the default, and a line for each choice that nobody made."""

    models: Mapping[str, Model]
    default: Model
    notes: tuple[str, ...] = ()
    meant: bool = False  # the default is one that this run was told to take


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the user has settled for all programs: models by the names of programs (`default`: where one names none),
    and prices by model, `openai:gpt-5-mini`."""

    models: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)

    def priced(self, model: Model) -> Model:
        """The model at the price that is settled for it, where it declares none."""
        prices = self.prices.get(model.shown)
        if prices is None or model.setting("prices") is not None:
            return model
        try:
            parse_prices(prices)
        except ValueError as problem:
            why = f"the setting prices.{model.shown}: {problem}"
            raise IlangError(Diagnostic("wrong-prices", why, help='for example "0.10 in, 0.40 out"')) from None
        return replace(model, settings=tuple(sorted((*model.settings, ("prices", prices)))))


def read_model(text: str, where: str = "--model") -> Model:
    """`openai:gpt-5-mini`, `embedded`, or a whole call `openai("id", base_url="...")`."""
    text = text.strip()
    if text.endswith(")"):
        source = Source(where, f"model given = {text}")
        declaration, *more = parse(source).declarations
        if more or not isinstance(declaration, ast.ModelDecl) or declaration.call is None:
            raise IlangError(Diagnostic("bad-argument", f"{where}: one call of a backend is needed, not {text!r}"))
        try:
            return model_of_call(declaration.call, "")
        except Stop as problem:
            assert problem.diagnostic is not None
            raise IlangError(problem.diagnostic) from None
    provider, _, id_ = text.partition(":")
    if registry.find(provider) is None:
        close = near(provider, registry.names()) or _maker(text)
        raise IlangError(
            Diagnostic(
                "unknown-backend",
                f"{where}: no backend is called `{provider}`",
                help=f"did you mean `{close}`?"
                if close
                else f"installed: {', '.join(registry.names())}; a model is told as BACKEND:MODEL",
            )
        )
    return Model(provider, id_)


_MAKERS = (("openai", ("gpt-", "chatgpt-", "o1", "o3", "o4")), ("anthropic", ("claude",)))
"""Whose models bear names that begin so."""


def _maker(text: str) -> str | None:
    """`openai:gpt-5-mini` for `gpt-5-mini`; None where nobody's models bear such a name."""
    for backend, beginnings in _MAKERS:
        if text.startswith(beginnings) and registry.find(backend) is not None:
            return f"{backend}:{text}"
    return None


def bind_models(
    program: Program,
    flags: Sequence[str],
    environment: Mapping[str, str] = os.environ,
    settled: Preferences | None = None,
) -> BoundModels:
    """The models of one run. Raises IlangError for a flag that names no model or no backend.

    `settled`: a name in it that this program does not have is passed over.
    """
    by_name: dict[str, Model] = {}
    default: Model | None = None
    names = {d.name for d in program.models.values()}
    for flag in flags:
        named = _NAMED.match(flag)
        if named and not flag.strip().startswith(tuple(f"{n}(" for n in registry.names())):
            name, text = named[1], named[2]
            if name not in names and name != "default":
                close = near(name, names)
                raise IlangError(
                    Diagnostic(
                        "unknown-name",
                        f"--model: the program has no model `{name}`",
                        help=f"did you mean `{close}`?"
                        if close
                        else "its models: "
                        + (", ".join(sorted(names)) or "none; leave the name out to bind the default"),
                    )
                )
            if name == "default":
                default = replace(read_model(text), label="default")
            else:
                by_name[name] = replace(read_model(text), label=name)
        elif flag in names:
            declared = next(d.model for d in program.models.values() if d.name == flag)
            default = declared if declared is not None else default
        else:
            default = read_model(flag)
    settled = settled or Preferences()
    for name, text in settled.models.items():
        if name in names and name not in by_name and name != "default":
            by_name[name] = replace(read_model(text, f"the setting models.{name}"), label=name)
    notes: list[str] = []
    meant = default is not None
    if default is None:
        own = next((d.model for d in program.models.values() if d.name == "default" and d.model), None)
        given = settled.models.get("default") or environment.get("ILANG_MODEL")
        if own is not None:
            default = own
        elif given:
            default = read_model(given, "the setting `model`" if "default" in settled.models else "ILANG_MODEL")
        else:
            default = EMBEDDED
            notes.append("no model is named: the embedded one answers, a very small model that is often wrong")
    models: dict[str, Model] = {}
    for key, d in program.models.items():
        model = by_name.get(d.name) or d.model
        models[key] = settled.priced(model if model is not None else replace(default, label=d.name))
    pointed_ = {key: _pointed(model, program, models, ()) for key, model in models.items()}
    return BoundModels(pointed_, settled.priced(default), tuple(notes), meant)


def _pointed(model: Model, program: Program, models: Mapping[str, Model], before: tuple[str, ...]) -> Model:
    """The model with the one that stands in for it, as it is bound. Raises IlangError for a name that is none."""
    named = model.setting("fallback")
    if not isinstance(named, str):
        return model
    key = named if named in models else next((k for k, d in program.models.items() if d.name == named), None)
    if key is None or key in before:
        raise IlangError(
            Diagnostic(
                "unknown-fallback",
                f"`fallback` of {model.label or model.shown} names no model of the program: `{named}`"
                if key is None
                else f"`{named}` would stand in for itself in the end",
                help="its models: " + (", ".join(sorted(d.name for d in program.models.values())) or "none"),
            )
        )
    return pointed(model, _pointed(models[key], program, models, (*before, key)))
