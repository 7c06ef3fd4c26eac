"""`verify`: each candidate checked; a second check of the same text must pass too, and feedback is joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ilang.base.candidate import Candidate, Pool
from ilang.base.value import Value, Verdict
from ilang.stages.frozen import thawed
from ilang.stages.stage import Arguments, Given, Judge, Lost, Report, Stage, Steps, unmade, unread_of, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    return (yield from checked(pool, a["check"], thawed(pool)))


def checked(pool: Pool, check: Value, live: Sequence[int]) -> Steps:
    """The pool with a verdict more for the candidates at these places."""
    unread = {i: why for i in live if (why := unread_of(pool.candidates[i])) is not None}
    asked = [i for i in live if i not in unread]
    found = yield Judge(check, views(pool, asked))
    verdicts = {i: Verdict(False, None, why) for i, why in unread.items()}
    for i, one in zip(asked, found, strict=True):
        if isinstance(one, Given):
            verdicts[i] = one.value
        elif isinstance(one, Lost):
            yield unmade(one)
        else:
            yield Report("not-given", one.why)
            verdicts[i] = Verdict(False, None, one.why)
    return Pool(tuple(judged(c, verdicts[i]) if i in verdicts else c for i, c in enumerate(pool.candidates)))


def judged(c: Candidate, verdict: Verdict) -> Candidate:
    """The candidate after one more verdict."""
    feedback = (*c.feedback, verdict.feedback) if verdict.feedback else c.feedback
    return replace(c, verified=verdict.ok and c.verified is not False, feedback=feedback)


STAGE = Stage("verify", apply, judges="check")
