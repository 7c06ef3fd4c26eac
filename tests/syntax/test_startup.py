"""parse costs little in a process that has just begun: neither Lark nor the messages are loaded for a right program."""

from __future__ import annotations

import subprocess
import sys

from tests.syntax.parsing import EXAMPLES

PROGRAM = """
import sys, time
began = time.process_time()
from ilang.base.source import Source
from ilang.syntax.parse import parse
with open(sys.argv[1], encoding="utf-8") as file:
    parse(Source("", file.read()))
spent = time.process_time() - began
unwanted = {"lark", "difflib", "pathlib", "ilang.syntax.mistakes"} & set(sys.modules)
assert not unwanted - before, unwanted
assert spent < 0.25, spent  # 0.07 s where nothing else runs
"""


def test_parsing_in_a_fresh_process() -> None:
    program = "import sys; before = set(sys.modules)\n" + PROGRAM
    subprocess.run([sys.executable, "-c", program, str(EXAMPLES[0])], check=True)
