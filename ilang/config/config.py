"""configuration: what holds of each setting, and who said so: a variable, the project's file, the user's, nobody.

Flags stand above all of them; whoever reads flags sees to that.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.check.near import near
from ilang.config.file import Settled, project_file, read_settings, user_file
from ilang.config.setting import SETTINGS, Setting


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and where it comes from, for people."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """What holds. A setting that nobody has settled is not in `values`; `models` are bound to names of programs."""

    values: Mapping[str, Value] = field(default_factory=dict)
    models: Mapping[str, Value] = field(default_factory=dict)
    files: Sequence[Path] = ()
    profile: str | None = None
    prices: Mapping[str, str] = field(default_factory=dict)

    def chosen_models(self) -> dict[str, str]:
        """The models by the names of programs; `default` is the one where a program names none."""
        found = {name: str(one.value) for name, one in self.models.items()}
        model = self.values.get("model")
        return found if model is None else {**found, "default": str(model.value)}


def configuration(
    *,
    profile: str | None = None,
    isolated: bool = False,
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Configuration:
    """`isolated`: no file is read. `folder`: from where the project's file is looked for. Raises IlangError."""
    files = [] if isolated else _files(folder or Path.cwd(), environment)
    chosen = profile or environment.get("ILANG_PROFILE") or None
    if chosen is not None and not any(chosen in one.profiles for one in files):
        raise IlangError(_no_profile(chosen, files))
    values: dict[str, Value] = {}
    models: dict[str, Value] = {}
    prices: dict[str, str] = {}
    for one in reversed(files):  # the user's first, so that the project's stands above it
        for part, origin in ((one, str(one.path)), (one.profiles.get(chosen or ""), f"{one.path}, profile {chosen}")):
            if part is not None:
                values |= {name: Value(value, origin) for name, value in part.values.items()}
                prices |= part.prices
                models |= {name: Value(model, origin) for name, model in part.models.items()}
    for setting in SETTINGS:
        text = environment.get(setting.variable)
        if text:
            values[setting.name] = Value(_read(setting, text), setting.variable)
    return Configuration(values, models, [one.path for one in files], chosen, prices)


def _files(folder: Path, environment: Mapping[str, str]) -> list[Settled]:
    """The project's, then the user's, as far as they are there."""
    found = []
    project = project_file(folder.resolve())
    if project is not None:
        found.append(read_settings(project, project=True))
    own = user_file(environment)
    if own.is_file() and own != project:
        found.append(read_settings(own, project=False))
    return found


def _read(setting: Setting, text: str) -> Any:
    if setting.kind == "number":
        if not text.isdigit():
            raise IlangError(Diagnostic("bad-setting", f"{setting.variable} is a whole number from 0, not `{text}`"))
        return int(text)
    if setting.kind == "yes":
        return text.lower() not in ("0", "false", "no")
    return text


def _no_profile(name: str, files: Sequence[Settled]) -> Diagnostic:
    known = sorted({profile for one in files for profile in one.profiles})
    close = near(name, known)
    help_ = (
        f"did you mean `{close}`?" if close else f"profiles: {', '.join(known) or 'none'}; `[profiles.{name}]` makes it"
    )
    return Diagnostic("unknown-profile", f"there is no profile `{name}`", help=help_)
