import io

import pytest

from ilang.report.output import PIPE_WIDTH, Output
from ilang.report.style import style_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "painted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(choice, environment, terminal, painted):
    assert style_for(choice, environment, terminal=terminal).color is painted


def test_a_live_line_gives_way():
    out, err = Terminal(), Terminal()
    output = Output(out, err)
    output.live("3 of 8")
    output.note("a note")
    output.value("value\n")
    assert err.getvalue() == "\r3 of 8\x1b[K\r\x1b[Ka note\n" and out.getvalue() == "value\n"


def test_width():
    assert Output(io.StringIO(), io.StringIO(), environment={"COLUMNS": "77"}).width == PIPE_WIDTH
    assert Output(None, Terminal(), environment={"COLUMNS": "77"}).width == 77
    assert Output(Terminal(), None, environment={"COLUMNS": "7"}).width == 40
    assert Output(None, Terminal(), environment={"COLUMNS": "wide"}).width == PIPE_WIDTH


def test_loudness():
    def told(**how) -> str:
        out, err = io.StringIO(), io.StringIO()
        output = Output(out, err, **how)
        output.value("v")
        output.note("n")
        output.error("e")
        output.detail("d")
        output.detail("dd", level=2)
        return out.getvalue() + err.getvalue().replace("\n", " ")

    assert told() == "vn e " and told(quiet=1) == "ve " and told(quiet=2) == ""
    assert told(verbose=1) == "vn e d " and told(verbose=2) == "vn e d dd "


def test_streams_that_are_not_there():
    output = Output(None, None)
    output.value("x")
    output.error("x")
    output.live("x")
    output.clear()
    assert output.width == PIPE_WIDTH
    closed = io.StringIO()
    closed.close()
    Output(closed, closed).value("x")
