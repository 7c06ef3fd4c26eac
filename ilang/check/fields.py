"""The fields that values have: of a candidate, a tally, a message. One table each; the checker and the run read it."""

from __future__ import annotations

from ilang.base.type import BOOL, INT, NUMBER, TEXT, CandidateOf, Candidates, ListOf, Type


def candidate_fields(item: Type) -> dict[str, Type]:
    """The fields of a candidate whose text reads as `item`, beside its marks."""
    return {
        "value": item,
        "parsed": BOOL,
        "text": TEXT,
        "last": TEXT,
        "score": NUMBER,
        "weight": NUMBER,
        "verified": BOOL,
        "feedback": TEXT,
        "finished": BOOL,
        "tokens": INT,
        "lines": INT,
        "logprob": NUMBER,
        "entropy": NUMBER,
        "round": INT,
        "number": INT,
        "model": TEXT,
        "thinking": TEXT,
        "thinking_tokens": INT,
        "cluster": INT,
        "parent": CandidateOf(item),
        "root": CandidateOf(item),
        "path": Candidates(item),
        "others": Candidates(item),
    }


def tally_fields(item: Type) -> dict[str, Type]:
    """The fields of a tally over answers of type `item`."""
    return {
        "winner": item,
        "share": NUMBER,
        "margin": NUMBER,
        "entropy": NUMBER,
        "size": INT,
        "mean": NUMBER,
        "answers": ListOf(item),
    }


MESSAGE_FIELDS: dict[str, Type] = {"role": TEXT, "content": TEXT}
