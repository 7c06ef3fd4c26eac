"""A program is held against what its models can do before anything is paid: also where the model is only reached."""

from __future__ import annotations

from pathlib import Path

import pytest

import ilang

PROGRAM = '''
prompt p() -> text """Go on."""
pipeline main() -> text { p() | start | extend(n=2) | best }
pipeline through(model: model? = none) -> text { helper(p(), model) }
pipeline helper(r: request[text], model: model? = none) -> text {
  r | start(model) | repeat(max=2) { extend(max_tokens=3) } | best
}
pipeline plain() -> text { p() | sample(n=2) | best }
pipeline cold() -> text { p() | sample(n=2, temperature=0) | best }
pipeline choosing(hot: bool) -> text { (if hot { p() | start } else { p() | sample }) | extend | best }
'''


@pytest.mark.parametrize("entry", ["main", "through", "choosing"])
def test_refused(entry: str) -> None:
    with pytest.raises(ilang.IlangError) as refused:
        ilang.loads(PROGRAM, entry=entry, models="anthropic:claude-sonnet-4-5").check_models()
    assert [d.code for d in refused.value.diagnostics] == ["model-lacks"]
    assert "extend" in refused.value.diagnostics[0].message


@pytest.mark.parametrize(
    ("entry", "model"), [("plain", "anthropic:claude-sonnet-4-5"), ("main", "sim"), ("through", "sim")]
)
def test_taken(entry: str, model: str) -> None:
    program = ilang.loads(PROGRAM, entry=entry, models=model)
    program.check_models()
    assert not program.warnings


def test_several_draws_at_temperature_nought_are_a_warning() -> None:
    program = ilang.loads(PROGRAM, entry="cold", models="sim")
    program.check_models()
    assert [w.code for w in program.warnings] == ["zero-temperature"]


PROMPT = 'prompt say(q: text) -> text """{{q}}"""\n'


def test_a_default_that_nothing_asks_is_told() -> None:
    """`--model X` where the program names its models."""
    named = (
        'model solver = sim("a")\n' + PROMPT + "pipeline main(q: text) -> text { say(q) | sample(solver, n=2) | best }"
    )
    program = ilang.loads(named, models="sim(accuracy=1)")
    program.check_models()
    assert [w.code for w in program.warnings] == ["model-not-asked"]
    assert (program.warnings[0].help or "") == "bind one of them: `--model solver=...`"
    left_out = named.replace("solver, ", "")
    for text, models in ((named, ["solver=sim"]), (named, []), (left_out, ["sim"])):
        program = ilang.loads(text, models=models)
        program.check_models()
        assert program.warnings == ()


@pytest.mark.parametrize("result", ["request[text]", "request[text]?", "list[request[text]]"])
def test_a_pipeline_that_gives_something_to_ask_is_not_run_by_itself(result: str) -> None:
    body = {"list[request[text]]": "[say(q)]"}.get(result, "say(q)")
    program = ilang.loads(PROMPT + f"pipeline main(q: text) -> {result} {{ {body} }}", models="sim")
    with pytest.raises(ilang.IlangError) as refused:
        program.run(q="x")
    assert [d.code for d in refused.value.diagnostics] == ["not-runnable"]


def test_a_store_that_is_none_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ILANG_STORE", "none")
    monkeypatch.chdir(tmp_path)
    program = ilang.loads(PROMPT + "pipeline main(q: text) -> text { say(q) | ask }", models="sim")
    assert program.run(q="x").paid.calls == program.run(q="x").paid.calls == 1
    assert not list(tmp_path.iterdir())


def test_models_by_name() -> None:
    program = ilang.loads(
        '''
        model small = sim(accuracy=0)
        prompt add(q: text) -> int """{{q}} Finish with "Answer: <number>"."""
        pipeline main(q: text) -> int { add(q) | ask(small) }
        ''',
        models={"small": "sim(accuracy=1)"},
    )
    assert program.models.models["small"].setting("accuracy") == 1
    with pytest.raises(ilang.IlangError):
        ilang.loads("pipeline main() -> int { 1 }", models={"nobody": "sim"})
