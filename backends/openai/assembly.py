"""Puts the events of a stream together to the reply that would have come at once."""

from __future__ import annotations

from ilang_backends.openai.wire import Choice, Chunk, DrawnToken, Logprobs, Message, Piece, Reply, Usage


class Assembly:
    """Grows event by event. `reply` may be asked for once the stream has ended.

    Most servers send one usage at the very end, or the count so far with every event: the last one
    counts. `llama-server` sends one behind the end of each choice, of that choice alone.
    """

    def __init__(self) -> None:
        self.ended = False
        self._choices: dict[int, _Growing] = {}
        self._usage: Usage | None = None
        self._own: list[tuple[int, Usage]] = []  # with the index of the choice that had just ended
        self._last_ended = 0
        self._model: str | None = None
        self._fingerprint: str | None = None

    def add(self, chunk: Chunk) -> None:
        for piece in chunk.choices or ():
            self._choices.setdefault(piece.index, _Growing()).add(piece)
            if piece.finish_reason is not None:
                self._last_ended = piece.index
        if chunk.usage is not None:
            self._usage = chunk.usage
            if not chunk.choices:
                self._own.append((self._last_ended, chunk.usage))
        self._model = chunk.model or self._model
        self._fingerprint = chunk.system_fingerprint or self._fingerprint

    @property
    def complete(self) -> bool:
        """Whether the server ended it; a connection may also have been cut."""
        return self.ended or (bool(self._choices) and all(c.finish_reason for c in self._choices.values()))

    @property
    def counts(self) -> dict[int, int]:
        """Output tokens by a choice's index, where there are several and the stream told them apart."""
        apart = {index: usage.completion_tokens or 0 for index, usage in self._own}
        return apart if len(self._choices) > 1 and apart.keys() == self._choices.keys() else {}

    def reply(self) -> Reply:
        return Reply(
            choices=[growing.choice(index) for index, growing in sorted(self._choices.items())],
            usage=_sum([usage for _, usage in self._own]) if self.counts else self._usage,
            model=self._model,
            system_fingerprint=self._fingerprint,
        )


class _Growing:
    """One choice while it grows."""

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.content: list[str] = []
        self.refusal: list[str] = []
        self.reasoning: list[str] = []
        self.tokens: list[DrawnToken] | None = None
        self.stop: str | int | None = None
        self.matched: str | int | list[int] | None = None

    def add(self, piece: Piece) -> None:
        delta = piece.delta
        if delta.content:
            self.content.append(delta.content)
        if delta.refusal:
            self.refusal.append(delta.refusal)
        if thought := delta.reasoning_content or delta.reasoning:
            self.reasoning.append(thought)
        if piece.logprobs is not None and piece.logprobs.content is not None:
            if self.tokens is None:
                self.tokens = []
            self.tokens.extend(piece.logprobs.content)
        if piece.finish_reason is not None:
            self.finish_reason = piece.finish_reason
            self.stop = piece.stop_reason
            self.matched = piece.matched_stop

    def choice(self, index: int) -> Choice:
        return Choice(
            index=index,
            message=Message(
                content="".join(self.content),
                refusal="".join(self.refusal) or None,
                reasoning_content="".join(self.reasoning) or None,
            ),
            finish_reason=self.finish_reason,
            logprobs=None if self.tokens is None else Logprobs(self.tokens),
            stop_reason=self.stop,
            matched_stop=self.matched,
        )


def _sum(usages: list[Usage]) -> Usage:
    """The usage of the call: outputs add up, but the prompt was the same one each time."""
    details = [usage.prompt_tokens_details for usage in usages if usage.prompt_tokens_details is not None]
    return Usage(
        prompt_tokens=max(usage.prompt_tokens or 0 for usage in usages),
        completion_tokens=sum(usage.completion_tokens or 0 for usage in usages),
        prompt_tokens_details=details[0] if details else None,
    )
