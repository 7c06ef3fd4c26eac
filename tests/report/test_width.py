from hypothesis import given
from hypothesis import strategies as st

from ilang.report.width import clip, columns, pad, pad_left


def test_columns():
    assert columns("abc") == 3 and columns("漢字") == 4 and columns("e\u0301") == 1 and columns("🙂") == 2


@given(st.text(), st.integers(3, 40))
def test_clip(text, most):
    shown = clip(text, most)
    assert columns(shown) <= most
    assert shown == text or (shown.endswith("...") and text.startswith(shown[:-3]))


def test_pad():
    assert pad("漢", 4) == "漢  " and pad_left("7", 3) == "  7" and pad("long", 2) == "long"
