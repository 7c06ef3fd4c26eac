"""Walk the LALR tables over tokens: shift, reduce, and hand each reduction to a maker of nodes.

The whole algorithm: a stack of states; the state on top and the next token's terminal give the action. A shift
pushes the token's value; a reduce by a rule pops as many values as the rule is long, has one value made of them,
and pushes that under the state which the table's goto names. Beside the values run their places (so that a node
covers exactly what it was read from, brackets included) and their depths (so that no tree is built that a later
phase could not walk). Nothing here calls itself, however deep the source.

Knows nothing of what the rules mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ilang.syntax import limits
from ilang.syntax.tables import tables
from ilang.syntax.token import Token

END = "$END"


class Maker(Protocol):
    """Makes values: of the texts that are shifted, of the children of each rule that is reduced."""

    def text(self, token: Token) -> tuple[Any, int]:
        """The value of a text, and how deep it is."""
        ...

    def reduce(self, rule: str, start: int, end: int, children: list[Any]) -> Any:
        """The value of a rule's children, which cover the characters from `start` to `end`."""
        ...


class Stuck(Exception):
    """No action for the token at `index` (`len(tokens)` at the end) in the last of `states`."""

    def __init__(self, index: int, states: tuple[int, ...]) -> None:
        super().__init__(index)
        self.index = index
        self.states = states


class TooDeep(Exception):
    """With the token before `index` the tree is deeper than `limits.LEVELS`."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


def run(tokens: Sequence[Token], start: str, maker: Maker) -> tuple[Any, int]:
    """The value of the whole of `tokens`, read as the symbol `start`, and its depth. Raises Stuck or TooDeep."""
    table = tables()
    rules, actions, gotos = table.rules, table.actions, table.gotos
    first, last = table.starts[start]
    states = [first]
    values: list[Any] = []
    begins: list[int] = []
    ends: list[int] = []
    depths: list[int] = []
    for index, token in enumerate((*tokens, None)):
        terminals = (END,) if token is None else token.terminals
        while True:
            row = actions[states[-1]]
            for terminal in terminals:
                if terminal in row:
                    break
            else:
                raise Stuck(index, tuple(states))
            action = row[terminal]

            if action >= 0:
                assert token is not None
                value, depth = maker.text(token) if terminal == "TEXT" else (token, 0)
                states.append(action)
                values.append(value)
                begins.append(token.start)
                ends.append(token.end)
                depths.append(depth)
                break

            origin, size, name, lift, pick, renames = rules[~action]
            if renames:
                states[-1] = gotos[states[-2]][origin]
            elif size == 0:
                states.append(gotos[states[-1]][origin])
                values.append(maker.reduce(name, 0, 0, []))
                begins.append(0)
                ends.append(0)
                depths.append(0)
            else:
                base = len(values) - size
                children = _children(values, base, pick)
                depth = max(depths[base:])
                if name.startswith("_"):
                    value = children
                elif lift and len(children) == 1:
                    value = children[0]
                else:
                    value = maker.reduce(name, begins[base], ends[-1], children)
                    depth += 1
                    if depth > limits.LEVELS:
                        raise TooDeep(index)
                del states[base + 1 :], values[base:], begins[base + 1 :], ends[base:-1], depths[base:]
                states.append(gotos[states[-1]][origin])
                values.append(value)
                depths.append(depth)
            if token is None and states[-1] == last:
                return values[-1], depths[-1]
    raise AssertionError("the tables take or refuse the end of every source")


def fits(states: Sequence[int], terminal: str, start: str) -> bool:
    """Whether a terminal can come next, after all reductions that it allows."""
    table = tables()
    stack = list(states)
    while True:
        action = table.actions[stack[-1]].get(terminal)
        if action is None:
            return False
        if action >= 0:
            return True
        rule = table.rules[~action]
        del stack[len(stack) - rule.size :]
        stack.append(table.gotos[stack[-1]][rule.origin])
        if stack[-1] == table.starts[start][1]:
            return terminal == END


def _children(values: list[Any], base: int, pick: tuple[int | None, ...]) -> list[Any]:
    """The values from `base` on that a rule keeps, lists taken in; a list in first place is made longer in place."""
    if pick and pick[0] == -1:
        children: list[Any] = values[base]
        pick = pick[1:]
    else:
        children = []
    for place in pick:
        if place is None:
            children.append(None)
        elif place >= 0:
            children.append(values[base + place])
        else:
            children.extend(values[base + ~place])
    return children
