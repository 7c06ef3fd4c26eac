"""`ilang lsp`: the language server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

DESCRIPTION = """Answer an editor, over standard input and output, until it says exit.

The Language Server Protocol: problems while you type, hover, completion, definitions, rename, formatting, the outline
and colours. An editor starts it; docs/editors.md says how. It needs ilang's extra `lsp`."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang lsp", "ilang lsp --stdio")
    parser.add_argument("--stdio", action="store_true", help="what it does anyway; many editors send it")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Serve one editor."""
    try:
        from ilang.editor.server import serve
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise IlangError(
            Diagnostic(
                "missing-extra",
                "the language server needs the extra `lsp`",
                help="install it: pip install 'ilang[lsp]'",
            )
        ) from None
    from ilang import __version__

    return ExitCode.ANSWERED if serve(__version__) == 0 else ExitCode.FAILED
