import io
import time

from ilang.backend.protocol import BackendFault
from ilang.backend.request import Request
from ilang.base.value import Message, Model
from ilang.draws.draw import Ask, Draw
from ilang.draws.event import Event
from ilang.report.output import Output
from ilang.report.progress import Heard, Progress, chosen, mode_for
from tests.report.test_output import Terminal

ASK = Ask("solve", Model("sim", "m"), Request("m", (Message("user", "q"),)))
DRAW = Draw("text", "end", "", 10, 0, 5)


def heard(*kinds: str) -> Heard:
    found = Heard()
    for index, kind in enumerate(kinds):
        fault = BackendFault("timeout", "too \x1bslow") if kind in ("retry", "fail") else None
        draw = DRAW if kind in ("hit", "finish") else None
        found.hear(Event(kind, ASK, index // 2 if kind in ("start", "finish", "fail") else index, draw, fault, 3.0))
    return found


def test_words():
    assert heard("start", "finish", "start", "finish").words(1.2) == "2 of 2 draws, 2 new, 10 tokens, 1.2 s"
    assert heard("hit", "hit").words(1.2) == "2 of 2 draws, 2 from the store, 0 new, 1.2 s"
    assert heard("start").words(0.5) == "0 of 1 draw, 0 new, 0.5 s"
    assert heard("start", "retry").words(0.5) == "0 of 1 draw, 0 new, 0.5 s, again in 3.0 s: too \\eslow"
    assert heard("start", "fail").words(0.5) == "1 of 1 draw, 0 new, 1 failed, 0.5 s"


def test_a_draw_that_is_called_for_again_is_one_draw():
    found = Heard()
    for _ in range(3):
        found.hear(Event("start", ASK, 0))
    assert found.asked == 1


def test_modes():
    terminal, pipe = Output(None, Terminal(), environment={}), Output(None, io.StringIO(), environment={})
    assert mode_for("auto", terminal) == "bar" and mode_for("auto", pipe) == "lines"
    assert mode_for("bar", pipe) == "bar" and mode_for("none", terminal) == "none"
    assert mode_for("auto", Output(None, Terminal(), environment={"TERM": "dumb"})) == "lines"
    assert mode_for("bar", Output(None, Terminal(), quiet=1)) == "none"
    assert chosen(None, {"ILANG_PROGRESS": "lines"}) == "lines" and chosen("bar", {"ILANG_PROGRESS": "none"}) == "bar"
    assert chosen(None, {"ILANG_PROGRESS": "loud"}) == "auto"


def test_nothing_before_the_first_draw_and_nothing_left_behind():
    err = Terminal()
    with Progress(Output(None, err, environment={}), "bar") as progress:
        time.sleep(0.25)
        assert err.getvalue() == ""
        progress.hear(Event("start", ASK, 0))
        time.sleep(0.25)
        assert "0 of 1 draw" in err.getvalue()
    assert err.getvalue().endswith("\r\x1b[K")


def test_a_stream_that_is_gone_ends_it():
    class Gone(Terminal):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    with Progress(Output(None, Gone(), environment={}), "bar") as progress:
        progress.hear(Event("start", ASK, 0))
        time.sleep(0.25)
