"""What was written, with its places: the tree that `parse` makes.

Every node has a `span`, which does not count when two trees are compared. Children are
ordered tuples. The two unions at the end list all kinds of declaration and expression.
"""

from __future__ import annotations

from dataclasses import field

from ilang.base.noun import noun
from ilang.base.source import Source
from ilang.base.span import Span


def _span() -> Span:
    return field(compare=False, repr=False)  # type: ignore[no-any-return]


# ---- types as written ------------------------------------------------------


@noun
class TypeName:
    """`text`, `Label`, `T`."""

    name: str
    span: Span = _span()


@noun
class TypeApply:
    """`list[T]`, `candidates[T]`."""

    name: str
    argument: TypeExpr
    span: Span = _span()


@noun
class TypeOptional:
    """`T?`."""

    item: TypeExpr
    span: Span = _span()


@noun
class TypeShape:
    """`{ title: text }`."""

    fields: tuple[FieldDecl, ...]
    span: Span = _span()


@noun
class TypeFunction:
    """`(A, B) -> R`."""

    params: tuple[TypeExpr, ...]
    result: TypeExpr
    span: Span = _span()


TypeExpr = TypeName | TypeApply | TypeOptional | TypeShape | TypeFunction


# ---- expressions -----------------------------------------------------------


@noun
class Literal:
    """A number (int or float), string, true, false or none."""

    value: int | float | str | bool | None
    span: Span = _span()


@noun
class Template:
    """A `\"\"\"` text, dedented: strings and the expressions of its holes, in order."""

    parts: tuple[str | Expr, ...]
    span: Span = _span()


@noun
class Name:
    """A name standing for a value: `question`, `best_of`."""

    name: str
    span: Span = _span()


@noun
class It:
    """`it`."""

    span: Span = _span()


@noun
class Them:
    """`them`."""

    span: Span = _span()


@noun
class MemberOf:
    """`Label.bug`."""

    type: str
    member: str
    span: Span = _span()


@noun
class ListExpr:
    """`[a, b]`."""

    items: tuple[Expr, ...]
    span: Span = _span()


@noun
class FieldsExpr:
    """`{ title = x, body = y }`."""

    fields: tuple[tuple[str, Expr], ...]
    span: Span = _span()


@noun
class Argument:
    """One argument of a call; `name` is None where it is given by position."""

    name: str | None
    value: Expr
    span: Span = _span()


@noun
class Call:
    """`f(a, b=c)`; `name_span` covers the name alone."""

    name: str
    arguments: tuple[Argument, ...]
    name_span: Span = _span()
    span: Span = _span()


@noun
class Qualified:
    """`value.f(args)`: a call through a module's name (`value` is then a Name), or a mistake."""

    value: Expr
    name: str
    arguments: tuple[Argument, ...]
    name_span: Span = _span()
    span: Span = _span()


@noun
class Get:
    """`value.field`."""

    value: Expr
    field: str
    field_span: Span = _span()
    span: Span = _span()


@noun
class Unary:
    """`-x` (operator `-`) and `not x`."""

    operator: str
    operand: Expr
    span: Span = _span()


@noun
class Binary:
    """`+ - * / == != < <= > >= in`, `not in`, `and`, `or`; chains lean left. `operator_span` covers the sign."""

    operator: str
    left: Expr
    right: Expr
    operator_span: Span = _span()
    span: Span = _span()


@noun
class FunctionExpr:
    """`x => body`, `(a, b) => body`."""

    params: tuple[str, ...]
    body: Expr
    span: Span = _span()


@noun
class If:
    """`if c { a } else { b }`; `otherwise` is a Block (for `else if`, a Block that holds only the If)."""

    condition: Expr
    then: Block
    otherwise: Block
    span: Span = _span()


@noun
class Within:
    """`within(usd=..) { }`."""

    arguments: tuple[Argument, ...]
    body: Block
    span: Span = _span()


@noun
class Let:
    """`let x = value`."""

    name: str
    value: Expr
    name_span: Span = _span()
    span: Span = _span()


@noun
class Block:
    """`{ let ... result }`."""

    lets: tuple[Let, ...]
    result: Expr
    span: Span = _span()


# ---- stages ----------------------------------------------------------------


@noun
class Stage:
    """`| vote`, `| sample(n=8)`, `| lib.best_of(check)`. `arguments` is None where no brackets were written."""

    qualifier: str | None
    name: str
    arguments: tuple[Argument, ...] | None
    name_span: Span = _span()
    span: Span = _span()


