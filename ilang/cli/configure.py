"""configure(args, parser, words): puts what the user has settled in the place of flags that were not given."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.parser import Parser

if TYPE_CHECKING:
    from ilang.session.models import Preferences


def add_configuration_flags(parser: ArgumentParser) -> None:
    """`--profile` and `--isolated`."""
    group = parser.add_argument_group("settings (`ilang config show` tells what holds)")
    group.add_argument("--profile", metavar="NAME", help="settings under [profiles.NAME] hold too")
    group.add_argument("--isolated", action="store_true", help="read no file of settings")


def configure(args: Namespace, parser: Parser, words: Sequence[str]) -> None:
    """Of a command that has `--profile`. Raises IlangError for a file, or a value, that cannot be."""
    if "profile" not in vars(args):
        return
    from ilang.config.config import configuration
    from ilang.config.setting import BY_NAME

    found = configuration(profile=args.profile, isolated=args.isolated)
    args.settled = found
    for action in parser.actions():
        name = next((flag[2:] for flag in action.option_strings if flag.startswith("--")), "")
        if name not in BY_NAME or name == "model" or name not in found.values or _given(words, action.option_strings):
            continue
        setting = found.values[name]
        if name == "store" and setting.origin == BY_NAME[name].variable and setting.value != "none":
            continue  # whoever opens the store reads it, and then alone
        setattr(args, action.dest, _converted(action, setting.value, setting.origin, name))


def preferences(args: Namespace) -> Preferences:
    """What the user has settled about models."""
    from ilang.session.models import Preferences

    return Preferences(args.settled.chosen_models(), args.settled.prices)


def _given(words: Sequence[str], flags: Sequence[str]) -> bool:
    return any(word == flag or word.startswith(f"{flag}=") for word in words for flag in flags)


def _converted(action: argparse.Action, value: Any, origin: str, name: str) -> Any:
    """A value as the flag would have given it."""
    if isinstance(value, bool):
        return value
    try:
        made = action.type(str(value)) if callable(action.type) else value
    except argparse.ArgumentTypeError as problem:
        raise _refused(origin, f"`{name}` {problem}") from None
    if action.choices is not None and made not in action.choices:
        raise _refused(origin, f"`{name}` is one of {', '.join(map(str, action.choices))}, not `{made}`")
    return made


def _refused(origin: str, what: str) -> IlangError:
    return IlangError(Diagnostic("bad-setting", f"{origin}: {what}"))
