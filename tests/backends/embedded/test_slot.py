"""Which slot a strand starts from."""

from __future__ import annotations

from ilang_backends.embedded.binding import Llama
from ilang_backends.embedded.slot import Slot, coming, common, nearest, target


class Text:
    """A strand that reads a prompt."""

    def __init__(self, prompt: str) -> None:
        self.tokens = [ord(letter) for letter in prompt]
        self.first_row = len(prompt) - 1
        self.room = len(prompt)

    def see(self, llama: Llama, row: int, position: int) -> bool:
        return True


def slot(index: int, held: str, strand: Text | None = None) -> Slot:
    return Slot(index, [ord(letter) for letter in held], strand, used=index)


def test_common_beginnings() -> None:
    for one, other, length in (
        ("", "a", 0),
        ("abc", "abd", 2),
        ("ab", "abcd", 2),
        ("x", "y", 0),
        ("abcdefgh", "abcdefgX", 7),
    ):
        assert common(one, other) == common(other, one) == length
        assert common([*one], [*other]) == length


def test_the_last_token_of_a_prompt_is_always_computed() -> None:
    slots = [slot(0, "abc"), slot(1, "abcd")]
    assert nearest(slots, Text("abcd"))[1] == 3
    assert nearest([slot(0, "x")], Text("abcd"))[1] == 0


def test_of_equals_the_free_one_is_nearest() -> None:
    slots = [slot(0, "abcX", Text("abcX")), slot(1, "abcY")]
    assert nearest(slots, Text("abcd")) == (slots[1], 3)


def test_what_is_being_read_is_coming() -> None:
    slots = [slot(0, "a", Text("abcdefgh")), slot(1, "abcdXY", Text("abcd"))]
    assert coming(slots, Text("abcdefgz")) == 7
    assert coming(slots[1:], Text("abcdefgz")) == 0, "that one has been read"


def test_a_long_beginning_is_not_overwritten_for_a_short_one() -> None:
    shots, empty = slot(3, "a long list of examples: 1"), slot(0, "")
    assert target([shots, empty], shots, len("a long list of examples: ")) is shots
    assert target([shots, empty], shots, len("a ")) is empty
