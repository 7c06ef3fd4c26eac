"""`ilang lsp` as an editor meets it: a process of its own, over its pipes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.editors.client import Client, Failed

PROGRAM = '''use self_consistency from std.voting
use python good from "checks.py"

model solver = sim("s")

record Answer { value: number, why: text }
enum Tone { warm, cold }

## Asks once.
prompt solve(question: text) -> number {
  user """Solve {{question}}"""
}

pipeline main(question: text, n: int = 4) -> number {
  let pool = solve(question) | sample(solver, n=n)
  pool | verify(good(it)) | score(it.tokens) | best
}
'''


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    (tmp_path / "checks.py").write_text("def good(x: float) -> bool:\n    return x > 0\n")
    with Client(tmp_path) as found:
        yield found


def place(text: str, words: str, inside: int = 1) -> tuple[int, int]:
    """The line and character a little inside of the first occurrence of some words."""
    at = text.index(words) + inside
    return text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)


def labels(found: Any) -> list[str]:
    return [item["label"] for item in found["items"]]


# ---- diagnostics


def test_problems_while_typing(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM)
    assert client.problems(uri) == []
    line, character = place(PROGRAM, "| best", 2)
    version = client.edit(uri, ((line, character, line, character + 4), "bets"))
    (problem,) = client.problems(uri, version)
    assert problem["code"] == "unknown-stage" and problem["source"] == "ilang" and "best" in problem["message"]
    assert problem["range"]["start"] == {"line": line, "character": character}
    version = client.edit(uri, ((line, character, line, character + 4), "best"))
    assert client.problems(uri, version) == []


def test_a_file_that_is_used_counts_as_it_stands_in_the_editor(client: Client) -> None:
    (client.folder / "lib.inf").write_text("pipeline twice(x: int) -> int { x + x }\n")
    user = client.open("a.inf", 'use twice from "lib.inf"\npipeline main() -> int { twice(2) }\n')
    assert client.problems(user) == []
    lib = client.open("lib.inf", "pipeline twice(x: int) -> int { x + x }\n")
    client.edit(lib, (None, "pipeline thrice(x: int) -> int { x * 3 }\n"))
    problems = client.problems(user)
    while not problems:  # it is looked at once for each change
        problems = client.problems(user)
    assert problems[0]["code"] == "import-missing-name"


@pytest.mark.parametrize("offered", [(), ("utf-16",), ("utf-8",), ("utf-8", "utf-16"), ("utf-32", "utf-16")])
def test_places_are_counted_as_was_agreed(tmp_path: Path, offered: tuple[str, ...]) -> None:
    text = 'pipeline main() -> int { length("\U0001f600\u00e9") + missing }\n'
    with Client(tmp_path, encodings=offered) as client:
        agreed = client.capabilities.get("positionEncoding", "utf-16")
        assert agreed in (*offered, "utf-16")
        (problem,) = client.problems(client.open("a.inf", text))
        before = text[: text.index("missing")]
        units = {"utf-8": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2, "utf-32": len(before)}
        assert problem["range"]["start"]["character"] == units[agreed]


def test_wrong_and_endless_texts_do_not_end_it(client: Client) -> None:
    for text in (
        "pipeline main( -> {{{",
        '"""',
        "\x00",
        "(" * 5000,
        "a" * 300_000,
        "pipeline f() -> int { " + "1 + " * 4000,
    ):
        uri = client.open("w.inf", text)
        client.problems(uri)
        for method in ("hover", "completion", "definition", "signatureHelp"):
            client.at(method, uri, 0, 5)
        client.ask("textDocument/semanticTokens/full", {"textDocument": {"uri": uri}})
        client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.problems(client.open("a.inf", PROGRAM)) == []


def test_each_prefix_of_a_program_can_be_asked_about(client: Client) -> None:
    """As it is written, letter by letter: no question fails."""
    uri = client.open("a.inf", "")
    for end in range(0, len(PROGRAM), 7):
        client.edit(uri, (None, PROGRAM[:end]))
        line, character = PROGRAM.count("\n", 0, end), end - (PROGRAM.rfind("\n", 0, end) + 1)
        for method in ("hover", "completion", "signatureHelp", "definition"):
            client.at(method, uri, line, character)
    assert not any("mistake" in line or "Error" in line for line in client.log), client.log


# ---- what is shown


def test_hover(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM)
    shown = client.at("hover", uri, *place(PROGRAM, "verify("))["contents"]["value"]
    assert "pipeline verify(pool: candidates[T]" in shown and "Each candidate checked" in shown
    assert "Asks once." in client.at("hover", uri, *place(PROGRAM, "solve(question) |"))["contents"]["value"]
    assert "candidates[number]" in client.at("hover", uri, *place(PROGRAM, "pool = "))["contents"]["value"]
    assert "int" in client.at("hover", uri, *place(PROGRAM, "tokens"))["contents"]["value"]
    assert client.at("hover", uri, *place(PROGRAM, "Solve {{")) is None


