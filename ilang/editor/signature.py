"""signature_help(source, offset, read): the declaration of the call whose brackets are open at a place."""

from __future__ import annotations

from ilang.base.noun import noun
from ilang.base.source import Source
from ilang.check.program import Signature
from ilang.editor.completion import callees, open_call
from ilang.editor.heal import Place, heal, place
from ilang.editor.look import Read, look
from ilang.report.signature_text import parameter_text, signature_text
from ilang.syntax.read import read_source


@noun
class SignatureHelp:
    """Declarations of one name; `active` is the parameter that is being written, None where it is none of them."""

    signatures: tuple[Signature, ...]
    active: int | None

    def lines(self) -> tuple[tuple[str, tuple[str, ...], str], ...]:
        """Each as it is shown: the line, its parameters in it, its documentation."""
        return tuple(
            (signature_text(s), tuple(parameter_text(p) for p in s.params), s.doc or self.signatures[0].doc)
            for s in self.signatures
        )


def signature_help(source: Source, offset: int, read: Read = read_source) -> SignatureHelp | None:
    """The call around an offset; None where no call is open."""
    here = place(source.text, offset)
    call = open_call(here) if here.opened.where == "code" else None
    if call is None:
        return None
    name, commas, _ = call
    known = look(Source(source.name, heal(source.text, offset), source.path), read)
    signatures = tuple(callees(known, name))
    if not signatures:
        return None
    named = _named(here)
    params = [p.name for p in signatures[0].params]
    if named is not None:
        return SignatureHelp(signatures, params.index(named) if named in params else None)
    active = commas + _piped(here)
    return SignatureHelp(signatures, active if active < len(params) else None)


def _open_bracket(here: Place) -> int:
    depth = 0
    for i in range(len(here.tokens) - 1, -1, -1):
        text = here.tokens[i].text
        if text in (")", "]", "}"):
            depth += 1
        elif text in ("(", "[", "{"):
            if not depth:
                return i
            depth -= 1
    return 0


def _piped(here: Place) -> int:
    """1 where a value is piped into the call, so that its first parameter is filled."""
    at = _open_bracket(here) - 2
    if at >= 1 and here.tokens[at].text == ".":
        at -= 2
    before = here.tokens[at].text if at >= 0 else ""
    return int(before == "|" or (before == "{" and at >= 1 and here.tokens[at - 1].text == ")"))


def _named(here: Place) -> str | None:
    """The name of the argument that is being written: `n` behind `n=`."""
    depth = 0
    for i in range(len(here.tokens) - 1, 0, -1):
        text = here.tokens[i].text
        if text in (")", "]", "}"):
            depth += 1
        elif text in ("(", "[", "{"):
            if not depth:
                return None
            depth -= 1
        elif text == "," and not depth:
            return None
        elif text == "=" and not depth:
            return here.tokens[i - 1].text
    return None
