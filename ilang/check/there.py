"""there: the names that a condition tells not to be none, where it holds and where it does not."""

from __future__ import annotations

from ilang.syntax import module as ast

NOBODY: frozenset[str] = frozenset()


def there(condition: ast.Expr) -> tuple[frozenset[str], frozenset[str]]:
    """Of `x != none and y > 3`: x where it holds, nothing where it does not. `it` goes by that name."""
    match condition:
        case ast.Unary("not", operand):
            if_so, if_not = there(operand)
            return if_not, if_so
        case ast.Binary("and" | "or" as operator, left, right):
            a, b = there(left), there(right)
            return (a[0] | b[0], NOBODY) if operator == "and" else (NOBODY, a[1] | b[1])
        case ast.Binary("==" | "!=" as operator, left, right):
            names = frozenset(
                one.name if isinstance(one, ast.Name) else "it"
                for one, other in ((left, right), (right, left))
                if isinstance(one, ast.Name | ast.It) and isinstance(other, ast.Literal) and other.value is None
            )
            return (names, NOBODY) if operator == "!=" else (NOBODY, names)
    return NOBODY, NOBODY
