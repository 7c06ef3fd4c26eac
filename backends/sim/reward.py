"""A simulated process reward model, as a plain function: `use python process_reward from "rewards.py"`.

    # rewards.py
    from ilang_backends.sim.reward import process_reward

The logit of a state (question, step, deviation) is N(+m, sd^2) where the solution is on the true path and
N(-m, sd^2) where it is not, hashed from the state: the reward errs always in the same places (methods.md
6.1). m = 3, sd = 1.5 is reliable; m = 1 can be hacked: the best of many is often one that it overrates.
"""

from __future__ import annotations

import math

from ilang.base.value import Message
from ilang_backends.sim.chain import Skill
from ilang_backends.sim.chance import normal
from ilang_backends.sim.path import path
from ilang_backends.sim.question import find
from ilang_backends.sim.settings import Nature
from ilang_backends.sim.solving import Solver
from ilang_backends.sim.writer import read


def process_reward(question: str, text: str, m: float = 3.0, sd: float = 1.5, steps: int = 8) -> float:
    """The reward in (0, 1) of a solution as far as it goes; `odds` of it is exp(logit).

    `question` is any text in which `sim` finds the same question as in the prompt; `steps` as the model has.
    """
    asked = find([Message("user", question)])
    state = read(Solver(Nature("reward", steps=steps), asked, path(asked, steps), Skill(0.0)), text)
    logit = (m if state.off == 0 else -m) + sd * normal("reward", asked.key, state.step, state.off)
    return 1.0 / (1.0 + math.exp(-logit))
