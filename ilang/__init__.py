"""ilang: a small declarative language for inference programs.

    import ilang
    result = ilang.load("vote.inf").run(question="What is 17 * 23 + 4?")
    print(result.value, result.paid, result.worth)

Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilang.base.diagnostic import Diagnostic, IlangError
    from ilang.base.value import Verdict
    from ilang.session.marks import batched, pure
    from ilang.session.program import LoadedProgram, load, loads
    from ilang.session.result import Cost, Result

__version__ = "0.1.0"
__all__ = [
    "Cost",
    "Diagnostic",
    "IlangError",
    "LoadedProgram",
    "Result",
    "Verdict",
    "batched",
    "load",
    "loads",
    "pure",
]

_HOMES = {
    "Cost": "ilang.session.result",
    "Diagnostic": "ilang.base.diagnostic",
    "IlangError": "ilang.base.diagnostic",
    "LoadedProgram": "ilang.session.program",
    "Result": "ilang.session.result",
    "Verdict": "ilang.base.value",
    "batched": "ilang.session.marks",
    "load": "ilang.session.program",
    "loads": "ilang.session.program",
    "pure": "ilang.session.marks",
}


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `ilang` has no attribute `{name}`")
    import importlib

    return getattr(importlib.import_module(home), name)
