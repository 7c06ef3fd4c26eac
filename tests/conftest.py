"""What all tests share: nothing is read of what the user has settled, and nothing written into the user's state or keyring."""

from __future__ import annotations

import os
import tempfile

_STATE = tempfile.TemporaryDirectory(prefix="ilang-state-")

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ["XDG_STATE_HOME"] = _STATE.name
os.environ["XDG_CONFIG_HOME"] = f"{_STATE.name}/config"
for _name in [name for name in os.environ if name.startswith("ILANG_") and name != "ILANG_MODELS"]:
    del os.environ[_name]
os.environ["ILANG_CONFIRM_ABOVE"] = "inf"  # servers of tests have no price; tests/cli/test_confirming.py asks
