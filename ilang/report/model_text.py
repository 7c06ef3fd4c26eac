"""Names a model: `openai:gpt-5-mini (temperature=0.8)`."""

from __future__ import annotations

from ilang.base.value import Model, Value
from ilang.report.json_text import value_text


def model_text(model: Model) -> str:
    """Provider, id and settings, without its name in the program."""
    name = model.shown
    settings = ", ".join(f"{n}={_setting(v)}" for n, v in model.settings)
    return f"{name} ({settings})" if settings else name


def _setting(value: Value) -> str:
    if isinstance(value, Model):
        return value.label or value.shown
    return value if isinstance(value, str) else value_text(value)
