"""`tally`: the exact distribution over the choices, from log-probabilities.

Each answer has the probability with which the reply begins with it, among all that begin with one. Without
`choices` they are those of the type: true and false, or the members of an enum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ilang.base.candidate import Unread
from ilang.base.type import BOOL, Enum, Type
from ilang.base.value import Asked, EnumValue, Group, Tally, Value
from ilang.stages.choosing import Place, masses
from ilang.stages.drawn import prefill_of
from ilang.stages.key import key
from ilang.stages.pure import show
from ilang.stages.stage import (
    Arguments,
    CannotGive,
    Chosen,
    Drawn,
    Lost,
    NotGiven,
    NothingLeft,
    Read,
    Send,
    Stage,
    Steps,
    Want,
)
from ilang.stages.vote import moment_of


def apply(a: Arguments) -> Steps:
    asked: Asked = a["request"]
    choices = choices_of(asked.reader.type) if a["choices"] is None else tuple(a["choices"])
    if not choices:
        raise NothingLeft("tally", "there are no choices")
    model = yield Chosen(a["model"])
    if model.provider == "fake":
        return (yield from certain(a, asked, choices))
    forms = [(text, i) for i, choice in enumerate(choices) for text in forms_of(choice)]
    (found,) = yield from masses([Place(asked, a["model"])], [text for text, _ in forms], fold=True)
    if isinstance(found, Lost):
        raise NothingLeft("tally", found.why, lost=True, refused=found.refused)
    if isinstance(found, NotGiven):
        raise CannotGive(f"tally: {found.why}")
    weights = [math.fsum(p for p, (_, i) in zip(found, forms, strict=True) if i == k) for k in range(len(choices))]
    if not any(weights):
        raise NothingLeft("tally", "none of the choices is among the likeliest beginnings of a reply")
    return tally_of(choices, weights)


def certain(a: Arguments, asked: Asked, choices: Sequence[Value]) -> Steps:
    """What a scripted model says, it says for certain: it has no log-probabilities."""
    ((one,),) = yield Send((Want(asked, a["model"]),))
    if not isinstance(one, Drawn):
        yield one.report
        raise NothingLeft("tally", one.why, lost=True, refused=one.refused)
    (value,) = yield Read(((asked, one.draw.text, prefill_of(asked)),))
    keys = [key(choice) for choice in choices]
    if isinstance(value, Unread) or key(value) not in keys:
        raise NothingLeft("tally", "the reply is none of the choices")
    at = keys.index(key(value))
    return tally_of(choices, [float(i == at) for i in range(len(choices))])


def choices_of(type_: Type) -> tuple[Value, ...]:
    """All values of a type that has few. Raises CannotGive for another."""
    if type_ == BOOL:
        return True, False
    if isinstance(type_, Enum):
        return tuple(EnumValue(type_, member) for member, _ in type_.members)
    raise CannotGive(f"`tally` of {type_} needs its `choices`")


def forms_of(choice: Value) -> tuple[str, ...]:
    """The texts by which a reply says this choice."""
    match choice:
        case True:
            return "yes", "true"
        case False:
            return "no", "false"
        case EnumValue(_, member):
            return (member,) if choice.words.lower() == member.lower() else (choice.words, member)
    return (show(choice).strip(),)


def tally_of(choices: Sequence[Value], weights: Sequence[float]) -> Tally:
    """The tally with these weights, brought to a sum of 1. Equal choices are one; those without weight are left out."""
    total = math.fsum(weights)
    shares: dict[Value, list[float]] = {}
    values: dict[Value, Value] = {}
    for choice, weight in zip(choices, weights, strict=True):
        if weight > 0:
            shares.setdefault(key(choice), []).append(weight / total)
            values.setdefault(key(choice), choice)
    groups = tuple(Group(k, values[k], math.fsum(w)) for k, w in shares.items())
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values.values())
    moment = moment_of([(g.key, g.value, g.weight) for g in groups]) if numbers else None
    return Tally(groups, len(groups), moment)


STAGE = Stage("tally", apply, draws=True, chooses=True)
