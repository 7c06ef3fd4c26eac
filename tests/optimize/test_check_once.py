"""`check_once`: of equal candidates one is judged."""

from __future__ import annotations

from pathlib import Path

from ilang.graph import node as g
from ilang.optimize.check_once import check_once
from tests.laws.clockwork import Schedule
from tests.laws.running import plainly, side_by_side
from tests.optimize.seen import asked, both, made, program


def judges(graph: g.Graph) -> list[tuple[str, ...]]:
    nodes = [node for one in g.all_graphs(graph) for node in one.nodes]
    return [n.judges_by for n in nodes if isinstance(n, g.Function) and n.judges_by is not None]


def test_python_is_asked_once_for_equal_candidates(tmp_path: Path) -> None:
    one = program(
        tmp_path,
        "pipeline main() -> tally[number] { guess(1) | sample(n=24) | verify(looked(it)) | weigh(square(it)) | vote }",
    )
    graph = made(check_once, one)
    assert judges(graph) == [("value",), ("value",)]
    different = len(set(plainly(one, faults=0, unread=0).value[1]))
    with asked() as calls:
        before = plainly(one, faults=0, unread=0)
    assert calls == {"looked": 24, "square": 24}
    with asked() as calls:
        after = plainly(one, graph, faults=0, unread=0)
    assert set(calls) == {"looked", "square"} and all(n <= 4 for n in calls.values()) and different <= 4
    assert before.differs(after) == ""
    with asked() as calls:
        beside = side_by_side(one, graph, Schedule("shuffled", 3), faults=0, unread=0)
    assert all(n <= 4 for n in calls.values()) and before.differs(beside) == ""


def test_left_alone(tmp_path: Path) -> None:
    """What is reckoned at once, what draws, what counts places, what is given on: none says what it judges by."""
    for check in ("it > 0", "is_even(it) | ask", "looked(it.others | length)", "looked(it.parent.tokens)"):
        one = program(
            tmp_path, f"pipeline main() -> int {{ guess(1) | sample(n=4) | verify({check}) | count(it.verified) }}"
        )
        assert check_once(one.graph) is one.graph, check


def test_places_are_told_apart(tmp_path: Path) -> None:
    """Its number is a field like any other: no two have the same."""
    one = program(
        tmp_path, "pipeline main() -> tally[number] { guess(1) | sample(n=8) | weigh(square(it.number)) | vote }"
    )
    assert judges(made(check_once, one)) == []
    both(check_once, one)
