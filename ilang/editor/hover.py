"""hover(look, offset): what stands there, and its documentation."""

from __future__ import annotations

from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.base.type import Enum, Record
from ilang.check.found import Found
from ilang.check.unify import BROKEN
from ilang.editor.look import Look
from ilang.editor.names import Name, name_at, same_place
from ilang.editor.shown import found_text
from ilang.syntax import module as ast


@noun
class Hover:
    """`code` is a line of ilang or several, `doc` Markdown; `span` what it is said of."""

    code: str
    doc: str
    span: Span

    def markdown(self) -> str:
        """Both in one."""
        return f"```ilang\n{self.code}\n```" + (f"\n\n{self.doc}" if self.doc else "")


def hover(look: Look, offset: int) -> Hover | None:
    """What an editor shows at a place; None where nothing is known of it."""
    name = name_at(look, offset)
    if name is None:
        return None
    found = name.found
    if found.kind == "callee" and not found.signatures:
        return None
    doc = documentation(look, name)
    if found.kind == "callee" and found.type is not None and found.type != BROKEN and not name.declares:
        doc = f"{doc}\n\nHere: `{found.type}`" if doc else f"Here: `{found.type}`"
    return Hover(found_text(found), doc, name.span)


def documentation(look: Look, name: Name) -> str:
    """The `##` comment of what a name means, a record field's note, an enum member's words."""
    found = name.found
    if found.kind == "callee":
        return signatures_doc(found)
    if found.kind == "field" and isinstance(found.owner, Record):
        field = found.owner.field(found.name)
        return field.note if field is not None else ""
    if found.kind == "member" and isinstance(found.owner, Enum):
        words = dict(found.owner.members).get(found.name, "")
        return f'"{words}"' if words != found.name else ""
    if found.kind in ("model", "type"):
        for tree, _ in look.files:
            for d in tree.declarations:
                if isinstance(d, ast.ModelDecl | ast.RecordDecl | ast.EnumDecl):
                    if same_place(d.name_span, name.declared):
                        return d.doc
    return ""


def signatures_doc(found: Found) -> str:
    """The documentation of what may be called; of several declarations the first that has one."""
    return next((s.doc for s in found.signatures if s.doc), "")
