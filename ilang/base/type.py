"""Types of ilang values. Knows their shapes and how they print, not how they are inferred."""

from __future__ import annotations

from ilang.base.noun import noun


@noun
class Basic:
    """`text int number bool image file model message none any`; `any` only where a check is left to the run."""

    name: str

    def __str__(self) -> str:
        return "Message" if self.name == "message" else self.name


@noun
class ListOf:
    """`list[T]`."""

    item: Type

    def __str__(self) -> str:
        return f"list[{self.item}]"


@noun
class Optional:
    """`T?`: a T or none."""

    item: Type

    def __str__(self) -> str:
        inner = f"({self.item})" if isinstance(self.item, Function) else str(self.item)
        return f"{inner}?"


@noun
class Field:
    """One field of a record; `note` is what the model is told about it."""

    name: str
    type: Type
    note: str = ""


@noun
class Record:
    """A named record, or a shape without a name (`name` is then empty). Named ones are equal by name and fields."""

    name: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)

    def __str__(self) -> str:
        if self.name:
            return self.name
        return "{" + ", ".join(f"{f.name}: {f.type}" for f in self.fields) + "}"


@noun
class Enum:
    """An enum: its members, each with the words that the model reads and writes."""

    name: str
    members: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self.name


@noun
class RequestOf:
    """`request[T]`: a prompt applied to its arguments, not yet sent."""

    item: Type

    def __str__(self) -> str:
        return f"request[{self.item}]"


@noun
class CandidateOf:
    """What `it` is: one candidate whose text reads as a T."""

    item: Type

    def __str__(self) -> str:
        return f"candidate[{self.item}]"


@noun
class Candidates:
    """`candidates[T]`: an ordered, weighted pool."""

    item: Type

    def __str__(self) -> str:
        return f"candidates[{self.item}]"


@noun
class TallyOf:
    """`tally[T]`: what a vote found."""

    item: Type

    def __str__(self) -> str:
        return f"tally[{self.item}]"


@noun
class Function:
    """`(A, B) -> R`."""

    params: tuple[Type, ...]
    result: Type

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.params))}) -> {self.result}"


@noun
class Var:
    """A type variable: one capital letter in a declaration, numbered where it is used."""

    name: str
    number: int = 0

    def __str__(self) -> str:
        return self.name


Type = Basic | ListOf | Optional | Record | Enum | RequestOf | CandidateOf | Candidates | TallyOf | Function | Var

TEXT = Basic("text")
INT = Basic("int")
NUMBER = Basic("number")
BOOL = Basic("bool")
IMAGE = Basic("image")
FILE = Basic("file")
MODEL = Basic("model")
MESSAGE = Basic("message")
NONE = Basic("none")
ANY = Basic("any")
VERDICT = Record("Verdict", (Field("ok", BOOL), Field("score", Optional(NUMBER)), Field("feedback", TEXT)))
