"""What `##` comments document."""

from __future__ import annotations

import pytest

from tests.syntax.parsing import module


def _docs(text: str) -> tuple[str, list[str]]:
    parsed = module(text)
    return parsed.doc, [getattr(declaration, "doc", "-") for declaration in parsed.declarations]


@pytest.mark.parametrize(
    ("text", "file", "docs"),
    [
        ("model m", "", [""]),
        ("## a\nmodel m", "", ["a"]),
        ("## a\n##   b\n##\n##c\nmodel m", "", ["a\n  b\n\nc"]),
        ("## a\n\nmodel m", "a", [""]),
        ("\n\n# license\n\n## a\n\nmodel m", "a", [""]),
        ("## a\n\n## b\nmodel m", "a", ["b"]),
        ("## a\nuse x", "a", ["-"]),
        ('## a\ntest "t" { expect 1 }', "a", ["-"]),
        ("use x\n\n## b\nmodel m", "", ["-", "b"]),
        ("use x\n## b\n\nmodel m", "", ["-", ""]),
        ("# a\nmodel m", "", [""]),
        ("### a\nmodel m", "", [""]),
        ("## a\n# b\nmodel m", "a", [""]),
        ("# b\n## a\nmodel m", "", ["a"]),
        ("model m ## x\nmodel n", "", ["", ""]),
        ("  ## a\n  model m", "", ["a"]),
        ("## a", "a", []),
        ("", "", []),
        ("model m\n## a", "", [""]),
        (
            '## r\nrecord A { }\n## e\nenum E { a }\n## p\nprompt p() """"""\n## q\npipeline q() -> T builtin',
            "",
            ["r", "e", "p", "q"],
        ),
    ],
)
def test_docs(text: str, file: str, docs: list[str]) -> None:
    assert _docs(text) == (file, docs)
