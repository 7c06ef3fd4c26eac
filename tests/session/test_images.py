"""Images and files: read, hashed, sent over HTTP as the protocol has them, and refused where a model takes none."""

from __future__ import annotations

import asyncio
import base64
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

import ilang
from ilang.backend.request import Request
from ilang.base.diagnostic import IlangError
from ilang.base.value import Blob, Message, Model
from ilang.draws.address import request_key
from ilang.draws.draw import Ask
from ilang.draws.memory_store import MemoryStore
from tests.cli.calling import process
from tests.session.test_model_settings import reply, serving

VISION = Path(__file__).parents[1] / "examples" / "tasks" / "vision.inf"


def png(red: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes((0, red, 0, 0)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def run(path: Path, store: MemoryStore, models: tuple[str, ...] = (), **given: Any) -> Any:
    program = ilang.load(path, models=models)
    return asyncio.run(program.run_with_async(given, store=store))


def test_the_program_of_the_design_asks_a_server_that_sees(tmp_path: Path) -> None:
    red = tmp_path / "red.png"
    red.write_bytes(png(200))
    with serving(lambda n, body: (200, reply("It is red.\nAnswer: Red"))) as server:
        eyes = (f'eyes=openai("big", base_url="{server.url}", images=true, n=false)',)
        store = MemoryStore()
        result = run(VISION, store, eyes, photo=str(red), question="Which colour?", n=3)
        again = run(VISION, store, eyes, photo=red.read_bytes(), question="Which colour?", n=3)
        other = run(VISION, store, eyes, photo=png(201), question="Which colour?", n=3)
    assert result.value == "Red" and result.paid.draws == 3
    assert again.paid.calls == 0 and again.value == "Red"  # the bytes are the same, wherever they came from
    assert other.paid.draws == 3
    (message,) = server.asked[0]["messages"]
    url = "data:image/png;base64," + base64.b64encode(png(200)).decode()
    assert message["content"] == [
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "text", "text": '\n\nWhich colour?\nFinish with "Answer: ...".'},
    ]


def test_on_the_command_line_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(png(200))
    with serving(lambda n, body: (200, reply("Answer: red"))) as server:
        words = (
            "run", str(VISION), f"photo=@{tmp_path / 'red.png'}", "question=Which?", "n=1", "--store", "none",
            "--model", f'eyes=openai("big", base_url="{server.url}", images=true, n=false)',
        )  # fmt: skip
        told = process(*words)
        assert (told.code, told.out) == (0, "red\n"), told.err
        wrong = process(*(w if not w.startswith("photo=") else f"photo=@{VISION}" for w in words))
    assert wrong.code == 2 and "is no PNG, JPEG, GIF or WebP" in wrong.err
    assert process("run", str(VISION), "photo=@nowhere.png", "question=Which?").code == 2


def test_a_file_is_sent_as_one(tmp_path: Path) -> None:
    path = tmp_path / "p.inf"
    path.write_text(
        'prompt read_it(paper: file) -> text { user """Sum up: {{paper}}""" }\n'
        "pipeline main(paper: file) -> text { read_it(paper) | ask }\n"
    )
    with serving(lambda n, body: (200, reply("short"))) as server:
        model = (f'openai("big", base_url="{server.url}", files=true)',)
        assert run(path, MemoryStore(), model, paper=b"%PDF-1.7 ...").value == "short"
    text, part = server.asked[0]["messages"][0]["content"]
    assert text == {"type": "text", "text": "Sum up: "}
    assert part["file"]["filename"] == "file.pdf" and part["file"]["file_data"].startswith(
        "data:application/pdf;base64,"
    )


@pytest.mark.parametrize(
    "body",
    [
        "look(photo) | ask",
        "let asked = look(photo)\n  asked | sample(n=2) | best",
        'say("x") | sample | refine(look(photo)) | best',
    ],
)
def test_a_model_that_takes_none_is_refused_before_it_is_asked(tmp_path: Path, body: str) -> None:
    path = tmp_path / "p.inf"
    path.write_text(
        'prompt look(photo: image) -> text { user """{{photo}}""" }\nprompt say(q: text) -> text """{{q}}"""\n'
        f"pipeline main(photo: image) -> text {{\n  {body}\n}}\n"
    )
    with pytest.raises(IlangError) as refused:
        run(path, MemoryStore(), ("sim",), photo=png(1))
    assert [d.code for d in refused.value.diagnostics] == ["model-lacks"]
    assert "`look` shows an image, which sim does not take" in refused.value.diagnostics[0].message


def test_through_a_generic_pipeline_it_is_refused_when_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "p.inf"
    path.write_text(
        'prompt look(photo: image) -> text { user """{{photo}}""" }\n'
        "pipeline once(r: request[T]) -> T { r | ask }\npipeline main(photo: image) -> text { once(look(photo)) }\n"
    )
    result = run(path, MemoryStore(), ("sim",), photo=png(1))
    assert result.status == "failed" and result.error.code == "model-lacks" and result.paid.calls == 0


def test_addresses_are_by_content_and_those_of_plain_messages_stand() -> None:
    def key(*messages: Message) -> str:
        return request_key(Ask("p", Model("sim", "m"), Request("m", messages)), "sim", 0)

    one = Blob("image", "image/png", "aa", b"1")
    assert key(Message("user", "x", ("x", one))) == key(Message("user", "x", ("x", Blob("image", "image/png", "aa"))))
    assert (
        len({key(Message("user", "x")), key(Message("user", "x", ("x", one))), key(Message("user", "x", (one, "x")))})
        == 3
    )
    assert key(Message("user", "x", ("x", Blob("image", "image/png", "ab")))) != key(Message("user", "x", ("x", one)))
    assert key(Message("user", "x", ("x", Blob("file", "image/png", "aa")))) != key(Message("user", "x", ("x", one)))


def test_what_is_no_picture_or_too_large(tmp_path: Path) -> None:
    for data in (b"", b"plain text", b"x" * 20_000_001):
        with pytest.raises(IlangError) as wrong:
            run(VISION, MemoryStore(), ("fake",), photo=data, question="?")
        assert wrong.value.diagnostics[0].code in ("bad-argument", "model-lacks")
