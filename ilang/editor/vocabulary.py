"""The words of the language by what they are, for grammars that only colour. A test holds them to the lexer's."""

from __future__ import annotations

DECLARATIONS = ("use", "model", "record", "enum", "prompt", "pipeline", "test")
KEYWORDS = ("as", "from", "python", "builtin", "let", "if", "else", "answer", "include", "expect", "replies")
ROLES = ("system", "user", "assistant")
OPERATORS = ("and", "or", "not", "in")
CONSTANTS = ("true", "false", "none")
PRONOUNS = ("it", "them")
REGIONS = ("repeat", "focus", "per", "within")
TYPES = (
    "text", "int", "number", "bool", "image", "file", "model", "list", "request", "candidates", "candidate", "tally",
)  # fmt: skip

NAME = r"[a-z_][A-Za-z0-9_]*"
TYPE = r"[A-Z][A-Za-z0-9]*"
NUMBER = r"[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
SIGNS = r"->|=>|==|!=|<=|>=|[-+*/<>=|?:,.()\[\]{}]"


def words(some: tuple[str, ...]) -> str:
    """A pattern of these words."""
    return rf"\b(?:{'|'.join(some)})\b"
