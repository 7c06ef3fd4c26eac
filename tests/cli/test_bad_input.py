"""Each kind of bad input has its own diagnostic, told by `run` with its exit code, and never a traceback."""

import http.server
import socket
import threading

import pytest

from tests.cli.calling import codes, program


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Faults are tried again at once."""
    monkeypatch.setattr("ilang.draws.retry.Retry.wait", lambda *_: 0.01)


PROMPT = 'prompt p(q: text) -> number """{{q}}"""\n'
MODEL = 'model m = fake("m", replies="3")\n'

PROGRAMS = {
    "unknown-stage": PROMPT + "pipeline main(q: text) -> number { p(q) | sample(n=2) | vots | .winner }",
    "unknown-name": "pipeline main(question: text) -> text { qestion }",
    "may-be-none": PROMPT
    + "pipeline main(q: text) -> number { p(q) | sample(n=2) | prune(unless=it.verified) | best }",
    "nested-it": PROMPT
    + "pipeline main(q: text) -> number {\n"
    + "  p(q) | sample(n=2) | score(p(it.text) | sample(n=2) | mark(a=it.score) | best) | best\n}",
    "needs-max": 'prompt l() -> list[text] """list"""\n'
    + PROMPT
    + "pipeline main() -> list[number] { l() | ask | each(p(it) | ask) }",
    "type-mismatch": "pipeline main(q: text) -> number { q }",
    "needs-candidates": PROMPT + "pipeline main(q: text) -> number { p(q) | vote | .winner }",
    "import-not-found": 'use x from "nowhere.inf"\npipeline main() -> int { 1 }',
}


@pytest.mark.parametrize("code", PROGRAMS)
def test_errors_of_programs(ilang, written, code):
    path = written(PROGRAMS[code])
    told = ilang("run", path, "q=x") if "main(q" in PROGRAMS[code] else ilang("run", path)
    assert told.code == 2 and told.out == "" and "Traceback" not in told.err
    assert code in codes(told), told.err
    assert f"--> {path}:" in told.err and "^" in told.err


def test_near_spellings(ilang, written):
    assert "did you mean `vote`?" in ilang("check", written(PROGRAMS["unknown-stage"])).err
    assert "did you mean `question`?" in ilang("check", written(PROGRAMS["unknown-name"])).err


def test_import_cycle(ilang, written):
    written('use b from "b.inf"\npipeline a() -> int { b() }\n', "a.inf")
    path = written('use a from "a.inf"\npipeline b() -> int { a() }\n', "b.inf")
    told = ilang("run", path)
    assert told.code == 2 and codes(told)[0] == "import-cycle"


def test_missing_file(ilang, written):
    near = written("", "votes.inf")
    told = ilang("run", near.replace("votes", "vote"))
    assert told.code == 2 and codes(told) == ["no-such-file"] and f"did you mean `{near}`?" in told.err


def test_a_folder(ilang, tmp_path):
    assert codes(ilang("run", str(tmp_path))) == ["is-a-folder"]


def test_unreadable_sources(ilang, written):
    assert codes(ilang("run", written(b"pipeline main() -> text { \xff }"))) == ["not-utf8"]
    assert codes(ilang("run", written(b"# " + b"x" * 10_000_000))) == ["source-too-large"]
    deep = ilang("run", written("pipeline main() -> int { " + "(" * 10_000 + "1" + ")" * 10_000 + " }"))
    assert codes(deep) == ["nested-too-deep"] and max(map(len, deep.err.splitlines())) < 200


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "missing-argument"),
        (["q=1", "m=2"], "unknown-argument"),
        (["q=1", "n=many"], "bad-argument"),
        (["q=1", "n=1.5"], "bad-argument"),
        (["q=1", 'n:="3"'], "bad-argument"),
        (["q=1", "n:=x"], "bad-argument"),
        (["q:=3"], "bad-argument"),
        (["q=1", "q=2"], "given-twice"),
        (["q=@nowhere"], "no-such-file"),
        (["q=@."], "is-a-folder"),
        (["=1"], "bad-argument"),
    ],
)
def test_arguments(ilang, words, code):
    told = ilang("run", program("votes.inf"), *words)
    assert told.code == 2 and codes(told) == [code] and told.out == "" and "help: " in told.err


def test_arguments_of_other_types(ilang, written):
    person = program("kinds.inf:a_person")
    assert codes(ilang("run", person, "x={")) == ["bad-argument"]
    assert "`name`" in ilang("run", person, 'x={"nam": "a", "age": 1}').err
    assert codes(ilang("run", person, 'x={"name": "a"}')) == ["bad-argument"]
    assert codes(ilang("run", program("kinds.inf:a_label"), "x=nothing")) == ["bad-argument"]
    assert codes(ilang("run", program("kinds.inf:a_bool"), "x=perhaps")) == ["bad-argument"]
    assert codes(ilang("run", program("kinds.inf:an_int"), f"x=@{written('zwölf', 'n.txt')}")) == ["bad-argument"]
    assert codes(ilang("run", program("kinds.inf:a_text"), "x=@" + written(b"a\xff", "b.txt"))) == ["not-utf8"]


def test_a_pipeline_that_is_not_there(ilang):
    told = ilang("run", program("kinds.inf:a_texd"))
    assert told.code == 2 and codes(told) == ["no-entry"] and "`a_text`" in told.err


def test_a_pipeline_that_only_a_program_can_call(ilang):
    assert codes(ilang("run", "stdlib/voting.inf:votes")) == ["not-runnable"]


def test_unset_key(ilang, written):
    path = written(PROMPT + "pipeline main(q: text) -> number { p(q) | ask }")
    told = ilang("run", path, "q=1", "--model", "openai:gpt-5-mini")
    assert told.code == 1 and codes(told) == ["backend-unset-key"] and "OPENAI_API_KEY" in told.err


def test_a_key_is_never_printed(ilang, written, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-verysecret")
    path = written(PROMPT + "pipeline main(q: text) -> number { p(q) | ask }")
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        told = ilang("run", path, "q=1", "--model", f'openai("m", base_url="{url}")', "-vv")
    assert "verysecret" not in told.err + told.out


def test_a_model_that_lacks_what_is_needed(ilang, written):
    path = written(
        'model m\nprompt p() -> text """hi"""\n'
        "pipeline main() -> text { p() | start(m) | extend(model=m, n=2) | best }\n"
    )
    for command in ("run", "check"):
        told = ilang(command, path, "--model", "m=anthropic:claude-sonnet-4-5")
        assert told.code == 2 and "continue" in told.err and f"--> {path}:" in told.err


def test_server_down(ilang, written, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    path = written(PROMPT + "pipeline main(q: text) -> number { p(q) | ask }")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        told = ilang("run", path, "q=1", "--model", f'openai("m", base_url="{url}")', "--json")
    assert told.code == 1 and told.json["error"]["code"] == "backend-unreachable"
    assert told.json["paid"]["output_tokens"] == 0


def test_malformed_reply(ilang, written, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "x")

    class Nonsense(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"choices": "what?"}')

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nonsense)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        path = written(PROMPT + "pipeline main(q: text) -> number { p(q) | ask }")
        url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        told = ilang("run", path, "q=1", "--model", f'openai("m", base_url="{url}", stream=false)')
    finally:
        server.shutdown()
        server.server_close()
    assert told.code == 1 and codes(told) == ["backend-malformed-reply"]


def test_a_broken_python_file(ilang, written):
    written("def f(x: str) -> str:\n    return x\nraise ValueError('on import')\n", "f.py")
    path = written('use python f from "f.py"\npipeline main() -> text { f("a") }\n')
    told = ilang("run", path)
    assert told.code == 1 and codes(told) == ["python-import"] and "on import" in told.err


def test_a_store_that_cannot_be(ilang, tmp_path, written):
    written("", "file")
    told = ilang("run", program("votes.inf"), "q=1", "--store", str(tmp_path / "file"))
    assert told.code == 2 and codes(told)[0].startswith("store-")
