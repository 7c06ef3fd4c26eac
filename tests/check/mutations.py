"""Programs that are nearly right: those of the repository with a few tokens changed, from a seed.

python -m tests.check.mutations 20000 [SEED]     # prints what breaks the checker, and how often it was met
"""

from __future__ import annotations

import random
import re
import sys
import time
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.check.capable import Bound, lacking
from ilang.check.check import check
from ilang.check.unify import BROKEN, holds
from ilang.check.walk import all_terms
from ilang.graph.lower import lower
from ilang.optimize.invariants import check_graph
from ilang.syntax.parse import parse

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r'"""|"(?:\\.|[^"\\\n])*"|\{\{|\}\}|=>|->|[=!<>]=|\w+|\s+|.', re.DOTALL)
SIGNS = frozenset(("+", "-", "*", "/", "==", "!=", "<", ">", "<=", ">="))
VALUES = (
    *(
        "it",
        "them",
        "none",
        "true",
        "it.score",
        "it.value",
        "it.text",
        "it.parent",
        "it.others",
        "them | best",
        "[]",
        "[1]",
    ),
    *(
        "{ a = 1 }",
        '"a"',
        "2",
        "0.5",
        "-1",
        "upper",
        "max",
        "first",
        "it | otherwise(1)",
        "if true { it } else { none }",
    ),
    *(
        '"""a {{it}}"""',
        "(them | vote).winner",
        "them | each(it)",
        "[it]",
        "them | count(it.verified)",
        "not it",
        "it + 1",
    ),
)
STAGES = (
    *("| vote", "| best", "| each(it)", "| each(it.text, max=3)", "| prune(keep=2)", "| prune(unless=it.verified)"),
    *(
        "| otherwise(none)",
        "| .winner",
        "| ask",
        "| sample(n=2)",
        "| mark(k=it.k)",
        "| mark(k=it.value)",
        "| mark(j=it.k)",
    ),
    *("| repeat(max=2) { undo }", "| focus(top=1) { append(it.text) }", "| per(it.value) { prune(keep=1) }", "| first"),
    *("| add(them)", "| weigh(it.score)", "| score(them | any(it.verified))", "| verify(it)", "| verify(it == them)"),
    *(
        "| cluster((a, b) => a == b)",
        "| dedupe(it)",
        "| refine(c => c)",
        "| share_of(it)",
        "| json",
        "| show",
        "| join",
    ),
    *(
        "| score(x => x)",
        "| each(x => x)",
        "| repeat(max=1, until=them | any(it.finished)) { prune(unless=it.verified) }",
    ),
)
WORDS = (
    *VALUES,
    *STAGES,
    *("let x = 3", "x => x", "(a, b) => a", "T", "if true {", "} else {", "within(calls=1) {", "repeat(max=2) {"),
    *("list[", "]", "(", ")", "?", "model", "request[T]", "candidates[T]", "and", "not", "-", "+", "==", "in"),
    *(
        "use std.voting",
        "voting.agreed",
        "record A { b: A }",
        "enum B { c }",
        "B.c",
        "image",
        "include(it)",
        "answer json",
    ),
)


@cache
def programs() -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """All programs of the repository that are meant to be right, cut into tokens."""
    folders = ("programs", "stdlib", "tests/examples", "tests/language")
    files = sorted(f for folder in folders for f in (ROOT / folder).rglob("*.inf"))
    return tuple((f, tuple(TOKEN.findall(f.read_text("utf-8")))) for f in files)


def mutated(chance: random.Random) -> Source:
    """One program with one to four changes; two of three change only names, values and stages, and so still parse."""
    file, tokens = chance.choice(programs())
    words = list(tokens)
    change = _meaning if chance.random() < 0.7 else _form
    for _ in range(chance.randint(1, 4)):
        other = chance.choice(programs())[1] if chance.random() < 0.2 else tuple(words)
        change(chance, words, other)
    return Source("mutated.inf", "".join(words), str(file.parent / "mutated.inf"))