def test_completion(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM)

    def completed(before: str, after: str) -> list[str]:
        text = PROGRAM.replace("pool | verify(good(it)) | score(it.tokens) | best", before + after)
        client.edit(uri, (None, text))
        at = text.index(before) + len(before)
        found = client.at("completion", uri, text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1))
        return labels(found) if found else []

    assert {"vote", "best", "sample"} <= set(completed("pool | ", ""))
    assert "vote" in completed("pool | vo", "")
    assert {"tokens", "text", "score"} <= set(completed("pool | score(it.", ")"))
    assert {"winner", "share"} <= set(completed("(pool | vote).", ""))
    assert {"question", "n", "pool", "solver", "vote"} <= set(completed("score(", ")"))
    assert "temperature=" in completed("solve(question) | sample(", ")")
    assert {"warm", "cold"} <= set(completed("Tone.", ""))


def test_definition(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM)
    here = client.at("definition", uri, *place(PROGRAM, "solve(question) |"))
    assert here["uri"] == uri and here["range"]["start"]["line"] == place(PROGRAM, "prompt solve")[0]
    local = client.at("definition", uri, *place(PROGRAM, "  pool | verify", 3))
    assert local["range"]["start"]["line"] == place(PROGRAM, "let pool")[0]
    assert client.at("definition", uri, *place(PROGRAM, "self_cons"))["uri"].endswith("/voting.inf")
    assert client.at("definition", uri, *place(PROGRAM, "good(it)"))["uri"].endswith("/checks.py")
    assert client.at("definition", uri, *place(PROGRAM, "verify("))["uri"].endswith("/prelude.inf")


def test_signature_help(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM)
    found = client.at("signatureHelp", uri, *place(PROGRAM, "sample(solver, n=n)", 15))
    assert found["signatures"][0]["label"].startswith("pipeline sample(") or "sample" in found["signatures"][0]["label"]


def test_outline_and_colours(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM)
    outline = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert [s["name"] for s in outline] == ["solver", "Answer", "Tone", "solve", "main"]
    data = client.ask("textDocument/semanticTokens/full", {"textDocument": {"uri": uri}})["data"]
    assert len(data) % 5 == 0 and len(data) > 200


# ---- what is changed


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:i]) for i in range(len(lines) + 1)]
    for e in sorted(edits, key=lambda e: -starts[e["range"]["start"]["line"]] - e["range"]["start"]["character"]):
        start, end = (starts[e["range"][k]["line"]] + e["range"][k]["character"] for k in ("start", "end"))
        text = text[:start] + e["newText"] + text[end:]
    return text


def test_rename(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM)
    edit = client.at("rename", uri, *place(PROGRAM, "solve(question) |"), newName="work")
    (document,) = edit["documentChanges"]
    assert document["textDocument"] == {"uri": uri, "version": 1}
    made = applied(PROGRAM, document["edits"])
    assert "prompt work(question" in made and "let pool = work(question)" in made and "solve(" not in made
    assert made.count("Solve {{question}}") == 1


def test_rename_in_other_files(client: Client) -> None:
    lib = "pipeline twice(x: int) -> int { x + x }\n"
    (client.folder / "lib.inf").write_text(lib)
    (client.folder / "user.inf").write_text('use twice from "lib.inf"\npipeline main() -> int { twice(2) }\n')
    uri = client.open("lib.inf", lib)
    edit = client.at("rename", uri, *place(lib, "twice"), newName="double")
    files = {d["textDocument"]["uri"].rsplit("/", 1)[1]: len(d["edits"]) for d in edit["documentChanges"]}
    assert files == {"lib.inf": 1, "user.inf": 2}


@pytest.mark.parametrize(
    ("words", "name"),
    [("verify(", "check"), ("solve(question) |", "main"), ("solve(question) |", "it"), ("self_cons", "x")],
)
def test_what_is_not_renamed(client: Client, words: str, name: str) -> None:
    """A stage of the prelude, to a name that is taken, to a word of the language, somebody else's pipeline."""
    uri = client.open("a.inf", PROGRAM)
    with pytest.raises(Failed):
        client.at("rename", uri, *place(PROGRAM, words), newName=name)


def test_formatting(client: Client) -> None:
    ugly = PROGRAM.replace("  pool | verify", "      pool|verify").replace("{ warm, cold }", "{warm,cold}")
    uri = client.open("a.inf", ugly)
    options = {"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": True}}
    assert applied(ugly, client.ask("textDocument/formatting", options)) == PROGRAM
    client.edit(uri, (None, "pipeline ("))
    assert client.ask("textDocument/formatting", options) == []


# ---- the process


def test_it_ends_when_it_is_told_to(client: Client) -> None:
    assert client.close() == 0


def test_it_ends_when_its_editor_is_gone(client: Client) -> None:
    client.open("a.inf", PROGRAM)
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait(30) != 0


def test_what_is_no_message_does_not_end_it(client: Client) -> None:
    client.write_raw(b"{nonsense")
    client.write_raw(json.dumps({"jsonrpc": "2.0", "id": 99, "method": "textDocument/hover", "params": 3}).encode())
    client.write_raw(json.dumps({"jsonrpc": "2.0", "id": 100, "method": "no/such"}).encode())
    assert client.problems(client.open("a.inf", PROGRAM)) == []


def test_no_text_reaches_its_log(client: Client) -> None:
    uri = client.open("a.inf", PROGRAM.replace("Solve", "Secret"))
    client.problems(uri)
    client.at("hover", uri, *place(PROGRAM, "verify("))
    client.close()
    time.sleep(0.1)
    assert not any("Secret" in line or "solve" in line for line in client.log)
