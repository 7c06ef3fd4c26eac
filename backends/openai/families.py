"""What OpenAI's models can do, by family, and what is assumed of a server of somebody else.

A table and nothing else: told without a network, corrected by a program's own settings. Ids that
no row knows are taken for ordinary chat models, which is what most are.
"""

from __future__ import annotations

from dataclasses import replace

from ilang.backend.capabilities import Capabilities
from ilang.base.value import Model
from ilang_backends.openai.server import Server

CHAT = Capabilities(
    n=True,
    max_n=128,
    stop_reason=False,  # "stop" is said of a stop string and of the model's own end alike
    seed=True,  # "best effort": never exact, and nothing is promised of the children
    logprobs=True,
    top_logprobs=20,
    schema=True,
    images=True,
    files=True,
    prompt_cache=True,
)

REASONING = replace(
    CHAT,
    max_n=8,  # the least that any of them takes
    temperature=False,
    top_p=False,
    stop=False,
    seed=False,
    logprobs=False,
    top_logprobs=0,
    thinking=True,
    max_tokens=16_384,
)

FAMILIES: tuple[tuple[str, Capabilities], ...] = (
    ("gpt-3.5", replace(CHAT, schema=False, images=False, files=False, prompt_cache=False, context=16_385)),
    ("gpt-4", replace(CHAT, schema=False, images=False, files=False, prompt_cache=False, context=8_192)),
    ("gpt-4-turbo", replace(CHAT, schema=False, prompt_cache=False, context=128_000)),
    ("gpt-4o", replace(CHAT, context=128_000)),
    ("chatgpt-4o", replace(CHAT, context=128_000)),
    ("gpt-4.1", replace(CHAT, context=1_047_576)),
    ("o1", replace(REASONING, context=200_000)),
    ("o3", replace(REASONING, context=200_000)),
    ("o4", replace(REASONING, context=200_000)),
    ("gpt-5", replace(REASONING, context=400_000)),
    ("gpt-5-chat", replace(CHAT, context=128_000)),  # the one of its name that does not think
    ("gpt-6", REASONING),
)
"""By the start of an id; the longest start that fits is the model's."""

SERVER = replace(CHAT, images=False, files=False, prompt_cache=False)
"""A compatible server, as `llama-server` and `vllm serve` are; what it says of its stops is declared."""


def capabilities_of(model: Model, server: Server) -> Capabilities:
    """The family's row, or the server's, with what the program declares in its place."""
    return _declared(_family(model.id) if server.official else SERVER, model, server)


def _family(id: str) -> Capabilities:
    fitting = [row for row in FAMILIES if id.startswith(row[0])]
    return max(fitting, key=lambda row: len(row[0]))[1] if fitting else CHAT


def _declared(known: Capabilities, model: Model, server: Server) -> Capabilities:
    several = bool(model.setting("n", known.n))
    seed = bool(model.setting("seed", known.seed))
    logprobs = bool(model.setting("logprobs", known.logprobs))
    return replace(
        known,
        listed="openai" if server.home else "",
        n=several,
        max_n=model.setting("max_n", known.max_n) if several else 1,
        seed=seed,
        child_seeds=bool(model.setting("child_seeds", known.child_seeds)) and seed and several,
        logprobs=logprobs,
        top_logprobs=(known.top_logprobs or 20) if logprobs else 0,
        schema=bool(model.setting("schema", known.schema)),
        images=bool(model.setting("images", known.images)),
        files=bool(model.setting("files", known.files)),
        stop_reason=bool(model.setting("stop_reason", known.stop_reason)),
        continuation=not server.official and server.continuation in ("llamacpp", "vllm"),
        cancel=server.stream or server.continuation == "llamacpp",  # which minds a lost client
        context=model.setting("context", known.context),
    )
