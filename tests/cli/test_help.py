import json
import re
from importlib.resources import files

import pytest

from ilang.check.prelude import prelude
from tests.cli.calling import codes

LANGUAGE = files("ilang.help").joinpath("language.md").read_text("utf-8")


def test_the_language_on_one_page(ilang):
    assert ilang("help", "language").out == LANGUAGE


def test_the_page_is_short():
    """Under 4,000 tokens. A word or a sign is one token of common tokenizers, a long or rare word two or three."""
    pieces = re.findall(r"[A-Za-z]{1,6}|\d{1,3}|[^\sA-Za-z\d]", LANGUAGE)
    assert len(pieces) < 4000


def test_the_page_names_every_stage_and_function():
    missing = [name for name in prelude() if not re.search(rf"\b{name}\b", LANGUAGE)]
    assert missing == []


@pytest.mark.parametrize("stage", ["vote", "extend", "repeat", "abs"])
def test_a_stage(ilang, stage):
    told = ilang("help", stage)
    assert told.code == 0 and told.out.startswith(f"pipeline {stage}(") and "\n    " in told.out


def test_a_code(ilang):
    told = ilang("help", "may-be-none").out
    assert "error[may-be-none]" in told and "This is right:" in told
    assert "A `within` had no room" in ilang("help", "budget-spent").out


def test_commands_and_the_whole(ilang):
    assert ilang("help", "run").out == ilang("run", "--help").out
    assert ilang("help").out == ilang().out and "commands:" in ilang("help").out
    assert "needs-candidates\n" in ilang("help", "codes").out


def test_another_topic_is_an_error(ilang):
    told = ilang("help", "voet")
    assert told.code == 2 and codes(told) == ["no-such-topic"] and "ilang help vote" in told.err
    assert ilang("help", "voet", "--json").json["error"]["code"] == "no-such-topic"


def test_json(ilang):
    data = json.loads(ilang("help", "vote", "--json").out)
    assert (data["kind"], data["topic"], data["ok"]) == ("stage", "vote", True)


def test_a_word_of_the_language(ilang):
    from ilang.help.words import WORDS

    for word in sorted(WORDS):
        told = ilang("help", word)
        assert (told.code == 0 and told.out.count("\n") >= 4 and f"`{word}" in told.out) or f" {word}" in told.out, word
    assert "`within(usd=, tokens=, calls=, seconds=) { ... }`" in ilang("help", "within").out
    assert "the last row" not in ilang("help", "them").out and "them" in ilang("help", "them").out
