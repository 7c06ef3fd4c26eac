"""Where what ilang remembers for a user lies: `ilang` in `$XDG_STATE_HOME`, else in `~/.local/state`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder; it need not be there yet."""
    state = environment.get("XDG_STATE_HOME", "")
    home = Path(state) if os.path.isabs(state) else Path("~/.local/state").expanduser()
    return home / "ilang"
