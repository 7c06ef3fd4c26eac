"""`ask`: one draw of a request, as its value."""

from __future__ import annotations

from ilang.base.candidate import Unread
from ilang.stages.drawn import read_all, settings_of
from ilang.stages.stage import Arguments, Missing, Most, NothingLeft, Send, Sizes, Stage, Steps, Want


def apply(a: Arguments) -> Steps:
    ((one,),) = yield Send((Want(a["request"], a["model"], 1, settings_of(a)),))
    if isinstance(one, Missing):
        yield one.report
        raise NothingLeft("ask", one.why, lost=True, refused=one.refused)
    (value,) = yield from read_all([(a["request"], one)])
    if isinstance(value, Unread):
        raise NothingLeft("ask", value.why)
    return value


def most(at: Sizes) -> Most:
    return Most(wants=1)


STAGE = Stage("ask", apply, most=most, draws=True)
