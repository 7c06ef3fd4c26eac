"""Mistakes with stages, regions and what they are fed."""

from __future__ import annotations

from ilang.syntax.mistake import Mistake, before, in_pipeline
from ilang.syntax.reading import RESERVED
from ilang.syntax.trouble import Trouble

_REGIONS = frozenset(("repeat", "focus", "per"))


def _called_with_brace(t: Trouble, words: frozenset[str]) -> bool:
    """`words(...) {` or `words {`, where no brace can follow."""
    if t.found != "{":
        return False
    place = t.index - 1
    if t.word(-1) == ")":
        level = 0
        while place >= 0:
            level += (t.tokens[place].text == ")") - (t.tokens[place].text == "(")
            place -= 1
            if level == 0:
                break
    return place >= 0 and t.tokens[place].text in words


STAGES = (
    Mistake(
        "reserved-name",
        lambda t: t.word(-1) in RESERVED and t.word(-2) == "|" and t.on_top("pipe"),
        "`$before` is a word of the language and no stage",
        "an `if` is written inside a stage or around the whole: `if c { q | vote } else { ... }`",
        in_pipeline("q | if x { a } else { b }", "q | let x = 3"),
        place=before,
    ),
    Mistake(
        "missing-stage",
        lambda t: t.on_top("VBAR") and (t.found in (")", "}", "]", ",", "|", "") or t.found in ("let", "else")),
        "behind `|` a stage is missing",
        "name a stage, `| vote`, or delete the `|`",
        (*in_pipeline("q |", "q | | vote", "f(q |)"), "hole:q |"),
        place=before,
        label="it feeds nothing",
    ),
    Mistake(
        "not-a-stage",
        lambda t: t.takes("REGION") and t.takes("DOT") and (t.on_top("VBAR") or t.found not in ("}", "|")),
        "`$found` is no stage",
        "behind `|` stands the name of a stage or pipeline, `| vote`, or a field, `| .winner`",
        in_pipeline("q | 3", 'q | "a"', "q | (vote)", "q | [1]"),
    ),
    Mistake(
        "called-field",
        lambda t: t.found == "(" and t.touches() and t.word(-2) == "." and t.word(-3) in ("|", "{"),
        "`.$before` is a field, and fields are not called",
        "delete the brackets",
        in_pipeline("q | .winner()"),
    ),
    Mistake(
        "field-of-stage",
        lambda t: t.found == "." and t.takes("VBAR") and not t.takes_operator() and t.stack[-1] in ("args", "step"),
        "a field of what a stage gives is a stage of its own",
        "write `| .name`",
        in_pipeline("q | f().x", "q | vote() .winner"),
    ),
    Mistake(
        "missing-value",
        lambda t: t.found == "|" and t.takes_value(),
        "nothing stands before this `|`",
        "begin with what is fed in: `solve(question) | sample(n=8)`",
        in_pipeline("| vote", "let x = | vote x", "f(| vote)"),
    ),
    Mistake(
        "empty-region",
        lambda t: t.on_top("REGION", "args", "LBRACE") and t.found == "}",
        "this region has no stages",
        "write the stages between the braces: `{ refine(...) | verify(...) }`",
        in_pipeline("q | repeat(max=3) { }"),
    ),
    Mistake(
        "bar-first",
        lambda t: t.on_top("REGION", "args", "LBRACE") and t.found == "|",
        "the first stage of a region has no `|` before it",
        "delete the `|`",
        in_pipeline("q | repeat(max=3) { | vote }"),
    ),
    Mistake(
        "region-needs-stages",
        lambda t: t.on_top("REGION", "args"),
        "`repeat`, `focus` and `per` have stages in braces",
        "write `repeat(max=3) { refine(...) }`",
        in_pipeline("q | repeat(max=3)", "q | focus(top=1) | vote"),
        place=before,
        label="braces are missing behind it",
    ),
    Mistake(
        "region-needs-arguments",
        lambda t: t.found == "{" and t.word(-1) in _REGIONS | {"within"},
        "`$before` has arguments before its braces",
        "write `repeat(max=3) {`, `focus(top=1) {`, `per(it.root) {`, `within(usd=0.05) {`",
        in_pipeline("q | repeat { vote }", "within { q }"),
        place=before,
    ),
    Mistake(
        "region-needs-pool",
        lambda t: _called_with_brace(t, _REGIONS),
        "`repeat`, `focus` and `per` are stages: something must be fed in",
        "write `... | repeat(max=3) { ... }`",
        in_pipeline("repeat(max=3) { vote }"),
        label="the stages of what?",
    ),
    Mistake(
        "within-is-no-stage",
        lambda t: _called_with_brace(t, frozenset(("within",))),
        "`within` is no stage: it stands around a whole value",
        "write `within(usd=0.05) { q | vote }`",
        in_pipeline("q | within(usd=1) { vote }"),
    ),
    Mistake(
        "let-needs-name",
        lambda t: t.on_top("LET"),
        "behind `let` stands a name",
        "write `let name = ...`, one for each value",
        in_pipeline("let (a, b) = q a", "let 3 = q q"),
    ),
    Mistake(
        "missing-bar",
        lambda t: t.takes("VBAR") and not t.takes_operator() and t.juxtaposed(),
        "between two stages stands `|`",
        "write `| $found`",
        in_pipeline("q | repeat(max=3) { refine(q) vote }", "q | repeat(max=3) { f x }"),
    ),
    Mistake(
        "space-before-bracket",
        lambda t: (
            (t.found == "(" and t.is_a("NAME", -1) and not t.touches())
            or (t.takes_only("FUNC") and t.is_a("NAME") and t.word(1) == "(")
        ),
        "a call has no space before its bracket",
        "write `name(`",
        (*in_pipeline("f (q)", "q | sample (n=8)", "q | repeat (max=3) { vote }"), 'model m = openai ("id")'),
        place=lambda t: t.at(-1).to(t.at()) if t.found == "(" else t.at().to(t.at(1)),
    ),
)
