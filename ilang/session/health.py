"""findings: what is well and what is not on this machine, as far as ilang needs it. Nothing is sent or written."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ilang.base.diagnostic import IlangError

State = Literal["ok", "warn", "fail"]
LEAST = (3, 11)
ROOM = 200_000_000
"""Bytes of free disk below which the store is soon full."""

EXTRAS = {"vllm": "vllm", "pyarrow": "data", "keyring": "keyring", "pygls": "lsp", "pygments": "pygments"}
"""Packages that parts of ilang need, and the extras that bring them."""

SERVERS = ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `cure`: what to do, where it is not well."""

    what: str
    state: State
    told: str
    cure: str = ""


def findings() -> Iterator[Finding]:
    """All of them, in a fixed order. What cannot even be looked at fails, and the others are looked at."""
    for look in _LOOKS:
        try:
            yield from look()
        except IlangError as error:
            problem = error.diagnostics[0]
            yield Finding(look.__name__.strip("_"), "fail", at_home(problem.message), at_home(problem.help or ""))


def at_home(text: str) -> str:
    """A text with the user's home folder as `~`."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _python() -> Iterator[Finding]:
    from ilang import __version__

    found = f"{platform.python_version()} ({platform.system()} {platform.machine()}), ilang {__version__}"
    if sys.version_info >= LEAST:
        yield Finding("python", "ok", found)
    else:
        yield Finding("python", "fail", found, f"ilang needs Python {'.'.join(map(str, LEAST))} or newer")


def _packages() -> Iterator[Finding]:
    there, missing = [], []
    for package, extra in EXTRAS.items():
        try:
            there.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append((package, extra))
    lacking = ", ".join(f"{package} (pip install 'ilang[{extra}]')" for package, extra in missing)
    told = (", ".join(there) or "none of the extras") + (f"; not installed: {lacking}" if lacking else "")
    yield Finding("packages", "ok", told)


def _weights() -> Iterator[Finding]:
    from ilang.backend import registry
    from ilang.session.models import EMBEDDED

    provider = registry.find(EMBEDDED.provider)
    located = getattr(provider, "located", None)
    path = located(EMBEDDED.id) if located is not None else None
    if path is not None:
        yield Finding("weights", "ok", at_home(str(path)))
    else:
        yield Finding("weights", "warn", "those of the embedded model are not here", "`ilang models fetch` brings them")


def _store() -> Iterator[Finding]:
    from ilang.draws.directory import DATABASE, default_directory, prepare

    if os.environ.get("ILANG_STORE") == "none":
        yield Finding("store", "ok", "none is kept")
        return
    place = default_directory()
    shown = at_home(str(place))
    near = next(folder for folder in (place, *place.parents) if folder.is_dir())
    if not os.access(near, os.W_OK):
        yield Finding("store", "fail", f"{shown} cannot be written", "set ILANG_STORE to a folder that you can write")
        return
    if (place / DATABASE).exists():
        prepare(place)
    free = shutil.disk_usage(near).free
    told = f"{shown}, {free / 1e9:.1f} GB free"
    if free < ROOM:
        yield Finding("store", "warn", told, "make room: `ilang cache prune`, or set ILANG_STORE elsewhere")
    else:
        yield Finding("store", "ok", told)


def _prices() -> Iterator[Finding]:
    from ilang.backend.price_table import AS_OF
    from ilang.backend.price_table import version as table

    yield Finding("prices", "ok", f"genai-prices {table()}, as of {AS_OF:%Y-%m-%d}")


def _keys() -> Iterator[Finding]:
    from ilang.backend.keys import find_key, names

    found = []
    for name in names():
        key = find_key(name)
        found.append(f"{name} ({key[1] if key else ''})")
    if found:
        yield Finding("keys", "ok", ", ".join(found))
    else:
        yield Finding("keys", "warn", "none; models of providers need one", "`ilang keys set OPENAI_API_KEY`")


def _servers() -> Iterator[Finding]:
    for name in SERVERS:
        value = os.environ.get(name) or os.environ.get(name.lower())
        if value:
            yield Finding("servers", "ok", f"{name} = {address(value) if name != 'NO_PROXY' else value}")


def address(url: str) -> str:
    """Where an address leads: without a name, a password or a query in it."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        scheme, port = f"{parts.scheme}://" if parts.scheme else "", f":{parts.port}" if parts.port else ""
        return f"{scheme}{parts.hostname}{port}{parts.path}"
    except ValueError:
        return "(no address)"


def _settings() -> Iterator[Finding]:
    from ilang.config.config import configuration

    found = configuration()
    files = ", ".join(at_home(str(path)) for path in found.files) or "no file"
    yield Finding("settings", "ok", files + (f", profile {found.profile}" if found.profile else ""))


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *(_python, _packages, _weights, _store),
    *(_prices, _keys, _servers, _settings),
)
