"""Diagnostics in SARIF 2.1.0 (OASIS, 2020), which code hosts and editors read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ilang.base.diagnostic import Diagnostic
from ilang.help.registry import entries
from ilang.report.diagnostic_data import diagnostic_data

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_text(found: Sequence[Diagnostic]) -> str:
    """One run of ilang, with a rule for each code that was met."""
    from ilang import __version__

    codes = sorted({d.code for d in found})
    rules = [_rule(code) for code in codes]
    results = [_result(d, codes.index(d.code)) for d in found]
    driver = {"name": "ilang", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code}
    entry = entries().get(code)
    if entry is not None and entry.meaning:
        rule["fullDescription"] = {"text": " ".join(entry.meaning.split())}
    rule["help"] = {"text": f"`ilang help {code}` tells more"}
    return rule


def _result(d: Diagnostic, rule: int) -> dict[str, Any]:
    said = d.message + (f"\n\n{d.help}" if d.help else "")
    result: dict[str, Any] = {"ruleId": d.code, "ruleIndex": rule, "level": d.severity, "message": {"text": said}}
    told = diagnostic_data(d)
    if told["file"] is not None:
        region = {
            "startLine": told["line"],
            "startColumn": told["column"],
            "endLine": told["end_line"],
            "endColumn": told["end_column"],
        }
        place = {"artifactLocation": {"uri": _uri(str(told["file"]))}, "region": region}
        result["locations"] = [{"physicalLocation": place}]
    return result


def _uri(file: str) -> str:
    """A file's name as a URI; one inside the current folder is told from there."""
    relative = os.path.relpath(file) if os.path.isabs(file) else os.path.normpath(file)
    if relative.startswith(".."):
        return "file://" + quote(os.path.abspath(file))
    return quote(relative.replace(os.sep, "/"))
