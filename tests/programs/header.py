"""The first comment of a program in `programs/`: what it shows, the command that runs it, its method and paper."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "programs"
PROGRAMS = tuple(sorted(FOLDER.glob("*.inf")))
FORM = re.compile(
    r"# (?P<shows>\S[^\n]*)\n#\n"
    r"#     (?P<command>ilang run [^\n]*(?:\\\n#         [^\n]*)?)\n#\n"
    r"(?P<runs># Runs on [^\n]*\n(?:# [^\n]*\n)*)#\n"
    r"# Method: (?P<method>[^\n]+)\n# Paper: (?P<paper>[^\n]+)\n\n"
)


@dataclass(frozen=True, slots=True)
class Header:
    """`command` in one line; `runs` is what stands below it, on which model it runs before all."""

    name: str
    shows: str
    command: str
    runs: str
    method: str
    paper: str

    @property
    def words(self) -> list[str]:
        """The command as a shell splits it."""
        return shlex.split(self.command)

    @property
    def embedded(self) -> bool:
        """Whether the command asks the embedded model."""
        return "Runs on the embedded model" in self.runs

    @property
    def remote(self) -> bool:
        """Whether the command asks a model that takes a key and money."""
        return "Runs on the OpenAI API" in self.runs


def header(program: Path) -> Header:
    """Raises ValueError where the first comment has another form."""
    found = FORM.match(program.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{program.name} does not begin with what it shows, its command, its model, method and paper")
    command = re.sub(r" *\\\n# +", " ", found["command"])
    return Header(program.name, found["shows"], command, found["runs"], found["method"], found["paper"])
