"""The TextMate grammar as data: `python -m ilang.editor.textmate FILE` writes it. VS Code and others colour by it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ilang.editor import vocabulary as v


def grammar() -> dict[str, Any]:
    """The whole grammar; what stands in a hole of a text is code again."""
    code = {"include": "#code"}
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "ilang",
        "scopeName": "source.ilang",
        "fileTypes": ["inf"],
        "patterns": [code],
        "repository": {
            "code": {
                "patterns": [
                    _text('#"""', '"""#', "hash"),
                    _one("comment.line.documentation.ilang", "##[^\\n]*"),
                    _one("comment.line.number-sign.ilang", "#[^\\n]*"),
                    _text('"""', '"{3,}', "plain"),
                    _one("string.quoted.double.ilang", r'"(?:\\.|[^"\\\n])*"'),
                    {
                        "match": rf"(\.)\s*({v.NAME})",
                        "captures": {
                            "1": {"name": "punctuation.accessor.ilang"},
                            "2": {"name": "variable.other.property.ilang"},
                        },
                    },
                    _one("storage.type.ilang", rf"^(?:{'|'.join(v.DECLARATIONS)})\b"),
                    _one("keyword.control.region.ilang", rf"\b(?:{'|'.join(v.REGIONS)})(?=\()"),
                    _one("keyword.other.role.ilang", v.words(v.ROLES) + r'(?=\s*#?""")'),
                    _one("variable.parameter.ilang", rf"\b{v.NAME}(?=\s*(?:=(?![=>])|:))"),
                    _one("keyword.operator.word.ilang", v.words(v.OPERATORS)),
                    _one("constant.language.ilang", v.words(v.CONSTANTS)),
                    _one("variable.language.ilang", v.words(v.PRONOUNS)),
                    _one("keyword.control.ilang", v.words(v.KEYWORDS)),
                    _one("storage.type.ilang", v.words(v.DECLARATIONS)),
                    _one("support.type.ilang", v.words(v.TYPES) + r"(?!\()"),
                    _one("entity.name.function.ilang", rf"\b{v.NAME}(?=\()"),
                    _one("variable.other.ilang", rf"\b{v.NAME}"),
                    _one("entity.name.type.ilang", rf"\b{v.TYPE}"),
                    _one("constant.numeric.ilang", v.NUMBER),
                    _one("keyword.operator.ilang", r"->|=>|==|!=|<=|>=|[-+*/<>=|?]"),
                    {
                        "begin": r"\{",
                        "end": r"\}",
                        "beginCaptures": {"0": {"name": "punctuation.section.braces.ilang"}},
                        "endCaptures": {"0": {"name": "punctuation.section.braces.ilang"}},
                        "patterns": [code],
                    },
                    _one("punctuation.ilang", r"[:,.()\[\]]"),
                ]
            },
            "hole": {
                "name": "meta.embedded.ilang",
                "begin": r"\{\{",
                "end": r"\}\}",
                "beginCaptures": {"0": {"name": "punctuation.section.embedded.ilang"}},
                "endCaptures": {"0": {"name": "punctuation.section.embedded.ilang"}},
                "patterns": [code],
            },
        },
    }


def _one(name: str, pattern: str) -> dict[str, Any]:
    return {"name": name, "match": pattern}


def _text(begin: str, end: str, kind: str) -> dict[str, Any]:
    return {
        "name": f"string.quoted.triple.{kind}.ilang",
        "begin": begin,
        "end": end,
        "patterns": [{"include": "#hole"}],
    }


def main(path: str) -> None:
    Path(path).write_text(json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
