"""A source of draws that is a function of the address: what a reply says depends on the request and the index alone.

The words of the last message say what is wanted (a number, true or false, a colour, ...). Some replies do not
parse, and some draws cannot be had; which ones is a matter of the address too. Answers are few, so that they meet.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from collections.abc import Hashable, Sequence
from dataclasses import replace

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault
from ilang.backend.request import StopReason, TokenLogprob
from ilang.base.value import Model
from ilang.draws.draw import Ask, Draw
from ilang.run.stored import NotStored
from tests.laws.clockwork import delay

COLOURS = ("red", "green", "blue")
WORDS = ("oak", "elm", "fir", "oak elm")
NUMBERS = (1, 1, 1, 2, 0, 3)

TOKENS = ("1", "0", "12", "true", "Yes", "no", "red", "gr", "een", "o", "ak", "oak", " elm", "elm", "lm", " ", "x")

ABLE = Capabilities(
    n=True, max_n=3, logprobs=True, top_logprobs=6, continuation=True, schema=True, priced=False, max_tokens=9
)
"""What models can do; `single` has no `n`."""


class TooMany(Exception):
    """A program that draws more than a test wants to wait for."""


class Oracle:
    """A `Draws` for a World. `taken` are the addresses that were asked for, with how often."""

    def __init__(
        self, *, concurrency: int = 64, faults: int = 60, fatal: int = 0, unread: int = 25, most: int = 4000
    ) -> None:
        self.taken: dict[tuple[Hashable, int], int] = {}
        self._gate = asyncio.Semaphore(concurrency)
        self._faults = faults
        self._fatal = fatal
        self._unread = unread
        self._most = most

    def key(self, ask: Ask) -> Hashable:
        """The request, and who is asked, by the name that is declared; the prompt's name and the model's are no part of it."""
        return (ask.model.setting("provider") or ask.model.provider, ask.request)

    def capabilities(self, model: Model) -> Capabilities:
        return replace(ABLE, n=False, max_n=None) if model.id == "single" else ABLE

    def most_prompt_tokens(self, ask: Ask) -> int:
        return 3 + sum(len(m.content.split()) for m in ask.request.messages)

    def stored(self, key: Hashable, indices: Sequence[int]) -> Sequence[int]:
        """None is there before it is drawn."""
        del key, indices
        return ()

    def known(self, ask: Ask, indices: Sequence[int]) -> list[Draw]:
        """As out of a store that has all but those that cannot be had."""
        found = []
        for index in indices:
            reply = self.reply(ask, index)
            if isinstance(reply, BackendFault):
                raise NotStored
            address = (self.key(ask), index)
            self.taken[address] = self.taken.get(address, 0) + 1
            found.append(reply)
        return found

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        return list(await asyncio.gather(*(self._one(ask, index) for ask, index in asks)))

    async def _one(self, ask: Ask, index: int) -> Draw | BackendFault:
        address = (self.key(ask), index)
        self.taken[address] = self.taken.get(address, 0) + 1
        if sum(self.taken.values()) > self._most if len(self.taken) % 64 == 0 else False:
            raise TooMany
        async with self._gate:
            await asyncio.sleep(delay())
        return self.reply(ask, index)

    def reply(self, ask: Ask, index: int) -> Draw | BackendFault:
        """The draw at an address."""
        luck = Luck(repr((self.key(ask), index)))
        if self._fatal and luck.one_in(self._fatal):
            return BackendFault("bad-request", f"refused {luck.below(3)}")
        if self._faults and luck.one_in(self._faults):
            return BackendFault("overloaded", f"no reply {luck.below(3)}")
        text = wanted(ask, luck, self._unread)
        reason: StopReason = "end"
        stop_text = ""
        if ask.request.stop and luck.one_in(2):
            reason, stop_text = "stop", ask.request.stop[0]
        elif luck.one_in(10):
            reason = "limit"
        prompt = sum(len(m.content.split()) for m in ask.request.messages)
        tokens = 1 + luck.below(min(6, ask.request.max_tokens or 6))
        logprobs = told(ask, luck, tokens)
        return Draw(text, reason, stop_text, prompt, 0, tokens, logprobs=logprobs, model=ask.model.id)


class Luck:
    """Numbers from a hash, one after the other."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._at = 0

    def below(self, n: int) -> int:
        self._at += 1
        digest = hashlib.blake2b(f"{self._at} {self._what}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % n

    def one_in(self, n: int) -> bool:
        return self.below(n) == 0


def told(ask: Ask, luck: Luck, tokens: int) -> tuple[TokenLogprob, ...] | None:
    """Log-probabilities, where they are asked for: each of a few tokens takes a part of what is left."""
    if not ask.request.logprobs:
        return None
    found = []
    for _ in range(tokens):
        left, top = 1.0, []
        for _ in range(ask.request.top_logprobs):
            part = left * luck.below(9) / 10
            left -= part
            if part:
                top.append((TOKENS[luck.below(len(TOKENS))], math.log(part)))
        found.append(TokenLogprob("oak", -luck.below(40) / 10, tuple(dict(top).items())))
    return tuple(found)


def wanted(ask: Ask, luck: Luck, unread: int) -> str:
    """A reply as the last message wants it; now and then one that cannot be read."""
    if unread and luck.one_in(unread):
        return "I would rather not say"
    if ask.request.schema is not None:
        return json.dumps(filled(json.loads(ask.request.schema), luck))
    last = next((m.content for m in reversed(ask.request.messages) if m.role == "user"), "")
    if "Answer:" in last:
        return f"Let me see.\nAnswer: {NUMBERS[luck.below(6)]}"
    if "true or false" in last:
        return ("true", "false", "Yes.")[luck.below(3)]
    if "one of:" in last:
        return COLOURS[luck.below(3)]
    if "number only" in last:
        return str(NUMBERS[luck.below(6)])
    return WORDS[luck.below(len(WORDS))]


def filled(schema: object, luck: Luck) -> object:
    """A value that fits a JSON Schema of the kinds that the checker writes."""
    assert isinstance(schema, dict)
    if "enum" in schema:
        return schema["enum"][luck.below(len(schema["enum"]))]
    if "anyOf" in schema:
        return filled(schema["anyOf"][luck.below(len(schema["anyOf"]))], luck)
    match schema.get("type"):
        case "object":
            return {name: filled(part, luck) for name, part in schema["properties"].items()}
        case "array":
            return [filled(schema["items"], luck) for _ in range(luck.below(4))]
        case "boolean":
            return luck.one_in(2)
        case "integer" | "number":
            return luck.below(4)
        case "null":
            return None
    return WORDS[luck.below(len(WORDS))]
