"""The settings that can be settled: what each is called in a file, as a flag and as a variable."""

from __future__ import annotations

from dataclasses import dataclass

from ilang.base.ranges import EAGER


@dataclass(frozen=True, slots=True)
class Setting:
    """`name` in a file, `--name` as a flag, `ILANG_NAME` as a variable. `kind`: text, number, amount or yes (true or
    false).

    `default` is what holds where nobody says anything, for people. `own`: a project's file may not settle it.
    """

    name: str
    doc: str
    kind: str = "text"
    default: str = ""
    own: bool = False

    @property
    def dest(self) -> str:
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        return "ILANG_" + self.dest.upper()


SETTINGS = (
    Setting("model", "the model that answers where the program names none", default="embedded"),
    Setting("store", "where draws are kept", default="the user's cache"),
    Setting("seed", "the run's seed", "number", "0"),
    Setting("concurrency", "calls of one model in flight at most", "number", "64"),
    Setting("eager", "of draws in waves the part that goes out at once at least", "number", str(EAGER)),
    Setting("budget", "what a run may pay, as --budget takes it"),
    Setting("budget-order", "rows or any", default="rows"),
    Setting("budget-cut", "begin also a draw that may not fit", "yes", "false"),
    Setting("confirm-above", "USD above which a run asks before it begins; inf: never", "amount", "1", own=True),
    Setting("progress", "auto, bar, lines or none", default="auto"),
    Setting("color", "auto, always or never", default="auto"),
    Setting("no-trace", "keep no trace of runs", "yes", "false"),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}

TABLES = ("models", "prices", "profiles")
"""`[models]` binds models to the names of a program; `[prices]` says what a model costs where it does not itself;
`[profiles.NAME]` holds settings that --profile chooses."""

OWN = frozenset({"keys", "key", "api-key", "api_key", "trust", "trusted", "base-url", "base_url", "confirm"})
"""What only the user may settle, and not in such a file: keys, whom to trust, where to send, what to confirm."""
