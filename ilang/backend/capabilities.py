"""What a model can do, as a value. The checker holds programs against it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one model at one backend can do.

    `n`: several choices in one call, at most `max_n` (None: no limit). `child_seeds`: choice j
    of a seeded call has seed + j. `exact_seed`: the same seed gives the same text whatever
    shares its batch. `stop_reason`: a stop string is told apart from the model's own end.
    `continuation`: goes on from a given assistant text. `schema`: enforces a JSON Schema.
    `images`, `files`: takes messages with such parts. `context`: tokens of prompt and output
    together, None where not known. `priced`: a draw may cost money; where False it costs 0 USD.
    `listed`: the provider whose public price list holds for it, by its name in `genai-prices`; empty: none does.
    `max_tokens`: the limit sent where a program names none.
    """

    n: bool = False
    max_n: int | None = None
    temperature: bool = True
    top_p: bool = True
    stop: bool = True
    stop_reason: bool = True
    seed: bool = False
    child_seeds: bool = False
    exact_seed: bool = False
    logprobs: bool = False
    top_logprobs: int = 0
    continuation: bool = False
    score: bool = False
    schema: bool = False
    cancel: bool = False
    batch: bool = False
    images: bool = False
    files: bool = False
    thinking: bool = False
    prompt_cache: bool = False
    context: int | None = None
    priced: bool = True
    listed: str = ""
    max_tokens: int = 2048
