"""passages: what the page of the language says of one of its words."""

from __future__ import annotations

import re
from importlib.resources import files

WORDS = frozenset(
    (
        "use from model record enum prompt pipeline test replies expect let if else within otherwise it them none "
        "answer include system user assistant after match code_block json whole "
        "text int number bool list request candidates tally Verdict"
    ).split()
)
"""Those that are no stage, no command and no code of an error."""


def passages(word: str) -> str:
    """The parts of the page in which the word stands as code, each under its heading; of a table its rows."""
    page = files("ilang.help").joinpath("language.md").read_text("utf-8")
    stands = re.compile(rf"`[^`\n]*(?<![\w.]){re.escape(word)}(?!\w)[^`\n]*`")
    found: list[str] = []
    for section in re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if "```" in body and not body.lstrip().startswith(("|", "`")):
            body = re.sub(r"^```.*?^```\n", "", body, flags=re.MULTILINE | re.DOTALL)
        parts = []
        for block in body.strip().split("\n\n"):
            lines = block.split("\n")
            if block.startswith("|"):
                rows = [row for row in lines[2:] if stands.search(row)]
                parts += ["\n".join([*lines[:2], *rows])] if rows else []
            elif stands.search(block):
                parts.append(block)
        if parts:
            found.append("\n\n".join([heading.removeprefix("## "), *parts]))
    return "\n\n".join(found) + "\n"
