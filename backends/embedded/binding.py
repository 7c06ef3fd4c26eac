"""The one door to llama.cpp: a loaded GGUF, its vocabulary, and a cache of token streams.

Knows tokens, slots and rows; it does not know requests, chats or stop strings. Only the thread
that made a `Llama` may use it.

How a step must be cut so that its results are exact is `plan`'s matter.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilang_backends.embedded.plan import CHUNK, Call

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BYTE_LEVEL = 2  # LLAMA_VOCAB_TYPE_BPE
_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class Llama:
    """A model in memory, with a cache of `slots` streams of at most `room` tokens each."""

    def __init__(self, path: Path, slots: int) -> None:
        self._cy = _library()
        params = self._cy.LlamaModelParams()
        params.n_gpu_layers = 0
        self._model = _model_class(self._cy)(str(path), params, False)
        self._vocab = self._model.get_vocab()
        self._model.n_vocab = self.n_vocab = int(self._vocab.n_vocab)
        self.trained = int(self._model.n_ctx_train)
        self._context: Any = None
        self._width = max(CHUNK, slots)
        self._batch = self._cy.LlamaBatch(n_tokens=self._width, embd=0, n_seq_max=1)
        self._pieces: dict[int, bytes] = {}
        self.slots = slots
        self.room = 0

    # -- text and tokens

    def tokens(self, text: str) -> list[int]:
        """The tokens of plain text; what looks like a control token stays text."""
        return list(self._vocab.tokenize(text, False, False)) if text else []

    def controls(self) -> dict[str, int]:
        """The control tokens, by their text."""
        ids = (id for id in range(self.n_vocab) if self._vocab.is_control(id))
        found = {self._vocab.token_to_piece(id, 0, True): id for id in ids}
        return {text: id for text, id in found.items() if text}

    def opening(self) -> int | None:
        """The token that must begin every text of this model, where it has one."""
        return int(self._vocab.token_bos()) if self._vocab.get_add_bos() else None

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for, maybe a part of a character; none for a control token."""
        if token not in self._pieces:
            self._pieces[token] = self._bytes_of(token)
        return self._pieces[token]

    def shown(self, token: int) -> str:
        """A token as a reader sees it: a control token by its name, bytes that are no whole character as `\\xNN`."""
        if self._vocab.is_control(token):
            return str(self._vocab.token_to_piece(token, 0, True))
        return self.piece(token).decode("utf-8", errors="backslashreplace")

    def is_end(self, token: int) -> bool:
        """Whether the model ends its text with this token."""
        return bool(self._vocab.is_eog(token))

    def _bytes_of(self, token: int) -> bytes:
        if self._vocab.is_control(token):
            return b""
        text: str = self._vocab.token_to_piece(token, 0, True)
        if "\ufffd" not in text:
            return text.encode()
        raw: str = self._vocab.get_text(token)  # the binding replaced bytes that are no whole character
        if self._vocab.vocab_type == _BYTE_LEVEL and all(letter in _BYTES for letter in raw):
            return bytes(_BYTES[letter] for letter in raw)
        byte = _BYTE_TOKEN.fullmatch(raw)
        return bytes([int(byte[1], 16)]) if byte else raw.encode()

    def render(self, messages: Sequence[tuple[str, str]]) -> str:
        """(role, content) by the model's own chat template, the assistant's turn opened.

        Raises ValueError where the file has no template, or one that llama.cpp does not know.
        """
        template = self._model.get_default_chat_template()
        if not template:
            raise ValueError("has no chat template")
        chat = [self._cy.LlamaChatMessage(role=role, content=content) for role, content in messages]
        try:
            return str(self._model.chat_apply_template(template, chat, True))
        except RuntimeError:
            raise ValueError("has a chat template that llama.cpp does not know") from None

    # -- the cache

    def grow(self, room: int) -> None:
        """Have room for at least `room` tokens in every slot; what they hold is kept."""
        if room <= self.room:
            return
        occupied = range(self.slots) if self._context is not None else ()
        held = {slot: self.save(slot) for slot in occupied if self._context.memory_seq_pos_max(slot) >= 0}
        self.reset()
        params = self._cy.LlamaContextParams()
        params.n_ctx = self.slots * room
        params.n_seq_max = self.slots
        params.n_batch = params.n_ubatch = self._width
        params.kv_unified = False
        params.flash_attn_type = 1
        params.no_perf = True
        self._context = self._cy.LlamaContext(self._model, params, False)
        self.room = room
        for slot, state in held.items():
            self.load(slot, state)

    def save(self, slot: int) -> bytes:
        """What a slot holds, to be loaded into others."""
        return bytes(self._context.get_state_seq_data(slot))

    def load(self, slot: int, state: bytes) -> None:
        """Replace what a slot holds."""
        self._context.set_state_seq_data(state, slot)

    def cut(self, slot: int, length: int) -> int:
        """Forget what a slot holds from position `length` on; how much it still holds (some models: nothing)."""
        if self._context.memory_seq_rm(slot, length, -1):
            return length
        self._context.memory_seq_rm(slot, -1, -1)
        return 0

    def reset(self) -> None:
        """Forget everything and give the cache's memory back."""
        if self._context is not None:
            self._context.close()
            self._context = None
        self.room = 0

    # -- steps

    def step(self, call: Call) -> None:
        """Compute the tokens of a call; the rows of the wanted ones can then be drawn from or read."""
        self._batch.clear()
        for entry in call.entries:
            self._batch.add(entry.token, entry.position, [entry.slot], entry.wanted)
        self._context.set_n_threads(call.threads, call.threads)
        self._context.decode(self._batch)

    def logprobs(self, row: int) -> NDArray[np.float32]:
        """Natural-log probabilities of every token as the next one, after the `row`-th entry of the last call."""
        import numpy as np

        logits = np.fromiter(self._context.get_logits_ith(row), np.float32, self.n_vocab)
        logits -= np.max(logits)
        logits -= np.float32(math.log(float(np.exp(logits, dtype=np.float64).sum())))
        return logits

    def sampler(self, temperature: float, top_p: float, seed: int, grammar: str = "") -> Any:
        """How one text draws its tokens: grammar, then temperature, then top_p, then one uniform number a token.

        At temperature 0 the likeliest token is taken. Each sampler has a generator of its own
        (mt19937 of `seed`), so that nothing else in a step moves its numbers.
        """
        chain = self._cy.LlamaSampler()
        if grammar:
            chain.add_grammar(self._vocab, grammar, "root")
        if temperature <= 0:
            chain.add_greedy()
            return chain
        if temperature != 1:
            chain.add_temp(temperature)
        if top_p < 1:
            chain.add_top_p(top_p, 1)
        chain.add_dist(seed % 0xFFFFFFFF)  # 2**32 - 1 would mean "any seed" to llama.cpp
        return chain

    def draw(self, sampler: Any, row: int) -> int:
        """The next token after the `row`-th entry of the last call."""
        return int(sampler.sample(self._context, row))

    def close(self) -> None:
        """Free everything; nothing may be called after."""
        self.reset()
        self._batch.close()
        self._model.close()


def version() -> str:
    """The binding's version."""
    from importlib.metadata import version

    return version("cyllama")


def _library() -> Any:
    """llama.cpp, loaded with idle threads asleep (spinning ones starve a busy machine) and silent."""
    before = os.environ.get("OMP_WAIT_POLICY")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import cyllama.llama.llama_cpp as library
    finally:
        if before is None:
            os.environ.pop("OMP_WAIT_POLICY", None)
    library.disable_logging()
    library.ggml_backend_load_all()
    return library


def _model_class(library: Any) -> Any:
    """The binding's model with the `n_vocab` that its own `get_logits_ith` looks for and does not find."""

    class Model(library.LlamaModel):  # type: ignore[misc]
        n_vocab = 0

    return Model


def _byte_letters() -> dict[str, int]:
    """The letters by which byte-level vocabularies write bytes (GPT-2's: printable ones stand for themselves)."""
    plain = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + place): byte for place, byte in enumerate(others)}


_BYTES = _byte_letters()
