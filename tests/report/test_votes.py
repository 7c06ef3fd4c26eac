from ilang.report.votes import bar_text, votes_text
from ilang.report.width import columns


def test_a_bar_for_each_answer():
    assert votes_text([(4, 2), ("none\nof it", 1), ({"a": 1}, 0.5)]) == (
        "  4           ████████████████████████    2\n"
        "  none of it  ████████████                1\n"
        '  {"a": 1}    ██████                    0.5'
    )


def test_at_most_eight_rows():
    shown = votes_text([(i, 20 - i) for i in range(12)])
    assert shown.count("\n") == 8 and shown.endswith("\n  and 4 more answers with 42 together")


def test_texts_are_clipped_and_safe():
    shown = votes_text([("x" * 500 + "\x1b[2J", 1), ("\x1b[2J", 1)], room=60)
    assert max(map(columns, shown.split("\n"))) <= 60 and "\x1b" not in shown and "\\e[2J" in shown


def test_weights_of_nothing():
    assert votes_text([(1, 0.0), (2, 0.0)]).count("█") == 0
    assert votes_text([]) == ""


def test_a_bar_of_something_is_seen():
    assert bar_text(0.0001, 24, blocks=True) == "▏" and bar_text(0, 24, blocks=True) == ""
    assert bar_text(1, 24, blocks=False) == "#" * 24 and bar_text(0.001, 24, blocks=False) == "#"
