"""`@ilang.batched`: what is ready together goes in one call, and everything else is as if each had been called alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.python.calling import Folder

PYTHON = """
@ilang.batched
def reward(xs: list[str]) -> list[float]:
    SEEN.append(list(xs))
    return [float(x[1:]) for x in xs]

@ilang.batched
def good(xs: list[str]) -> list[bool]:
    SEEN.append(list(xs))
    return [int(x[1:]) % 2 == 0 for x in xs]

@ilang.batched(max=10)
def in_tens(xs: list[str]) -> list[float]:
    SEEN.append(list(xs))
    return [float(x[1:]) for x in xs]

@ilang.batched
async def slowly(xs: list[str]) -> list[float]:
    SEEN.append(list(xs))
    return [float(x[1:]) for x in xs]

@ilang.batched
def joined(q: list[str], xs: list[str], sign: list[str] = ()) -> list[str]:
    SEEN.append(list(zip(q, xs)))
    return [a + (sign[0] if sign else "") + b for a, b in zip(q, xs)]
"""
PROGRAM = """
use python reward, good, in_tens, slowly, joined from "checks.py"
pipeline of_score(n: int) -> text { say("q") | sample(n=n) | score(reward(it)) | best }
pipeline of_verify(n: int) -> int { say("q") | sample(n=n) | verify(good(it)) | count(it.verified) }
pipeline of_weigh(n: int) -> text { say("q") | sample(n=n) | weigh(reward(it)) | vote | .winner }
pipeline of_mark(n: int) -> list[number] { say("q") | sample(n=n) | mark(r=reward(it)) | each(it.r) }
pipeline of_each(n: int) -> list[number] { say("q") | sample(n=n) | each(reward(it)) }
pipeline of_best(n: int) -> text { say("q") | sample(n=n) | best(by=reward(it)) }
pipeline of_prune(n: int) -> list[text] { say("q") | sample(n=n) | prune(keep=2, by=reward(it)) | each(it) }
pipeline of_named(n: int) -> list[number] { say("q") | sample(n=n) | each(reward) }
pipeline of_async(n: int) -> list[number] { say("q") | sample(n=n) | each(slowly(it)) }
pipeline of_uneven(n: int) -> list[number] {
  say("q") | sample(n=n) | each(if it.number > 9 { reward(trim(lower(upper(it.text)))) } else { reward(it) })
}
pipeline of_within_calls(n: int) -> list[number] { within(calls=1000) { say("q") | sample(n=n) | each(reward(it)) } }
pipeline of_tens(n: int) -> list[number] { say("q") | sample(n=n) | each(in_tens(it)) }
pipeline of_two(n: int, q: text = "q") -> list[text] { say("q") | sample(n=n) | each(joined(q, it)) }
"""
REPLIES = [f"r{i}" for i in range(64)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("batched"), PYTHON, PROGRAM)


def together(seen: list[list[str]]) -> list[list[str]]:
    """The calls of the concurrent evaluator: the plain one, which came first, made one for each candidate."""
    assert [len(one) for one in seen[:64]] == [1] * 64
    return seen[64:]


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("of_score", "r63"),
        ("of_verify", 32),
        ("of_weigh", "r63"),
        ("of_mark", tuple(range(64))),
        ("of_each", tuple(range(64))),
        ("of_best", "r63"),
        ("of_prune", ("r62", "r63")),
        ("of_named", tuple(range(64))),
        ("of_async", tuple(range(64))),
        ("of_uneven", tuple(range(64))),
        ("of_within_calls", tuple(range(64))),
    ],
)
def test_sixty_four_candidates_are_one_call(folder: Folder, entry: str, value: object) -> None:
    outcome = folder.run(entry, REPLIES, n=64)
    assert outcome.value == value
    calls = together(folder.seen("reward"))
    assert [len(one) for one in calls] == [64]
    assert entry == "of_uneven" or calls[0] == REPLIES


def test_a_batch_has_a_most(folder: Folder) -> None:
    assert folder.run("of_tens", REPLIES, n=64).value == tuple(range(64))
    calls = together(folder.seen("in_tens"))
    assert [len(one) for one in calls] == [10, 10, 10, 10, 10, 10, 4]
    assert [x for one in calls for x in one] == REPLIES


def test_every_parameter_is_a_list(folder: Folder) -> None:
    assert folder.run("of_two", ["a", "b"], n=2).value == ("qa", "qb")
    assert folder.seen("joined") == [[("q", "a")], [("q", "b")], [("q", "a"), ("q", "b")]]


def test_equal_candidates_are_asked_once(folder: Folder) -> None:
    assert folder.run("of_each", ["r1", "r1", "r2"], n=3).value == (1, 1, 2)
    assert folder.seen("reward") == [["r1"], ["r2"], ["r1", "r2"]]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return [1.0 for _ in xs][:-1]", "`f` (checks.py) was given lists of 1 and gave 0 results"),
        ("return 3.0", "`f` (checks.py) was given lists of 1 and gave a float"),
        ("return None", "`f` (checks.py) was given lists of 1 and gave none"),
        ('return ["x" for _ in xs]', "`f` (checks.py) gave a str, not number"),
        ('return "ab"', "`f` (checks.py) was given lists of 1 and gave a str"),
    ],
)
def test_a_wrong_result_is_told(tmp_path: Path, body: str, told: str) -> None:
    python = f"@ilang.batched\ndef f(xs: list[str]) -> list[float]:\n    {body}\n"
    program = (
        'use python f from "checks.py"\npipeline main() -> list[number] { say("q") | sample(n=1) | each(f(it)) }\n'
    )
    error = Folder(tmp_path, python, program).run("main", ["a"]).error
    assert error is not None and (error.code, error.message) == ("python-result", told)


def test_an_exception_costs_its_own_judgement_alone(tmp_path: Path) -> None:
    """The others of its batch are asked again, in halves, so that both evaluators say the same."""
    python = """
@ilang.batched
def f(xs: list[str]) -> list[float]:
    SEEN.append(list(xs))
    if "bad" in xs:
        raise ValueError("no memory")
    return [1.0 for _ in xs]
"""
    program = """
use python f from "checks.py"
pipeline main() -> list[number] { say("q") | sample(n=4) | score(f(it)) | each(it.score) }
"""
    folder = Folder(tmp_path, python, program)
    outcome = folder.run("main", ["a", "bad", "c", "d"])
    assert outcome.value == (1, 1, 1)
    alone, halves = [["a"], ["bad"], ["c"], ["d"]], [["a", "bad", "c", "d"], ["a", "bad"], ["a"], ["bad"], ["c", "d"]]
    assert folder.seen("f") == [*alone, *halves]
    assert outcome.warnings == ("2 judgements could not be made (f raised ValueError: no memory (checks.py, line 8))",)


@pytest.mark.parametrize("most", ["0", "-1", "1.5", "True", '"8"'])
def test_a_wrong_most_is_told(tmp_path: Path, most: str) -> None:
    python = f"@ilang.batched(max={most})\ndef f(xs: list[str]) -> list[float]:\n    return [1.0 for _ in xs]\n"
    program = (
        'use python f from "checks.py"\npipeline main() -> list[number] { say("q") | sample(n=1) | each(f(it)) }\n'
    )
    error = Folder(tmp_path, python, program).run("main", ["a"]).error
    assert error is not None and error.code == "python-import"
    assert "`max` of @ilang.batched is a whole number from 1 on" in error.message
