"""The draws of a `test`: what `replies` say, the k-th to the k-th new draw of a prompt in program order.

Every model is `fake`; models with two names are two. A prompt's name is part of a draw's address,
and draws are kept within the test: the same request in a later `expect` meets the same reply.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault
from ilang.base.diagnostic import Diagnostic
from ilang.base.value import Model
from ilang.draws.draw import Ask, Draw
from ilang.run.failure import RunFailed

FAKE = Capabilities(
    continuation=True,
    schema=True,
    images=True,
    files=True,
    priced=False,
    max_tokens=2048,
)


class Script:
    """A source of scripted draws. `replies` are the texts of each prompt, by its name."""

    def __init__(self, replies: Mapping[str, Sequence[str]]) -> None:
        self._replies = {name: list(texts) for name, texts in replies.items()}
        self._used = dict.fromkeys(self._replies, 0)
        self.known: dict[tuple[Hashable, int], Draw] = {}
        self.log: list[tuple[str, int, str]] = []  # prompt, index, text

    def key(self, ask: Ask) -> Hashable:
        return (ask.prompt, ask.model.label, ask.model, ask.request)

    def capabilities(self, model: Model) -> Capabilities:
        del model
        return FAKE

    def most_prompt_tokens(self, ask: Ask) -> int:
        return prompt_tokens(ask)

    def unused(self) -> tuple[tuple[str, int, int], ...]:
        """The prompts with replies that nobody drew: how many, and of how many."""
        return tuple(
            (name, len(texts) - self._used[name], len(texts))
            for name, texts in self._replies.items()
            if self._used[name] < len(texts)
        )

    def stored(self, key: Hashable, indices: Sequence[int]) -> Collection[int]:
        """None: a script has no store."""
        del key, indices
        return ()

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        """The replies of these draws. Raises RunFailed for one that no reply foresees."""
        return [self._draw(ask, index) for ask, index in asks]

    def _draw(self, ask: Ask, index: int) -> Draw:
        at = (self.key(ask), index)
        if at not in self.known:
            texts = self._replies.get(ask.prompt, [])
            used = self._used.get(ask.prompt, 0)
            if used >= len(texts):
                raise RunFailed(unforeseen(ask, index, len(texts)))
            self._used[ask.prompt] = used + 1
            self.known[at] = scripted(texts[used], ask)
            self.log.append((ask.prompt, index, texts[used]))
        return self.known[at]


def scripted(text: str, ask: Ask) -> Draw:
    """A reply as a draw: a word counts as a token; stop strings and limits hold."""
    reason, stop_text = "end", ""
    at = min((text.find(s) for s in ask.request.stop if s in text), default=-1)
    if at >= 0:
        stop_text = next(s for s in ask.request.stop if text.startswith(s, at))
        text, reason = text[:at], "stop"
    words = text.split()
    most = ask.request.max_tokens
    if most is not None and len(words) > most:
        text, reason, stop_text = first_words(text, most), "limit", ""
        words = words[:most]
    return Draw(text, reason, stop_text, prompt_tokens(ask), 0, len(words))  # type: ignore[arg-type]


def prompt_tokens(ask: Ask) -> int:
    """The words of a prompt."""
    return sum(len(m.content.split()) for m in ask.request.messages)


def first_words(text: str, most: int) -> str:
    """A text up to the end of its `most`-th word."""
    at = 0
    for _ in range(most):
        while at < len(text) and text[at].isspace():
            at += 1
        while at < len(text) and not text[at].isspace():
            at += 1
    return text[:at]


def unforeseen(ask: Ask, index: int, foreseen: int) -> Diagnostic:
    """A draw that no reply foresees, with its request."""
    request = "\n".join(f"{m.role}: {m.shown}" for m in ask.request.messages)
    return Diagnostic(
        "unforeseen-draw",
        f"a draw of `{ask.prompt}` that no reply foresees (its draw {index + 1} of this request)",
        help=f"`replies {ask.prompt}` has {foreseen}; add one for this request",
        notes=(request,),
    )
