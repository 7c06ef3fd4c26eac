"""Turns a conversation into tokens by the model's own chat template.

What a message says is always text: a control token written inside it (`<|im_end|>`) is spelled
out in plain tokens, so that no input can end a message or speak in another role. The template
is rendered with a placeholder in place of each content; its own control tokens become tokens,
and the text between two of them, contents included, is tokenized in one piece, as the model was
trained.

A last assistant message is left open and so is continued from exactly its last character; an
empty one is left out. No system prompt is ever added (SmolLM2's own template would put one in
where there is none): the model gets what the program says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ilang.backend.protocol import BackendFault
from ilang.base.value import Message
from ilang_backends.embedded.binding import Llama

ROLES = ("system", "user", "assistant")

_PLACE = re.compile("\x01([0-9]+)\x02")


class Chat:
    """Writes conversations for one model."""

    def __init__(self, llama: Llama) -> None:
        self._llama = llama
        self._controls = llama.controls()
        words = sorted(self._controls, key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, words))) if words else None

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """The prompt, up to where the assistant goes on. Raises BackendFault."""
        said = [(message.role, message.content) for message in messages]
        if said and said[-1] == ("assistant", ""):
            said.pop()
        for role, _ in said:
            if role not in ROLES:
                raise BackendFault("bad-request", f"`embedded` knows no role `{role}`")
        if not said:
            raise BackendFault("bad-request", "a request needs at least one message")
        prefill = said.pop()[1] if said[-1][0] == "assistant" else ""
        return self._join([*self._fragments(said), prefill])

    def _fragments(self, said: list[tuple[str, str]]) -> list[str | int]:
        """Texts and control tokens, in order."""
        try:
            frame = self._llama.render([(role, f"\x01{place}\x02") for place, (role, _) in enumerate(said)])
        except ValueError as error:
            raise BackendFault("unsupported", f"this GGUF {error}", help="name one with a chat template") from None
        fragments: list[str | int] = []
        for place, part in enumerate(_PLACE.split(frame)):
            fragments += [said[int(part)][1]] if place % 2 else self._frame(part)
        return fragments

    def _frame(self, text: str) -> list[str | int]:
        """The template's own text, its control tokens taken out."""
        if self._control is None:
            return [text]
        found: list[str | int] = []
        start = 0
        for match in self._control.finditer(text):
            found += [text[start : match.start()], self._controls[match[0]]]
            start = match.end()
        return [*found, text[start:]]

    def _join(self, fragments: Sequence[str | int]) -> list[int]:
        tokens: list[int] = []
        text = ""
        for fragment in fragments:
            if isinstance(fragment, str):
                text += fragment
                continue
            tokens += [*self._llama.tokens(text), fragment]
            text = ""
        tokens += self._llama.tokens(text)
        opening = self._llama.opening()
        if opening is not None and tokens[:1] != [opening]:
            tokens.insert(0, opening)
        return tokens
