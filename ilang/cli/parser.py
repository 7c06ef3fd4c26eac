"""Reads a command's words with argparse; what is wrong with them is a diagnostic like any other."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.report.output import standard_output


class Parser(argparse.ArgumentParser):
    """The parser of one command.

    A command that takes a list of words names it with `set_defaults(words="files")`, so that flags
    may stand between them.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)

    def print_help(self, file: Any = None) -> None:
        """To standard output, through the one door to it."""
        standard_output().result(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Raises IlangError."""
        raise self.problem(message)

    def problem(self, message: str, help: str = "") -> IlangError:
        """A usage error of this command."""
        return IlangError(Diagnostic("usage", message, help=help or f"`{self.prog} --help` shows how it is called"))

    def read(self, words: Sequence[str], into: argparse.Namespace) -> None:
        """Put what the words say into the namespace. Raises IlangError."""
        _, rest = self.parse_known_args(list(words), into)
        taken: list[str] | None = getattr(into, getattr(into, "words", ""), None)
        for word in rest:
            if word.startswith("-") and word != "-":
                raise self._unknown(word)
            if taken is None:
                raise self.problem(f"`{word}` is one word too many")
            taken.append(word)

    def actions(self) -> list[argparse.Action]:
        """All that it reads."""
        return list(self._actions)

    def flags(self) -> list[str]:
        """The flags that the help tells of."""
        return [flag for a in self._actions if a.help != argparse.SUPPRESS for flag in a.option_strings]

    def _unknown(self, word: str) -> IlangError:
        import difflib

        flag = word.partition("=")[0]
        flags = sorted(set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", self.format_usage() + self.format_help())))
        near = difflib.get_close_matches(flag, flags, 1)
        return self.problem(f"there is no flag `{flag}`", f"did you mean `{near[0]}`?" if near else "")


def examples(*lines: str) -> str:
    """The end of a command's help: what it is called like. A test runs each."""
    return "examples:\n" + "\n".join(f"  {line}" for line in lines)


def whole_number(least: int | None = None) -> Any:
    """An argparse type: a whole number, at least so large."""

    def read(text: str) -> int:
        wanted = "a whole number" + (f" from {least} on" if least is not None else "")
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"needs {wanted}, not `{text}`") from None
        if least is not None and number < least:
            raise argparse.ArgumentTypeError(f"needs {wanted}, not `{text}`")
        return number

    return read
