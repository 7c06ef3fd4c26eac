"""Writes a solution step by step: the chain of `methods.md` 6.1 as text.

    12 + 7 = 19          L such lines, each followed by an empty one
    19 - 3 = 16
    Let me go over step 1 again.      until it is as long as its length says
    Answer: 16

A text that goes on after its answer starts a new attempt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ilang_backends.sim.chain import Skill, ends, moves
from ilang_backends.sim.length import stops_here
from ilang_backends.sim.path import Path
from ilang_backends.sim.question import Question
from ilang_backends.sim.settings import Nature
from ilang_backends.sim.tokens import tokenize
from ilang_backends.sim.writer import Piece, State

EQUATION = re.compile(r"-?\d+ [+-] \d+ = (-?\d+)")
ASKED = re.compile(r"(?:\banswer(?: is)?|^final)\s*:\s*$", re.IGNORECASE)
ANSWERED = re.compile(r"(?:\banswer(?: is)?|^final)\s*:\s*\S|\\boxed\{", re.IGNORECASE)
REMARK = "Let me go over step {} again.\n"
GRAIN = len(tokenize(REMARK))
HASTE = 2.0
"""Steps that an answer skips (`Final answer:` put in early) are done in the head: twice the odds of a slip."""


@dataclass(frozen=True, slots=True)
class Solver:
    """The writer of solutions. `marker` is `Answer:`, or `\\boxed{`, as the prompt wants it."""

    nature: Nature
    question: Question
    path: Path
    skill: Skill
    marker: str = "Answer:"

    def pieces(self, state: State) -> Sequence[Piece]:
        if state.ended:
            return ()
        if state.step < self.path.steps:
            whole: Sequence[Piece] = _step(self.path, self.skill, state.step + 1, state.off)
        else:
            whole = self._end(state)
        if any(piece.fits(state.open) for piece in whole):
            return whole
        begun = "".join(state.open).strip()
        if ASKED.search(begun):
            return self._hasty(state)
        return () if ANSWERED.search(begun) else (Piece((*state.open, "\n\n"), 1.0),)

    def advance(self, state: State, tokens: Sequence[str]) -> State:
        line, ended = list(state.open), state.ended
        attempt, step, off, remarks, length = state.attempt, state.step, state.off, state.remarks, state.length
        for token in tokens:
            if ended and token.strip():
                ended = False
                attempt, step, off, remarks, length = attempt + 1, 0, 0, 0, 0
            line.append(token)
            length += 1
            if "\n" not in token:
                continue
            written = "".join(line).strip()
            line = []
            if equation := EQUATION.fullmatch(written):
                step = min(step + 1, self.path.steps)
                off = self.path.off(step, int(equation[1]))
            elif written.startswith(REMARK[:12]):
                remarks += 1
            elif ANSWERED.search(written):
                ended = True
        return State(tuple(line), False, ended, attempt, step, off, remarks, length)

    def answer(self, off: int) -> tuple[str, ...]:
        """The last line of a solution that is off by so much."""
        said = self.question.gold.said(off)
        return tokenize(f"{self.marker}{said}}}" if self.marker.endswith("{") else f"{self.marker} {said}")

    def _end(self, state: State) -> Sequence[Piece]:
        answer = self.answer(state.off)
        now = stops_here(
            self.nature,
            self.question.key,
            right=state.off == 0,
            length=state.length - len(state.open) + len(answer),
            grain=GRAIN,
            before=state.remarks > 0,
        )
        remark = tokenize(REMARK.format(state.remarks % self.path.steps + 1))
        return tuple(p for p in (Piece(answer, now, last=True), Piece(remark, 1.0 - now)) if p.probability > 0.0)

    def _hasty(self, state: State) -> Sequence[Piece]:
        left = self.path.steps - state.step
        odds = HASTE * self.skill.slip / (1.0 - self.skill.slip) if self.skill.slip < 1.0 else 0.0
        hasty = replace(self.skill, slip=odds / (1.0 + odds)) if odds else self.skill
        return tuple(
            Piece(state.open + tokenize(" " + self.question.gold.said(off)), p, last=True)
            for off, p in ends(hasty, state.off, left)
        )


@lru_cache(maxsize=1024)
def _step(path: Path, skill: Skill, step: int, off: int) -> tuple[Piece, ...]:
    """The ways to write step `step` (1..L) for somebody who is off by `off`."""
    return tuple(Piece((*tokenize(path.line(step, off, after)), "\n\n"), p) for after, p in moves(skill, off))
