"""`ilang run --data`: a row is a run, answers stand in the order of the rows, and equal runs write equal bytes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Called

Ilang = Callable[..., Called]
Written = Callable[..., str]

PROGRAM = '''
prompt solve(question: text) -> number {
  user """{{question}} Finish with "Answer: <number>"."""
  answer after("Answer:")
}
pipeline main(question: text, n: int = 4) -> number { solve(question) | sample(n=n) | vote | .winner }
'''
SUMS = [{"question": f"What is {i} + {i % 7}?", "id": f"r{i}", "k": i} for i in range(40)]
MODEL = ("--model", 'sim("m", accuracy=0.9)')


@pytest.fixture(autouse=True)
def all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws are counted here, so all are made."""
    monkeypatch.setenv("ILANG_EAGER", "1")


def lines(path: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def jsonl(rows: list[Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def program(written: Written) -> str:
    return written(PROGRAM, "sums.inf")


@pytest.fixture
def data(written: Written) -> str:
    return written(jsonl(SUMS), "sums.jsonl")


def test_a_row_is_a_run(ilang: Ilang, program: str, data: str, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    done = ilang("run", program, "--data", data, "--out", str(out), *MODEL)
    assert done.code == 0, done.err
    assert "40 rows: 40 answered" in done.err
    found = lines(out)
    assert [row["row"] for row in found] == list(range(40))
    assert [row["id"] for row in found] == [row["id"] for row in SUMS]
    assert found[3]["input"] == {"question": "What is 3 + 3?"}
    assert list(found[0]) == ["row", "id", "input", "value", "status", "worth", "error"]
    assert list(found[0]["worth"]) == ["calls", "draws", "input_tokens", "output_tokens", "usd"]
    right = sum(row["value"] == row["row"] + row["row"] % 7 for row in found)
    assert right > 30
    single = ilang("run", program, "question=What is 3 + 3?", *MODEL, "--json")
    assert json.loads(single.out)["value"] == found[3]["value"]
    assert json.loads(single.out)["paid"]["calls"] == 0


def test_equal_runs_write_equal_bytes(ilang: Ilang, program: str, data: str, tmp_path: Path) -> None:
    """At any concurrency, from a cold store and a warm one, side by side and one after the other."""
    found = []
    for name, more in (("a", ()), ("b", ("--concurrency", "1")), ("c", ("--store", "none")), ("d", ("--plain",))):
        out = tmp_path / f"{name}.jsonl"
        assert ilang("run", program, "--data", data, "--out", str(out), *MODEL, *more).code == 0
        found.append(out.read_bytes())
    assert len(set(found)) == 1


def test_it_goes_on_where_it_was(ilang: Ilang, program: str, data: str, tmp_path: Path) -> None:
    """Cut off at any byte: whole lines stay, a torn one is done again, and the end is the same."""
    out = tmp_path / "answers.jsonl"
    words = ("run", program, "--data", data, "--out", str(out), *MODEL)
    assert ilang(*words).code == 0
    whole = out.read_bytes()
    for cut in (0, 1, 100, whole.index(b"\n"), whole.index(b"\n") + 1, len(whole) // 2, len(whole) - 1):
        out.write_bytes(whole[:cut])
        done = ilang(*words, "--json")
        assert done.code == 0
        assert out.read_bytes() == whole
        told = json.loads(done.out)
        assert told["kept"] == whole[:cut].count(b"\n")
        assert told["paid"]["calls"] == 0
    done = ilang(*words)
    assert "40 of 40 rows were done before, 0 draws paid again" in done.err


@pytest.mark.parametrize(
    ("more", "differing"),
    [
        (("--seed", "3"), "the seed"),
        (("n=5",), "the arguments"),
        (("--where", "k > 3"), "which rows are chosen"),
        (("--model", "sim(accuracy=0.1)"), "the models"),
    ],
)
def test_answers_of_another_run_are_not_mixed(
    ilang: Ilang, program: str, data: str, tmp_path: Path, more: tuple[str, ...], differing: str
) -> None:
    out = tmp_path / "answers.jsonl"
    assert ilang("run", program, "--data", data, "--out", str(out), *MODEL).code == 0
    before = out.read_bytes()
    refused = ilang("run", program, "--data", data, "--out", str(out), *MODEL, *more)
    assert refused.code == 2
    assert "error[out-exists]" in refused.err
    assert differing in refused.err
    assert out.read_bytes() == before
    assert ilang("run", program, "--data", data, "--out", str(out), *MODEL, *more, "--force", "--keep-going").code in (
        0,
        1,
    )
    assert out.read_bytes() != before


def test_another_program_is_another_run(ilang: Ilang, written: Written, data: str, tmp_path: Path) -> None:
    """A comment is none; with --force, what did not change is not paid for again."""
    out = tmp_path / "answers.jsonl"
    words = ("--data", data, "--out", str(out), *MODEL, "--json")
    assert ilang("run", written(PROGRAM, "sums.inf"), *words).code == 0
    assert json.loads(ilang("run", written("# a comment\n" + PROGRAM, "sums.inf"), *words).out)["kept"] == 40
    changed = written(PROGRAM.replace("n: int = 4", "n: int = 5"), "sums.inf")
    assert ilang("run", changed, *words).code == 2
    told = json.loads(ilang("run", changed, *words, "--force").out)
    assert (told["kept"], told["paid"]["draws"]) == (0, 40)


def test_a_file_that_nobody_explains_is_not_touched(ilang: Ilang, program: str, data: str, tmp_path: Path) -> None:
    out = tmp_path / "notes.jsonl"
    out.write_text("mine\n")
    assert "error[out-exists]" in ilang("run", program, "--data", data, "--out", str(out), *MODEL).err
    assert out.read_text() == "mine\n"


def test_a_refusal_costs_no_answers(ilang: Ilang, program: str, data: str, written: Written, tmp_path: Path) -> None:
    """Also where they were to be replaced."""
    out = tmp_path / "answers.jsonl"
    assert ilang("run", program, "--data", data, "--out", str(out), *MODEL).code == 0
    before = out.read_bytes()
    other = written(jsonl([{"q": "What is 1 + 1?"}]), "other.jsonl")
    refused = ilang("run", program, "--data", other, "--out", str(out), *MODEL, "--force")
    assert (refused.code, out.read_bytes()) == (2, before)


def test_rows_that_changed_are_done_again(ilang: Ilang, program: str, written: Written, tmp_path: Path) -> None:
    """In the middle, gone and new ones; all others stay as they are, and the file is what a first run would write."""
    out, anew = tmp_path / "answers.jsonl", tmp_path / "anew.jsonl"
    rows = list(SUMS)
    assert ilang("run", program, "--data", written(jsonl(rows), "d.jsonl"), "--out", str(out), *MODEL).code == 0
    rows[7] = {"question": "What is 70 + 7?"}
    rows += [{"question": "What is 99 + 1?"}]
    data = written(jsonl(rows), "d.jsonl")
    told = json.loads(ilang("run", program, "--data", data, "--out", str(out), *MODEL, "--json").out)
    assert (told["rows"], told["kept"], told["paid"]["draws"]) == (41, 39, 8)
    assert ilang("run", program, "--data", data, "--out", str(anew), *MODEL).code == 0
    assert out.read_bytes() == anew.read_bytes()


def test_formats(ilang: Ilang, program: str, written: Written, tmp_path: Path) -> None:
    """One set of rows, in each format, gives one set of answers."""
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    some = [{"question": row["question"], "n": 3} for row in SUMS[:6]]
    text = jsonl(some)
    rows = [f'"{row["question"]}",3' for row in some]
    files = [
        written(text, "a.jsonl"),
        written(gzip.compress(text.encode()), "b.jsonl.gz"),
        written("question,n\r\n" + "\r\n".join(rows) + "\r\n", "c.csv"),
        written("\ufeffquestion\tn\n" + "\n".join(row.replace(",", "\t") for row in rows), "d.tsv"),
    ]
    parquet.write_table(pyarrow.Table.from_pylist(some), tmp_path / "e.parquet")
    files.append(str(tmp_path / "e.parquet"))
    found = []
    for file in files:
        done = ilang("run", program, "--data", file, *MODEL)
        assert done.code == 0, done.err
        found.append([(row["row"], row["value"], row["worth"]) for row in map(json.loads, done.out.splitlines())])
    assert len(found[0]) == 6
    assert all(one == found[0] for one in found)
    halves = [written(jsonl(some[:2]), "part-1.jsonl"), written(jsonl(some[2:]), "part-2.jsonl")]
    done = ilang("run", program, "--data", str(Path(halves[0]).parent / "part-*.jsonl"), *MODEL)
    assert [json.loads(line)["row"] for line in done.out.splitlines()] == [0, 1, 2, 3, 4, 5]


def test_parquet_answers(ilang: Ilang, program: str, data: str, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out, plain = tmp_path / "answers.parquet", tmp_path / "answers.jsonl"
    for place in (out, plain):
        assert ilang("run", program, "--data", data, "--out", str(place), *MODEL).code == 0
    table = parquet.read_table(out).to_pylist()
    told = lines(plain)
    assert [json.loads(row["value"]) for row in table] == [row["value"] for row in told]
    assert [row["worth"] for row in table] == [row["worth"] for row in told]
    again = json.loads(ilang("run", program, "--data", data, "--out", str(out), *MODEL, "--json").out)
    assert again["kept"] == 40


def test_which_rows(ilang: Ilang, program: str, data: str) -> None:
    def chosen(*more: str) -> list[int]:
        done = ilang("run", program, "--data", data, *MODEL, *more)
        assert done.code == 0, done.err
        return [json.loads(line)["row"] for line in done.out.splitlines()]

    assert chosen("--limit", "3") == [0, 1, 2]
    assert chosen("--where", "k > 36") == [37, 38, 39]
    assert chosen("--where", 'id == "r5" or k < 1') == [0, 5]
    some = chosen("--sample", "5")
    assert some == sorted(some)
    assert len(set(some)) == 5
    assert chosen("--sample", "5") == some
    assert chosen("--sample", "5", "--sample-seed", "1") != some
    assert len(chosen("--sample", "5", "--limit", "2")) == 2


def test_fields_by_other_names(ilang: Ilang, program: str, written: Written) -> None:
    data = written(jsonl([{"q": "What is 1 + 1?", "name": "one"}]), "d.jsonl")
    done = ilang("run", program, "--data", data, "--map", "question=q", "--id", "name", "n=2", *MODEL)
    row = json.loads(done.out)
    assert (row["id"], row["input"], row["worth"]["draws"]) == ("one", {"question": "What is 1 + 1?"}, 2)


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [
        (("--map", "question=q"), '{"question": "x"}\n', "no-such-field"),
        ((), '{"quesion": "x"}\n', "no-such-field"),
        (("--map", "qestion=q"), '{"question": "x"}\n', "bad-map"),
        (("--id", "nme"), '{"question": "x"}\n', "no-such-field"),
        ((), "", "no-rows"),
        (("m=3",), '{"question": "x"}\n', "unknown-argument"),
        (("--where", "question +"), '{"question": "x"}\n', ""),
        (("--where", "k > 3"), '{"question": "x"}\n', "unknown-name"),
        (("--where", "question"), '{"question": "x"}\n', ""),
        (("--out", "answers.txt"), '{"question": "x"}\n', "unknown-format"),
    ],
)
def test_refused_before_anything_is_paid(
    ilang: Ilang, program: str, written: Written, words: tuple[str, ...], text: str, code: str
) -> None:
    done = ilang("run", program, "--data", written(text, "d.jsonl"), *MODEL, *words)
    assert done.code == 2, done.err
    assert f"error[{code}" in done.err
    assert not done.out


def test_other_refusals(ilang: Ilang, program: str, written: Written, tmp_path: Path) -> None:
    for words, code in (
        (("--data", str(tmp_path / "none.jsonl")), "no-such-file"),
        (("--data", written("x", "d.txt")), "unknown-format"),
        (("--data", written("a,a\n1,2\n", "d.csv")), "bad-data"),
        (("--data", written(b"question\n\xff\n", "e.csv")), "not-utf8"),
        (("--out", "x.jsonl", "question=1"), "usage"),
        (("--data", written(b"no gzip", "z.jsonl.gz")), "unreadable-file"),
    ):
        done = ilang("run", program, *words, *MODEL)
        assert done.code == 2, (words, done.err)
        assert f"error[{code}]" in done.err


def test_a_line_that_is_no_row_fails_alone(ilang: Ilang, program: str, written: Written, tmp_path: Path) -> None:
    text = jsonl(SUMS[:2]) + '{"question": \n[1]\n\n{"question": 7}\n' + jsonl(SUMS[2:4])
    data, out = written(text, "d.jsonl"), tmp_path / "answers.jsonl"
    done = ilang("run", program, "--data", data, "--out", str(out), *MODEL)
    assert done.code == 1
    found = lines(out)
    assert [row["status"] for row in found] == ["answered"] * 2 + ["failed"] * 3 + ["answered"] * 2
    assert [row["error"]["code"] for row in found[2:5]] == ["bad-row", "bad-row", "bad-argument"]
    assert "d.jsonl:3" in found[2]["error"]["message"]
    assert "4 answered, 3 failed" in done.err
    for share, code in (("3", 0), ("2", 1), ("50%", 0), ("40%", 1)):
        assert ilang("run", program, "--data", data, "--out", str(out), *MODEL, "--allow-failed", share).code == code


def test_equal_rows_share_their_draws(ilang: Ilang, program: str, written: Written, tmp_path: Path) -> None:
    data = written(jsonl([SUMS[1]] * 5), "d.jsonl")
    for more, draws in (((), 4), (("--independent-rows",), 16)):  # the first row has the run's own seed
        out = tmp_path / f"{draws}.jsonl"
        told = json.loads(ilang("run", program, "--data", data, "--out", str(out), *MODEL, *more, "--json").out)
        assert told["paid"]["draws"] == draws
        assert told["worth"]["draws"] == 20


def test_a_hopeless_run_stops(ilang: Ilang, program: str, written: Written, tmp_path: Path) -> None:
    """20 rows in a row that fail for one cause: few draws are paid, what was good stands, the rest is not run."""
    rows = [{"question": "What is 1 + 1?"}] * 3 + [{"question": f"What is {i} + 1?", "n": 0} for i in range(200)]
    out = tmp_path / "answers.jsonl"
    words = ("run", program, "--data", written(jsonl(rows), "d.jsonl"), "--out", str(out), *MODEL)
    done = ilang(*words)
    assert done.code == 1
    assert "error[run-paused]: 20 rows in a row failed for one cause" in done.err
    assert len(lines(out)) == 3
    assert "3 of 3 rows were done before" in ilang(*words).err
    assert ilang(*words, "--keep-going").code == 1
    assert len(lines(out)) == 203


def test_retry(ilang: Ilang, written: Written, data: str, tmp_path: Path) -> None:
    """What failed is done again, and nothing else; the command is remembered in a file of the user's own."""
    mended = tmp_path / "mended"
    check = f"import os\ndef sound(x: float) -> bool:\n    return x % 5 != 0 or os.path.exists({str(mended)!r})\n"
    written(check, "checks.py")
    prompt, _, _ = PROGRAM.partition("pipeline")
    program = written(
        f"""use python sound from "checks.py"
{prompt}
pipeline nothing(q: text) -> number {{ solve(q) | sample(n=0) | best }}
pipeline main(question: text) -> number {{
  solve(question) | sample(n=1) | verify(sound(it)) | prune(unless=it.verified) | best | otherwise(nothing(question))
}}
""",
        "p.inf",
    )
    out = tmp_path / "answers.jsonl"
    done = ilang("run", program, "--data", data, "--out", str(out), *MODEL)
    assert (done.code, out.exists()) == (1, True), done.err
    before = lines(out)
    failed = [row["row"] for row in before if row["status"] == "failed"]
    assert 0 < len(failed) < 20
    mended.touch()
    done = ilang("retry", "--json")
    told = json.loads(done.out)
    assert (told["kept"], told["statuses"]) == (40 - len(failed), {"answered": 40})
    after = lines(out)
    assert [row for row in after if row["row"] not in failed] == [row for row in before if row["row"] not in failed]
    place = tmp_path / "state" / "ilang" / "rows.json"
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0
    assert ilang("retry", str(tmp_path / "others.jsonl")).code == 2
