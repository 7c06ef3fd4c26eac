"""A keyring for tests: the real package, with a file behind it in place of the desktop's. It can be locked."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Ring(KeyringBackend):
    """Keeps passwords in the file that RING names; LOCKED in the environment locks it."""

    priority = 1.0

    def _read(self) -> dict[str, str]:
        if "LOCKED" in os.environ:
            raise KeyringLocked("nobody is there to unlock it")
        path = Path(os.environ["RING"])
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        Path(os.environ["RING"]).write_text(json.dumps({**self._read(), f"{service}/{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        kept = self._read()
        if kept.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("it is not there")
        Path(os.environ["RING"]).write_text(json.dumps(kept))
