from hypothesis import given
from hypothesis import strategies as st

from ilang.report.escape import visible, visible_line


def test_controls_are_written_out():
    assert visible("a\x1b[31mb\x00\x7f\x9b\r\n\t\u2028\u202e\ud800") == (
        "a\\e[31mb\\x00\\x7f\\x9b\\r\n\t\\u2028\\u202e\\ud800"
    )
    assert visible_line("a\n\tb") == "a\\n\\tb"


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_the_rest_stays(text):
    assert visible(text) == text


@given(st.text(st.characters()))
def test_nothing_is_left_that_commands(text):
    shown = visible_line(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)
