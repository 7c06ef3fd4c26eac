"""Every problem that checking can find: its facts and its wording, side by side.

One function a problem; its docstring shows a program that has it. Layout is `report`'s work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ilang.backend.prices import EXAMPLE
from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    ANY,
    BOOL,
    INT,
    MODEL,
    NONE,
    NUMBER,
    TEXT,
    CandidateOf,
    Candidates,
    Enum,
    Field,
    Function,
    ListOf,
    Optional,
    Record,
    RequestOf,
    TallyOf,
    Type,
)
from ilang.check.elsewhere import ARGUMENTS, STAGES, TYPES
from ilang.check.fields import candidate_fields
from ilang.check.near import near


def _meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    close = near(name, known)
    return f"did you mean `{close}`?" if close else otherwise


def _listed(names: Iterable[str], most: int = 12) -> str:
    all_names = list(dict.fromkeys(names))
    more = f" and {len(all_names) - most} more" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more


def one_line(text: str, most: int = 60) -> str:
    """A text as it can stand in a message: on one line, and cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def hole_in_string(span: Span) -> Diagnostic:
    """`"Hello {{name}}"`."""
    return Diagnostic(
        "hole-in-string",
        "a text in plain quotes has no holes: this one is printed as it is written",
        span,
        "not filled in",
        'holes are filled in triple quotes: `"""... {{name}} ..."""`',
        severity="warning",
    )


def a(type_: Type) -> str:
    """The type with its article."""
    word = str(type_)
    if "[" in word or "(" in word:
        return word
    return f"an {word}" if word[:1].lower() in "aeiou" else f"a {word}"


def _gets(have: Type) -> str:
    """What a place gets, in words."""
    match have:
        case RequestOf():
            return "a request"
        case TallyOf():
            return "a tally"
        case Function():
            return "a function"
        case _ if have == ANY:
            return "what a Python function gives"
        case _ if have == NONE:
            return "none"
        case _ if have == MODEL:
            return "a model"
    return str(have)


# ---- names ---------------------------------------------------------------------


