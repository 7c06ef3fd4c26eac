"""Small, real judges for the programs beside this file. None of them runs what a model wrote: code is parsed, not executed."""

import ast
import re

import rewards

from ilang import Verdict

PASSAGES = (
    "The Danube rises in the Black Forest and flows into the Black Sea.",
    "Vienna, Bratislava, Budapest and Belgrade lie on the Danube.",
    "The Rhine rises in the Swiss Alps and flows into the North Sea.",
    "Budapest is the capital of Hungary.",
    "The Elbe rises in the Giant Mountains and flows into the North Sea.",
)


def run_tests(code: str, tests: str) -> Verdict:
    """Whether the code parses and defines each function that the tests call, with room for the arguments given.

    `tests` holds one expression a line, such as `add(2, 3) == 5`.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as problem:
        return Verdict(False, feedback=f"line {problem.lineno}: {problem.msg}")
    defined = {node.name: node.args for node in tree.body if isinstance(node, ast.FunctionDef)}
    wrong = []
    calls = [n for line in tests.splitlines() if line.strip() for n in ast.walk(ast.parse(line.strip(), mode="eval"))]
    for call in calls:
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        name, given = call.func.id, len(call.args)
        arguments = defined.get(name)
        if arguments is None:
            wrong.append(f"there is no function `{name}`")
        elif not len(arguments.args) - len(arguments.defaults) <= given <= len(arguments.args):
            wrong.append(f"`{name}` does not take {given} argument{'' if given == 1 else 's'}")
    return Verdict(not wrong, feedback="; ".join(dict.fromkeys(wrong)))


def process_reward(problem: str, text: str) -> float:
    """The share of the steps `a + b = c` of a solution that are right; 0.5 where there is none to check."""
    return rewards.process_reward(problem, text)


def outcome_reward(task: str, text: str) -> float:
    """The share of the task's words that the text takes up."""
    wanted = _words(task)
    return len(wanted & _words(text)) / len(wanted) if wanted else 0.0


def retrieve(query, k=1):
    """The k passages that share most words with the query, best first; of equals the earlier.

    A list; to a follow-up question their text, which is put behind it. So its result has no annotation.
    """
    wanted = _words(query)
    found = sorted(PASSAGES, key=lambda p: -len(wanted & _words(p)))[:k]
    return "\n".join(found) if query.startswith("Follow up:") else found


def above_mixture(p: float, all: list[float]) -> bool:
    """Whether p belongs to the upper of the two groups into which `all` falls apart best (2-means on a line)."""
    ordered = sorted(all)
    cuts = [ordered[0]] if len(ordered) < 2 else ordered[1:]

    def spread(cut: float) -> float:
        groups = [[x for x in ordered if x < cut], [x for x in ordered if x >= cut]]
        return sum((x - sum(g) / len(g)) ** 2 for g in groups for x in g)

    return p >= min(cuts, key=spread)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
