"""Tells of one draw, for `-v`, and of its request, for `-vv`. A request holds no key, so nothing is to be hidden."""

from __future__ import annotations

from ilang.draws.event import Event
from ilang.report.count import counted, seconds_text
from ilang.report.escape import visible, visible_line
from ilang.report.json_text import value_text
from ilang.report.width import clip


def draw_line(event: Event) -> str:
    """`kept   solve[3] sim:m: 45 tokens, "...Answer: 31"`."""
    model = event.ask.model
    where = f"{event.ask.prompt}[{event.index}] {model.provider}{':' if model.id else ''}{model.id}"
    match event.kind:
        case "start":
            return f"asked  {visible_line(where)}"
        case "wait":
            return f"waits  {visible_line(where)}: another run draws it"
        case "retry":
            said = event.fault.message if event.fault is not None else ""
            return f"again  {visible_line(where)} in {seconds_text(event.wait)}: {visible_line(said)}"
        case "pause":
            said = event.fault.message if event.fault is not None else ""
            return f"paused {visible_line(where)}, next try in {seconds_text(event.wait)}: {visible_line(said)}"
        case "resume":
            return f"goes on {visible_line(where)}"
        case "fail":
            said = event.fault.message if event.fault is not None else ""
            return f"failed {visible_line(where)}: {visible_line(said)}"
    if event.draw is None:
        return visible_line(where)
    word = "kept  " if event.kind == "hit" else "new   "
    text = " ".join(event.draw.text.split())
    shown = visible_line(text if len(text) <= 60 else "..." + text[-57:])
    return f"{word} {visible_line(where)}: {counted(event.draw.output_tokens, 'token')}, {clip(shown, 64)}"


def request_text(event: Event) -> str:
    """The messages and settings of the request, and the reply where it is known, each line indented."""
    request = event.ask.request
    lines = [f"{m.role}: {m.shown}" for m in request.messages]
    settings = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        "max_tokens": request.max_tokens,
        "stop": list(request.stop) or None,
        **dict(request.extra),
    }
    lines.append(", ".join(f"{k}={value_text(v)}" for k, v in settings.items() if v is not None))
    if event.draw is not None:
        lines.append(f"reply: {event.draw.text}")
    return "\n".join("  " + visible(line).replace("\n", "\n    ") for line in lines if line)
