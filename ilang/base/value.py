"""Values of a running program. All are immutable; none knows how it was computed.

text is `str`, int and number are `int | float` (a whole number is always an `int`), bool is
`bool`, none is `None`, a list is a `tuple`; the rest are the classes below. Candidates and
pools have their own file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ilang.base.type import Enum, Type

Value = Any  # one of the above; a closed union would have to name itself in itself


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A member of an enum: `Label.bug`."""

    type: Enum
    member: str

    @property
    def words(self) -> str:
        """What the model reads and writes for this member."""
        return dict(self.type.members)[self.member]

    def __str__(self) -> str:
        return f"{self.type.name}.{self.member}"


@dataclass(frozen=True, slots=True)
class RecordValue:
    """A record or a shape: fields in declared order."""

    name: str
    fields: tuple[tuple[str, Value], ...]

    def get(self, name: str) -> Value:
        """The field, or None where it has none (an optional field left out)."""
        return next((value for key, value in self.fields if key == name), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: passed or not, how well (None: not told), and what to say about it."""

    ok: bool
    score: float | None = None
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Blob:
    """A picture or a file, as a program is given it. Two are one where their bytes are: `digest` is their SHA-256.

    `kind` is image or file, `mime` such as `image/png`.
    """

    kind: str
    mime: str
    digest: str
    data: bytes = field(default=b"", compare=False, repr=False)

    def __str__(self) -> str:
        size = f"{len(self.data) / 1000:.0f} kB" if len(self.data) >= 1000 else f"{len(self.data)} bytes"
        return f"[{self.kind} {self.mime}, {size}]"


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One message of a conversation; `role` is system, user or assistant.

    `parts` are texts and blobs in their order where there is a blob among them, else empty; `content` is its text.
    """

    role: str
    content: str
    parts: tuple[str | Blob, ...] = ()

    def __repr__(self) -> str:
        """Of a plain message as ever: what hashes it must not see a field that it does not have."""
        more = f", parts={self.parts!r}" if self.parts else ""
        return f"Message(role={self.role!r}, content={self.content!r}{more})"

    @property
    def shown(self) -> str:
        """The message with a mark where a blob stands."""
        return "".join(map(str, self.parts)) if self.parts else self.content

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """What it holds beside text."""
        return tuple(part for part in self.parts if isinstance(part, Blob))


@dataclass(frozen=True, slots=True)
class Model:
    """A model as the program names it: provider, id and settings (sorted by name, none left None).

    `label` is the name in the program (for reports and for `fake`); it is no part of an address.
    """

    provider: str
    id: str
    settings: tuple[tuple[str, Value], ...] = ()
    label: str = field(default="", compare=False)

    @property
    def shown(self) -> str:
        """`openai:gpt-5-mini`, or the provider alone where there is no id."""
        return f"{self.provider}:{self.id}" if self.id else self.provider

    def setting(self, name: str, default: Value = None) -> Value:
        return next((value for key, value in self.settings if key == name), default)


@dataclass(frozen=True, slots=True)
class Reader:
    """How a reply becomes a value: an extractor, then the declared type.

    `extract` is `after match code_block json whole python`; `argument` the marker, pattern,
    language or the Python function's runtime key.
    """

    extract: str
    argument: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Asked:
    """The value of type `request[T]`: a prompt applied to its arguments.

    Two are the same request when their messages and schema are equal; `prompt` (the prompt's
    name) and `reader` say where it came from and how its replies are read.
    """

    prompt: str
    messages: tuple[Message, ...]
    reader: Reader
    schema: str | None = None  # JSON Schema as canonical JSON


@dataclass(frozen=True, slots=True)
class Group:
    """One answer of a tally: its key, the value shown for it, its weight."""

    key: Value
    value: Value
    weight: float


@dataclass(frozen=True, slots=True)
class Tally:
    """A vote's result. Groups stand in the order in which they were first met.

    `size` counts the candidates that voted; `moment` is the sum of weight times value where
    the values are numbers, else None.
    """

    groups: tuple[Group, ...]
    size: int
    moment: float | None = None

    @property
    def total(self) -> float:
        return math.fsum(g.weight for g in self.groups)

    def ranked(self) -> tuple[Group, ...]:
        """Heaviest first; equal weights keep their order."""
        return tuple(sorted(self.groups, key=lambda g: -g.weight))


def whole(number: float) -> int | float:
    """The same number, as an int where it is whole and exact."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        return int(number)
    return number
