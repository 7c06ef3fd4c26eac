"""wanted_of: the draws that a stage wants, in order, each with the index that it takes if it is admitted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ilang.run.budget import Tab, Wanted
from ilang.run.closure import Activation
from ilang.run.world import World
from ilang.stages.stage import Want


def wanted_of(
    world: World, wants: Sequence[Want], activation: Activation, tabs: Sequence[Tab]
) -> list[tuple[int, Wanted]]:
    """(the want's place, the draw) of each. Takes no index. Raises RunFailed for what cannot be asked."""
    found: list[tuple[int, Wanted]] = []
    ahead: dict[Hashable, int] = {}
    for place, want in enumerate(wants):
        ask = world.ask_of(want)
        key, able = world.draws.key(ask), world.draws.capabilities(ask.model)
        most = world.draws.most_prompt_tokens(ask) if tabs else 0
        if want.first is None:
            first = activation.unused(key) + ahead.get(key, 0)
            ahead[key] = ahead.get(key, 0) + max(0, want.n)
        else:
            first = want.first
        some = [Wanted(key, index, ask, able, most) for index in range(first, first + want.n)]
        found += [(place, one) for one in (some if world.purse is None else world.purse.marked(world.draws, some))]
    return found
