"""What a run over rows is the run of, as a hash for each part: two runs with equal ones give equal answers.

Of each part only the hash is told, for an address of a server may hold what nobody else should read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ilang.graph.lower import lower
from ilang.optimize.drop_unused import drop_unused
from ilang.run.python_module import digest_of
from ilang.session.arguments import Data, FromFile
from ilang.session.runner import Runner


def fingerprint(
    run: Runner, constants: Mapping[str, Any], mapped: Mapping[str, str], how: Mapping[str, Any]
) -> dict[str, str]:
    """By the names that a message uses: the program, its Python, the models, the arguments, the seed, `how` rows are
    chosen. The program is what was written, whatever passes there are, for they change no answer."""
    graph = drop_unused(lower(run.program, run.pipeline.signature.key))
    models = {key: repr(model) for key, model in sorted(run.bindings.models.items())}
    python = {key: digest_of(ref) for key, ref in sorted(run.bindings.python.items())}
    defaults = [repr(graph) for graph in run.defaults.values()]
    return {
        "the program": _hash((repr(graph), defaults)),
        "its Python": _hash(python),
        "the models": _hash((models, repr(run.bindings.default))),
        "the arguments": _hash(({n: _given(v) for n, v in sorted(constants.items())}, sorted(mapped.items()))),
        "the seed": _hash(run.options.seed),
        "which rows are chosen": _hash(sorted(how.items())),
    }


def _given(value: Any) -> str:
    match value:
        case FromFile(_, data, _):
            return hashlib.sha256(data).hexdigest()
        case Data(data):
            return f"data {data!r}"
    return repr(value)


def _hash(what: object) -> str:
    return hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()[:32]
