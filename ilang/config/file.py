"""Reads the files of settings: a project's (`ilang.toml`, or `[tool.ilang]` of `pyproject.toml`) and the user's own.

A project's file comes with a checkout, so it may be a stranger's: it can choose models and limits, and nothing that
would send a key elsewhere or believe somebody.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.folders import config_folder
from ilang.check.near import near
from ilang.config.setting import BY_NAME, OWN, SETTINGS, TABLES


@dataclass(frozen=True, slots=True)
class Settled:
    """What one file settles: values by the name of their setting, models by their name, and the same by profile."""

    path: Path
    values: Mapping[str, Any]
    models: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, Settled] = field(default_factory=dict)


def user_file(environment: Mapping[str, str] = os.environ) -> Path:
    """`ilang/config.toml` in `$XDG_CONFIG_HOME`, else in `~/.config`."""
    return config_folder(environment) / "config.toml"


def project_file(folder: Path) -> Path | None:
    """The nearest `ilang.toml`, or `pyproject.toml` with `[tool.ilang]`, from a folder upwards."""
    for place in (folder, *folder.parents):
        own = place / "ilang.toml"
        if own.is_file():
            return own
        project = place / "pyproject.toml"
        if project.is_file() and "ilang" in _tool(_read(project)):
            return project
    return None


def read_settings(path: Path, *, project: bool) -> Settled:
    """What a file settles. Raises IlangError, with every problem of it."""
    data = _read(path)
    if path.name == "pyproject.toml":
        data = _tool(data).get("ilang", {})
    problems: list[Diagnostic] = []
    found = _settled(path, data, "", problems, project=project)
    profiles = {}
    given = data.get("profiles", {})
    if not isinstance(given, dict):
        problems.append(_wrong(path, "profiles", "is a table: `[profiles.cheap]`"))
        given = {}
    for name, one in given.items():
        if isinstance(one, dict):
            profiles[name] = _settled(path, one, f"profiles.{name}.", problems, project=project)
        else:
            problems.append(_wrong(path, f"profiles.{name}", "is a table: `[profiles.cheap]`"))
    if problems:
        raise IlangError(problems)
    return Settled(path, found.values, found.models, found.prices, profiles)


def _settled(path: Path, data: Mapping[str, Any], prefix: str, problems: list[Diagnostic], *, project: bool) -> Settled:
    values: dict[str, Any] = {}
    models: dict[str, str] = {}
    prices: dict[str, str] = {}
    for name, value in data.items():
        setting = BY_NAME.get(name)
        if name in TABLES and not (prefix and name == "profiles"):
            if name == "models":
                models = dict(_texts(path, value, prefix + name, 'solver = "openai:gpt-5-mini"', problems))
            elif name == "prices":
                prices = dict(_texts(path, value, prefix + name, '"openai:mine" = "0.10 in, 0.40 out"', problems))
        elif setting is None:
            problems.append(_unknown(path, prefix + name, name, project=project))
        elif project and setting.own:
            problems.append(_refused(path, prefix + name, f"has `{name}`"))
        elif not _fits(setting.kind, value):
            wanted = {"number": "a whole number from 0", "amount": "a number from 0", "yes": "true or false"}.get(
                setting.kind, "a text"
            )
            problems.append(_wrong(path, prefix + name, f"is {wanted}"))
        else:
            values[name] = value
    if project:
        for name, model in [("model", values.get("model", "")), *models.items()]:
            if "base_url" in model or "api_key_env" in model:
                shown = prefix + ("model" if name == "model" else f"models.{name}")
                problems.append(_refused(path, shown, "names a server, or a key, for a model"))
    return Settled(path, values, models, prices)


def _texts(path: Path, value: Any, shown: str, example: str, problems: list[Diagnostic]) -> Iterator[tuple[str, str]]:
    """A table of texts."""
    if not isinstance(value, dict):
        problems.append(_wrong(path, shown, f"is a table: `{example}`"))
        return
    for name, text in value.items():
        if isinstance(text, str):
            yield name, text
        else:
            problems.append(_wrong(path, f"{shown}.{name}", f"is a text: `{example}`"))


def _fits(kind: str, value: Any) -> bool:
    if kind == "number":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if kind == "amount":
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return isinstance(value, bool) if kind == "yes" else isinstance(value, str)


def _unknown(path: Path, shown: str, name: str, *, project: bool) -> Diagnostic:
    if name in OWN:
        if project:
            return _refused(path, shown, f"has `{name}`")
        return _wrong(path, shown, "is nothing that a file settles: keys are kept by `ilang keys set`")
    close = near(name, [*BY_NAME, *TABLES])
    known = ", ".join(setting.name for setting in SETTINGS)
    return Diagnostic(
        "unknown-setting",
        f"{path}{_line(path, name)}: there is no setting `{shown}`",
        help=f"did you mean `{close}`?" if close else f"settings: {known}; tables: {', '.join(TABLES)}",
    )


def _refused(path: Path, shown: str, what: str) -> Diagnostic:
    return Diagnostic(
        "not-for-a-project",
        f"{path}{_line(path, shown.rpartition('.')[2])}: a project's file {what} (`{shown}`); only the user may",
        help=f"say it in {user_file()}, or with a flag",
    )


def _wrong(path: Path, shown: str, what: str) -> Diagnostic:
    return Diagnostic("bad-setting", f"{path}{_line(path, shown.rpartition('.')[2])}: `{shown}` {what}")


def _line(path: Path, name: str) -> str:
    """`:12`, the first line that begins with the name."""
    try:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.strip().removeprefix("[").startswith((name, f'"{name}"')):
                return f":{number}"
    except (OSError, UnicodeDecodeError):
        pass
    return ""


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IlangError(Diagnostic("bad-setting", f"{path} is no TOML: {error}")) from None
    except OSError as error:
        raise IlangError(Diagnostic("unreadable-file", f"{path}: {error.strerror or error}")) from error


def _tool(data: Mapping[str, Any]) -> Mapping[str, Any]:
    tool = data.get("tool", {})
    return tool if isinstance(tool, dict) else {}
