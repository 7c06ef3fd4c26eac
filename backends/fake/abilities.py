"""What a fake model can do."""

from __future__ import annotations

from ilang.backend.capabilities import Capabilities

CAPABILITIES = Capabilities(
    n=False,  # a draw is a call
    temperature=True,
    top_p=True,
    stop=True,
    stop_reason=True,
    seed=True,
    exact_seed=False,  # which seed came first decides, so another order of calls is another binding
    continuation=True,
    schema=False,
    cancel=True,
    priced=False,
)
