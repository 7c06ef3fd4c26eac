"""Flags that several commands share, each described once."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from ilang.cli.parser import whole_number

if TYPE_CHECKING:
    from ilang.draws.store import Store


def add_output_flags(parser: ArgumentParser) -> None:
    """`--json --color -q -v`."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON object on standard output, errors inside it")
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        metavar="WHEN",
        help="auto, always or never; auto heeds NO_COLOR and FORCE_COLOR",
    )
    group.add_argument(
        "-q", "--quiet", action="count", default=0, help="results and errors alone; -qq nothing but the exit code"
    )
    group.add_argument("-v", "--verbose", action="count", default=0, help="tell more; -vv all there is to tell")


def add_model_flag(parser: ArgumentParser) -> None:
    """`--model`."""
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="[NAME=]MODEL",
        help='the model that answers, `openai:gpt-5-mini` or a whole call `sim("m", accuracy=0.6)`; '
        "with NAME= it is bound to one name of the program. May be given several times",
    )


def add_seed_flag(parser: ArgumentParser) -> None:
    """`--seed`."""
    parser.add_argument(
        "--seed", type=whole_number(), default=0, metavar="N", help="the run's seed (default 0): another one draws anew"
    )


def add_store_flag(parser: ArgumentParser, *, none: bool) -> None:
    """`--store`; where `none`, it may also be `none`."""
    more = ", or `none` to keep nothing" if none else ""
    parser.add_argument(
        "--store", metavar="DIR", help=f"where draws are kept (default: ILANG_STORE, else the user's cache){more}"
    )


def store_of(flag: str | None) -> Store | None:
    """The store that `--store` names; None where it is the user's own. Raises IlangError."""
    if flag is None:
        return None
    if flag == "none":
        from ilang.draws.memory_store import MemoryStore

        return MemoryStore()
    from ilang.draws.disk_store import open_store

    return open_store(Path(flag).expanduser())
