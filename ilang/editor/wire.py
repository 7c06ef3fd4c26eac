"""From answers to messages of the Language Server Protocol: places, kinds, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types as lsp

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.editor.completion import Completions, Item
from ilang.editor.names import prelude_path
from ilang.editor.position import Lines
from ilang.editor.semantic import MODIFIERS, TYPES, Colour
from ilang.editor.signature import SignatureHelp
from ilang.editor.symbols import Symbol

_ITEM_KINDS = {
    "keyword": lsp.CompletionItemKind.Keyword,
    "stage": lsp.CompletionItemKind.Function,
    "pipeline": lsp.CompletionItemKind.Function,
    "prompt": lsp.CompletionItemKind.Constructor,
    "python": lsp.CompletionItemKind.Method,
    "model": lsp.CompletionItemKind.Constant,
    "variable": lsp.CompletionItemKind.Variable,
    "type": lsp.CompletionItemKind.Struct,
    "enum": lsp.CompletionItemKind.Enum,
    "member": lsp.CompletionItemKind.EnumMember,
    "field": lsp.CompletionItemKind.Field,
    "argument": lsp.CompletionItemKind.Property,
    "module": lsp.CompletionItemKind.Module,
}
_SYMBOL_KINDS = {
    "model": lsp.SymbolKind.Constant,
    "record": lsp.SymbolKind.Struct,
    "field": lsp.SymbolKind.Field,
    "enum": lsp.SymbolKind.Enum,
    "member": lsp.SymbolKind.EnumMember,
    "prompt": lsp.SymbolKind.Constructor,
    "pipeline": lsp.SymbolKind.Function,
    "test": lsp.SymbolKind.Event,
}
LEGEND = lsp.SemanticTokensLegend(token_types=list(TYPES), token_modifiers=list(MODIFIERS))


def range_of(lines: Lines, start: int, end: int) -> lsp.Range:
    """A stretch of a text."""
    return lsp.Range(lsp.Position(*lines.position(start)), lsp.Position(*lines.position(end)))


def path_of(span: Span) -> str | None:
    """The file of a place; the prelude's source knows only its name."""
    if span.source.path is not None:
        return span.source.path
    return prelude_path() if span.source.name == "prelude.inf" else None


def diagnostic(problem: Diagnostic, span: Span, lines: Lines) -> lsp.Diagnostic:
    """A problem with its way out."""
    parts = [problem.message]
    if problem.span is not None and problem.span is not span:
        parts[0] = f"{problem.span}: {problem.message}"
    parts += [f"({problem.label})"] if problem.label else []
    parts += [f"help: {problem.help}"] if problem.help else []
    parts += [f"note: {note}" for note in problem.notes]
    error = problem.severity == "error"
    return lsp.Diagnostic(
        range=range_of(lines, span.start, span.end),
        message="\n".join(parts),
        severity=lsp.DiagnosticSeverity.Error if error else lsp.DiagnosticSeverity.Warning,
        code=problem.code,
        source="ilang",
        tags=[lsp.DiagnosticTag.Unnecessary] if problem.code.startswith("unused") else None,
    )


def completion_list(found: Completions, lines: Lines) -> lsp.CompletionList:
    """What can be written, in the order in which it was given."""
    place = range_of(lines, found.start, found.end)
    items = [_completion_item(item, place, i) for i, item in enumerate(found.items)]
    return lsp.CompletionList(is_incomplete=False, items=items)


def _completion_item(item: Item, place: lsp.Range, order: int) -> lsp.CompletionItem:
    return lsp.CompletionItem(
        label=item.label,
        kind=_ITEM_KINDS[item.kind],
        detail=item.detail or None,
        documentation=markdown(item.doc) if item.doc else None,
        sort_text=f"{order:04}",
        text_edit=lsp.TextEdit(place, item.insert or item.label),
    )


def markdown(text: str) -> lsp.MarkupContent:
    """A text in Markdown."""
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, text)


def document_symbol(symbol: Symbol, lines: Lines) -> lsp.DocumentSymbol:
    """A declaration in the outline."""
    return lsp.DocumentSymbol(
        name=symbol.name,
        kind=_SYMBOL_KINDS[symbol.kind],
        range=range_of(lines, symbol.span.start, symbol.span.end),
        selection_range=range_of(lines, symbol.name_span.start, symbol.name_span.end),
        detail=symbol.detail or symbol.kind,
        children=[document_symbol(part, lines) for part in symbol.parts],
    )


def semantic_tokens(colours: Sequence[Colour], lines: Lines) -> lsp.SemanticTokens:
    """Five numbers a word, each place told from the one before."""
    data: list[int] = []
    line = units = 0
    for colour in colours:
        at, start = lines.position(colour.start)
        data += [at - line, start - units if at == line else start, lines.units(lines.text[colour.start : colour.end])]
        data += [TYPES.index(colour.type), sum(1 << MODIFIERS.index(m) for m in colour.modifiers)]
        line, units = at, start
    return lsp.SemanticTokens(data)


def signature_help(found: SignatureHelp) -> lsp.SignatureHelp:
    """The declarations of a call."""
    return lsp.SignatureHelp(
        signatures=[
            lsp.SignatureInformation(
                label=line,
                documentation=markdown(doc) if doc else None,
                parameters=[lsp.ParameterInformation(label=p) for p in params],
            )
            for line, params, doc in found.lines()
        ],
        active_signature=0,
        active_parameter=found.active,
    )
