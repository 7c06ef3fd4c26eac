"""main(words) -> exit code: the commands, and the door that `ilang` comes in by.

A command is a file of this folder with `add(parser)` and `run(args) -> ExitCode`, and a line in COMMANDS.
Nothing is imported before `main` is called, so that Ctrl-C in the first moments ends quietly too.
"""

from __future__ import annotations

import sys

COMMANDS: tuple[str, ...] = (
    "run",
    "explain",
    "retry",
    "runs",
    "trace",
    "diff",
    "lock",
    "check",
    "test",
    "fmt",
    "new",
    "doc",
    "lib",
    "completion",
    "help",
    "lsp",
    "show",
    "graph",
    "models",
    "cache",
    "config",
    "keys",
    "doctor",
)


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code. `argv` are the words behind `ilang` (left out: this process's)."""
    try:
        from ilang.cli.dispatch import dispatch

        return dispatch(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
