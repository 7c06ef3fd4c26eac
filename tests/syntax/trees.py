"""Hypothesis strategies for modules, as parse makes them: built as trees, so that they can be printed and parsed."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from ilang.base.source import Source
from ilang.base.span import Span
from ilang.syntax import module as tree
from ilang.syntax.dedent import dedent
from ilang.syntax.expression_rules import FOREIGN_NOTHING
from ilang.syntax.reading import RESERVED

SOURCE = Source("", "")
S = Span(SOURCE, 0, 0)
REGIONS = ("repeat", "focus", "per")
ROLES = ("system", "user", "assistant")

words = st.sampled_from(["a", "b", "q", "question", "model", "test", "answer", "expect", "from", "x_1", "_", "vote"])
names = st.one_of(words, st.from_regex(r"[a-z_][A-Za-z0-9_]{0,5}", fullmatch=True)).filter(
    lambda name: name not in RESERVED | FOREIGN_NOTHING
)
called = names.filter(lambda name: name not in (*REGIONS, "within"))
fields = st.one_of(words, st.sampled_from(sorted(RESERVED)))
types_names = st.from_regex(r"[A-Z][A-Za-z0-9]{0,5}", fullmatch=True)
strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
docs = st.lists(st.sampled_from(["What it does.", "  indented", "#hash", 'a """ b', "{{x}}"]), max_size=3).map(
    "\n".join
)