@noun
class Pluck:
    """`| .winner`, `| .a.b`."""

    fields: tuple[str, ...]
    span: Span = _span()


@noun
class Region:
    """`| repeat(max=3) { ... }`; `name` is repeat, focus or per."""

    name: str
    arguments: tuple[Argument, ...]
    stages: tuple[StageExpr, ...]
    name_span: Span = _span()
    span: Span = _span()


StageExpr = Stage | Pluck | Region


@noun
class Pipe:
    """`value | stage | stage`: at least one stage."""

    value: Expr
    stages: tuple[StageExpr, ...]
    span: Span = _span()


Expr = (
    Literal
    | Template
    | Name
    | It
    | Them
    | MemberOf
    | ListExpr
    | FieldsExpr
    | Call
    | Qualified
    | Get
    | Unary
    | Binary
    | FunctionExpr
    | If
    | Within
    | Pipe
)


# ---- declarations ----------------------------------------------------------


@noun
class UseName:
    """`a.b as c` of a use: `path` its parts, `alias` None where not given."""

    path: tuple[str, ...]
    alias: str | None
    span: Span = _span()


@noun
class Use:
    """`use [python] names [from origin]`; `origin` is a dotted path (tuple), a file name (str) or None."""

    python: bool
    names: tuple[UseName, ...]
    origin: tuple[str, ...] | str | None
    origin_span: Span | None = field(compare=False, repr=False)
    span: Span = _span()


@noun
class ModelDecl:
    """`model solver = openai("id", temperature=0.8)`; `call` is None where it is to be bound by the user."""

    name: str
    call: Call | None
    doc: str
    name_span: Span = _span()
    span: Span = _span()


@noun
class FieldDecl:
    """`title: text "at most ten words"`."""

    name: str
    type: TypeExpr
    note: str
    name_span: Span = _span()
    span: Span = _span()


@noun
class RecordDecl:
    """`record Name { fields }`."""

    name: str
    fields: tuple[FieldDecl, ...]
    doc: str
    name_span: Span = _span()
    span: Span = _span()


@noun
class MemberDecl:
    """`bug "Bug report"`; `words` is None where none were written."""

    name: str
    words: str | None
    span: Span = _span()


@noun
class EnumDecl:
    """`enum Name { members }`."""

    name: str
    members: tuple[MemberDecl, ...]
    doc: str
    name_span: Span = _span()
    span: Span = _span()


@noun
class Param:
    """`n: int = 16`."""

    name: str
    type: TypeExpr
    default: Expr | None
    name_span: Span = _span()
    span: Span = _span()


@noun
class MessageBlock:
    """`system \"\"\"...\"\"\"`."""

    role: str
    template: Template
    span: Span = _span()


@noun
class Include:
    """`include(expr)`."""

    value: Expr
    span: Span = _span()


@noun
class Answer:
    """`answer after("Answer:")`, `answer json`, `answer my_parser`."""

    name: str
    arguments: tuple[Argument, ...]
    name_span: Span = _span()
    span: Span = _span()


@noun
class PromptDecl:
    """`prompt name(params) -> T { ... }`.

    With `short`, the body is one text: one user message, or a fragment where `result` is None.
    """

    name: str
    params: tuple[Param, ...]
    result: TypeExpr | None
    messages: tuple[MessageBlock | Include, ...]
    answer: Answer | None
    short: bool
    doc: str
    name_span: Span = _span()
    span: Span = _span()


@noun
class PipelineDecl:
    """`pipeline name(params) -> T { ... }`; `body` is None where it is `builtin`."""

    name: str
    params: tuple[Param, ...]
    result: TypeExpr
    body: Block | None
    doc: str
    name_span: Span = _span()
    span: Span = _span()


@noun
class Replies:
    """`replies solve = [...]`."""

    prompt: str
    replies: ListExpr
    span: Span = _span()


@noun
class TestDecl:
    """`test "name" { replies ... let ... expect ... }`; `given` keeps replies and lets in their order."""

    name: str
    given: tuple[Replies | Let, ...]
    expects: tuple[Expr, ...]
    span: Span = _span()


Declaration = Use | ModelDecl | RecordDecl | EnumDecl | PromptDecl | PipelineDecl | TestDecl


@noun
class Module:
    """One source file: its declarations as they were written, in order. `doc` is the file's first `##` comment."""

    source: Source = field(compare=False, repr=False)
    declarations: tuple[Declaration, ...] = ()
    doc: str = ""
