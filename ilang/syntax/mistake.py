"""One frequent mistake: how it is recognised, what is said about it, and programs that make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.syntax.trouble import Trouble

PIPELINE = "pipeline p(q: text) -> text "
PROMPT = "prompt p(q: text) -> text "


def here(trouble: Trouble) -> Span:
    """The token at which the parser is stuck."""
    return trouble.at()


def before(trouble: Trouble) -> Span:
    """The token before it."""
    return trouble.at(-1)


def both(trouble: Trouble) -> Span:
    """The token before it and itself."""
    return trouble.at(-1).to(trouble.at())


def sign(trouble: Trouble) -> Span:
    """A sign of two tokens: with the one before if that touches, else with the one behind."""
    return both(trouble) if trouble.touches() else trouble.at().to(trouble.at(1))


def opener(trouble: Trouble) -> Span:
    """The innermost open bracket."""
    bracket = trouble.opener
    return Span(trouble.source, bracket.start, bracket.end) if bracket else trouble.at()


def in_pipeline(*values: str) -> tuple[str, ...]:
    """Examples: pipelines with such a body."""
    return tuple(f"{PIPELINE}{{ {value} }}" for value in values)


def in_prompt(*bodies: str) -> tuple[str, ...]:
    """Examples: prompts with such a body."""
    return tuple(f"{PROMPT}{{ {body} }}" for body in bodies)


@dataclass(frozen=True, slots=True)
class Mistake:
    """All about one mistake.

    `when` recognises it by the trouble it makes. In `message` and `help`, `$found` is the token at which the parser
    is stuck, `$before` and `$next` its neighbours, `$open` the innermost open bracket, `$expected` what could stand
    there, `$declaration` the keyword that is nearest. Each of `examples` is a source, or `hole:` and what stands in
    a hole, that gets this message.
    """

    code: str
    when: Callable[[Trouble], bool]
    message: str
    help: str
    examples: tuple[str, ...]
    place: Callable[[Trouble], Span] = here
    label: str = ""

    def diagnose(self, trouble: Trouble) -> Diagnostic:
        """The mistake in the words of this trouble."""
        fill = trouble.fill
        return Diagnostic(self.code, fill(self.message), self.place(trouble), fill(self.label), fill(self.help))
