"""Finds the keys of providers: in the environment, else in the system's keyring, else in a file of the user's alone.

A key has the name of its variable, OPENAI_API_KEY. It is never shown, and never written anywhere but here.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.folders import config_folder

SERVICE = "ilang"
"""What the keyring files our keys under."""

NAME = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
KNOWN = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")

Where = Literal["environment", "keyring", "file"]


def find_key(name: str, environment: Mapping[str, str] = os.environ) -> tuple[str, Where] | None:
    """A key and where it was found; None where there is none. Raises IlangError for a file that others can read."""
    found = environment.get(name, "").strip()
    if found:
        return found, "environment"
    ring = _keyring()
    if ring is not None:
        try:
            kept = ring.get_password(SERVICE, name)
        except Exception:  # a keyring that is locked, or has no desk to ask at
            kept = None
        if kept:
            return str(kept), "keyring"
    kept = read_keys(keys_file(environment)).get(name)
    return (kept, "file") if kept else None


def names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The names of the keys that there are."""
    filed = read_keys(keys_file(environment))
    return sorted(name for name in {*KNOWN, *filed} if find_key(name, environment) is not None)


def set_key(name: str, key: str, environment: Mapping[str, str] = os.environ) -> Where:
    """Keeps a key; where it is now. Raises IlangError."""
    ring = _keyring()
    if ring is not None:  # a keyring tells no names: the file has them, without the keys
        write_keys(keys_file(environment), {**read_keys(keys_file(environment)), name: ""})
        try:
            ring.set_password(SERVICE, name, key)
            return "keyring"
        except Exception:  # the file is the other place
            pass
    write_keys(keys_file(environment), {**read_keys(keys_file(environment)), name: key})
    return "file"


def remove_key(name: str, environment: Mapping[str, str] = os.environ) -> list[Where]:
    """Forgets a key; from where. One in the environment is not ours to remove. Raises IlangError for a keyring that is
    locked."""
    gone: list[Where] = []
    ring = _keyring()
    if ring is not None:
        try:
            if ring.get_password(SERVICE, name) is not None:
                ring.delete_password(SERVICE, name)
                gone.append("keyring")
        except Exception:  # locked, or with no desk to ask at
            if not read_keys(keys_file(environment)).get(name):
                raise IlangError(
                    Diagnostic("keyring-locked", "the keyring cannot be asked", help="unlock it")
                ) from None
    filed = read_keys(keys_file(environment))
    if name in filed:
        write_keys(keys_file(environment), {n: k for n, k in filed.items() if n != name})
        if filed[name]:
            gone.append("file")
    return gone


def keys_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The file; it need not be there."""
    return config_folder(environment) / "keys.json"


def read_keys(path: Path) -> dict[str, str]:
    """The keys in the file. Raises IlangError where others could read it, or it is none."""
    try:
        with path.open("r", encoding="utf-8") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                why = f"{path} can be read by others, so the keys in it are not used"
                raise IlangError(Diagnostic("keys-not-private", why, help=f"`chmod 600 {path}`"))
            data = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        data = None
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data.values()):
        why = f"{path} cannot be read as keys"
        raise IlangError(
            Diagnostic("keys-not-private", why, help="remove it, and set them anew: `ilang keys set NAME`")
        )
    return data


def write_keys(path: Path, keys: Mapping[str, str]) -> None:
    """Writes the file, for its user alone. Raises IlangError."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(dict(keys), file)
        os.replace(made, path)
    except OSError as error:
        raise IlangError(Diagnostic("unwritable-file", f"{path}: {error.strerror or error}")) from error


def _keyring() -> Any:
    """The keyring package, where it is installed and there is a keyring behind it."""
    try:
        import keyring
        from keyring.backends import fail
    except ImportError:
        return None
    try:
        return None if isinstance(keyring.get_keyring(), fail.Keyring) else keyring
    except Exception:  # a keyring that cannot even be looked for
        return None
