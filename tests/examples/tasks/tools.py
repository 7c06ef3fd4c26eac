"""Two tools for an agent: a calculator and a small book of facts."""

import ast
import operator
import re

ACTION = re.compile(r"Action:\s*(\w+)\[([^\]]*)\]")
FACTS = {"danube": "2850", "rhine": "1233", "elbe": "1094"}
OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def call_tool(text: str) -> str:
    """What the last `Action: tool[input]` of a text gives. Tools: calculate[2 * 3], lookup[danube] (a river's length in km)."""
    actions = ACTION.findall(text)
    if not actions:
        return "write Action: tool[input]"
    tool, given = actions[-1]
    if tool == "calculate":
        try:
            return f"{_value(ast.parse(given.strip(), mode='eval').body):g}"
        except (SyntaxError, ValueError, ZeroDivisionError):
            return f"cannot calculate {given}"
    if tool == "lookup":
        return FACTS.get(given.strip().lower(), f"nothing is known of {given}")
    return f"there is no tool {tool}"


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.BinOp(left, sign, right) if type(sign) in OPERATIONS:
            return OPERATIONS[type(sign)](_value(left), _value(right))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand)
    raise ValueError("not a sum of numbers")
