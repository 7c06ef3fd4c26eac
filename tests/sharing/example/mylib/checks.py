"""What `checked.inf` asks. Where MYLIB_TELLS names a file, importing this writes it: so a test sees whether it ran."""

import os
from pathlib import Path

from .numbers import remainder

if os.environ.get("MYLIB_TELLS"):
    Path(os.environ["MYLIB_TELLS"]).write_text("imported", "utf-8")


def is_even(x: float) -> bool:
    """Whether a number is even."""
    return remainder(x) == 0
