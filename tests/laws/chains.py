"""Programs that are one chain of filters and judges: what `cheap_first` looks for, and what only looks like it.

Among the judges are some that read a place in the pool, what another judge found, or a `let` that draws.
"""

from __future__ import annotations

import random

HEAD = """\
use python passes, weight_of, size_of from "judges.py"
model one = sim("one", steps=1, mean_tokens=0)
model default = sim("one", steps=1, mean_tokens=0)
prompt guess(x: number) -> number \"""Reply with the number only. {{x}}\"""
prompt is_even(x: number) -> bool \"""Is {{x}} good? Reply true or false.\"""
prompt is_good(t: text) -> bool \"""Is {{t}} good? Reply true or false.\"""
"""

FILTERS = (
    "it.parsed",
    "it.tokens < 4",
    "it.value > 0",
    "it.verified",
    "it.verified",
    "it.verified",
    'it.text != "2"',
    "it.weight > 0.4",
    'it.feedback == ""',
    "it.number < 5",
    "size_of(it.text) > 0",
    "is_even(it) | ask",
    "is_even(it) | ask",
    "it.score > 0",
    "it.finished and it.lines < 3",
)
CHECKS = (
    "is_even(it) | ask",
    "is_even(it) | ask",
    "is_even(h) | ask",
    "if it.tokens > 3 { is_even(h) | ask } else { is_even(k) | ask }",
    "passes(it)",
    "it > 0",
    "it.tokens < 5",
    "it.value != 2",
    "is_good(it.feedback) | ask",
    "not it.verified",
    "is_even(it.number) | ask",
    "is_even(it.others | length) | ask",
)
NUMBERS = (
    "guess(it) | ask",
    "guess(it.tokens) | ask",
    "weight_of(it)",
    "it.tokens",
    "it.number",
    "guess(h) | ask",
    "1",
)
ENDS = (
    ("number?", "best"),
    ("number?", "vote | .winner"),
    ("list[text]?", "each(it.feedback)"),
    ("list[number]?", "each(it.weight)"),
    ("list[bool]?", "each(it.verified)"),
    ("list[text]?", "each(it.text)"),
)


def chain(number: int) -> str:
    """One of endlessly many programs, the same for the same number."""
    luck = random.Random(f"chain {number}")
    result, end = luck.choice(ENDS)
    stages = [stage(luck) for _ in range(luck.randint(2, 6))]
    if luck.random() < 0.5:
        stages.append("prune(unless=it.verified)")
    if luck.random() < 0.25:
        inner = " | ".join(["refine(guess(it.tokens))", *(stage(luck) for _ in range(luck.randint(2, 4)))])
        stages.insert(luck.randint(0, len(stages)), f"repeat(max=2, until=it.verified) {{ {inner} }}")
    lines = "\n  | ".join(["guess(1) | sample(n=5)", *stages, end])
    lets = [f"  let {name} = guess(7) | {how}" for name, how in (("h", "ask"), ("k", "sample(n=2) | best"))]
    used = [let for let, name in zip(lets, "hk", strict=True) if f"({name})" in lines]
    first = " | otherwise(1)" if result == "number?" else ""
    text = f"pipeline main() -> {result} {{\n" + "\n".join([*used, f"  {lines}{first}"]) + "\n}\n"
    return HEAD + text


def stage(luck: random.Random) -> str:
    """One stage of a pool."""
    return luck.choice(
        (
            lambda: f"prune(unless={luck.choice(FILTERS)})",
            lambda: f"prune(unless={luck.choice(FILTERS)})",
            lambda: f"verify({luck.choice(CHECKS)})",
            lambda: f"verify({luck.choice(CHECKS)})",
            lambda: f"score({luck.choice(NUMBERS)})",
            lambda: f"weigh({luck.choice(NUMBERS)})",
            lambda: f"mark(m={luck.choice(NUMBERS)})",
            lambda: luck.choice(("prune(keep=4)", "resample", "dedupe", "prune(unless=it.verified, keep=2)")),
        )
    )()
