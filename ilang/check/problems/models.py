"""Models and their settings, and what a program needs that its model cannot do."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.backend.prices import EXAMPLE
from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.check.problems.words import listed, meant


def unknown_backend(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`model m = opnai("x")`."""
    help_ = meant(
        name,
        known,
        f'installed: {", ".join(known)}; a server that speaks as OpenAI\'s does is `openai(..., base_url="...")`',
    )
    return Diagnostic("unknown-backend", f"no backend is called `{name}`", span, "not installed", help_)


def unknown_setting(span: Span, backend: str, name: str, known: Sequence[str]) -> Diagnostic:
    """`openai("x", temprature=1)`."""
    help_ = meant(name, known, f"it takes: {', '.join(known)}")
    if name == "n":
        help_ = "how many to draw is told where they are drawn: `sample(n=8)`"
    return Diagnostic("unknown-setting", f"`{backend}` has no setting `{name}`", span, "no such setting", help_)


def setting_type(span: Span, name: str, want: str, have: str) -> Diagnostic:
    """`openai("x", temperature="hot")`."""
    examples = {"number": "0.8", "int": "256", "bool": "true", "model": "cheap"}
    help_ = f"for example `{name}={examples.get(want, '...')}`"
    if name == "n":
        help_ = "how many to draw is told where they are drawn: `sample(n=8)`"
    elif want == "text":
        help_ = f'a text is written in quotes: `{name}="..."`'
    return Diagnostic("type-mismatch", f"the setting `{name}` needs {want}, but gets {have}", span, f"is {have}", help_)


def unknown_fallback(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`openai("x", fallback=nobody)`."""
    help_ = meant(name, known, f"models: {listed(known)}" if known else "declare it: `model " + name + " = ...`")
    return Diagnostic("unknown-fallback", f"`fallback` names no model: `{name}`", span, "no such model", help_)


def fallback_circle(span: Span, name: str) -> Diagnostic:
    """`model a = sim("a", fallback=b)` and `model b = sim("b", fallback=a)`."""
    return Diagnostic(
        "fallback-circle",
        f"`{name}` would stand in for itself in the end",
        span,
        "its `fallback` leads back here",
        "leave one `fallback` out",
    )


def number_out_of_range(span: Span, what: str, low: float, high: float) -> Diagnostic:
    """`sample(n=-1)`, `openai("x", temperature=-1)`."""
    return Diagnostic(
        "out-of-range",
        f"{what} is a number from {low:,} to {high:,}",
        span,
        "not in that range",
        f"for example {max(low, min(high, 1)):,}",
    )


def not_a_scheme(span: Span, known: Sequence[str]) -> Diagnostic:
    """`resample(scheme="fair")`."""
    return Diagnostic(
        "out-of-range",
        f"`scheme` of `resample` is one of {', '.join(known)}",
        span,
        "none of them",
        f'for example `scheme="{known[1]}"`',
    )


def setting_refused(span: Span, why: str) -> Diagnostic:
    """`sim("s", accuracy=5)`: what its backend says of a declaration."""
    return Diagnostic(
        "out-of-range", f"this model cannot be: {why}", span, "refused by its backend", "correct the setting"
    )


def wrong_prices(span: Span, why: str) -> Diagnostic:
    """`openai("x", prices="cheap")`."""
    help_ = f'USD for a million tokens: `prices="{EXAMPLE}"`'
    return Diagnostic("wrong-prices", f"`prices` cannot be read: {why}", span, "these are no prices", help_)


def setting_by_name(span: Span, backend: str) -> Diagnostic:
    """`openai("x", 0.8)`."""
    return Diagnostic(
        "missing-argument",
        f"`{backend}` takes its settings by name",
        span,
        "has no name",
        f'for example `{backend}("...", temperature=0.8)`',
    )


def setting_not_constant(span: Span, name: str, backend: str) -> Diagnostic:
    """`openai("x", temperature=t)`."""
    help_ = "a text, a number, true or false; what changes is given at the call: `sample(temperature=t)`"
    if name == "the id":
        help_ = (
            f'write it in quotes: `{backend}("...")`; a model that is chosen at each run is declared by its name alone'
        )
    return Diagnostic("not-constant", f"{name} of a model must be written out", span, "not a plain value", help_)


def model_id(span: Span, backend: str) -> Diagnostic:
    """`openai(3)`."""
    return Diagnostic(
        "type-mismatch", "a model's id is a text", span, "not a text", f'for example `{backend}("gpt-4.1-mini")`'
    )


def lacks(span: Span, stage: str, needs: str, model: str, have: Sequence[str]) -> Diagnostic:
    """`extend` on a model that cannot continue a text."""
    help_ = f"models that can: {', '.join(have)}" if have else "bind another model with `--model`"
    return Diagnostic(
        "model-lacks", f"`{stage}` needs {needs}, which {model} does not have", span, f"needs {needs}", help_
    )


def untold(span: Span, name: str, models: Sequence[str], have: Sequence[str]) -> Diagnostic:
    """`best(by=it.logprob)` of candidates whose models tell no log-probabilities."""
    who = models[0] if len(models) == 1 else f"none of {listed(models)}"
    help_ = f"models that do: {', '.join(have)}" if have else "bind another model with `--model`"
    verb = "does not tell" if len(models) == 1 else "tells"
    return Diagnostic(
        "model-lacks", f"`it.{name}` needs log-probabilities, which {who} {verb}", span, "never given", help_
    )


def image_model(span: Span, prompt: str, what: str, model: str, have: Sequence[str]) -> Diagnostic:
    """A prompt with an image, or a file, on a model that takes text only."""
    one = "an image" if what == "images" else "a file"
    help_ = f"models that do: {', '.join(have)}" if have else f"bind a model that takes {what} with `--model`"
    return Diagnostic(
        "model-lacks", f"`{prompt}` shows {one}, which {model} does not take", span, f"needs {what}", help_
    )


def zero_temperature(span: Span) -> Diagnostic:
    """`sample(n=8, temperature=0)`."""
    return Diagnostic(
        "zero-temperature",
        "draws at temperature 0 are all alike, and each is paid for",
        span,
        "draws the same",
        "take one draw, or a temperature above 0",
        severity="warning",
    )
