"""What a key may look like in somebody else's words, and what must not be taken for one."""

from __future__ import annotations

import pytest

from ilang_backends.openai.key import NO_KEY
from ilang_backends.openai.secret import Secret

KEY = "sk-proj-abcdefghijklmnop"


@pytest.mark.parametrize(
    "text",
    [
        f"Incorrect API key provided: {KEY}.",
        f'{{"authorization": "Bearer {KEY}"}}',
        f"https://node/v1?api_key={KEY}",
        "key sk-proj-************mnop is wrong",
        "key abcd****mnop is wrong",
        "another's: sk-ant-0123456789mnop",
    ],
)
def test_no_key_shows(text: str) -> None:
    clean = Secret(KEY).clean(text)
    assert "[key]" in clean
    assert "mnop" not in clean


def test_a_key_of_any_form_is_known() -> None:
    assert Secret("hunter22").clean("password hunter22 is wrong") == "password [key] is wrong"


@pytest.mark.parametrize("text", ["the model `m` is not found", "none of 8192 tokens", "**bold** a*b"])
def test_other_words_stand(text: str) -> None:
    assert Secret(NO_KEY).clean(text) == text


def test_repr_holds_no_key() -> None:
    assert KEY not in repr(Secret(KEY))
