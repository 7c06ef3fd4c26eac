from ilang.report.count import counted, seconds_text, size_text, usd_text, weight_text
from ilang.report.result_text import cost_text, on_terminal, piped
from ilang.session.result import Cost, Result, TraceEvent


def drawn(kept: int, new: int, **paid) -> Result:
    trace = tuple(TraceEvent("p", "m", i, i < kept, 1, 1, "") for i in range(kept + new))
    return Result(1, "answered", "main", 0, Cost(seconds=1.25, **paid), Cost(1, 8, 1784, 0, 320), trace=trace)


def test_values():
    assert [piped(v) for v in ("a", "a\n", 3, True, [1], {"ü": None}, None)] == [
        "a\n",
        "a\n",
        "3\n",
        "true\n",
        "[1]\n",
        '{"ü": null}\n',
        "none\n",
    ]
    assert on_terminal("\x1b[2J") == "\\e[2J\n" and on_terminal([1, 2]) == "[1, 2]\n" and on_terminal(None) == "none\n"
    assert on_terminal({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}\n'


def test_all_from_the_store():
    assert cost_text(drawn(8, 0)).split("\n") == [
        "8 of 8 draws from the store, 0 calls",
        "paid   0 USD, 0 tokens, 1.2 s",
        "worth  0 USD, 2,104 tokens (1,784 in, 320 out), 1 call",
    ]


def test_some_new():
    shown = cost_text(drawn(8, 8, calls=1, draws=8, input_tokens=100, cached_tokens=60, output_tokens=320, usd=None))
    assert shown.split("\n")[:2] == [
        "16 draws: 8 new, 8 kept; 1 call",
        "paid   USD unknown, 420 tokens (100 in, 60 of them cached, 320 out), 1.2 s",
    ]


def test_all_new():
    assert cost_text(drawn(0, 1, calls=1)).startswith("1 new draw, 1 call\n")
    assert cost_text(drawn(0, 0)).startswith("0 new draws, 0 calls\n")


def test_numbers():
    assert [counted(n, "reply", "replies") for n in (0, 1, 2000)] == ["0 replies", "1 reply", "2,000 replies"]
    assert [seconds_text(s) for s in (0.004, 0.12, 9.94, 9.96, 119, 200)] == [
        "0.00 s",
        "0.1 s",
        "9.9 s",
        "10 s",
        "119 s",
        "3 min 20 s",
    ]
    assert [usd_text(u) for u in (None, 0, 0.0, 0.00584, 12.5)] == [
        "USD unknown",
        "0 USD",
        "0 USD",
        "0.0058 USD",
        "12.50 USD",
    ]
    assert [size_text(s) for s in (0, 1, 999, 98_362_432, 5 * 10**12)] == [
        "0 bytes",
        "1 byte",
        "999 bytes",
        "98.4 MB",
        "5.0 TB",
    ]
    assert [weight_text(w) for w in (2, 2.0, 0.5, 1 / 3)] == ["2", "2", "0.5", "0.333"]
