"""The stages that ask a model, by name, for phases that know declarations and not yet meanings.

Each stage says the same of itself in its file (`Stage.draws`, `Stage.follows`); a test holds the two together.
"""

from __future__ import annotations

DRAWING = frozenset({"extend", "sample", "ask", "refine", "tally"})
"""Those that send requests."""

MODELLED = DRAWING | {"start"}
"""Those whose model writes, or will write, the candidates that they give."""

FOLLOWS = frozenset({"extend", "refine"})
"""Those whose model, left out, is the one that wrote the candidate."""
