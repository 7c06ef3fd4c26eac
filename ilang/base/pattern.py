r"""Regular expressions that take time in proportion to the text, whatever they are: RE2 (Cox, 2010).

A pattern reads texts of models, so one that backtracks could hang a run for ever. What RE2 does not know (looking
around, references back to a group) is refused. `\w` and `\d` know letters and digits of all scripts, as Python's do.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any

_ALL_SCRIPTS = {"w": r"\pL\pM\p{Nd}_", "d": r"\p{Nd}"}
_JOINERS = r"\x{203F}\x{2040}\x{2054}\x{FE33}\x{FE34}\x{FE4D}-\x{FE4F}\x{FF3F}"  # \p{Pc} but for `_`
_ALL_BUT = {"w": r"\pZ\pC\pS\p{Nl}\p{No}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}" + _JOINERS, "d": r"\P{Nd}"}
_OUTSIDE = re.compile(r"\\Q.*?(?:\\E|$)|\\.|\[\^?\]?|.", re.DOTALL)
_INSIDE = re.compile(r"\[:\^?\w+:\]|\\.|.", re.DOTALL)


@lru_cache(maxsize=256)
def compiled(text: str) -> Any:
    """The pattern, with `finditer` and `groups`. Raises ValueError with what is wrong, fit for a user."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_nl = False
    try:
        return re2.compile(all_scripts(text), options)
    except re2.error as problem:
        said = problem.args[0] if problem.args else ""
        why = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        if _python_knows(text):
            why += "; patterns that look around or refer back to a group are not known, for their time has no bound"
        raise ValueError(why) from None


def all_scripts(text: str) -> str:
    r"""The pattern with `\w`, `\d`, `\W` and `\D` written out, as RE2's own know ASCII alone."""
    made: list[str] = []
    inside, at = False, 0
    while at < len(text):
        found = (_INSIDE if inside else _OUTSIDE).match(text, at)
        assert found is not None
        piece, at = found[0], found.end()
        if piece[0] == "[" and not inside:
            inside = True
        elif piece == "]" and inside:
            inside = False
        elif len(piece) == 2 and piece[0] == "\\" and piece[1].lower() in _ALL_SCRIPTS:
            letters = _ALL_SCRIPTS[piece[1].lower()]
            if piece[1].isupper():
                piece = _ALL_BUT[piece[1].lower()] if inside else f"[^{letters}]"
            else:
                piece = letters if inside else f"[{letters}]"
        made.append(piece)
    return "".join(made)


def _python_knows(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            re.compile(text)
        except (re.error, OverflowError, RecursionError):
            return False
    return True
