"""Lays out diagnostics: code and message, the place, its line with carets, the way out.

    error[needs-candidates]: `vote` needs candidates, but gets a request
      --> cascade.inf:8:25
       |
     8 |   let first = solve(question) | vote
       |                                 ^^^^ needs candidates[T]
       |
    help: sample it first: `solve(question) | sample(cheap, n=8) | vote`

Columns are those of a terminal: a wide character takes two, a combining one none, a tab four. A line
that is too long is cut to what stands around the carets. Of a span over several lines the first is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.report.escape import visible, visible_line
from ilang.report.style import PLAIN, Style
from ilang.report.width import width

TAB = " " * 4
_CUT = "..."


def diagnostics_text(found: Sequence[Diagnostic], style: Style = PLAIN, room: int = 100) -> str:
    """All of them, an empty line between two; several are counted at the end."""
    parts = [diagnostic_text(d, style, room) for d in found]
    if len(found) > 1:
        parts.append(count_text(found, style))
    return "\n\n".join(parts)


def count_text(found: Sequence[Diagnostic], style: Style = PLAIN) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(d.severity == "error" for d in found)
    counts = ((errors, "error"), (len(found) - errors, "warning"))
    return style.paint(", ".join(_count(n, what) for n, what in counts if n), "bold")


def diagnostic_text(d: Diagnostic, style: Style = PLAIN, room: int = 100) -> str:
    """One diagnostic, without a line break at its end; `room` is how many columns a line may take."""
    look = "red" if d.severity == "error" else "yellow"
    head = style.paint(f"{d.severity}[{d.code}]", "bold", look)
    lines = [f"{head}{style.paint(': ' + visible(d.message), 'bold')}"]
    if d.span is not None:
        lines += _place(d.span, d.label, look, style, room)
        if not (d.help or d.notes):
            lines.pop()
    elif d.label:
        lines.append(f"  {visible(d.label)}")
    if d.help:
        lines.append(_remark("help", d.help, style, "green"))
    lines += [_remark("note", note, style, "cyan") for note in d.notes]
    return "\n".join(lines)


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _remark(word: str, text: str, style: Style, look: str) -> str:
    """`help: text`, its further lines indented below its first."""
    shown = visible(text.strip("\n")).replace("\n", "\n" + " " * (len(word) + 2))
    return f"{style.paint(word, 'bold', look)}: {shown}"


def _place(span: Span, label: str, look: str, style: Style, room: int) -> list[str]:
    number, column = span.source.line_column(span.start)
    text = span.source.line_text(number)
    begin = column - 1
    end = min(len(text.rstrip()), begin + span.end - span.start)
    digits = str(number)
    margin = style.paint(" " * (len(digits) + 2) + "|", "blue")
    shown, before, long = excerpt(text, begin, end, max(20, room - len(digits) - 4))
    label_text = f" {visible_line(label)}" if label else ""
    return [
        f"{style.paint(' ' * (len(digits) + 1) + '-->', 'blue')} {visible_line(span.source.name)}:{number}:{column}",
        margin,
        f"{style.paint(f' {digits} |', 'blue')} {shown}".rstrip(),
        f"{margin} {' ' * before}{style.paint('^' * long + label_text, 'bold', look)}",
        margin,
    ]


def excerpt(line: str, begin: int, end: int, room: int) -> tuple[str, int, int]:
    """A line as it is shown in `room` columns, and where in it the carets begin and how many they are.

    `begin` and `end` count characters of the line; what the carets stand under is in what is shown,
    as far as there is room for it.
    """
    pieces = [_piece(character) for character in line]
    at, places = 0, []
    for _, wide in pieces:
        places.append(at)
        at += wide
    places.append(at)
    first = places[min(begin, len(line))]
    last = max(first + 1, places[max(min(end, len(line)), min(begin, len(line)))])
    if at <= room:
        return "".join(text for text, _ in pieces), first, last - first
    inner = room - 2 * len(_CUT)
    left = 0 if last <= inner else max(0, first - max(inner // 3, inner - (last - first) - 8))
    kept = [i for i in range(len(pieces)) if left <= places[i] and places[i + 1] <= left + inner]
    if not kept:
        return _CUT, 0, 1
    start, stop = places[kept[0]], places[kept[-1] + 1]
    head = _CUT if kept[0] > 0 else ""
    tail = _CUT if kept[-1] < len(pieces) - 1 else ""
    shown = head + "".join(pieces[i][0] for i in kept) + tail
    shift = len(head) - start
    first = min(first, stop)
    return shown, first + shift, max(1, min(last, stop) - first)


def _piece(character: str) -> tuple[str, int]:
    """A character as it is shown, and how many columns that takes."""
    if character == "\t":
        return TAB, len(TAB)
    shown = visible_line(character)
    return shown, width(character) if shown == character else len(shown)
