"""Cuts what is to be computed into calls of llama.cpp, such that no draw depends on its company.

Floating-point sums depend on their order, and in a quantized model a last bit soon becomes a
whole logit. Measured on llama.cpp's processor kernels, the logits after a token are the same
bit for bit, whatever else is computed with it, however its text was cut into calls, whichever
slot holds it and whether its beginning was computed or copied, with any number of threads, if

* each text has a stream of its own in the cache (one unified cache: off by up to 0.9);
* attention goes through the flash kernel (without it, one token at a time and several at a time
  differ), with fewer than 64 tokens of a text in a call (from 64 on, that kernel works in tiles);
* a token that is computed all alone is computed by one thread (from 512 positions on, several
  threads would share it out and add up in another order).

llama.cpp puts together only tokens of neighbouring slots, so that one without a neighbour is
alone even in a larger call. That is why this file knows about neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CHUNK = 48
"""Tokens of one text in a call at most. Must be below 64; prompt speed is flat from about 32 on."""

_FEW = 4
"""Below this many tokens in a call, more threads cost more than they bring (measured with 2)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One token to compute: which, at what position of which slot, and whether its logits are wanted."""

    token: int
    position: int
    slot: int
    wanted: bool


@dataclass(frozen=True, slots=True)
class Call:
    """Tokens to be computed at once, by so many threads."""

    entries: tuple[Entry, ...]
    threads: int


def writing(entries: Sequence[Entry], threads: int) -> list[Call]:
    """Calls for one token each of several texts: neighbours together, the lonely ones by one thread."""
    ordered = sorted(entries, key=lambda entry: entry.slot)
    slots = {entry.slot for entry in ordered}
    lonely = [entry for entry in ordered if not slots & {entry.slot - 1, entry.slot + 1}]
    together = [entry for entry in ordered if entry not in lonely]
    calls = [Call(tuple(together), threads if len(together) >= _FEW else 1), Call(tuple(lonely), 1)]
    return [call for call in calls if call.entries]


def reading(entries: Sequence[Entry], threads: int) -> Call:
    """The call for a piece of one text, of at most CHUNK tokens."""
    return Call(tuple(entries), threads if len(entries) >= _FEW else 1)
