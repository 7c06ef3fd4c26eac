"""The pages of `docs/errors/`, one a code: `python -m tests.errors.pages` writes what they should be now."""

from __future__ import annotations

from pathlib import Path

from ilang.help.registry import AREAS, entries
from ilang.report.code_text import code_page

FOLDER = Path(__file__).parents[2] / "docs" / "errors"
_WORDS = {
    "syntax": "How a program is written",
    "check": "What it means",
    "models": "Models",
    "run": "Runs",
    "store": "The store of draws",
    "command": "Commands and files",
}


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    made = {f"{code}.md": code_page(entry) for code, entry in entries().items()}
    index = ["# Errors\n", "Each error and warning has a code; `ilang help CODE` shows its page in a terminal.\n"]
    for area in AREAS:
        index.append(f"## {_WORDS[area]}\n")
        index.append("\n".join(f"- [{e.code}]({e.code}.md)" for e in entries().values() if e.area == area) + "\n")
    made["README.md"] = "\n".join(index)
    return made


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
