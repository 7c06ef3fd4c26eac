"""Where on this machine a user's things lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def config_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What the user has settled: `ilang` in `$XDG_CONFIG_HOME`, else in `~/.config`. It need not be there yet."""
    named = environment.get("XDG_CONFIG_HOME", "")
    home = Path(named) if os.path.isabs(named) else Path("~/.config").expanduser()
    return home / "ilang"