def _meaning(chance: random.Random, words: list[str], other: tuple[str, ...]) -> None:
    """A word for another of its kind, a value for another, a stage more or less."""
    kinds = (str.isidentifier, _is_value, lambda word: word in SIGNS)
    mine = [i for i, word in enumerate(words) if word.isidentifier() or _is_value(word) or word in SIGNS]
    at = chance.choice(mine)
    kind = next(k for k in kinds if k(words[at]))
    case = chance.randrange(8)
    if case < 4:
        words[at] = chance.choice([word for word in other if kind(word)] or [words[at]])
    elif case < 5 and kind is not kinds[2]:
        words[at] = chance.choice(VALUES)
    elif case < 6:
        bars = [i for i, word in enumerate(words) if word == "|"]
        if bars:
            words.insert(chance.choice(bars), chance.choice(STAGES) + " ")
    elif case < 7:
        bars = [i for i, word in enumerate(words) if word == "|"]
        if len(bars) > 1:
            start = chance.randrange(len(bars) - 1)
            del words[bars[start] : bars[start + 1]]
    else:
        there = chance.choice([i for i in mine if kind(words[i])])
        words[at], words[there] = words[there], words[at]


def _is_value(word: str) -> bool:
    return (word[:1] == '"' and len(word) > 1 and word != '"""') or word.isdigit()


def _form(chance: random.Random, words: list[str], other: tuple[str, ...]) -> None:
    """Any token changed for any."""
    at = chance.randrange(len(words))
    match chance.randrange(6):
        case 0:
            del words[at]
        case 1:
            words[at] = chance.choice(other)
        case 2:
            words.insert(at, chance.choice(WORDS))
        case 3:
            words[at] = f" {chance.choice(WORDS)} "
        case 4:
            there = chance.randrange(len(words))
            words[at], words[there] = words[there], words[at]
        case 5:
            start = chance.randrange(len(other))
            words[at:at] = other[start : start + chance.randint(1, 12)]


def right_or_told(source: Source) -> str:
    """`right` where the program checks, lowers and keeps the graph's rules; else the code of its first problem."""
    try:
        program = check(parse(source))
    except IlangError as problem:
        assert problem.diagnostics
        return problem.diagnostics[0].code
    lacking(program, Bound({key: d.model for key, d in program.models.items() if d.model is not None}, None))
    for key, pipeline in program.pipelines.items():
        assert not any(holds(t.type, BROKEN) for t in all_terms(pipeline.body)), "what is broken was told"
        check_graph(lower(program, key))
    return "right"


def outcomes(count: int, seed: int) -> Iterator[tuple[Source, str, float]]:
    """Mutated programs, what came of each, and the seconds of CPU it took."""
    chance = random.Random(seed)
    for _ in range(count):
        source = mutated(chance)
        begun = time.process_time()
        outcome = right_or_told(source)
        yield source, outcome, time.process_time() - begun


def main() -> None:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    chance = random.Random(seed)
    met: dict[str, int] = {}
    slowest = (0.0, "")
    for _ in range(count):
        source = mutated(chance)
        begun = time.process_time()
        try:
            outcome = right_or_told(source)
        except Exception as problem:
            frame = traceback.extract_tb(problem.__traceback__)[-1]
            outcome = f"RAISED {type(problem).__name__} {problem} at {Path(frame.filename).name}:{frame.lineno}"
            if outcome not in met:
                Path(f"/tmp/mutated_{len(met)}.inf").write_text(source.text)
                print(outcome, f"/tmp/mutated_{len(met)}.inf", source.path)
        met[outcome] = met.get(outcome, 0) + 1
        slowest = max(slowest, (time.process_time() - begun, source.text))
    for outcome, times in sorted(met.items(), key=lambda m: -m[1]):
        print(f"{times:6} {outcome}")
    print(f"slowest: {slowest[0]:.3f} s")


if __name__ == "__main__":
    main()
