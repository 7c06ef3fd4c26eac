"""Every problem that checking can find: its facts and its wording, side by side.

One function a problem; its docstring shows a program that has it. Layout is `report`'s work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.type import (
    CandidateOf,
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
from ilang.check.near import near


def _meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    close = near(name, known)
    return f"did you mean `{close}`?" if close else otherwise


def unknown_name(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`solve(qestion)`."""
    known = tuple(known)
    return Diagnostic(
        "unknown-name",
        f"nothing here is called `{name}`",
        span,
        "not known",
        _meant(name, known, "declare it, take it in with `use`, or pass it as a parameter"),
    )


def unknown_stage(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`| vots`."""
    return Diagnostic(
        "unknown-stage",
        f"there is no stage, pipeline or function called `{name}`",
        span,
        "not known",
        _meant(name, tuple(known), "`ilang show FILE --phase program` lists what a program knows"),
    )


def not_callable(span: Span, name: str, type_: Type) -> Diagnostic:
    """`let x = 3` ... `x(4)`."""
    return Diagnostic(
        "not-callable", f"`{name}` is {a(type_)} and cannot be called", span, f"is {type_}", "call a pipeline, a prompt or a function"
    )


def unknown_type(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`n: integer`."""
    usual = {"str": "text", "string": "text", "float": "number", "integer": "int", "boolean": "bool", "dict": "a record"}
    if name in usual:
        return Diagnostic("unknown-type", f"there is no type `{name}`", span, "not a type", f"write `{usual[name]}`")
    return Diagnostic(
        "unknown-type", f"there is no type `{name}`", span, "not a type", _meant(name, tuple(known), "declare a `record` or an `enum` of that name")
    )


def bad_type_argument(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`set[text]`."""
    return Diagnostic(
        "unknown-type",
        f"no type `{name}[...]` is known",
        span,
        "takes no argument, or is not a type",
        _meant(name, tuple(known), "types with an argument: list, request, candidates, tally"),
    )


def unknown_field(span: Span, name: str, owner: Type, known: Sequence[str]) -> Diagnostic:
    """`it.txt`."""
    help_ = _meant(name, known, f"it has: {', '.join(known)}" if known else "it has no fields")
    if isinstance(owner, CandidateOf) and isinstance(owner.item, Record) and owner.item.field(name):
        help_ = f"`{name}` is a field of the value: write `it.value.{name}`"
    if isinstance(owner, Candidates | ListOf):
        help_ = f"it holds many: take one (`| best`), or ask each: `| each(it.{name})`"
    if isinstance(owner, RequestOf):
        help_ = "it is not sent yet: `| ask` gives one value, `| sample(n=8) | vote` a tally"
    return Diagnostic("unknown-field", f"{a(owner)} has no field `{name}`", span, "no such field", help_)


def unknown_member(span: Span, owner: Enum, name: str) -> Diagnostic:
    """`Label.bugg`."""
    members = [m for m, _ in owner.members]
    return Diagnostic(
        "unknown-member", f"`{owner.name}` has no member `{name}`", span, "no such member", _meant(name, members, f"its members: {', '.join(members)}")
    )


def wrong_type(span: Span, what: str, have: Type, want: Type) -> Diagnostic:
    """`n="eight"`."""
    return Diagnostic("type-mismatch", f"{what} needs {want}, but gets {have}", span, f"is {have}", _cure(have, want))


def _cure(have: Type, want: Type) -> str:
    match have, want:
        case Candidates(), _ if not isinstance(want, Candidates | ListOf):
            return "a pool holds many: end it with `| best`, or `| vote | .winner`"
        case TallyOf(), _:
            return "take the answer out of the tally: `| .winner`"
        case RequestOf(item), _ if not isinstance(want, Candidates) and item == want:
            return "a request is not sent yet: `| ask` sends it once"
        case RequestOf(), Candidates():
            return "sample it first: `| sample(n=8)`"
        case _, _ if str(want) == "text" and str(have) in ("number", "int", "bool"):
            return "no conversion is silent: `| show` writes it as text"
        case Function(), _:
            return "call the function, or pass it where a function is expected"
    return ""


def may_be_none(span: Span, what: str, have: Type, want: Type, why: str) -> Diagnostic:
    """A pipeline that declares `T` and ends in `prune(unless=..) | best`."""
    inner = have.item if isinstance(have, Optional) else have
    return Diagnostic(
        "may-be-none",
        f"{what} needs {want}, but may get none",
        span,
        f"is {have}",
        f"say what then: `| otherwise(...)` with {a(inner)}, or declare `{want}?`",
        (why,) if why else (),
    )


def needs_candidates(span: Span, stage: str, have: Type, before: str) -> Diagnostic:
    """`solve(question) | vote`."""
    if isinstance(have, RequestOf):
        arguments = "" if stage in ("start", "sample") else f" | {stage}"
        return Diagnostic(
            "needs-candidates",
            f"`{stage}` needs candidates, but gets a request",
            span,
            "needs candidates[T]",
            f"sample it first: `{before} | sample(n=8){arguments}`",
        )
    return Diagnostic(
        "needs-candidates", f"`{stage}` needs candidates, but gets {have}", span, "needs candidates[T]", "a pool comes of `sample` or `start`"
    )


def needs_request(span: Span, stage: str, have: Type) -> Diagnostic:
    """`pool | ask`."""
    return Diagnostic(
        "needs-request",
        f"`{stage}` needs a request, but gets {have}",
        span,
        "needs request[T]",
        "a request is a prompt applied to its arguments: `solve(question)`",
    )


def needs_tally(span: Span, stage: str, have: Type) -> Diagnostic:
    """`pool | share_of(4)`."""
    return Diagnostic(
        "needs-tally", f"`{stage}` needs a tally, but gets {have}", span, "needs tally[T]", "vote first: `| vote`"
    )


def wrong_input(span: Span, stage: str, have: Type, wants: Sequence[Type]) -> Diagnostic:
    """`3 | join(", ")`."""
    return Diagnostic(
        "type-mismatch", f"`{stage}` takes {' or '.join(map(str, wants))}, but gets {have}", span, f"gets {have}"
    )


def nothing_piped(span: Span, stage: str) -> Diagnostic:
    """`vote()` with nothing before it."""
    return Diagnostic(
        "missing-argument", f"`{stage}` has nothing to work on", span, "needs a value before it", f"pipe a value into it: `... | {stage}`"
    )


def missing_argument(span: Span, callee: str, name: str, type_: Type) -> Diagnostic:
    """`solve()`."""
    return Diagnostic(
        "missing-argument", f"`{callee}` needs `{name}`", span, f"`{name}: {type_}` is missing", f"give it: `{callee}({name}=...)`"
    )


def too_many_arguments(span: Span, callee: str, most: int) -> Diagnostic:
    """`vote(1, 2, 3)`."""
    return Diagnostic("too-many-arguments", f"`{callee}` takes at most {most} here", span, "one too many")


def unknown_argument(span: Span, callee: str, name: str, known: Sequence[str]) -> Diagnostic:
    """`sample(m=8)`."""
    return Diagnostic(
        "unknown-argument",
        f"`{callee}` has no parameter `{name}`",
        span,
        "no such parameter",
        _meant(name, known, f"it takes: {', '.join(known)}" if known else "it takes none"),
    )


def given_twice(span: Span, callee: str, name: str) -> Diagnostic:
    """`sample(n=1, n=2)`."""
    return Diagnostic("given-twice", f"`{name}` of `{callee}` is given twice", span, "the second")


def outside_stage(span: Span, pronoun: str) -> Diagnostic:
    """`it` where no stage binds it."""
    what = "a candidate" if pronoun == "it" else "a pool"
    return Diagnostic(
        "no-pronoun",
        f"`{pronoun}` stands for {what} of a stage, and no stage binds it here",
        span,
        "nothing to stand for",
        "use it in an argument of a stage, such as `verify(check(it))`",
    )


def nested_it(span: Span, outer: Span) -> Diagnostic:
    """`score(them | count(it.score > it.weight))` where both stages' `it` are live."""
    return Diagnostic(
        "nested-it",
        "two stages' `it` meet in one argument",
        span,
        "whose `it`?",
        "name the outer one: `c => ... c.field ...`",
        (f"the outer `it` is read at {outer}",),
    )


def function_arity(span: Span, have: int, want: int) -> Diagnostic:
    """`cluster(x => true)`."""
    names = ", ".join("abcdef"[:want]) if want != 1 else "x"
    brackets = f"({names})" if want != 1 else names
    return Diagnostic(
        "wrong-function", f"a function of {want} is needed here, not of {have}", span, f"takes {have}", f"write `{brackets} => ...`"
    )


def not_a_function(span: Span, what: str, want: Type) -> Diagnostic:
    """`x => x` where a number is expected."""
    return Diagnostic("wrong-function", f"{what} needs {want}, not a function", span, "a function")


def each_needs_max(span: Span, why: Span | None) -> Diagnostic:
    """`parts(q) | ask | each(work(it))`."""
    return Diagnostic(
        "needs-max",
        "the model chose how long this list is, so `each` needs `max`",
        span,
        "could run without end",
        "say how many at most: `each(..., max=20)`",
        (f"the list comes from a reply at {why}",) if why else (),
    )


def model_in_hole(span: Span) -> Diagnostic:
    """`{{solve(q) | ask}}`."""
    return Diagnostic(
        "model-in-hole", "a hole of a prompt calls no model", span, "would send a request", "do it before: `let x = ...`, and pass it as an argument"
    )


def not_printable(span: Span, type_: Type) -> Diagnostic:
    """`{{items}}` of a list."""
    help_ = "write it out: `| json`"
    if isinstance(type_, ListOf):
        help_ = 'put it together: `| join("\\n")`, or `| json`'
    if isinstance(type_, RequestOf):
        help_ = "messages of another request come in with `include(...)`"
    if isinstance(type_, Candidates):
        help_ = 'take one with `| best`, or put them together: `| each(it.text) | join("\\n")`'
    return Diagnostic("not-printable", f"a hole cannot print {a(type_)}", span, f"is {type_}", help_)


def bad_include(span: Span, type_: Type) -> Diagnostic:
    """`include(3)`."""
    return Diagnostic("type-mismatch", f"`include` takes a list[Message] or a request, but gets {type_}", span, f"is {type_}")


def bad_answer(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`answer befor("x")`."""
    return Diagnostic("unknown-answer", f"no way of reading an answer is called `{name}`", span, "not known", _meant(name, known, f"known: {', '.join(known)}"))


def bad_answer_argument(span: Span, name: str, needs: str) -> Diagnostic:
    """`answer after(3)`."""
    return Diagnostic("bad-answer", f"`{name}` needs {needs}", span, "not that", 'for example `answer after("Answer:")`')


def bad_pattern(span: Span, why: str) -> Diagnostic:
    """`answer match("(")`."""
    return Diagnostic("bad-pattern", f"this pattern cannot be used: {why}", span, "not a regular expression")


def answer_without_result(span: Span) -> Diagnostic:
    """A prompt with `answer` and no `->`."""
    return Diagnostic("bad-answer", "a prompt with `answer` needs a result type", span, "read as what?", "write `-> text` (or another type) after the parameters")


def unreadable_type(span: Span, type_: Type) -> Diagnostic:
    """`prompt p() -> model`."""
    return Diagnostic("unreadable-type", f"no reply can be read as {type_}", span, "not a value that text can give", "text, int, number, bool, an enum, a record or a list of these")


def duplicate(span: Span, name: str, first: Span | None) -> Diagnostic:
    """Two pipelines of one name."""
    return Diagnostic(
        "duplicate-name", f"`{name}` is declared twice", span, "the second", "give one of them another name", (f"first declared at {first}",) if first else ()
    )


def unknown_backend(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`model m = opnai("x")`."""
    return Diagnostic(
        "unknown-backend", f"no backend is called `{name}`", span, "not installed", _meant(name, known, f"installed: {', '.join(known)}")
    )


def unknown_setting(span: Span, backend: str, name: str, known: Sequence[str]) -> Diagnostic:
    """`openai("x", temprature=1)`."""
    return Diagnostic(
        "unknown-setting", f"`{backend}` has no setting `{name}`", span, "no such setting", _meant(name, known, f"it takes: {', '.join(known)}")
    )


def setting_type(span: Span, name: str, want: str, have: str) -> Diagnostic:
    """`openai("x", temperature="hot")`."""
    return Diagnostic("type-mismatch", f"the setting `{name}` needs {want}, but gets {have}", span, f"is {have}")


def setting_not_constant(span: Span, name: str) -> Diagnostic:
    """`openai(name)`."""
    return Diagnostic("not-constant", f"`{name}` of a model must be written out", span, "not a plain value", "a text, a number, true or false")


def model_id(span: Span) -> Diagnostic:
    """`openai(3)`."""
    return Diagnostic("type-mismatch", "a model's id is a text", span, "not a text", 'for example `openai("gpt-4.1-mini")`')


def import_not_found(span: Span, where: str, help_: str) -> Diagnostic:
    """`use x from "nowhere.inf"`."""
    return Diagnostic("import-not-found", f"cannot find {where}", span, "not found", help_)


def import_missing_name(span: Span, name: str, where: str, known: Iterable[str]) -> Diagnostic:
    """`use best_off from std.selection`."""
    return Diagnostic("import-missing-name", f"{where} has no `{name}`", span, "not there", _meant(name, tuple(known)))


def import_cycle(span: Span, chain: Sequence[str]) -> Diagnostic:
    """a.inf uses b.inf, which uses a.inf."""
    return Diagnostic(
        "import-cycle", "these files use each other in a circle", span, "closes the circle", "move what both need into a third file", (" -> ".join(chain),)
    )


def import_broken(span: Span, where: str, first: Diagnostic, more: int) -> Diagnostic:
    """A used file that has errors of its own."""
    extra = f" (and {more} more)" if more else ""
    return Diagnostic("import-broken", f"{where} has errors of its own", span, "used here", "", (f"{first}{extra}",))


def import_outside(span: Span, where: str) -> Diagnostic:
    """`use x from "../../etc.inf"`."""
    return Diagnostic("import-outside", f"{where} lies outside the program's folder", span, "leaves the folder", "a file is used from the program's own folder or below; share others as a library")


def python_missing_name(span: Span, name: str, path: str, known: Iterable[str]) -> Diagnostic:
    """`use python chek from "checks.py"`."""
    return Diagnostic("import-missing-name", f"{path} defines no function `{name}`", span, "not there", _meant(name, tuple(known), "define it with `def` at the top level of the file"))


def python_syntax(span: Span, path: str, line: int | None, why: str) -> Diagnostic:
    """A Python file that does not parse."""
    return Diagnostic("python-syntax", f"{path} is not valid Python: {why}" + (f" (line {line})" if line else ""), span, "used here")


def python_without_origin(span: Span) -> Diagnostic:
    """`use python f`."""
    return Diagnostic("import-not-found", "`use python` needs to know from where", span, "no file given", 'write `use python f from "checks.py"`')


def recursion(span: Span, chain: Sequence[str]) -> Diagnostic:
    """A pipeline that calls itself."""
    return Diagnostic(
        "recursion", "a pipeline may not call itself, directly or through others", span, "comes back to where it began",
        "a bounded loop is `repeat(max=...)`", (" -> ".join(chain),)
    )


def not_defined_yet(span: Span, name: str) -> Diagnostic:
    """A let that reads itself."""
    return Diagnostic("unknown-name", f"`{name}` is not known yet at this place", span, "read before its `let`", "a `let` sees only those written before it")


def no_common_type(span: Span, what: str, one: Type, other: Type) -> Diagnostic:
    """`if c { 3 } else { "x" }`."""
    return Diagnostic("type-mismatch", f"{what} give {one} and {other}", span, "no common type", "both must give the same type")


def bad_operands(span: Span, operator: str, left: Type, right: Type | None) -> Diagnostic:
    """`"a" * 3`."""
    what = f"{left} and {right}" if right is not None else str(left)
    help_ = ""
    if operator == "+" and right is not None and "text" in (str(left), str(right)):
        help_ = "write the number as text first: `show(x)`"
    return Diagnostic("type-mismatch", f"`{operator}` does not take {what}", span, f"on {what}", help_)


def marks_by_name(span: Span) -> Diagnostic:
    """`mark(1)`."""
    return Diagnostic("missing-argument", "`mark` gives values by name", span, "has no name", "for example `mark(depth=0)`")


def reserved_mark(span: Span, name: str) -> Diagnostic:
    """`mark(text=...)`."""
    return Diagnostic("duplicate-name", f"`{name}` is a field that every candidate has", span, "taken", "choose another name for the mark")


def body_changes_type(span: Span, region: str, have: Type, want: Type) -> Diagnostic:
    """`repeat(max=2) { vote }`."""
    return Diagnostic("type-mismatch", f"the stages in `{region}` must give the pool back, but give {have}", span, f"is {have}, not {want}", "end them with a stage that gives candidates, and vote after the region")


def region_positional(span: Span, region: str) -> Diagnostic:
    """`per()`."""
    return Diagnostic("missing-argument", f"`{region}` does not take this argument", span, "not expected")


def unknown_limit(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """`within(dollars=1)`."""
    return Diagnostic("unknown-argument", f"`within` has no limit `{name}`", span, "no such limit", _meant(name, known, f"limits: {', '.join(known)}"))


def limit_by_name(span: Span) -> Diagnostic:
    """`within(5)`."""
    return Diagnostic("missing-argument", "a limit of `within` needs its name", span, "of what?", "for example `within(calls=100)`")


def no_entry(span: Span | None, name: str, known: Sequence[str]) -> Diagnostic:
    """`ilang run lib.inf` where there are several pipelines and no `main`."""
    if not known:
        return Diagnostic("no-entry", "this file has no pipeline to run", span, "", "write `pipeline main(...) -> ... { ... }`")
    if name:
        return Diagnostic("no-entry", f"there is no pipeline `{name}`", span, "", _meant(name, known, f"there are: {', '.join(known)}"))
    return Diagnostic("no-entry", "this file has several pipelines and none is called `main`", span, "", f"say which: `FILE:{known[0]}`; there are: {', '.join(known)}")


def unused_let(span: Span, name: str) -> Diagnostic:
    """A let that nobody reads."""
    return Diagnostic("unused-let", f"`{name}` is never read, so it is never computed", span, "not read", "remove it, or read it", severity="warning")


def replies_must_be_text(span: Span) -> Diagnostic:
    """`replies solve = [3]`."""
    return Diagnostic("bad-replies", "a reply is what the model says: a text", span, "not a text", 'write it in quotes: "Answer: 3"')


def replies_unknown_prompt(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`replies slove = [...]`."""
    return Diagnostic("unknown-name", f"no prompt is called `{name}`", span, "not a prompt", _meant(name, tuple(known)))


def test_needs_bool(span: Span, have: Type) -> Diagnostic:
    """`expect main("q")`."""
    return Diagnostic("type-mismatch", f"`expect` needs true or false, but gets {have}", span, f"is {have}", "compare it: `expect ... == ...`")


def optional_default(span: Span, name: str) -> Diagnostic:
    """A default that reads another parameter."""
    return Diagnostic("not-constant", f"the default of `{name}` must be a plain value", span, "not a plain value")


def type_open(span: Span, what: str) -> Diagnostic:
    """`let x = []` read as nothing."""
    return Diagnostic("type-mismatch", f"the type of {what} cannot be told", span, "of what?")


def lacks(span: Span, stage: str, needs: str, model: str, have: Sequence[str]) -> Diagnostic:
    """`extend` on a model that cannot continue a text."""
    help_ = f"models that can: {', '.join(have)}" if have else "bind another model with `--model`"
    return Diagnostic("model-lacks", f"`{stage}` needs {needs}, which {model} does not have", span, f"needs {needs}", help_)


def image_model(span: Span, prompt: str, model: str) -> Diagnostic:
    """A prompt with an image on a model that takes text only."""
    return Diagnostic("model-lacks", f"`{prompt}` shows an image, which {model} does not take", span, "needs images", "bind a model that takes images with `--model`")


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


def a(type_: Type) -> str:
    """The type with its article."""
    word = str(type_)
    return f"an {word}" if word[:1].lower() in "aeiou" else f"a {word}"
