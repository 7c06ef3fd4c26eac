"""Nothing paid for is lost: real processes on a real disk, killed, interrupted, and run side by side."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from ilang.draws.disk_store import open_store
from tests.draws.crash_run import DRAWS

ROOT = Path(__file__).parents[2]
ROWS = 40


def start(place: Path, log: Path) -> subprocess.Popen[str]:
    """A run in a process of its own."""
    command = [sys.executable, "-m", "tests.draws.crash_run", str(place), str(log), str(ROWS)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[str]) -> tuple[int, int]:
    """(calls paid, hits) of a run that goes to its end."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    _, paid, _, hits = out.split()
    return int(paid), int(hits)


def lines(log: Path, word: str) -> list[str]:
    """What stands in the log behind this word."""
    if not log.exists():
        return []
    return [line.removeprefix(word + " ") for line in log.read_text().splitlines() if line.startswith(word + " ")]


def kept(place: Path) -> list[str]:
    """The texts in the store, all sound."""
    store = open_store(place)
    assert not store.verify().damaged
    texts = [entry.draw.text for _, entry in store.entries()]
    store.close()
    return texts


def requests(texts: list[str]) -> list[str]:
    """What was asked for, whichever process was answered."""
    return sorted(text.partition(" by ")[0] for text in texts)


def stop_in_the_middle(process: subprocess.Popen[str], log: Path, draws: int, how: signal.Signals) -> None:
    """Send the signal once it has that many more draws in hand."""
    goal = len(lines(log, "used")) + draws
    deadline = time.monotonic() + 30
    while len(lines(log, "used")) < goal and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(how)
    process.communicate(timeout=30)


def test_killed_again_and_again_it_pays_only_for_what_is_missing(tmp_path: Path) -> None:
    place, log = tmp_path / "draws", tmp_path / "log"
    chance = random.Random(11)
    for _ in range(4):
        before = set(kept(place)) if place.exists() else set()
        sent_before = len(lines(log, "sent"))
        process = start(place, log)
        stop_in_the_middle(process, log, chance.randint(4, 30), signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        after = kept(place)
        assert len(after) == len(set(requests(after)))
        assert set(lines(log, "used")) <= set(after)  # what anybody had in hand is there
        assert before <= set(after)
        sent = lines(log, "sent")[sent_before:]
        assert not set(requests(list(before))) & set(sent)  # what was there was not sent again
    there = len(kept(place))
    assert 16 <= there < ROWS * DRAWS
    assert finish(start(place, log)) == (ROWS * DRAWS - there, there)
    assert finish(start(place, log)) == (0, ROWS * DRAWS)


def test_interrupted_it_keeps_every_reply_that_came(tmp_path: Path) -> None:
    place, log = tmp_path / "draws", tmp_path / "log"
    process = start(place, log)
    stop_in_the_middle(process, log, 20, signal.SIGINT)
    assert process.returncode == 130
    assert requests(kept(place)) == sorted(lines(log, "sent"))
    there = len(kept(place))
    assert finish(start(place, log)) == (ROWS * DRAWS - there, there)


def test_two_runs_side_by_side_give_one_answer(tmp_path: Path) -> None:
    place, logs = tmp_path / "draws", [tmp_path / "log-a", tmp_path / "log-b"]
    both = [start(place, log) for log in logs]
    paid = [finish(process)[0] for process in both]
    assert sum(paid) == ROWS * DRAWS  # nothing was paid by both
    assert len(lines(logs[0], "sent")) + len(lines(logs[1], "sent")) == ROWS * DRAWS
    assert set(lines(logs[0], "used")) == set(lines(logs[1], "used")) == set(kept(place))
    assert len(kept(place)) == ROWS * DRAWS == len(set(requests(kept(place))))


def test_four_runs_pay_once_and_a_killed_one_leaves_its_draws_to_the_others(tmp_path: Path) -> None:
    place, logs = tmp_path / "draws", [tmp_path / f"log-{name}" for name in "abcd"]
    runs = [start(place, log) for log in logs]
    stop_in_the_middle(runs[0], logs[0], 3, signal.SIGKILL)
    began = time.monotonic()
    for run in runs[1:]:
        finish(run)
    assert time.monotonic() - began < 30  # a dead owner is known to be dead before its lease ends
    sent = [len(lines(log, "sent")) for log in logs]
    lost = len(set(lines(logs[0], "sent")) - set(requests(kept(place))))
    there = kept(place)
    assert lost == 0 and len(there) == ROWS * DRAWS
    paid_and_kept = sum(f"by {runs[0].pid}" in text for text in there)
    assert sum(sent[1:]) == ROWS * DRAWS - paid_and_kept  # the living paid for all that the dead had not kept, once
