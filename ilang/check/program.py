"""What is known when checking is done: a Program, ready to be lowered."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from ilang.base.diagnostic import Diagnostic
from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.base.type import Type
from ilang.base.value import Model
from ilang.check.term import Symbol, Term


def _span() -> Span:
    return field(compare=False, repr=False)  # type: ignore[no-any-return]


@noun
class Parameter:
    """A parameter of a pipeline, prompt, builtin or Python function.

    `default` is the term of its default, None where it must be given. `python_default`: Python
    itself fills it in.
    """

    name: str
    type: Type
    default: Term | None = None
    symbol: Symbol | None = None
    python_default: bool = False


@noun
class Signature:
    """What a call needs to know of what it calls."""

    kind: Literal["builtin", "pipeline", "prompt", "python"]
    key: str
    name: str
    params: tuple[Parameter, ...]
    result: Type
    doc: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)


@noun
class MessagePart:
    """One message of a prompt: a role and its text with holes."""

    role: str
    parts: tuple[str | Term, ...]


@noun
class IncludePart:
    """All messages of a request, or a list of messages. `reads`: its reader is this prompt's too."""

    value: Term
    reads: bool = False


@noun
class ReaderSpec:
    """How replies of a prompt are read: the extractor, its argument, the declared type."""

    extract: str
    argument: str | None
    type: Type


@noun
class Prompt:
    """A checked prompt. `shape` is request, text or messages: what its application gives."""

    signature: Signature
    parts: tuple[MessagePart | IncludePart, ...]
    reader: ReaderSpec | None
    schema: str | None
    shape: Literal["request", "text", "messages"]
    span: Span = _span()


@noun
class Pipeline:
    """A checked pipeline."""

    signature: Signature
    body: Term
    span: Span = _span()


@noun
class PythonFunction:
    """A Python function that the program names, read from its source without importing it.

    `path` is the file; `batched`, `pure` and `is_async` are what its decorators and `def` say. `module`: the name of
    the Python module, where the `use` names one. `used_in`: the files of the program that name it.
    """

    signature: Signature
    path: str
    function: str
    is_async: bool
    batched: bool
    pure: bool
    module: str = ""
    used_in: tuple[str, ...] = ()


@noun
class ModelDeclaration:
    """A model by name; `model` is None where the user is to bind it."""

    key: str
    name: str
    model: Model | None
    span: Span = _span()


@noun
class ScriptedReplies:
    """`replies` of a test: the prompt's key and the texts, in order."""

    prompt: str
    texts: tuple[str, ...]


@noun
class Expectation:
    """One `expect`: what must be true, as it was written. Where it is a comparison `sides` is the list of
    both, so that a failure can show them as they were: in one activation, the left one first."""

    term: Term
    written: str
    sides: Term | None
    span: Span = _span()


@noun
class Test:
    """A checked test. The lets stand in front of every expectation's term."""

    name: str
    replies: tuple[ScriptedReplies, ...]
    expects: tuple[Expectation, ...]
    span: Span = _span()


@noun
class Program:
    """A checked program: the file that was asked for and all that it uses, linked by key.

    A key is `module:name`; the module of the file itself is empty, so that its keys are plain names.
    """

    name: str
    path: str | None
    pipelines: dict[str, Pipeline]
    prompts: dict[str, Prompt]
    python: dict[str, PythonFunction]
    models: dict[str, ModelDeclaration]
    tests: tuple[Test, ...]
    entry: str | None  # the key of `main`, or of the only pipeline
    warnings: tuple[Diagnostic, ...] = ()
    doc: str = ""
