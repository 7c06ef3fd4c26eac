"""`ilang keys`: keeps the keys of providers."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Keep the keys of providers, each under the name of its variable (OPENAI_API_KEY).

A key is looked for in the environment, then in the system's keyring (where the package `keyring` is installed), then
in a file that you alone can read. list (the default): which there are, and where. set NAME: asks for the key, without
showing it, or reads it from standard input. test NAME: asks the provider for its list of models, which costs nothing.
rm NAME: forgets it. path: the file. A key itself is never shown."""

ACTIONS = ("list", "set", "test", "rm", "path")


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang keys", "echo 'sk-example' | ilang keys set OPENAI_API_KEY")
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list", metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("name", nargs="?", metavar="NAME", help="OPENAI_API_KEY, ANTHROPIC_API_KEY, or one of your own")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Do what ACTION says."""
    from ilang.backend import keys

    if args.action in ("list", "path"):
        if args.name is not None:
            raise args.parser.problem(f"`ilang keys {args.action}` takes no name")
        if args.action == "path":
            return _say(args, {"path": str(keys.keys_file())}, str(keys.keys_file()))
        found = [(name, _place(name)) for name in keys.names()]
        text = "\n".join(f"{name}  ({place})" for name, place in found) or "no keys; `ilang keys set OPENAI_API_KEY`"
        return _say(args, {"keys": [{"name": name, "place": place} for name, place in found]}, text)
    if args.name is None:
        raise args.parser.problem(f"`ilang keys {args.action}` needs a NAME, such as OPENAI_API_KEY")
    if not keys.NAME.fullmatch(args.name):
        raise args.parser.problem("NAME is the name of a variable, such as OPENAI_API_KEY (the key itself comes after)")
    match args.action:
        case "set":
            place = keys.set_key(args.name, _asked(args.name))
            return _say(args, {"name": args.name, "place": place}, f"{args.name} is kept ({place})")
        case "rm":
            gone = keys.remove_key(args.name)
            if not gone:
                raise _no_key(args.name)
            return _say(args, {"name": args.name, "gone": gone}, f"{args.name} is forgotten ({', '.join(gone)})")
    return _test(args)


def _test(args: Namespace) -> ExitCode:
    from ilang.backend.keys import find_key
    from ilang.backend.trial import tried

    found = find_key(args.name)
    if found is None:
        raise _no_key(args.name)
    ok, told = tried(args.name, found[0])
    _say(args, {"name": args.name, "place": found[1], "ok": ok, "told": told}, f"{args.name} ({found[1]}): {told}")
    return ExitCode.ANSWERED if ok else ExitCode.FAILED


def _place(name: str) -> str:
    from ilang.backend.keys import find_key

    found = find_key(name)
    return found[1] if found else ""


def _asked(name: str) -> str:
    """The key, from a prompt that does not show it, or from standard input."""
    if sys.stdin.isatty():
        from getpass import getpass

        key = getpass(f"{name}: ")
    else:
        key = sys.stdin.readline()
    key = key.strip()
    if not key or any(not 32 < ord(c) < 127 for c in key):
        raise IlangError(Diagnostic("bad-key", "what came is no key: it is empty, or has blanks or other signs in it"))
    return key


def _no_key(name: str) -> IlangError:
    return IlangError(Diagnostic("no-such-key", f"there is no key {name}", help=f"`ilang keys set {name}`"))


def _say(args: Namespace, data: dict[str, object], text: str) -> ExitCode:
    output: Output = args.output
    if args.json:
        from ilang.report.json_text import object_text

        output.result(object_text({"schema": 1, "command": "keys", "action": args.action, **data}))
    else:
        output.value(text + "\n")
    return ExitCode.ANSWERED
