"""Two tools for an agent: a calculator, and the lengths of some rivers."""

from __future__ import annotations

import ast
import operator
import re

ACTION = re.compile(r"Action:\s*(\w+)\[([^\]\n]*)\]")
RIVERS = {"danube": 2850, "elbe": 1094, "rhine": 1233}
"""Lengths in km."""
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def call_tool(text: str) -> str:
    """What the last `Action: tool[input]` of a text gives: calculate[2 * 3], lookup[danube]."""
    actions = ACTION.findall(text)
    if not actions:
        return "Write Action: tool[input]."
    tool, given = actions[-1]
    if tool == "calculate":
        return _calculate(given)
    if tool == "lookup":
        length = RIVERS.get(given.strip().lower())
        return f"{length} km" if length else f"Nothing is known of {given}."
    return f"There is no tool {tool}."


def _calculate(given: str) -> str:
    """Its value; only numbers and the four operations are understood, and nothing is run."""
    try:
        return f"{_value(ast.parse(given.strip(), mode='eval').body):g}"
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return f"{given} cannot be calculated."


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            return float(OPERATORS[type(sign)](_value(left), _value(right)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
    raise ValueError("not a sum of numbers")
