"""What a command says to the shell."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The table of exit codes; it is part of what ilang promises."""

    ANSWERED = 0
    """Answered; also abstained, and whatever else went as it should."""
    FAILED = 1
    """The run failed; a test failed; an entry of the store is damaged."""
    USAGE = 2
    """An error in the program or in how the command was called."""
    BUDGET = 3
    """A budget was spent; what there is, is the best so far."""
    INTERRUPTED = 130
    """By Ctrl-C; every draw that had come is kept."""
    CLOSED_PIPE = 141
    """Whoever read the output has gone."""
