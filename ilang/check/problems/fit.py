"""A value of one type where another is wanted, and types that do not go together."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    BOOL,
    INT,
    MODEL,
    NUMBER,
    TEXT,
    Candidates,
    Enum,
    Function,
    ListOf,
    Optional,
    Record,
    RequestOf,
    TallyOf,
    Type,
)
from ilang.check.problems.words import a, gets


def mean_of(span: Span, item: Type) -> Diagnostic:
    """`votes.mean` where the answers are texts."""
    return Diagnostic(
        "type-mismatch",
        f"`.mean` is of numbers, but the answers are {item}",
        span,
        "not numbers",
        "`.winner` is the most common answer",
    )


def wrong_type(span: Span, what: str, have: Type, want: Type) -> Diagnostic:
    """`n="eight"`."""
    if isinstance(want, Optional) and not isinstance(have, Optional):
        want = want.item
    needs = "a model" if want == MODEL else str(want)
    return Diagnostic(
        "type-mismatch", f"{what} needs {needs}, but gets {gets(have)}", span, f"is {have}", cure(have, want)
    )


def wrong_result(span: Span, what: str, have: Type, want: Type) -> Diagnostic:
    """A pipeline that declares `text` and gives a number."""
    return Diagnostic(
        "type-mismatch",
        f"{what} is declared to give {want}, but gives {gets(have)}",
        span,
        f"is {have}",
        cure(have, want),
    )


def cure(have: Type, want: Type) -> str:
    want = want.item if isinstance(want, Optional) else want
    match have, want:
        case Candidates(), TallyOf():
            return "vote first: `| vote`"
        case Candidates(), Candidates():
            return "the candidates of one pool all read as one type"
        case Candidates(), _ if want == BOOL:
            return "ask it of them: `| any(...)`"
        case Candidates(), _ if want != MODEL and not isinstance(want, Function):
            return "a pool holds many: take one with `| best`, or with `| vote | .winner`"
        case TallyOf(item), _ if item == want or want == NUMBER:
            return "take the answer out of the tally: `| .winner`" + (
                "; its part of the votes is `| .share`" if want == NUMBER else ""
            )
        case TallyOf(), _:
            return "take the answer out of the tally: `| .winner`"
        case RequestOf(), Candidates():
            return "sample it first: `... | sample(n=8)`"
        case RequestOf(item), _ if item == want:
            return "a request is not sent yet: `| ask` sends it once, `| sample(n=8) | vote | .winner` takes the most common answer"
        case RequestOf(), _ if not isinstance(want, RequestOf):
            return "a request is not sent yet: `| ask` sends it once"
        case _, RequestOf(item) if have == item:
            return "a request is a prompt applied to its arguments, before `ask` or `sample`"
        case _, ListOf(item) if have == item:
            return "a list of one is written in brackets: `[...]`"
        case ListOf(item), _ if item == want:
            return "a list holds many: take the `first` or `last`, or ask each: `| each(...)`"
        case ListOf(item), ListOf(wanted) if wanted == TEXT and item in (INT, NUMBER):
            return "no conversion is silent: `| each(show(it))` writes each as text"
        case Function(), _ if not isinstance(want, Function):
            return "call it: write its arguments in brackets behind it"
        case Enum(), _ if want == TEXT:
            return "no conversion is silent: `show(...)` writes its words as text"
        case _, Enum(name, members) if have == TEXT:
            return f"a member is written `{name}.{members[0][0]}`" if members else ""
        case _, TallyOf():
            return "a tally is what `vote` gives"
        case _, Candidates():
            return "a pool comes of `sample` or `start`"
        case _, _ if have == MODEL:
            return "a model is given to the stage that draws: `... | ask(small)`"
        case _, _ if want == MODEL:
            return 'declare a model and name it: `model solver = openai("gpt-4.1-mini")`, then `sample(solver)`'
        case _, _ if want == TEXT and have in (NUMBER, INT, BOOL):
            return "no conversion is silent: `show(...)` writes it as text"
        case _, _ if isinstance(want, Record) and want.name == "Verdict" and have == TEXT:
            return 'a check gives true or false, a number or a Verdict: compare it, such as `it == "..."`'
        case ListOf(), _ if want == BOOL:
            return "ask how many it holds (`(xs | length) > 0`), or whether one is such: `| any(...)`"
        case _, _ if want == INT and have == NUMBER:
            return "make it whole with `round(...)`, `floor(...)` or `ceil(...)`"
        case _, _ if want in (INT, NUMBER) and have == TEXT:
            return "a number is written without quotes; what a model says becomes one by its prompt's type: `-> number`"
        case _, _ if want == BOOL and have in (NUMBER, INT):
            return "compare it, such as `... > 0`"
        case _, _ if want == BOOL and have == TEXT:
            return 'compare it: `... == "yes"`'
        case _, _ if want == BOOL and isinstance(have, Record) and have.field("ok"):
            return "take its verdict: `.ok`"
        case _, _ if want == NUMBER and isinstance(have, Record) and have.name == "Verdict":
            return "take its score: `.score`"
        case _, _ if want == NUMBER and have == BOOL:
            return "say what each is worth: `if ... { 1 } else { 0 }`"
    return f"give it {a(want)}"


def wrong_input(span: Span, stage: str, have: Type, wants: Sequence[Type]) -> Diagnostic:
    """`3 | join(", ")`."""
    shown = " or ".join(dict.fromkeys(str(w) for w in wants))
    return Diagnostic(
        "type-mismatch", f"`{stage}` takes {shown}, but gets {gets(have)}", span, f"gets {have}", cure(have, wants[0])
    )


def no_common_type(span: Span, one: Type, other: Type) -> Diagnostic:
    """`if c { 3 } else { "x" }`."""
    return Diagnostic(
        "type-mismatch",
        f"one branch of `if` gives {one}, the other {other}",
        span,
        f"is {other}",
        cure(other, one) or "both must give the same type",
    )


def mixed_list(span: Span, one: Type, other: Type, first: Span) -> Diagnostic:
    """`[1, "two"]`."""
    return Diagnostic(
        "type-mismatch",
        f"a list holds one type, but this one holds {one} and {other}",
        span,
        f"is {other}",
        cure(other, one) or "a record holds values of several types",
        (f"the first element, at {first}, is {one}",),
    )


def never_equal(span: Span, operator: str, left: Type, right: Type) -> Diagnostic:
    """`it.score == "high"`."""
    help_ = ""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Enum) and other == TEXT:
            help_ = f"a member is written `{one.name}.{one.members[0][0]}`, without quotes" if one.members else ""
        elif isinstance(one, TallyOf):
            help_ = "take the answer out of the tally: `.winner`"
        elif isinstance(one, RequestOf):
            help_ = "a request is not sent yet: `| ask` gives its value"
        elif isinstance(one, Candidates | ListOf) and not isinstance(other, Candidates | ListOf):
            help_ = "`in` tells whether a list or pool holds a value"
        elif one == TEXT and other in (NUMBER, INT):
            help_ = "a number is written without quotes; `show(x)` writes one as text"
        elif one == TEXT and other == BOOL:
            help_ = "`true` and `false` are written without quotes"
    return Diagnostic(
        "type-mismatch",
        f"`{operator}` compares {left} with {right}, which are never equal",
        span,
        f"{left} and {right}",
        help_ or "compare values of one type",
    )


def bad_operands(span: Span, operator: str, left: Type, right: Type | None) -> Diagnostic:
    """`"a" * 3`."""
    what = f"{left} and {right}" if right is not None else str(left)
    sides = (left, right)
    numbers = [t for t in sides if t in (NUMBER, INT)]
    help_ = "it reckons with numbers"
    if operator == "+":
        help_ = "it adds numbers, and puts two texts or two lists together"
        if TEXT in sides and numbers:
            help_ = 'write the number as text (`show(x)`), or both in one text: `"""...{{x}}..."""`'
        elif TEXT in sides and any(isinstance(t, ListOf) for t in sides):
            help_ = 'make the list a text (`| join(", ")`), or the text a list: `[...]`'
        elif any(isinstance(t, Candidates) for t in sides):
            help_ = "`add(...)` puts the candidates of another pool behind: `pool | add(other)`"
    elif operator in ("in", "not in"):
        help_ = 'it looks for a text in a text ("a" in it.text), or for an element in a list'
    elif operator in ("<", "<=", ">", ">="):
        help_ = "it compares two numbers or two texts"
        if TEXT in sides and numbers:
            help_ = "a number is written without quotes; `show(x)` writes one as text"
    for side in sides:
        if isinstance(side, TallyOf):
            help_ = "take a number out of the tally: `.share`, `.margin` or `.mean`; its answer is `.winner`"
        elif isinstance(side, RequestOf):
            help_ = "a request is not sent yet: `| ask` gives its value"
        elif isinstance(side, Candidates) and operator != "+":
            help_ = "a pool holds many: take one (`| best`), or reckon with each: `| each(...)`"
    return Diagnostic("type-mismatch", f"`{operator}` does not take {what}", span, f"on {what}", help_)


def type_open(span: Span, what: str) -> Diagnostic:
    """`f(f)`: a function given to itself."""
    return Diagnostic(
        "type-mismatch", f"{what} would hold itself", span, "of a type that holds itself", "pass something else"
    )
