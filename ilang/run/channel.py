"""Which requests a site may send, as far as it is known before the run."""

from __future__ import annotations

from dataclasses import dataclass

from ilang.graph import node as g

Shape = tuple[tuple[str, str, str, bool], ...]
"""Of each message: its role, the text before its first hole, the text after its last, and whether it has one."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The model as provider (empty: not known) and id, and the shape of the messages; None where it is not known."""

    model: tuple[str, str] | None
    shape: Shape | None


ANYTHING = Channel(None, None)


def conflict(a: Channel, b: Channel) -> bool:
    """Whether the two may send the same request."""
    if a.model is not None and b.model is not None:
        (provider, id_), (other, other_id) = a.model, b.model
        if id_ != other_id or (provider and other and provider != other):
            return False
    return a.shape is None or b.shape is None or may_match(a.shape, b.shape)


def may_match(a: Shape, b: Shape) -> bool:
    """Whether two shapes may render alike."""
    if len(a) != len(b):
        return False
    for (role, head, tail, holes), (role2, head2, tail2, holes2) in zip(a, b, strict=True):
        if role != role2:
            return False
        if not holes and not holes2:
            if head != head2:
                return False
            continue
        if not (head.startswith(head2) or head2.startswith(head)):
            return False
        if not (tail.endswith(tail2) or tail2.endswith(tail)):
            return False
    return True


def shape_of(op: g.RenderOp) -> Shape | None:
    """The shape of a prompt's messages; None where it includes others."""
    made = []
    for role, parts in op.parts:
        if role == "include":
            return None
        if None not in parts:
            text = "".join(p for p in parts if p is not None)
            made.append((role, text, text, False))
            continue
        first, last = parts.index(None), len(parts) - 1 - parts[::-1].index(None)
        head = "".join(p for p in parts[:first] if p is not None)
        tail = "".join(p for p in parts[last + 1 :] if p is not None)
        made.append((role, head, tail, True))
    if made and made[-1][0] == "assistant":
        if made[-1][3]:
            return None  # an empty one is left out, so the number of messages is not known
        if not made[-1][1]:
            made.pop()
    return tuple(made)
