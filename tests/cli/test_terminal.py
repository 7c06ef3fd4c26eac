"""What a terminal shows, on a real pseudo-terminal."""

import re

from tests.cli.calling import program, terminal

VOTES = program("votes.inf")
PLAIN = {"NO_COLOR": "1"}


def shown(text: str) -> str:
    """What is left to see: a live line is replaced by what comes behind it."""
    return re.sub(r"[^\n\r]*\r(?!\n)|\x1b\[K", "", text)


def test_answer_votes_and_cost(surroundings):
    told = terminal("run", VOTES, "q=2 + 2", "n=4", env=PLAIN)
    assert told.code == 0
    seconds = re.search(r", ([\d.]+ s)\n", told.out)[1]
    assert shown(told.out) == (
        "4\n"
        "\n"
        "  4  ████████████████████████  2\n"
        "  3  ████████████              1\n"
        "\n"
        "4 new draws, 4 calls\n"
        f"paid   0 USD, 21 tokens (12 in, 9 out), {seconds}\n"
        "worth  0 USD, 21 tokens (12 in, 9 out)\n"
        'warning: 1 reply could not be read (there is no "Answer:" in the reply)\n'
    )


def test_from_the_store(surroundings):
    terminal("run", VOTES, "q=2 + 2")
    told = terminal("run", VOTES, "q=2 + 2", env=PLAIN)
    assert "\n3 of 3 draws from the store, 0 calls\npaid   0 USD, 0 tokens, " in told.out
    assert "\nworth  0 USD, 16 tokens (9 in, 7 out), 3 calls\n" in told.out
    more = terminal("run", VOTES, "q=2 + 2", "n=4", env=PLAIN)
    assert "\n4 draws: 1 new, 3 kept; 1 call\n" in more.out


def test_colours(surroundings):
    assert "\x1b[36m█" in terminal("run", VOTES, "q=1").out
    assert "\x1b[" not in shown(terminal("run", VOTES, "q=1", env={"NO_COLOR": "1"}).out)
    assert "\x1b[" not in shown(terminal("run", VOTES, "q=1", "--color", "never").out)
    assert "\x1b[" not in shown(terminal("run", VOTES, "q=1", env={"TERM": "dumb"}).out)
    assert "\x1b[1;31merror" in terminal("run", "nowhere.inf").out


def test_the_values_alone_on_standard_output(surroundings):
    told = terminal("run", VOTES, "q=1", env=PLAIN, separate=True)
    assert told.out == "4\n" and "3 new draws" in told.err


def test_quiet(surroundings):
    assert terminal("run", VOTES, "q=1", "-q").out == "4\n"
    assert terminal("run", VOTES, "q=1", "-qq").out == ""


def test_model_text_cannot_command_the_terminal(surroundings, written):
    path = written("pipeline main(x: text) -> text { x }")
    told = terminal("run", path, "x=\x1b[2J\x1b]0;title\x07 ok\r\u202e", "-q")
    assert told.out == "\\e[2J\\e]0;title\\x07 ok\\r\\u202e\n"


def test_records_are_laid_out(surroundings):
    told = terminal("run", program("kinds.inf:a_person"), 'x={"name": "a", "age": 1}', "-q")
    assert told.out == '{\n  "name": "a",\n  "age": 1,\n  "mail": null\n}\n'


def test_none(surroundings):
    assert terminal("run", program("kinds.inf:maybe"), "-q").out == "none\n"


def test_a_live_line(surroundings, written):
    path = written('prompt p() -> text """hi"""\npipeline main() -> text { p() | ask }\n')
    model = 'fake("m", replies="late", delay=0.6)'
    told = terminal("run", path, "--model", model, env=PLAIN)
    assert re.search(r"\r░{20} 0 of 1 draw, 0 new, 0\.\d s\x1b\[K", told.out)
    assert shown(told.out).startswith("late\n\n1 new draw, 1 call\n")
    none = terminal("run", path, "--model", model, "--seed", "1", "--progress", "none", env=PLAIN)
    assert "\r" not in none.out
    ascii_only = terminal("run", path, "--model", model, "--seed", "2", env={**PLAIN, "PYTHONIOENCODING": "ascii"})
    assert "\r.................... 0 of 1 draw" in ascii_only.out


def test_a_failed_run(surroundings, written):
    path = written(
        'model m = fake("m", replies="[\\"a\\", \\"b\\"]")\n'
        'prompt p() -> number """n?"""\npipeline main() -> number { p() | sample(m, n=2) | vote | .winner }\n'
    )
    told = terminal("run", path, env=PLAIN)
    out = shown(told.out)
    assert told.code == 1 and out.startswith("2 new draws, 2 calls\npaid ") and "error[nothing-parsed]" in out
