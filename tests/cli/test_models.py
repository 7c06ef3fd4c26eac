import pytest

from ilang.backend.protocol import BackendFault
from ilang.cli.models import _weights
from tests.cli.calling import codes


def test_list(ilang):
    told = ilang("models")
    lines = told.out.splitlines()
    assert lines[0].split()[:3] == ["backend", "callable", "n"]
    assert {line.split()[0] for line in lines[1:]} >= {"embedded", "fake", "openai", "sim"}


def test_list_as_json(ilang):
    data = ilang("models", "--json").json
    assert (data["schema"], data["command"], data["action"], data["ok"]) == (1, "models", "list", True)
    sim = next(b for b in data["backends"] if b["name"] == "sim")
    assert sim["n"] is True and sim["priced"] is False and sim["settings"]["accuracy"]["type"] == "number"


def test_a_broken_backend_is_a_warning(ilang, monkeypatch):
    from ilang.backend import registry

    find = registry.find

    def found(name):
        if name == "sim":
            raise ImportError("no module named x")
        return find(name)

    monkeypatch.setattr(registry, "find", found)
    told = ilang("models")
    assert told.code == 0 and "warning: the backend `sim` cannot be loaded" in told.err and "openai" in told.out


def test_path(ilang, monkeypatch, tmp_path):
    monkeypatch.setenv("ILANG_MODELS", str(tmp_path))
    assert ilang("models", "path").out == f"{tmp_path}\n"


@pytest.fixture
def fetching(monkeypatch, tmp_path):
    """`fetch` in place of the network: writes the file, or fails."""
    weights = _weights()
    calls = []
    monkeypatch.setenv("ILANG_MODELS", str(tmp_path))

    def fetch(progress=None, listed=weights.DEFAULT):
        calls.append(listed.id)
        path = weights.folder() / listed.file
        with open(path, "wb") as file:
            file.truncate(listed.size)
        if progress is not None:
            progress(1, 2)
        return path

    monkeypatch.setattr(weights, "fetch", fetch)
    return calls


def test_fetch(ilang, fetching, tmp_path):
    told = ilang("models", "fetch")
    assert told.code == 0 and told.out.startswith(str(tmp_path)) and "once" in told.err
    again = ilang("models", "fetch")
    assert again.out == told.out and again.err == "" and len(fetching) == 1
    assert ilang("models", "fetch", "--force", "-q").err == "" and len(fetching) == 2
    assert ilang("models", "fetch", "--json").json["path"] == told.out.strip()


def test_fetch_without_a_network(ilang, monkeypatch, tmp_path):
    monkeypatch.setenv("ILANG_MODELS", str(tmp_path))

    def fetch(*_):
        raise BackendFault("missing-weights", "not here", help="copy it")

    monkeypatch.setattr(_weights(), "fetch", fetch)
    told = ilang("models", "fetch")
    assert told.code == 1 and codes(told) == ["backend-missing-weights"] and "help: copy it" in told.err
    assert ilang("models", "fetch", "--json").json["error"]["code"] == "backend-missing-weights"


def test_wrong_words(ilang):
    assert codes(ilang("models", "fetsh")) == ["usage"]
    assert codes(ilang("models", "--force")) == ["usage"]


def test_a_model_without_its_backend(ilang, written):
    program = written('prompt p() -> int """1"""\npipeline main() -> int { p() | sample(n=1) | best }\n')
    for name, meant in (("gpt-4.1-mini", "openai:gpt-4.1-mini"), ("claude-opus-4", "anthropic:claude-opus-4")):
        told = ilang("run", program, "--model", name)
        assert told.code == 2 and f"did you mean `{meant}`?" in told.err
    assert "a model is told as BACKEND:MODEL" in ilang("run", program, "--model", "qwen3").err


def test_price(ilang):
    """USD for a million tokens, on the day of the table; a longer prompt and a batch have their own."""
    told = ilang("models", "price", "openai:gpt-5.5", "sim:a", "openai:gpt-of-nobody")
    assert [line.split() for line in told.out.splitlines()[1:]] == [
        ["openai:gpt-5.5", "0", "5", "0.5", "30", "2.5", "15"],
        ["openai:gpt-5.5", "272,000", "10", "1", "45", "5", "22.5"],
        ["sim:a", "0", "0", "-", "0", "-", "-"],
        ["openai:gpt-of-nobody", "-", "not", "known", "not", "known", "not", "known", "-", "-"],
    ]
    own = ilang("models", "price", 'openai("m", prices="1 in, 2 out")', "--json").json["prices"]
    assert own[0]["prices"] == [{"over": 0, "in": 1.0, "cached": None, "out": 2.0, "batch_in": None, "batch_out": None}]
    assert ilang("models", "price").code == ilang("models", "list", "sim:a").code == 2
    assert "unknown-backend" in ilang("models", "price", "nope:x").err
