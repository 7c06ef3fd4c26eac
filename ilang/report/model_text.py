"""Names a model: `openai:gpt-5-mini (temperature=0.8)`."""

from __future__ import annotations

from ilang.base.value import Model
from ilang.report.json_text import value_text


def model_text(model: Model) -> str:
    """Provider, id and settings, without its name in the program."""
    name = model.shown
    settings = ", ".join(f"{n}={value_text(v) if not isinstance(v, str) else v}" for n, v in model.settings)
    return f"{name} ({settings})" if settings else name
