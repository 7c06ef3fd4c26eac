"""What all tests share: nothing is written into the user's own state."""

from __future__ import annotations

import os
import tempfile

_STATE = tempfile.TemporaryDirectory(prefix="ilang-state-")

os.environ["XDG_STATE_HOME"] = _STATE.name
