"""The frequent mistakes, in the order in which they are looked for; the first that fits is reported.

Signs and words of other languages come first, as they are wrong wherever they stand; then brackets; then what each
part of the grammar makes likely, from declarations inwards; at last what fits anything.
"""

from __future__ import annotations

from ilang.syntax.body_mistakes import PROMPTS, TESTS
from ilang.syntax.heading_mistakes import HEADINGS, PARAMETERS
from ilang.syntax.mistake import Mistake, in_pipeline
from ilang.syntax.sign_mistakes import BRACKETS, SIGNS
from ilang.syntax.stage_mistakes import STAGES
from ilang.syntax.value_mistakes import VALUES
from ilang.syntax.word_mistakes import WORDS

ANYTHING = (
    Mistake(
        "outside-declarations",
        lambda t: t.at_declaration() and t.found != "",
        "`$found` stands outside of any declaration",
        "a declaration begins with `use`, `model`, `record`, `enum`, `prompt`, `pipeline` or `test`",
        ("foo", "x = 3", '"""a"""', "model a b", "3"),
    ),
    Mistake(
        "unexpected-end",
        lambda t: t.found == "",
        "this is not finished: $expected is missing",
        "write the rest",
        ("pipeline", "model", "use", "record", "enum", "prompt", "use a from"),
        place=lambda t: t.at(-1) if t.tokens else t.at(),
        label="it ends here",
    ),
    Mistake(
        "unexpected-token",
        lambda t: True,
        "`$found` cannot stand here",
        "here stands $expected",
        ("use , a", "model 3", *in_pipeline("{ 3 }"), 'test "a" 3'),
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *SIGNS,
    *WORDS,
    *BRACKETS,
    *HEADINGS,
    *PARAMETERS,
    *PROMPTS,
    *TESTS,
    *STAGES,
    *VALUES,
    *ANYTHING,
)
