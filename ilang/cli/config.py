"""`ilang config show`: what holds of each setting, and who said so."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ilang.cli.configure import add_configuration_flags
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Show what holds of each setting, and where it comes from. A flag stands above a variable (ILANG_SEED),
that above the project's file (ilang.toml, or [tool.ilang] of pyproject.toml, here or in a folder above), that above
the user's own (ilang/config.toml in the configuration folder)."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang config show", "ilang config show --isolated --json")
    parser.add_argument("action", nargs="?", choices=("show",), default="show", metavar="show", help="the default")
    add_configuration_flags(parser)
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Show it."""
    from ilang.config.file import user_file
    from ilang.config.setting import SETTINGS
    from ilang.report.escape import visible_line
    from ilang.report.table import table_text

    output: Output = args.output
    found = args.settled
    rows = [["setting", "value", "origin", ""]]
    data = {}
    for setting in SETTINGS:
        value = found.values.get(setting.name)
        shown, origin = (str(value.value), value.origin) if value else (setting.default, "default")
        rows.append([setting.name, visible_line(shown), visible_line(origin), setting.doc])
        data[setting.name] = {"value": value.value if value else None, "origin": origin}
    models = {name: {"value": one.value, "origin": one.origin} for name, one in found.models.items()}
    rows += [
        [f"models.{name}", visible_line(one.value), visible_line(one.origin), ""] for name, one in found.models.items()
    ]
    if args.json:
        from ilang.report.json_text import object_text

        whole = {"settings": data, "models": models, "profile": found.profile, "files": list(map(str, found.files))}
        output.result(object_text({"schema": 1, "command": "config", **whole}))
        return ExitCode.ANSWERED
    files = "\n".join(map(str, found.files)) or f"none; yours would be {user_file()}"
    output.value(f"{table_text(rows)}\n\nfiles read: {visible_line(files)}\n")
    return ExitCode.ANSWERED