def unknown_name(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`solve(qestion)`."""
    return Diagnostic(
        "unknown-name",
        f"nothing here is called `{name}`",
        span,
        "not known",
        _meant(name, known, f'declare it, or pass it as a parameter; a text is written in quotes: "{name}"'),
    )


def unknown_stage(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`| vots`."""
    help_ = STAGES.get(name) or _meant(
        name, known, f"declare it (`pipeline {name}(...)`), or take it in: `use {name} from ...`"
    )
    return Diagnostic(
        "unknown-stage", f"there is no stage, pipeline or function called `{name}`", span, "not known", help_
    )


def unknown_library(span: Span, name: str, member: str, known: Sequence[str], *, is_stage: bool) -> Diagnostic:
    """`votin.agreed(request)`."""
    help_ = f"take it in whole (`use std.{name}`), or one name: `use {member} from std.{name}`"
    if is_stage:
        help_ = f"a stage is written behind `|`: `{name} | {member}(...)`"
    return Diagnostic("unknown-name", f"nothing here is called `{name}`", span, "not known", _meant(name, known, help_))


def library_as_value(span: Span, name: str, names: Iterable[str]) -> Diagnostic:
    """`voting(request)` after `use std.voting`."""
    return Diagnostic(
        "not-callable",
        f"`{name}` is a library, not a value",
        span,
        "a library",
        f"name what it holds: `{name}.NAME`; it has {_listed(names)}",
    )


def not_callable(span: Span, name: str, type_: Type) -> Diagnostic:
    """`solver(question)` of a model."""
    help_ = f"write `{name}` without brackets, or call a pipeline, a prompt or a function"
    if type_ == MODEL:
        help_ = f"a model is asked by a stage: `solve(question) | ask({name})`"
    return Diagnostic("not-callable", f"`{name}` is {a(type_)} and cannot be called", span, f"is {type_}", help_)


def method_call(span: Span, value: str, name: str, known: Iterable[str]) -> Diagnostic:
    """`question.trim()`."""
    shown = value if len(value) <= 30 and "\n" not in value else "..."
    close = name if name in set(known) else near(name, known)
    help_ = STAGES.get(name) if close is None else None
    return Diagnostic(
        "unknown-stage",
        f"values have no `.{name}(...)` to call",
        span,
        "not a field",
        help_ or f"a value is piped into a stage or function: `{shown} | {close or name}(...)`",
    )


def duplicate(span: Span, name: str, first: Span | None) -> Diagnostic:
    """Two pipelines of one name."""
    return Diagnostic(
        "duplicate-name",
        f"`{name}` is declared twice",
        span,
        "the second",
        "give one of them another name",
        (f"first declared at {first}",) if first else (),
    )


def ambiguous_words(span: Span, words: str, one: str, other: str) -> Diagnostic:
    """`enum Label { bug "Error", error }`."""
    return Diagnostic(
        "duplicate-name",
        f'a reply of "{one_line(words)}" could be `{one}` or `{other}`',
        span,
        "read as which?",
        "a member is read by its name and by its words, in any case: give one of the two other words",
    )


def not_known_yet(span: Span, name: str) -> Diagnostic:
    """`let a = b` before `let b = 3`."""
    return Diagnostic(
        "unknown-name",
        f"`{name}` is not known yet here",
        span,
        "read before its `let`",
        "a `let` sees only those written before it: move this one down",
    )


def not_together(span: Span, callee: str, forms: Sequence[Sequence[str]]) -> Diagnostic:
    """`focus(it.finished, top=1)`."""
    shown = ", or ".join(f"`{callee}({', '.join(form)})`" for form in forms)
    return Diagnostic(
        "unknown-argument", f"`{callee}` does not take these arguments together", span, "takes others", f"it is {shown}"
    )


# ---- types ---------------------------------------------------------------------


def unknown_type(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`n: integer`."""
    help_ = _meant(name, known, f"declare it: `record {name} {{ ... }}` or `enum {name} {{ ... }}`")
    if name in TYPES:
        help_ = f"write `{TYPES[name]}`"
    elif name in ("dict", "object", "json", "map", "struct"):
        help_ = "declare a record, such as `record Article { title: text, body: text }`, and write its name"
    elif not name[:1].isupper() and not near(name, known):
        help_ = (
            "types are: text, int, number, bool, list[T], model, request[T], candidates[T], tally[T], records and enums"
        )
    return Diagnostic("unknown-type", f"there is no type `{name}`", span, "not a type", help_)


def type_without_argument(span: Span, name: str) -> Diagnostic:
    """`names: list`."""
    return Diagnostic(
        "unknown-type", f"`{name}` does not say of what", span, "of what?", f"write what it holds: `{name}[text]`"
    )


def bad_type_argument(span: Span, name: str, known: Iterable[str], *, plain: bool) -> Diagnostic:
    """`set[text]`."""
    if plain:
        return Diagnostic(
            "unknown-type",
            f"`{name}` takes nothing in brackets",
            span,
            "takes nothing",
            f"write `{name}`, or `list[{name}]`",
        )
    return Diagnostic(
        "unknown-type",
        f"there is no type `{name}[...]`",
        span,
        "not a type",
        _meant(name, known, "types with brackets are: list, request, candidates, tally"),
    )


def variable_in_record(span: Span, type_: Type) -> Diagnostic:
    """`record Pair { first: T }`."""
    return Diagnostic(
        "unknown-type",
        f"there is no type `{type_}`",
        span,
        "not a type",
        "one capital letter stands for any type in a pipeline or prompt, not in a record",
    )


def variable_from_nowhere(span: Span, type_: Type) -> Diagnostic:
    """`pipeline p(q: text) -> T`."""
    return Diagnostic(
        "unknown-type",
        f"nothing says what `{type_}` is here",
        span,
        "of what type?",
        f"write the type that it gives, or take it in with a parameter, such as `request: request[{type_}]`",
    )


def record_in_itself(span: Span, chain: Sequence[str]) -> Diagnostic:
    """`record Node { next: Node }`."""
    return Diagnostic(
        "recursion",
        "a record may not contain itself",
        span,
        "comes back to where it began",
        "leave this field out",
        (" -> ".join(chain),),
    )


def record_too_deep(span: Span, name: str, most: int) -> Diagnostic:
    """Records in records, 31 deep."""
    return Diagnostic(
        "nested-too-deep",
        f"`{name}` is nested too deep: at most {most} records inside each other",
        span,
        "the limit is passed here",
        "make it flatter",
    )


def record_too_large(span: Span, name: str, most: int) -> Diagnostic:
    """A record of two records of two records ..., ten deep."""
    return Diagnostic(
        "record-too-large",
        f"`{name}` holds more than {most:,} fields, with those of its records",
        span,
        "too large",
        "ask the model for less at a time",
    )


# ---- fields --------------------------------------------------------------------


def unknown_field(span: Span, name: str, owner: Type, known: Sequence[str]) -> Diagnostic:
    """`it.txt`."""
    help_ = _meant(name, known, f"it has: {', '.join(known)}" if known else "it has no fields")
    votes = name in ("winner", "share", "margin", "answers")
    match owner:
        case CandidateOf(item):
            if isinstance(item, Record) and item.field(name):
                help_ = f"`{name}` is a field of the value: write `it.value.{name}`"
            elif name == "confidence":
                help_ = "the share of an answer is `(them | vote).share`; a field of your own is made by `mark(confidence=...)`"
            elif not near(name, known):
                help_ = f"a field of your own is made by `mark({name}=...)`; it has: {', '.join(known)}"
        case Candidates():
            help_ = (
                f"vote first: `| vote | .{name}`"
                if votes
                else f"a pool holds many: take one (`| best`), or ask each: `| each(it.{name})`"
            )
        case ListOf(item):
            help_ = f"a list holds many: ask each (`| each(it.{name})`), or take the `first` or `last`"
            if name in ("length", "size", "count"):
                help_ = "`| length` counts it"
        case RequestOf(item):
            help_ = "it is not sent yet: `| ask` gives its value"
            if votes:
                help_ = f"it is not sent yet: `| sample(n=8) | vote | .{name}`"
            elif isinstance(item, Record) and item.field(name):
                help_ = f"it is not sent yet: `| ask | .{name}`"
        case _ if owner == TEXT and name in ("length", "size"):
            help_ = "`| length` counts its characters"
        case _ if name in candidate_fields(NONE):
            help_ = f"here stands the value itself; `.{name}` is a field of a candidate, which only stages of a pool see as `it`"
    return Diagnostic("unknown-field", f"{_owner(owner)} has no field `{name}`", span, "no such field", help_)


def _owner(type_: Type) -> str:
    match type_:
        case CandidateOf():
            return "a candidate"
        case Candidates():
            return "a pool"
        case RequestOf():
            return "a request"
        case TallyOf():
            return "a tally"
        case ListOf():
            return "a list"
    return a(type_)


def unknown_member(span: Span, owner: Enum, name: str) -> Diagnostic:
    """`Label.bugg`."""
    members = [m for m, _ in owner.members]
    return Diagnostic(
        "unknown-member",
        f"`{owner.name}` has no member `{name}`",
        span,
        "no such member",
        _meant(name, members, f"its members: {_listed(members)}"),
    )


def member_of_record(span: Span, owner: Record, name: str) -> Diagnostic:
    """`Article.title`."""
    return Diagnostic(
        "unknown-member",
        f"`{owner.name}` is a record and has no members",
        span,
        "not an enum",
        f"a field is read of a value: `x.{name}` of an `x: {owner.name}`; a value is written `{{ {name} = ... }}`",
    )


def unknown_record_field(span: Span, name: str, owner: Record, known: Sequence[str]) -> Diagnostic:
    """`{ titel = "x" }` where an Article is expected."""
    return Diagnostic(
        "unknown-field",
        f"{a(owner)} has no field `{name}`",
        span,
        "no such field",
        _meant(name, known, f"it has: {', '.join(known)}"),
    )


def missing_fields(span: Span, owner: Record, missing: Sequence[Field]) -> Diagnostic:
    """`{ title = "x" }` where an Article has a body too."""
    names = " and ".join(f"`{f.name}`" for f in missing)
    return Diagnostic(
        "missing-field",
        f"{a(owner)} needs {names}",
        span,
        f"{', '.join(f'`{f.name}: {f.type}`' for f in missing)} is missing"
        if len(missing) == 1
        else "fields are missing",
        "give it: `{ " + ", ".join(f"{f.name} = ..." for f in missing) + " }`",
    )


def mean_of(span: Span, item: Type) -> Diagnostic:
    """`votes.mean` where the answers are texts."""
    return Diagnostic(
        "type-mismatch",
        f"`.mean` is of numbers, but the answers are {item}",
        span,
        "not numbers",
        "`.winner` is the most common answer",
    )


# ---- types that do not fit -----------------------------------------------------


def wrong_type(span: Span, what: str, have: Type, want: Type) -> Diagnostic:
    """`n="eight"`."""
    if isinstance(want, Optional) and not isinstance(have, Optional):
        want = want.item
    needs = "a model" if want == MODEL else str(want)
    return Diagnostic(
        "type-mismatch", f"{what} needs {needs}, but gets {_gets(have)}", span, f"is {have}", _cure(have, want)
    )


def wrong_result(span: Span, what: str, have: Type, want: Type) -> Diagnostic:
    """A pipeline that declares `text` and gives a number."""
    return Diagnostic(
        "type-mismatch",
        f"{what} is declared to give {want}, but gives {_gets(have)}",
        span,
        f"is {have}",
        _cure(have, want),
    )


def _cure(have: Type, want: Type) -> str:
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
        "type-mismatch", f"`{stage}` takes {shown}, but gets {_gets(have)}", span, f"gets {have}", _cure(have, wants[0])
    )


def no_common_type(span: Span, one: Type, other: Type) -> Diagnostic:
    """`if c { 3 } else { "x" }`."""
    return Diagnostic(
        "type-mismatch",
        f"one branch of `if` gives {one}, the other {other}",
        span,
        f"is {other}",
        _cure(other, one) or "both must give the same type",
    )


def mixed_list(span: Span, one: Type, other: Type, first: Span) -> Diagnostic:
    """`[1, "two"]`."""
    return Diagnostic(
        "type-mismatch",
        f"a list holds one type, but this one holds {one} and {other}",
        span,
        f"is {other}",
        _cure(other, one) or "a record holds values of several types",
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


# ---- none ----------------------------------------------------------------------


def may_be_none(span: Span, what: str, have: Type, want: Type, why: str) -> Diagnostic:
    """`first(xs) + 1` where the elements are `number?`."""
    want = want.item if isinstance(want, Optional) else want
    help_ = f"say what then: `| otherwise(...)` with {a(want)}"
    if isinstance(want, Candidates):
        help_ = "drop candidates behind it: put `prune(unless=...)` after this stage"
    elif isinstance(want, Function):
        help_ = "declare the parameter without `?`, with a function as its default or none"
    return Diagnostic(
        "may-be-none", f"{what} needs {want}, but may get none", span, f"is {have}", help_, (why,) if why else ()
    )


def field_of_none(span: Span, name: str, have: Type, why: str) -> Diagnostic:
    """`votes.winner` where `votes` may be none."""
    return Diagnostic(
        "may-be-none",
        f"`.{name}` is read of what may be none",
        span,
        f"is {have}",
        f"a stage passes none on: `... | .{name} | otherwise(...)`",
        (why,) if why else (),
    )


def result_may_be_none(span: Span, what: str, have: Type, want: Type, why: str) -> Diagnostic:
    """A pipeline that declares `T` and ends in `prune(unless=..) | best`."""
    return Diagnostic(
        "may-be-none",
        f"{what} is declared to give {want}, but may give none",
        span,
        f"is {have}",
        f"say what then: `| otherwise(...)` with {a(want)}, or declare `-> {want}?`",
        (why,) if why else (),
    )


def none_in_hole(span: Span, have: Type, why: str) -> Diagnostic:
    """`{{note}}` of a `note: text?`."""
    return Diagnostic(
        "may-be-none",
        "a hole of a text cannot print none",
        span,
        f"is {have}",
        'say what to print then: `| otherwise("")`',
        (why,) if why else (),
    )


# ---- stages and what is piped into them ----------------------------------------


def needs_candidates(span: Span, stage: str, have: Type, before: str, *, also_lists: bool, more: bool) -> Diagnostic:
    """`solve(question) | vote`."""
    needs = "candidates or a list" if also_lists else "candidates"
    call = f"{stage}(...)" if more else stage
    if stage in ("repeat", "focus", "per"):
        call = f"{stage}(...) {{ ... }}"
    help_ = "a pool comes of `sample` or `start`: `solve(question) | sample(n=8)`"
    match have:
        case RequestOf():
            help_ = f"sample it first: `{before} | sample(n=8) | {call}`"
            if stage in ("refine", "extend"):
                first = "start" if stage == "extend" else "sample"
                help_ = f"begin with `{first}`: `{before} | {first} | {stage}(...)`"
        case TallyOf():
            help_ = f"a tally is what a vote found: `{stage}` stands before `vote`"
            if stage in ("best", "worst", "pick"):
                help_ = "the answer that a vote found is taken by `| .winner`"
        case ListOf(RequestOf()):
            help_ = f"sample them first: `{before} | sample(n=8) | {call}`"
        case ListOf():
            help_ = (
                "this stage takes draws of a model, not a list"
                if stage != "best"
                else "the best of a list is `prune(keep=1, by=...) | first`"
            )
        case _ if have == ANY:
            help_ = "a Python function gives values, not draws of a model"
        case _ if not isinstance(have, Candidates):
            help_ = (
                f"one value is left here; `{stage}` stands before `best`, `ask` or `.winner`"
                if stage != "otherwise"
                else help_
            )
    return Diagnostic(
        "needs-candidates", f"`{stage}` needs {needs}, but gets {_gets(have)}", span, "needs candidates[T]", help_
    )


def needs_request(span: Span, stage: str, have: Type, before: str) -> Diagnostic:
    """`pool | ask`."""
    help_ = "a request is a prompt applied to its arguments: `solve(question)`"
    match have:
        case Candidates():
            help_ = "these are drawn already; each is asked again by `refine(...)`, each is judged by `score(...)` or `verify(...)`"
        case Function():
            help_ = f"apply the prompt to its arguments: `{before}(...)`"
        case ListOf(item) if str(item) == "Message":
            help_ = "give the prompt a result, so that a reply can be read: `-> text`"
        case TallyOf():
            help_ = "this is drawn already: `| .winner` takes the answer"
        case _ if have == MODEL:
            help_ = f"the model goes into the stage: `solve(question) | {stage}({before})`"
        case _ if have == TEXT:
            help_ = "a text is not a prompt: declare one (`prompt p(x: text) -> text ...`), and apply it: `p(...)`"
    return Diagnostic(
        "needs-request", f"`{stage}` needs a request, but gets {_gets(have)}", span, "needs request[T]", help_
    )


def prompt_without_result(span: Span, stage: str, before: str) -> Diagnostic:
    """`hello(name) | ask` of a prompt without `->`."""
    name = before.partition("(")[0]
    return Diagnostic(
        "needs-request",
        f"`{stage}` needs a request, but `{name}` does not say what a reply is",
        span,
        "needs request[T]",
        f"give the prompt a result, so that a reply can be read: `prompt {name}(...) -> text`",
    )


def tally_needs_choices(span: Span, item: Type) -> Diagnostic:
    """`grade(q) | tally`, where a grade is a number."""
    return Diagnostic(
        "tally-needs-choices",
        f"`tally` of {item} needs its `choices`: only a bool or an enum has few values",
        span,
        "of which answers?",
        "for example `tally([1, 2, 3, 4, 5])`; or `sample(n=32) | vote`, which estimates the same",
    )


def needs_tally(span: Span, stage: str, have: Type, before: str) -> Diagnostic:
    """`pool | share_of(4)`."""
    help_ = f"vote first: `{before} | vote | {stage}(...)`"
    if isinstance(have, RequestOf):
        help_ = f"sample and vote first: `{before} | sample(n=8) | vote | {stage}(...)`"
    return Diagnostic("needs-tally", f"`{stage}` needs a tally, but gets {_gets(have)}", span, "needs tally[T]", help_)


def prompt_of_pool(span: Span, name: str, parameter: str, have: Type) -> Diagnostic:
    """`pool | improve`."""
    return Diagnostic(
        "type-mismatch",
        f"`{name}` is a prompt for one value, but gets {have}",
        span,
        f"gets {have}",
        f"`refine({name}({parameter}=it))` asks it of each candidate, `score(...)` or `verify(...)` judges each by it",
    )


def takes_nothing(span: Span, name: str) -> Diagnostic:
    """`3 | hello` where `hello` has no parameter."""
    return Diagnostic(
        "too-many-arguments",
        f"`{name}` takes nothing, so nothing can be piped into it",
        span,
        "takes nothing",
        f"write `{name}()`",
    )


def body_changes_type(span: Span, region: str, have: Type, want: Type) -> Diagnostic:
    """`repeat(max=2) { vote }`."""
    return Diagnostic(
        "type-mismatch",
        f"the stages in `{region}` must give the pool back, but give {_gets(have)}",
        span,
        f"gives {have}",
        f"move it behind the region: `{region}(...) {{ ... }} | ...`",
        (f"a pool of {want} comes in",) if isinstance(have, Candidates) else (),
    )


def each_needs_max(span: Span, why: Span) -> Diagnostic:
    """`parts(q) | ask | each(work(it))`."""
    return Diagnostic(
        "needs-max",
        "the model chose how long this list is, so `each` needs `max`",
        span,
        "could run without end",
        "say how many at most: `each(..., max=20)`",
        (f"the list comes from a reply at {why}",),
    )


# ---- arguments -----------------------------------------------------------------


def nothing_piped(span: Span, stage: str) -> Diagnostic:
    """`vote()` with nothing before it."""
    return Diagnostic(
        "missing-argument",
        f"`{stage}` has nothing to work on",
        span,
        "needs a value before it",
        f"pipe a value into it: `... | {stage}`",
    )


def missing_argument(span: Span, callee: str, missing: Sequence[tuple[str, Type]]) -> Diagnostic:
    """`solve()`."""
    names = " or ".join(f"`{n}`" for n, _ in missing)
    name, type_ = missing[0]
    help_ = "give it: " + " or ".join(f"`{callee}({n}=...)`" for n, _ in missing)
    if isinstance(type_, Function) and len(type_.params) == 1:
        what = "candidate" if isinstance(type_.params[0], CandidateOf) else "value"
        help_ = f"give it in terms of the {what}, which is `it`: {help_.removeprefix('give it: ')}"
    label = f"`{name}: {type_}` is missing" if len(missing) == 1 else "one of them is missing"
    return Diagnostic("missing-argument", f"`{callee}` needs {names}", span, label, help_)


def too_many_arguments(span: Span, callee: str, known: Sequence[str], *, piped: bool) -> Diagnostic:
    """`vote(1, 2, 3)`."""
    beside = " beside what is piped in" if piped else ""
    named = [n for n in known if not n.startswith("argument ")]
    return Diagnostic(
        "too-many-arguments",
        f"{callee} takes {_count(len(known))}{beside}",
        span,
        "one too many",
        f"it takes: {', '.join(named)}" if named else "leave it out",
    )


def unknown_argument(span: Span, callee: str, name: str, known: Sequence[str]) -> Diagnostic:
    """`sample(m=8)`."""
    help_ = ARGUMENTS.get((callee, name)) or _meant(
        name, known, f"it takes: {', '.join(known)}" if known else "it takes none"
    )
    place = Span(span.source, span.start, span.start + len(name))
    return Diagnostic("unknown-argument", f"`{callee}` has no parameter `{name}`", place, "no such parameter", help_)


def given_twice(span: Span, callee: str, name: str) -> Diagnostic:
    """`sample(n=1, n=2)`."""
    help_ = "leave one of them out"
    if name == "model":
        help_ = "to ask two: `... | sample(small) | add(... | sample(large))`"
    return Diagnostic("given-twice", f"`{name}` of {callee} is given twice", span, "the second", help_)


def function_arity(span: Span, what: str, have: int, want: int) -> Diagnostic:
    """`cluster(x => true)`."""
    names = ", ".join("abcdefgh"[:want]) if want != 1 else "x"
    brackets = f"({names})" if want != 1 else names
    help_ = f"write `{brackets} => ...`"
    name = span.text()
    if name.isidentifier() and have > want:
        help_ = f"give its other arguments: `{name}({names if want != 1 else 'it'}, ...)`"
    return Diagnostic(
        "wrong-function",
        f"{what} needs a function of {_count(want)}, not of {_count(have)}",
        span,
        f"takes {have}",
        help_,
    )


def function_takes(span: Span, what: str, types: Sequence[tuple[Type, Type]]) -> Diagnostic:
    """`score(of_number)` where the candidates are texts."""
    given, taken = next(((g, t) for g, t in types if g != t), types[0])
    value = given.item if isinstance(given, CandidateOf) else given
    name = span.text() if span.text().isidentifier() else "this function"
    shown = f"`{name}`" if name.isidentifier() else name
    return Diagnostic(
        "wrong-function",
        f"{shown} takes {taken}, but is given {value} by {what}",
        span,
        f"takes {taken}",
        _cure(value, taken),
    )


def _count(n: int) -> str:
    words = {0: "no argument", 1: "one argument", 2: "two arguments", 3: "three arguments"}
    return words.get(n, f"{n} arguments")


def it_of_several(span: Span, what: str, want: int) -> Diagnostic:
    """`cluster(it.text == "x")`."""
    names = ", ".join("abcdefgh"[:want])
    return Diagnostic(
        "wrong-function",
        f"{what} is a function of {_count(want)}, so there is not one `it`",
        span,
        "which of them?",
        f"name them: `({names}) => ...`",
    )


def not_a_function(span: Span) -> Diagnostic:
    """`sample(n=x => x)`."""
    return Diagnostic(
        "wrong-function", "a function cannot stand here", span, "a function", "a value is needed; write the body alone"
    )


# ---- it and them ---------------------------------------------------------------


def outside_stage(span: Span, pronoun: str) -> Diagnostic:
    """`it` where no stage binds it."""
    if pronoun == "it":
        message = "`it` is the candidate of a stage, and no stage binds it here"
        help_ = "use it in an argument that is asked of each candidate: `score(...)`, `verify(...)`, `prune(unless=...)`; or name it: `x => ...`"
    else:
        message = "`them` is the pool that reaches a stage, and no pool does here"
        help_ = "use it in an argument of a stage behind a pool: `repeat(max=3, until=them | any(it.verified))`"
    return Diagnostic("no-pronoun", message, span, "nothing to stand for", help_)


def it_of_value(span: Span, what: str, asked: Sequence[str]) -> Diagnostic:
    """`prune(keep=it.number)`."""
    shown = " and ".join(f"`{n}`" for n in dict.fromkeys(asked))
    verb = "is" if len(set(asked)) == 1 else "are"
    return Diagnostic(
        "no-pronoun",
        f"{what} is one value for the whole pool, so there is no `it`",
        span,
        "nothing to stand for",
        f"{shown} {verb} asked of each candidate",
    )


def nested_it(span: Span, outer: Span) -> Diagnostic:
    """`score(them | count(it.score > 1) + it.weight)`, where both stages' `it` are live."""
    return Diagnostic(
        "nested-it",
        "two stages' `it` meet in one argument",
        span,
        "whose `it`?",
        "name the outer one: `c => ... c ...`",
        (f"the outer `it` is at {outer}",),
    )


def reserved_mark(span: Span, name: str) -> Diagnostic:
    """`mark(text=...)`."""
    help_ = "choose another name for the mark"
    if name in ("score", "weight"):
        stage = "score" if name == "score" else "weigh"
        help_ = f"`{stage}(...)` sets it; or choose another name"
    return Diagnostic("duplicate-name", f"`{name}` is a field that every candidate has", span, "taken", help_)


def marks_by_name(span: Span) -> Diagnostic:
    """`mark(1)`."""
    return Diagnostic(
        "missing-argument", "`mark` gives values by name", span, "has no name", "for example `mark(depth=0)`"
    )


def mark_changes_type(span: Span, name: str, known: Type, type_: Type) -> Diagnostic:
    """`mark(seen=0) | mark(seen="yes")`."""
    return Diagnostic(
        "type-mismatch",
        f"the mark `{name}` is {type_} here, but was {known} before",
        span,
        f"is {type_}",
        "one mark has one type: give one of the two another name",
    )


# ---- prompts -------------------------------------------------------------------


def model_in_hole(span: Span) -> Diagnostic:
    """`{{solve(q) | ask}}` in a prompt."""
    return Diagnostic(
        "model-in-hole",
        "a prompt calls no model",
        span,
        "would send a request",
        "do it in the pipeline (`let x = ...`), and pass `x` to the prompt",
    )


def not_printable(span: Span, type_: Type) -> Diagnostic:
    """`{{items}}` of a list."""
    help_ = "write it out: `| json`, or take a field of it"
    match type_:
        case ListOf(item) if item == TEXT:
            help_ = 'put it together: `| join("\\n")`'
        case ListOf():
            help_ = 'put it together: `| each(show(it)) | join("\\n")`, or `| json`'
        case RequestOf():
            help_ = "the messages of another request come in with `include(...)`; its reply comes of `| ask`, in the pipeline"
        case Candidates():
            help_ = 'take one with `| best`, or put them together: `| each(it.text) | join("\\n")`'
        case TallyOf():
            help_ = "take the answer out of the tally: `| .winner`"
        case Function():
            help_ = "call it: write its arguments in brackets behind it"
        case _ if str(type_) in ("image", "file"):
            help_ = "an image stands in a hole of a prompt's own text"
        case _ if type_ == MODEL:
            help_ = "a model has nothing to print; a candidate knows the model that wrote it: `it.model`"
    return Diagnostic("not-printable", f"a hole cannot print {a(type_)}", span, f"is {type_}", help_)


def bad_include(span: Span, type_: Type) -> Diagnostic:
    """`include(3)`."""
    help_ = "messages are a parameter `history: list[Message]`, or a prompt applied to its arguments: `include(solve(question))`"
    if type_ == TEXT:
        help_ = 'a text stands in a message: `user """{{...}}"""`'
    if isinstance(type_, Function):
        help_ = "apply the prompt to its arguments: `include(solve(question))`"
    return Diagnostic(
        "type-mismatch",
        f"`include` takes a request or a list[Message], but gets {_gets(type_)}",
        span,
        f"is {type_}",
        help_,
    )


def bad_answer(span: Span, name: str, known: Sequence[str], python: Sequence[str], *, declared: bool) -> Diagnostic:
    """`answer befor("x")`."""
    help_ = _meant(name, [*known, *python], f"known are {_listed([*known, *python])}")
    if name in ("text", "int", "number", "bool"):
        help_ = (
            f'the result type says that (`-> {name}`); `answer` says where it stands, such as `answer after("Answer:")`'
        )
    elif declared:
        help_ = f"known are {_listed([*known, *python])}; a function of your own is written in Python: `use python {name} from ...`"
    return Diagnostic("unknown-answer", f"no way of reading an answer is called `{name}`", span, "not known", help_)


def bad_answer_argument(span: Span, name: str, needs: str) -> Diagnostic:
    """`answer after(3)`."""
    examples = {"after": 'after("Answer:")', "match": 'match("([0-9]+)")', "code_block": 'code_block("python")'}
    return Diagnostic(
        "bad-answer", f"`{name}` needs {needs}", span, "not that", f"for example `answer {examples[name]}`"
    )


def bad_pattern(span: Span, why: str) -> Diagnostic:
    """`answer match("(")`."""
    return Diagnostic(
        "bad-pattern",
        f"this pattern cannot be used: {why}",
        span,
        "not a regular expression",
        "`\\\\` stands before a sign that is meant as it is: `\\\\(`",
    )


def parser_arity(span: Span, name: str, have: int) -> Diagnostic:
    """`answer parse`, a Python function of two arguments."""
    return Diagnostic(
        "bad-answer",
        f"`{name}` is given the text of a reply and nothing else, but needs {_count(have)}",
        span,
        f"needs {have}",
        f"define it as `def {name}(text: str)`",
    )


def parser_takes(span: Span, name: str, type_: Type) -> Diagnostic:
    """`answer parse`, where it is `def parse(x: float)`."""
    return Diagnostic(
        "bad-answer",
        f"`{name}` is given the text of a reply, but takes {type_}",
        span,
        f"takes {type_}",
        f"define it as `def {name}(text: str)`",
    )


def parser_gives(span: Span, name: str, have: Type, want: Type) -> Diagnostic:
    """`answer parse` of a number, where it is `def parse(text: str) -> list[str]`."""
    return Diagnostic(
        "bad-answer",
        f"`{name}` gives {have}, but the prompt is declared to give {want}",
        span,
        f"gives {have}",
        "change one of the two",
    )


def answer_without_result(span: Span) -> Diagnostic:
    """A prompt with `answer` and no `->`."""
    return Diagnostic(
        "bad-answer",
        "a prompt with `answer` needs a result type",
        span,
        "read as what?",
        "write `-> text` (or another type) after the parameters",
    )


def unreadable_type(span: Span, type_: Type) -> Diagnostic:
    """`prompt p() -> model`."""
    help_ = "a reply can be a text, an int, a number, a bool, an enum, a record, or a list of these"
    if isinstance(type_, RequestOf | Candidates | TallyOf):
        help_ = f"write what one reply is: `-> {type_.item}`"
    return Diagnostic(
        "unreadable-type", f"no reply can be read as {a(type_)}", span, "not a value that text can give", help_
    )


# ---- models --------------------------------------------------------------------


def unknown_backend(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`model m = opnai("x")`."""
    help_ = _meant(
        name,
        known,
        f'installed: {", ".join(known)}; a server that speaks as OpenAI\'s does is `openai(..., base_url="...")`',
    )
    return Diagnostic("unknown-backend", f"no backend is called `{name}`", span, "not installed", help_)


def unknown_setting(span: Span, backend: str, name: str, known: Sequence[str]) -> Diagnostic:
    """`openai("x", temprature=1)`."""
    help_ = _meant(name, known, f"it takes: {', '.join(known)}")
    if name == "n":
        help_ = "how many to draw is told where they are drawn: `sample(n=8)`"
    return Diagnostic("unknown-setting", f"`{backend}` has no setting `{name}`", span, "no such setting", help_)


def setting_type(span: Span, name: str, want: str, have: str) -> Diagnostic:
    """`openai("x", temperature="hot")`."""
    examples = {"number": "0.8", "int": "256", "bool": "true", "model": "cheap"}
    help_ = f"for example `{name}={examples.get(want, '...')}`"
    if name == "n":
        help_ = "how many to draw is told where they are drawn: `sample(n=8)`"
    elif want == "text":
        help_ = f'a text is written in quotes: `{name}="..."`'
    return Diagnostic("type-mismatch", f"the setting `{name}` needs {want}, but gets {have}", span, f"is {have}", help_)


def unknown_fallback(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`openai("x", fallback=nobody)`."""
    help_ = _meant(name, known, f"models: {_listed(known)}" if known else "declare it: `model " + name + " = ...`")
    return Diagnostic("unknown-fallback", f"`fallback` names no model: `{name}`", span, "no such model", help_)


def fallback_circle(span: Span, name: str) -> Diagnostic:
    """`model a = sim("a", fallback=b)` and `model b = sim("b", fallback=a)`."""
    return Diagnostic(
        "fallback-circle",
        f"`{name}` would stand in for itself in the end",
        span,
        "its `fallback` leads back here",
        "leave one `fallback` out",
    )


def number_out_of_range(span: Span, what: str, low: float, high: float) -> Diagnostic:
    """`sample(n=-1)`, `openai("x", temperature=-1)`."""
    return Diagnostic(
        "out-of-range",
        f"{what} is a number from {low:,} to {high:,}",
        span,
        "not in that range",
        f"for example {max(low, min(high, 1)):,}",
    )


def not_a_scheme(span: Span, known: Sequence[str]) -> Diagnostic:
    """`resample(scheme="fair")`."""
    return Diagnostic(
        "out-of-range",
        f"`scheme` of `resample` is one of {', '.join(known)}",
        span,
        "none of them",
        f'for example `scheme="{known[1]}"`',
    )


def setting_refused(span: Span, why: str) -> Diagnostic:
    """`sim("s", accuracy=5)`: what its backend says of a declaration."""
    return Diagnostic(
        "out-of-range", f"this model cannot be: {why}", span, "refused by its backend", "correct the setting"
    )


def wrong_prices(span: Span, why: str) -> Diagnostic:
    """`openai("x", prices="cheap")`."""
    help_ = f'USD for a million tokens: `prices="{EXAMPLE}"`'
    return Diagnostic("wrong-prices", f"`prices` cannot be read: {why}", span, "these are no prices", help_)


def setting_by_name(span: Span, backend: str) -> Diagnostic:
    """`openai("x", 0.8)`."""
    return Diagnostic(
        "missing-argument",
        f"`{backend}` takes its settings by name",
        span,
        "has no name",
        f'for example `{backend}("...", temperature=0.8)`',
    )


def setting_not_constant(span: Span, name: str, backend: str) -> Diagnostic:
    """`openai("x", temperature=t)`."""
    help_ = "a text, a number, true or false; what changes is given at the call: `sample(temperature=t)`"
    if name == "the id":
        help_ = (
            f'write it in quotes: `{backend}("...")`; a model that is chosen at each run is declared by its name alone'
        )
    return Diagnostic("not-constant", f"{name} of a model must be written out", span, "not a plain value", help_)


def model_id(span: Span, backend: str) -> Diagnostic:
    """`openai(3)`."""
    return Diagnostic(
        "type-mismatch", "a model's id is a text", span, "not a text", f'for example `{backend}("gpt-4.1-mini")`'
    )


def lacks(span: Span, stage: str, needs: str, model: str, have: Sequence[str]) -> Diagnostic:
    """`extend` on a model that cannot continue a text."""
    help_ = f"models that can: {', '.join(have)}" if have else "bind another model with `--model`"
    return Diagnostic(
        "model-lacks", f"`{stage}` needs {needs}, which {model} does not have", span, f"needs {needs}", help_
    )


def untold(span: Span, name: str, models: Sequence[str], have: Sequence[str]) -> Diagnostic:
    """`best(by=it.logprob)` of candidates whose models tell no log-probabilities."""
    who = models[0] if len(models) == 1 else f"none of {_listed(models)}"
    help_ = f"models that do: {', '.join(have)}" if have else "bind another model with `--model`"
    verb = "does not tell" if len(models) == 1 else "tells"
    return Diagnostic(
        "model-lacks", f"`it.{name}` needs log-probabilities, which {who} {verb}", span, "never given", help_
    )


def image_model(span: Span, prompt: str, what: str, model: str, have: Sequence[str]) -> Diagnostic:
    """A prompt with an image, or a file, on a model that takes text only."""
    one = "an image" if what == "images" else "a file"
    help_ = f"models that do: {', '.join(have)}" if have else f"bind a model that takes {what} with `--model`"
    return Diagnostic(
        "model-lacks", f"`{prompt}` shows {one}, which {model} does not take", span, f"needs {what}", help_
    )


def zero_temperature(span: Span) -> Diagnostic:
    """`sample(n=8, temperature=0)`."""
    return Diagnostic(
        "zero-temperature",
        "draws at temperature 0 are all alike, and each is paid for",
        span,
        "draws the same",
        "take one draw, or a temperature above 0",
        severity="warning",
    )


# ---- use -----------------------------------------------------------------------


def file_not_found(span: Span, origin: str, near_file: str | None) -> Diagnostic:
    """`use x from "nowhere.inf"`."""
    help_ = (
        f"did you mean `{near_file}`?"
        if near_file
        else "a file is looked for in the folder of the program that names it"
    )
    return Diagnostic("import-not-found", f"there is no file `{one_line(origin)}`", span, "not found", help_)


def library_not_found(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`use vote from sdt.voting`."""
    help_ = _meant(name, known, f'installed: {_listed(known)}; a file is written in quotes: `from "{name}.inf"`')
    return Diagnostic("import-not-found", f"no library is called `{name}`", span, "not installed", help_)


def library_broken(span: Span, name: str, package: str) -> Diagnostic:
    """`use x from mylib.voting`, where what the library installed is gone."""
    return Diagnostic(
        "import-not-found",
        f"the library `{name}` is registered, but its package `{package}` is not there",
        span,
        "not found",
        "install it again",
    )


def library_without_module(span: Span, name: str, modules: Iterable[str]) -> Diagnostic:
    """`use best_of from std`."""
    return Diagnostic(
        "import-not-found",
        f"`{name}` is a library of several modules",
        span,
        "which module?",
        f"name one of them: {_listed(f'{name}.{m}' for m in modules)}",
    )


def module_not_found(span: Span, name: str, module: str, modules: Sequence[str]) -> Diagnostic:
    """`use best_of from std.selecting`."""
    close = near(module, modules)
    help_ = f"did you mean `{name}.{close}`?" if close else f"it has: {_listed(f'{name}.{m}' for m in modules)}"
    return Diagnostic("import-not-found", f"the library `{name}` has no module `{module}`", span, "not found", help_)


def import_missing_name(span: Span, name: str, where: str, known: Iterable[str]) -> Diagnostic:
    """`use best_off from std.selection`."""
    known = tuple(known)
    return Diagnostic(
        "import-missing-name",
        f"{where} has no `{name}`",
        span,
        "not there",
        _meant(name, known, f"it has: {_listed(known)}" if known else "it declares nothing"),
    )


def import_cycle(span: Span, chain: Sequence[str]) -> Diagnostic:
    """a.inf uses b.inf, which uses a.inf."""
    return Diagnostic(
        "import-cycle",
        "these files use each other in a circle",
        span,
        "closes the circle",
        "move what both need into a third file",
        (" -> ".join(chain),),
    )


def imports_too_deep(span: Span, most: int) -> Diagnostic:
    """a.inf uses b.inf, which uses c.inf, and so on."""
    return Diagnostic(
        "imports-too-deep",
        f"more than {most} files use each other in a row",
        span,
        "the limit is passed here",
        "put some of them together",
    )


def import_broken(span: Span, where: str, first: Diagnostic, more: int) -> Diagnostic:
    """A used file that has errors of its own."""
    extra = f" (and {more} more)" if more else ""
    return Diagnostic(
        "import-broken",
        f"{where} has errors of its own",
        span,
        "used here",
        f"mend it first: `ilang check` of {where} shows them",
        (f"{first}{extra}",),
    )


def import_outside(span: Span, where: str) -> Diagnostic:
    """`use x from "../../etc.inf"`."""
    return Diagnostic(
        "import-outside",
        f"{where} lies outside the program's folder",
        span,
        "leaves the folder",
        "a file is used from the program's own folder or below; what several programs share is a library",
    )


def python_missing_name(span: Span, name: str, where: str, known: Iterable[str]) -> Diagnostic:
    """`use python chek from "checks.py"`."""
    known = tuple(known)
    help_ = _meant(
        name,
        known,
        f"define it with `def {name}(...)` at the top level of the file"
        + (f"; it has: {_listed(known)}" if known else ""),
    )
    return Diagnostic("import-missing-name", f"{where} defines no function `{name}`", span, "not there", help_)


def python_star(span: Span, name: str, where: str, star: str) -> Diagnostic:
    """`use python f from "checks.py"`, where it is `def f(*codes)`."""
    return Diagnostic(
        "python-signature",
        f"`{name}` in {where} has `{star}` among its parameters, and is called by their names",
        span,
        "cannot be called",
        "take the `/` out" if star == "/" else "give each parameter a name of its own; several values are one `list`",
    )


def python_syntax(span: Span, where: str, line: int | None, why: str) -> Diagnostic:
    """A Python file that does not parse."""
    place = f", line {line}" if line else ""
    return Diagnostic(
        "python-syntax",
        f"{where} is not valid Python: {why}{place}",
        span,
        "used here",
        "mend it first; `python -m py_compile` shows the place",
    )


def python_unreadable(span: Span, where: str, why: Exception) -> Diagnostic:
    """A Python file that cannot be read."""
    reason = why.strerror if isinstance(why, OSError) and why.strerror else str(why) or type(why).__name__
    return Diagnostic(
        "python-syntax", f"{where} cannot be read: {reason}", span, "used here", "check the file and its permissions"
    )


def python_module_not_found(span: Span, name: str) -> Diagnostic:
    """`use python f from cheks`."""
    return Diagnostic(
        "import-not-found",
        f"there is no Python module `{name}`",
        span,
        "not found",
        f'a file is written in quotes: `from "{name.replace(".", "/")}.py"`',
    )


def python_without_origin(span: Span, names: str) -> Diagnostic:
    """`use python f`."""
    return Diagnostic(
        "import-not-found",
        "`use python` needs to know from where",
        span,
        "no file given",
        f'write `use python {names} from "checks.py"`',
    )


# ---- declarations --------------------------------------------------------------


def recursion(span: Span, chain: Sequence[str]) -> Diagnostic:
    """A pipeline that calls itself."""
    return Diagnostic(
        "recursion",
        f"`{chain[0]}` may not call itself" + (", through others" if len(chain) > 2 else ""),
        span,
        "comes back to where it began",
        "a loop is written `repeat(max=...) { ... }`",
        (" -> ".join(chain),) if len(chain) > 2 else (),
    )


def calls_too_deep(span: Span, most: int) -> Diagnostic:
    """p1 calls p0, p2 calls p1, and so on."""
    return Diagnostic(
        "nested-too-deep",
        f"more than {most} pipelines call each other in a row",
        span,
        "the limit is passed here",
        "put some of them together",
    )


def calls_nested_too_deep(span: Span) -> Diagnostic:
    """Forty pipelines in a row, each of which calls the next inside of other calls."""
    return Diagnostic(
        "nested-too-deep",
        "pipelines call each other too deep inside of other calls",
        span,
        "the limit is passed here",
        "name what a call gives with `let`, outside of the others; or put some of the pipelines together",
    )


def nested_too_deep(span: Span) -> Diagnostic:
    """A hundred calls inside each other."""
    return Diagnostic(
        "nested-too-deep",
        "this is nested too deep",
        span,
        "too deep",
        "name a part of it with `let`, or make it a pipeline",
    )


def block_too_long(span: Span, most: int) -> Diagnostic:
    """A block of 201 lets."""
    return Diagnostic(
        "block-too-long",
        f"a block has at most {most} `let`s",
        span,
        "one too many",
        "make some of them a pipeline of their own",
    )


def too_many(span: Span | None, most: int) -> Diagnostic:
    """More problems than anyone reads."""
    return Diagnostic(
        "too-many-problems",
        f"there are more than {most} problems; the rest is not shown",
        span,
        "stopped here",
        "mend the first ones, and check again",
    )


def default_not_constant(span: Span, name: str) -> Diagnostic:
    """`n: int = length(q)`."""
    return Diagnostic(
        "not-constant",
        f"the default of `{name}` must be a plain value",
        span,
        "not a plain value",
        f"make it `{name}: ...? = none`, and reckon it in the body: `{name} | otherwise(...)`",
    )


def builtin_body(span: Span, name: str) -> Diagnostic:
    """`pipeline p() -> text builtin`."""
    return Diagnostic(
        "no-body",
        f"`{name}` has no body",
        span,
        "not built in",
        "only ilang's own prelude declares `builtin`s; write `{ ... }`",
    )


def no_entry(span: Span | None, name: str, known: Sequence[str]) -> Diagnostic:
    """`ilang run lib.inf` where there are several pipelines and no `main`."""
    if not known:
        return Diagnostic(
            "no-entry", "this file has no pipeline to run", span, "", "write `pipeline main(...) -> ... { ... }`"
        )
    if name:
        return Diagnostic(
            "no-entry",
            f"there is no pipeline `{name}`",
            span,
            "",
            _meant(name, known, f"there are: {', '.join(known)}"),
        )
    return Diagnostic(
        "no-entry",
        "this file has several pipelines and none is called `main`",
        span,
        "",
        f"say which: `FILE:{known[0]}`; there are: {', '.join(known)}",
    )


def same_for_all(span: Span, stage: str) -> Diagnostic:
    """`score(rate(question) | ask)`, which never looks at the candidate."""
    return Diagnostic(
        "same-for-all",
        f"this asks a model once, and `{stage}` takes the answer for every candidate",
        span,
        "does not mention `it`",
        "mention the candidate, for example `it.text`; or name the answer with a `let` before, if that is meant",
        severity="warning",
    )


def single_brace(span: Span, name: str) -> Diagnostic:
    """`Solve {question}` in the text of a prompt."""
    return Diagnostic(
        "single-brace",
        f"`{{{name}}}` is printed as it is written",
        span,
        "not filled in",
        f"a hole has two braces: `{{{{{name}}}}}`",
        severity="warning",
    )


def unused_let(span: Span, name: str) -> Diagnostic:
    """A let that nobody reads."""
    return Diagnostic(
        "unused-let",
        f"`{name}` is never read, so it is never computed",
        span,
        "not read",
        "remove it, or read it",
        severity="warning",
    )


def without_limit(span: Span) -> Diagnostic:
    """`within() { ... }`."""
    return Diagnostic(
        "missing-argument",
        "`within` needs a limit",
        span,
        "within what?",
        "for example `within(calls=100)`; limits: usd, tokens, calls, seconds",
    )


def unknown_limit(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`within(dollars=1)`."""
    usual = {
        "dollars": "usd",
        "cost": "usd",
        "budget": "usd",
        "time": "seconds",
        "timeout": "seconds",
        "requests": "calls",
        "draws": "calls",
    }
    help_ = f"write `{usual[name]}=...`" if name in usual else _meant(name, known, f"limits: {', '.join(known)}")
    return Diagnostic("unknown-argument", f"`within` has no limit `{name}`", span, "no such limit", help_)


def limit_by_name(span: Span) -> Diagnostic:
    """`within(5)`."""
    return Diagnostic(
        "missing-argument",
        "a limit of `within` needs its name",
        span,
        "of what?",
        "for example `within(calls=100)`; limits: usd, tokens, calls, seconds",
    )


# ---- tests ---------------------------------------------------------------------


def replies_must_be_text(span: Span) -> Diagnostic:
    """`replies solve = [3]`."""
    return Diagnostic(
        "bad-replies",
        "a reply is what the model says: a text",
        span,
        "not a text",
        'write it in quotes, as the model would say it: "Answer: 3"',
    )


def replies_unknown_prompt(span: Span, name: str, known: Sequence[str], *, declared: bool) -> Diagnostic:
    """`replies slove = [...]`."""
    help_ = _meant(name, known, f"its prompts: {_listed(known)}" if known else "this file has no prompt")
    message = f"no prompt is called `{name}`"
    if declared:
        message = f"`{name}` is not a prompt with a result, so no model replies to it"
        help_ = f"replies are given to a prompt: {_listed(known)}" if known else "this file has no prompt"
    return Diagnostic("unknown-name", message, span, "not a prompt", help_)


def test_needs_bool(span: Span, have: Type) -> Diagnostic:
    """`expect main("q")`."""
    return Diagnostic(
        "type-mismatch",
        f"`expect` needs true or false, but gets {_gets(have)}",
        span,
        f"is {have}",
        "compare it: `expect ... == ...`",
    )
