"""Reads where this machine is set up to get Python packages from: pip's configuration, then uv's.

Follows pip's documented order (environment, then the nearest configuration file) without
running pip, since it may not be installed. It does not open a connection.
"""

from __future__ import annotations

import configparser
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PUBLIC = "https://pypi.org/simple"


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Package indexes in the order in which to ask them, and how to reach them.

    `indexes` are URLs of the simple API and may hold credentials: never show one unredacted.
    `certificate` is a file of trusted certificates, `proxy` a URL; empty where not set.
    """

    indexes: tuple[str, ...]
    certificate: str = ""
    proxy: str = ""


def read(environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> IndexSettings:
    """The settings in force in `folder` (the current one where None)."""
    pip = _pip_settings(environ)
    uv = _uv_settings(environ, folder or Path.cwd())
    main = pip.get("index-url") or uv.get("index-url") or PUBLIC
    found = [main, *pip.get("extra-index-url", "").split(), *uv.get("extra-index-url", "").split()]
    if uv.get("index-url"):
        found.append(uv["index-url"])
    reachable = (url.rstrip("/") for url in found if url.startswith(("http://", "https://")))
    certificate = pip.get("cert") or environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or ""
    return IndexSettings(tuple(dict.fromkeys(reachable)), certificate, pip.get("proxy", ""))


def _pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's options that matter here; a later source overrides an earlier one, as in pip."""
    settings: dict[str, str] = {}
    for file in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in ("global", "download"):
            if parser.has_section(section):
                settings.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for key in ("index-url", "extra-index-url", "cert", "proxy"):
        value = environ.get("PIP_" + key.upper().replace("-", "_"))
        if value:
            settings[key] = value
    return settings


def _pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Where pip looks for its configuration, weakest first."""
    home = Path(environ.get("HOME") or Path.home())
    if environ.get("PIP_CONFIG_FILE") == os.devnull:
        return
    if sys.platform == "win32":
        yield Path(environ.get("PROGRAMDATA", "C:\\ProgramData")) / "pip" / "pip.ini"
        yield home / "pip" / "pip.ini"
        yield Path(environ.get("APPDATA", str(home))) / "pip" / "pip.ini"
        yield Path(sys.prefix) / "pip.ini"
    else:
        if sys.platform == "darwin":
            yield Path("/Library/Application Support/pip/pip.conf")
        for folder in reversed((environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)):
            yield Path(folder) / "pip" / "pip.conf"
        yield Path("/etc/pip.conf")
        yield home / ".pip" / "pip.conf"
        if sys.platform == "darwin":
            yield home / "Library" / "Application Support" / "pip" / "pip.conf"
        yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
        yield Path(sys.prefix) / "pip.conf"
    if environ.get("PIP_CONFIG_FILE"):
        yield Path(environ["PIP_CONFIG_FILE"])


def _uv_settings(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """uv's indexes, under pip's names; a later source overrides an earlier one."""
    settings: dict[str, str] = {}
    home = Path(environ.get("HOME") or Path.home())
    places = (folder, *folder.parents)
    project = next((place for place in places if (place / "uv.toml").exists() or _has_uv_table(place)), None)
    user = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    tables = [_toml(Path("/etc/uv/uv.toml")), _toml(user / "uv" / "uv.toml")]
    if project is not None:
        tables.append(_toml(project / "uv.toml") or _toml(project / "pyproject.toml").get("tool", {}).get("uv", {}))
    for table in tables:
        settings.update(_uv_indexes(table))
    main = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")
    extra = environ.get("UV_INDEX") or environ.get("UV_EXTRA_INDEX_URL")
    if main:
        settings["index-url"] = _unnamed(main)
    if extra:
        settings["extra-index-url"] = " ".join(_unnamed(url) for url in extra.split())
    return settings


def _unnamed(index: str) -> str:
    """An index without the name that uv lets stand before it (`internal=https://...`)."""
    name, equals, url = index.partition("=")
    return url if equals and "://" not in name else index


def _uv_indexes(table: Mapping[str, Any]) -> dict[str, str]:
    table = {**table.get("pip", {}), **table}
    indexes = [index for index in table.get("index", ()) if isinstance(index, dict) and "url" in index]
    main = next((index["url"] for index in indexes if index.get("default")), table.get("index-url"))
    extra = [index["url"] for index in indexes if not index.get("default")] + list(table.get("extra-index-url", ()))
    found = {"index-url": main, "extra-index-url": " ".join(map(str, extra))}
    return {key: str(value) for key, value in found.items() if value}


def _has_uv_table(folder: Path) -> bool:
    return "uv" in _toml(folder / "pyproject.toml").get("tool", {})


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
