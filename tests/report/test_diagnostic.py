import pytest

from ilang.base.diagnostic import Diagnostic
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.report.diagnostic import diagnostic_text, diagnostics_text, excerpt
from ilang.report.diagnostic_data import diagnostic_data
from ilang.report.style import Style


def at(text: str, part: str, name: str = "x.inf") -> Span:
    """The span of a part of a text."""
    start = text.index(part)
    return Span(Source(name, text), start, start + len(part))


def test_the_layout_of_the_design():
    text = "\n" * 7 + "  let first = solve(question) | vote\n"
    shown = diagnostic_text(
        Diagnostic(
            "needs-candidates",
            "`vote` needs candidates, but gets a request",
            at(text, "vote", "cascade.inf"),
            "needs candidates[T]",
            "sample it first: `solve(question) | sample(cheap, n=8) | vote`",
        )
    )
    assert shown == (
        "error[needs-candidates]: `vote` needs candidates, but gets a request\n"
        "  --> cascade.inf:8:33\n"
        "   |\n"
        " 8 |   let first = solve(question) | vote\n"
        "   |                                 ^^^^ needs candidates[T]\n"
        "   |\n"
        "help: sample it first: `solve(question) | sample(cheap, n=8) | vote`"
    )


def test_without_a_place():
    shown = diagnostic_text(Diagnostic("usage", "no", None, "", "try\nagain", ("one", "two\nlines"), "warning"))
    assert shown == "warning[usage]: no\nhelp: try\n      again\nnote: one\nnote: two\n      lines"


def carets(text: str, part: str) -> tuple[str, str]:
    """The line and the carets as shown, without the gutter."""
    lines = diagnostic_text(Diagnostic("c", "m", at(text, part))).split("\n")
    gutter = lines[2].index("|") + 2
    return lines[3][gutter:], lines[4][gutter:]


@pytest.mark.parametrize(
    ("text", "part", "line", "under"),
    [
        ("abc", "b", "abc", " ^"),
        ("a\tbc", "b", "a    bc", "     ^"),
        ("\t\tbc", "c", "        bc", "         ^"),
        ("漢字 x 字", "x", "漢字 x 字", "     ^"),
        ("漢字", "字", "漢字", "  ^^"),
        ("e\u0301 x", "x", "e\u0301 x", "  ^"),
        ("🙂x", "x", "🙂x", "  ^"),
        ("\x1b[31m x", "x", "\\e[31m x", "       ^"),
        ("\u202ex", "x", "\\u202ex", "      ^"),
        ("first\r\nsecond", "first", "first", "^^^^^"),
        ("one {\n  two }", "{\n  two }", "one {", "    ^"),
        ("  two   \nmore", "two   \nmore", "  two", "  ^^^"),
    ],
)
def test_carets_stand_under_what_they_mean(text, part, line, under):
    assert carets(text, part) == (line, under)


def test_at_the_end_of_a_source():
    for text in ("abc", "abc\n", ""):
        span = Span(Source("x.inf", text), len(text), len(text))
        assert diagnostic_text(Diagnostic("c", "m", span)).split("\n")[4].endswith("^")


def test_wide_line_numbers():
    text = "\n" * 99 + "abc"
    lines = diagnostic_text(Diagnostic("c", "m", at(text, "b"), help="h")).split("\n")
    assert lines[1:] == ["    --> x.inf:100:2", "     |", " 100 | abc", "     |  ^", "     |", "help: h"]


@pytest.mark.parametrize("start", [0, 1, 30, 150, 700, 995, 999])
@pytest.mark.parametrize("long", [1, 5, 60, 500])
@pytest.mark.parametrize("room", [20, 40, 100])
def test_long_lines_are_cut_around_the_carets(start, long, room):
    line = "".join(chr(ord("a") + i % 26) for i in range(1000))
    end = min(start + long, 1000)
    shown, before, carets_ = excerpt(line, start, end, room)
    assert len(shown) <= room and before + carets_ <= room
    under = shown[before : before + carets_]
    assert line[start:end].startswith(under) and under
    assert len(under) == end - start or len(under) >= min(room // 3, end - start)


def test_a_long_line_with_wide_characters():
    line = "漢" * 300 + "x" + "字" * 300
    shown, before, long = excerpt(line, 300, 301, 50)
    from ilang.report.width import columns

    assert columns(shown) <= 50 and long == 1 and columns(shown[: shown.index("x")]) == before


def test_several_are_counted():
    one = Diagnostic("a", "m")
    warning = Diagnostic("w", "m", severity="warning")
    assert diagnostics_text([one]) == "error[a]: m"
    assert diagnostics_text([one, one]) == "error[a]: m\n\nerror[a]: m\n\n2 errors"
    assert diagnostics_text([one, warning]).endswith("\n\n1 error, 1 warning")


def test_nothing_in_it_commands_the_terminal():
    span = at("a \x1b]0;x\x07 b", "b", "x\x1b.inf")
    shown = diagnostic_text(Diagnostic("c", "m\x1b[2J", span, "l\x07", "h\r", ("n\x9b",)))
    assert not set(shown) & set(map(chr, [*range(10), *range(11, 32), *range(127, 160)]))


def test_colours_change_nothing_else():
    import re

    d = Diagnostic("c", "m", at("abc", "b"), "label", "help", ("note",))
    painted = diagnostic_text(d, Style(True))
    assert "\x1b[1;31merror[c]\x1b[0m" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == diagnostic_text(d)


def test_as_data():
    d = Diagnostic("c", "m", at("a\nbcd\ne", "cd\ne"), "l", "h", ("n",))
    assert diagnostic_data(d) == {
        "code": "c",
        "message": "m",
        "file": "x.inf",
        "line": 2,
        "column": 2,
        "end_line": 3,
        "end_column": 2,
        "label": "l",
        "help": "h",
        "notes": ["n"],
        "severity": "error",
    }
    assert diagnostic_data(Diagnostic("c", "m"))["line"] is None
