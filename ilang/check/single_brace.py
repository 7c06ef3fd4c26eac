"""Finds `{question}` in a prompt's text where `{{question}}` is meant: other templates write it so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.check import problems
from ilang.check.program import MessagePart, Prompt
from ilang.check.term import Local
from ilang.check.walk import all_terms, prompt_terms

_SINGLE = re.compile(r"(?<!\{)\{\s*([a-z_][A-Za-z0-9_]*)\s*\}(?!\})")


def single_braces(prompts: Mapping[str, Prompt]) -> list[Diagnostic]:
    """The warnings of all prompts: a parameter in single braces that no hole of the prompt prints."""
    found = []
    for prompt in prompts.values():
        printed = {t.symbol.name for term in prompt_terms(prompt) for t in all_terms(term) if isinstance(t, Local)}
        names = {p.name for p in prompt.signature.params} - printed
        source = prompt.span.source
        for part in prompt.parts:
            pieces = [piece for piece in part.parts if isinstance(piece, str)] if isinstance(part, MessagePart) else []
            for match in (match for piece in pieces for match in _SINGLE.finditer(piece) if match[1] in names):
                start = source.text.find(match[0], prompt.span.end)
                if start >= 0:
                    found.append(problems.single_brace(Span(source, start, start + len(match[0])), match[1]))
    return found
