"""firsts: which of the candidates that a function is to judge are equal in all that its judgement depends on."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ilang.base.candidate import Candidate, View
from ilang.base.value import Blob, EnumValue, RecordValue, Value, Verdict
from ilang.run.closure import Closure
from ilang.stages.fields import candidate_field
from ilang.stages.stage import CannotGive

_PLAIN = (str, int, bool, type(None))


def firsts(function: Value, items: Sequence[tuple[Value, ...]]) -> list[int] | None:
    """For each item the place of the first that is equal to it. None where no two are equal, or the function does not
    say what it judges by."""
    if not isinstance(function, Closure) or function.judges_by is None or len(items) < 2:
        return None
    seen: dict[Hashable, int] = {}
    found: list[int] = []
    for place, item in enumerate(items):
        one = item[0]
        form = _form(one, function.judges_by) if isinstance(one, View | Candidate) else None
        found.append(place if form is None else seen.setdefault(form, place))
    return found if len(set(found)) < len(found) else None


def _form(candidate: View | Candidate, fields: Sequence[str]) -> Hashable | None:
    """Equal for candidates that are equal in these fields; None where one of them is nothing to be compared."""
    made: list[Hashable] = []
    for name in fields:
        try:
            made.append(exact(candidate_field(candidate, name)))
        except CannotGive as failure:
            made.append(("not given", failure.why))
        except _NoForm:
            return None
    return tuple(made)


class _NoForm(Exception):
    """A value that is compared with nothing: a function, a candidate, a pool."""


def exact(value: Value) -> Hashable:
    """Equal for values that are the same in every bit: ` 1` is not `1`, and 1 not true. Raises _NoForm."""
    if type(value) in _PLAIN:
        return (type(value), value)
    match value:
        case float():
            return ("number", repr(value))
        case tuple():
            return ("list", tuple(exact(one) for one in value))
        case RecordValue():
            return ("record", value.name, tuple((name, exact(one)) for name, one in value.fields))
        case EnumValue() | Blob():
            return value
        case Verdict():
            return ("verdict", value.ok, exact(value.score), value.feedback)
    raise _NoForm
