"""`ilang completion`: a script that lets a shell complete commands, flags, pipelines and parameters."""

from __future__ import annotations

import os
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.main import COMMANDS
from ilang.cli.parser import Parser, examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """Print a script that lets a shell complete ilang's words.

Commands and flags, the pipelines of a file behind its `:`, and the parameters of the pipeline that is to run.
Put it where the shell reads it: `ilang completion bash >> ~/.bashrc`."""

BASH = """\
_ilang() {
  local IFS=$'\\n'
  COMPREPLY=($(ilang completion bash --line "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
  [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *[=:/] ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F _ilang ilang
"""

ZSH = """\
#compdef ilang
_ilang() {
  local -a found
  found=("${(@f)$(ilang completion zsh --line "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  found=("${(@)found:#}")
  if (( ${#found} )); then
    compadd -S '' -Q -- "${found[@]}"
  else
    _files
  fi
}
compdef _ilang ilang
"""

FISH = """\
function __ilang_complete
  ilang completion fish --line (commandline -cp) 2>/dev/null
end
complete -c ilang -a '(__ilang_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples("ilang completion bash", "ilang completion zsh", "ilang completion fish")
    parser.add_argument("shell", choices=tuple(SCRIPTS), metavar="SHELL", help="bash, zsh or fish")
    parser.add_argument("--line", help=SUPPRESS)
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """Print the script; with a line, what its last word may become."""
    output: Output = args.output
    if args.line is None:
        output.result(SCRIPTS[args.shell])
        return ExitCode.ANSWERED
    words = split(args.line)
    found = sorted(dict.fromkeys(w for w in completions(words) if w.startswith(words[-1])))
    if args.shell == "bash":  # it replaces only what stands behind the last of these signs
        at = max(words[-1].rfind(":"), words[-1].rfind("=")) + 1
        found = [w[at:] for w in found]
    output.result("".join(w + "\n" for w in found))
    return ExitCode.ANSWERED


def split(line: str) -> list[str]:
    """The words of a line that is being written, the last one as far as it goes."""
    words, word, quote = [], "", ""
    for c in line:
        if quote:
            quote = "" if c == quote else quote
            word += "" if not quote else c
        elif c in "'\"":
            quote = c
        elif c in " \t":
            words.append(word)
            word = ""
        else:
            word += c
    return [*(w for w in words if w), word]


def completions(words: Sequence[str]) -> Iterator[str]:
    """What the last word may become, `words[0]` being `ilang`. Nothing where it is a file's name."""
    if len(words) == 2:
        yield from (*COMMANDS, "help")
        return
    command = words[1] if len(words) > 2 else ""
    if command == "help":
        yield from COMMANDS
        return
    if command not in COMMANDS:
        return
    last = words[-1]
    if last.startswith("-"):
        parser = Parser(f"ilang {command}")
        import_module(f"ilang.cli.{command}").add(parser)
        yield from parser.flags()
        return
    if command == "completion":
        yield from SCRIPTS
        return
    file, colon, _ = last.rpartition(":")
    if colon and os.path.isfile(file):
        yield from (f"{file}:{name}" for name, _ in pipelines(file))
        return
    if command == "run":
        program = next((w for w in words[2:-1] if ".inf" in w and not w.startswith("-")), None)
        if program is not None:
            yield from parameters(program, words)


def pipelines(file: str) -> list[tuple[str, tuple[str, ...]]]:
    """The pipelines of a file with the names of their parameters, as far as it can be parsed."""
    from ilang.base.diagnostic import IlangError
    from ilang.syntax.module import PipelineDecl
    from ilang.syntax.parse import parse_all
    from ilang.syntax.read import read_source

    try:
        module, _ = parse_all(read_source(file))
    except IlangError:
        return []
    return [(d.name, tuple(p.name for p in d.params)) for d in module.declarations if isinstance(d, PipelineDecl)]


def parameters(program: str, words: Sequence[str]) -> Iterator[str]:
    """`name=` for each parameter of the pipeline that would run and is not given yet."""
    file, entry = program, ""
    if not os.path.isfile(file):
        file, _, entry = program.rpartition(":")
    found = dict(pipelines(file)) if os.path.isfile(file) else {}
    name = entry or ("main" if "main" in found else next(iter(found), "") if len(found) == 1 else "")
    given = {w.partition("=")[0] for w in words[:-1]}
    yield from (f"{p}=" for p in found.get(name, ()) if p not in given)
