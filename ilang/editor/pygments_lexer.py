"""The Pygments lexer: for documentation, notebooks and terminals. It needs the extra `pygments`."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, default, include
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from ilang.editor import vocabulary as v


class IlangLexer(RegexLexer):
    """ilang, as it is written in `.inf` files."""

    name = "ilang"
    aliases: ClassVar[list[str]] = ["ilang", "inf"]
    filenames: ClassVar[list[str]] = ["*.inf"]
    mimetypes: ClassVar[list[str]] = ["text/x-ilang"]
    url = ""
    priority = 0.9  # Windows has `.inf` files too, which Pygments takes for INI

    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [include("code")],
        "code": [
            (r"\s+", Whitespace),
            (r'#"""', String.Heredoc, "hash-text"),
            (r"##[^\n]*", Comment.Special),
            (r"#[^\n]*", Comment.Single),
            (r'"""', String.Heredoc, "text"),
            (r'"(?:\\.|[^"\\\n])*"', String.Double),
            (r"(\.)(\s*)(" + v.NAME + ")", bygroups(Punctuation, Whitespace, Name.Attribute)),
            (rf"^({'|'.join(v.DECLARATIONS)})\b", Keyword.Declaration),
            (rf"(?:{'|'.join(v.REGIONS)})(?=\()", Keyword.Reserved),
            (v.words(v.ROLES) + r'(?=\s*#?""")', Keyword.Pseudo),
            (rf"({v.NAME})(\s*)(=)(?![=>])", bygroups(Name.Variable, Whitespace, Operator)),
            (rf"{v.NAME}(?=\s*:)", Name.Variable),
            (v.words(v.OPERATORS), Operator.Word),
            (v.words(v.CONSTANTS), Keyword.Constant),
            (v.words(v.PRONOUNS), Name.Builtin.Pseudo),
            (v.words(v.KEYWORDS), Keyword),
            (v.words(v.DECLARATIONS), Keyword.Declaration),
            (v.words(v.TYPES) + r"(?!\()", Keyword.Type),
            (rf"{v.NAME}(?=\()", Name.Function),
            (v.NAME, Name),
            (v.TYPE, Name.Class),
            (v.NUMBER, Number),
            (r"->|=>|==|!=|<=|>=|[-+*/<>=|?]", Operator),
            (r"[:,.()\[\]]", Punctuation),
            (r"\{", Punctuation, "braces"),
            (r"\}", Punctuation),
        ],
        "braces": [(r"\}", Punctuation, "#pop"), include("code")],
        "hole": [(r"\}\}", String.Interpol, "#pop"), include("code")],
        "text": [
            (r'""""*', String.Heredoc, "#pop"),
            (r"\{\{", String.Interpol, "hole"),
            (r'[^"{]+|\{|"', String.Heredoc),
            default("#pop"),
        ],
        "hash-text": [
            (r'"""#', String.Heredoc, "#pop"),
            (r"\{\{", String.Interpol, "hole"),
            (r'[^"{]+|\{|"', String.Heredoc),
            default("#pop"),
        ],
    }
