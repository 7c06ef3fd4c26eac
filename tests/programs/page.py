"""Writes `docs/programs.md` from the first comments of the programs: `python -m tests.programs.page`."""

from __future__ import annotations

import re

from tests.programs.header import PROGRAMS, ROOT, Header, header

PAGE = ROOT / "docs" / "programs.md"
START, END = "<!-- programs -->\n", "<!-- end of programs -->\n"


def table() -> str:
    """A row for each program: what it shows, the method, the paper, the command."""
    rows = ["| program | shows | method | paper |", "|---|---|---|---|"]
    rows += [_row(header(program)) for program in PROGRAMS]
    commands = [header(program).command for program in PROGRAMS]
    return "\n".join(rows) + "\n\n```sh\n" + "\n".join(commands) + "\n```\n"


def page(text: str) -> str:
    """The page with its table as it is now. Raises ValueError where the page has no place for it."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"{PAGE.name} has no {START.strip()} ... {END.strip()}")
    return before + start + table() + end + after


def _row(one: Header) -> str:
    stem = one.name.removesuffix(".inf")
    return f"| [`{stem}`](../programs/{one.name}) | {one.shows.rstrip('.')} | {one.method} | {_linked(one.paper)} |"


def _linked(paper: str) -> str:
    return re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", paper)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