def _optional(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def _tuples(
    strategy: st.SearchStrategy[object], least: int = 0, most: int = 3
) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


# ---- types ------------------------------------------------------------------------


def _fields(types: st.SearchStrategy[tree.TypeExpr]) -> st.SearchStrategy[tree.FieldDecl]:
    return st.builds(tree.FieldDecl, fields, types, strings, st.just(S), st.just(S))


types: st.SearchStrategy[tree.TypeExpr] = st.recursive(
    st.builds(tree.TypeName, names | types_names, st.just(S)),
    lambda inner: st.one_of(
        st.builds(tree.TypeApply, names, inner, st.just(S)),
        st.builds(tree.TypeOptional, inner, st.just(S)),
        st.builds(tree.TypeFunction, _tuples(inner), inner, st.just(S)),
        st.builds(tree.TypeShape, _tuples(_fields(inner)), st.just(S)),
    ),
    max_leaves=5,
)

# ---- texts ------------------------------------------------------------------------

pieces = st.text(st.sampled_from("ab {}\"#\\\n\t'é\u00a0"), min_size=1, max_size=12)


def _template(parts: Sequence[object]) -> tree.Template:
    """A template as a source can spell it: strings merged, white space in the form that dedenting gives."""
    flat = "".join(part if isinstance(part, str) else "\0" for part in parts).replace("{", "{ ").replace('"""', '""')
    values = iter([part for part in parts if not isinstance(part, str)])
    settled: list[object] = []
    for number, literal in enumerate(_dedented(flat).split("\0")):
        if number:
            settled.append(next(values))
        if literal:
            settled.append(literal)
    # what would end either kind of quotes cannot stand in one
    settled = [part.replace('"""', '"" "') if isinstance(part, str) else part for part in settled]
    return tree.Template(tuple(settled), S)  # type: ignore[arg-type]


def _dedented(text: str) -> str:
    return dedent(f"\n{text}\n") if "\n" in text else text


# ---- values -----------------------------------------------------------------------

literals = st.builds(
    tree.Literal,
    st.none() | st.booleans() | st.integers(0, 10**30) | st.floats(0, allow_infinity=False, allow_nan=False) | strings,
    st.just(S),
)
leaves: st.SearchStrategy[tree.Expr] = st.one_of(
    st.builds(tree.Name, names, st.just(S)),
    literals,
    st.builds(tree.It, st.just(S)),
    st.builds(tree.Them, st.just(S)),
    st.builds(tree.MemberOf, types_names, fields, st.just(S)),
)


def _functions(values: st.SearchStrategy[tree.Expr]) -> st.SearchStrategy[tree.FunctionExpr]:
    return st.builds(tree.FunctionExpr, _tuples(names, 1), values, st.just(S))


def _arguments(values: st.SearchStrategy[tree.Expr]) -> st.SearchStrategy[tuple[object, ...]]:
    name = st.none() | names
    return _tuples(st.builds(tree.Argument, name, values | _functions(values), st.just(S)), 0, 2)


def _stages(values: st.SearchStrategy[tree.Expr]) -> st.SearchStrategy[tree.StageExpr]:
    arguments = _arguments(values)
    simple = st.one_of(
        st.builds(tree.Stage, st.none(), called, _optional(arguments), st.just(S), st.just(S)),
        st.builds(tree.Stage, names, called, arguments, st.just(S), st.just(S)),
        st.builds(tree.Stage, names, called, st.none(), st.just(S), st.just(S)),
        st.builds(tree.Pluck, _tuples(fields, 1, 2), st.just(S)),
    )
    inner = _tuples(simple, 1, 2)
    return simple | st.builds(tree.Region, st.sampled_from(REGIONS), arguments, inner, st.just(S), st.just(S))


def _lets(values: st.SearchStrategy[tree.Expr]) -> st.SearchStrategy[tree.Let]:
    return st.builds(tree.Let, names, values, st.just(S), st.just(S))


def _blocks(values: st.SearchStrategy[tree.Expr]) -> st.SearchStrategy[tree.Block]:
    return st.builds(tree.Block, _tuples(_lets(values), 0, 2), values, st.just(S))


def _larger(values: st.SearchStrategy[tree.Expr]) -> st.SearchStrategy[tree.Expr]:
    operators = st.sampled_from(["not in", *"+ - * / == != < <= > >= in and or".split()])
    named = st.tuples(fields, values)
    return st.one_of(
        st.builds(tree.ListExpr, _tuples(values), st.just(S)),
        st.builds(tree.FieldsExpr, _tuples(named), st.just(S)),
        st.builds(tree.Call, called, _arguments(values), st.just(S), st.just(S)),
        st.builds(tree.Qualified, values, called, _arguments(values), st.just(S), st.just(S)),
        st.builds(tree.Get, values, fields, st.just(S), st.just(S)),
        st.builds(tree.Unary, st.sampled_from(["-", "not"]), values, st.just(S)),
        st.builds(tree.Binary, operators, values, values, st.just(S), st.just(S)),
        st.builds(tree.If, values, _blocks(values), _blocks(values), st.just(S)),
        st.builds(tree.Within, _arguments(values), _blocks(values), st.just(S)),
        st.builds(tree.Pipe, values, _tuples(_stages(values), 1), st.just(S)),
        st.lists(values | pieces, max_size=4).map(_template),
    )


values: st.SearchStrategy[tree.Expr] = st.recursive(leaves, _larger, max_leaves=12)
templates = st.lists(values | pieces, max_size=4).map(_template)
blocks = _blocks(values)
calls = st.builds(tree.Call, called, _arguments(values), st.just(S), st.just(S))
lists = st.builds(tree.ListExpr, _tuples(values), st.just(S))

# ---- declarations -----------------------------------------------------------------

params = _tuples(st.builds(tree.Param, names, types, _optional(values), st.just(S), st.just(S)))
messages = _tuples(
    st.builds(tree.MessageBlock, st.sampled_from(ROLES), templates, st.just(S))
    | st.builds(tree.Include, values, st.just(S)),
    1,
)
answers = st.builds(tree.Answer, called, _arguments(values), st.just(S), st.just(S))
short = st.builds(tree.MessageBlock, st.just("user"), templates, st.just(S)).map(lambda message: (message,))
uses = st.builds(
    tree.Use,
    st.booleans(),
    _tuples(
        st.builds(tree.UseName, _tuples(names, 1), _optional(names), st.just(S))
        | st.builds(tree.UseName, types_names.map(lambda name: (name,)), _optional(types_names), st.just(S)),
        1,
    ),
    st.none() | _tuples(names, 1) | strings,
    st.none(),
    st.just(S),
).filter(lambda use: use.python or use.names[0].path[0] != "python")
declarations: st.SearchStrategy[tree.Declaration] = st.one_of(
    uses,
    st.builds(tree.ModelDecl, names, _optional(calls), docs, st.just(S), st.just(S)),
    st.builds(tree.RecordDecl, types_names, _tuples(_fields(types)), docs, st.just(S), st.just(S)),
    st.builds(
        tree.EnumDecl,
        types_names,
        _tuples(st.builds(tree.MemberDecl, fields, _optional(strings), st.just(S)), 1),
        docs,
        st.just(S),
        st.just(S),
    ),
    st.builds(
        tree.PromptDecl,
        names,
        params,
        _optional(types),
        messages,
        _optional(answers),
        st.just(False),
        docs,
        st.just(S),
        st.just(S),
    ),
    st.builds(
        tree.PromptDecl, names, params, _optional(types), short, st.none(), st.just(True), docs, st.just(S), st.just(S)
    ),
    st.builds(tree.PipelineDecl, names, params, types, _optional(blocks), docs, st.just(S), st.just(S)),
    st.builds(
        tree.TestDecl,
        strings,
        _tuples(st.builds(tree.Replies, names, lists, st.just(S)) | _lets(values)),
        _tuples(values, 1),
        st.just(S),
    ),
)
modules: st.SearchStrategy[tree.Module] = st.builds(tree.Module, st.just(SOURCE), _tuples(declarations), docs)
