"""What cannot be done says so, what is cancelled stops, and a process always ends."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang_backends.embedded.backend import EmbeddedBackend
from ilang_backends.embedded.provider import PROVIDER
from tests.backends.embedded.asking import ask, opened, request, texts


def fault_of(backend: EmbeddedBackend, **changes: object) -> BackendFault:
    with pytest.raises(BackendFault) as caught:
        ask(backend, request(**changes))
    return caught.value


@pytest.mark.weights
def test_too_long_is_told_before_it_runs(backend: EmbeddedBackend) -> None:
    before = backend.computed
    fault = fault_of(backend, user="word " * 9000)
    assert fault.kind == "context-overflow"
    assert "9,0" in f"{int(fault.message.split()[3]):,}" and "8192" in fault.message
    assert fault_of(backend, max_tokens=8192).kind == "context-overflow"
    assert backend.computed == before
    assert ask(backend, request(max_tokens=2))[0].choices


@pytest.mark.weights
def test_a_declared_context_is_kept() -> None:
    small = opened(threads=1, sequences=1, context=64)
    assert small.capabilities.context == 64
    assert fault_of(small, max_tokens=60).kind == "context-overflow"
    assert ask(small, request(max_tokens=None, stop=(".",)))[0].choices[0].tokens
    asyncio.run(small.aclose())
    large = opened(threads=1, sequences=1, context=9000)
    assert "trained" in fault_of(large).message
    asyncio.run(large.aclose())


@pytest.mark.weights
@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"n": 0}, "n=0"),
        ({"temperature": -1.0}, "temperature"),
        ({"top_p": 0.0}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"top_logprobs": 21}, "top_logprobs"),
        ({"extra": (("reasoning_effort", "low"),)}, "reasoning_effort"),
        ({"schema": '{"type":"string","pattern":"a+"}'}, "pattern"),
        ({"schema": "{"}, "schema"),
        ({"schema": '{"type":"string"}', "prefill": "so"}, "schema"),
    ],
)
def test_a_bad_request_names_what_is_wrong(backend: EmbeddedBackend, changes: dict[str, object], word: str) -> None:
    fault = fault_of(backend, **changes)
    assert fault.kind == "bad-request"
    assert word in fault.message


@pytest.mark.weights
def test_a_cancelled_call_frees_its_slots(backend: EmbeddedBackend) -> None:
    expected = texts(backend, request(n=2))

    async def cancel_one() -> list[str]:
        long = asyncio.create_task(backend.generate(request("Write a very long story.", n=20, max_tokens=400)))
        other = asyncio.create_task(backend.generate(request(n=2)))
        await asyncio.sleep(0.3)
        long.cancel()
        with pytest.raises(asyncio.CancelledError):
            await long
        start = time.monotonic()
        reply = await other
        assert time.monotonic() - start < 8
        return [choice.text for choice in reply.choices]

    assert asyncio.run(cancel_one()) == expected


@pytest.mark.weights
def test_a_closed_backend_says_so() -> None:
    gone = opened(threads=1, sequences=1)
    asyncio.run(gone.aclose())
    asyncio.run(gone.aclose())
    assert fault_of(gone).kind == "unreachable"


@pytest.mark.weights
def test_closing_fails_what_is_under_way() -> None:
    async def close_early() -> None:
        backend = await PROVIDER.open(Model("embedded", "", (("sequences", 1), ("threads", 1))))
        call = asyncio.create_task(backend.generate(request(max_tokens=400)))
        await asyncio.sleep(0.5)
        await backend.aclose()
        with pytest.raises(BackendFault):
            await call

    asyncio.run(close_early())


@pytest.mark.weights
def test_two_openings_share_one_engine() -> None:
    one, two = opened(threads=1, sequences=2), opened(threads=1, sequences=2)
    ask(one, request(max_tokens=1))
    assert two.computed == one.computed > 0
    asyncio.run(one.aclose())
    assert ask(two, request(max_tokens=1))[0].choices
    asyncio.run(two.aclose())


def test_what_is_no_model(tmp_path: Path) -> None:
    wrong = tmp_path / "x.gguf"
    wrong.write_bytes(b"text")
    with pytest.raises(BackendFault) as fault:
        asyncio.run(PROVIDER.open(Model("embedded", f"file:{wrong}")))
    assert "no GGUF" in fault.value.message
    wrong.write_bytes(b"GGUF" + bytes(100))
    backend = asyncio.run(PROVIDER.open(Model("embedded", f"file:{wrong}")))
    assert isinstance(backend, EmbeddedBackend)
    assert fault_of(backend).kind == "no-such-model"
    asyncio.run(backend.aclose())


@pytest.mark.parametrize("setting", [("threads", 0), ("sequences", -1), ("context", 1.5)])
def test_a_setting_must_be_a_count(tmp_path: Path, setting: tuple[str, float]) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    with pytest.raises(BackendFault) as fault:
        asyncio.run(PROVIDER.open(Model("embedded", f"file:{tmp_path / 'x.gguf'}", (setting,))))
    assert setting[0] in fault.value.message


@pytest.mark.weights
@pytest.mark.parametrize("how", ["return", "raise KeyboardInterrupt", "await asyncio.wait_for(call, 0.3)"])
def test_a_process_ends_though_nothing_was_closed(gguf: Path, how: str) -> None:
    program = textwrap.dedent(f"""
        import asyncio
        from ilang.base.value import Model
        from ilang_backends.embedded.provider import PROVIDER
        from tests.backends.embedded.asking import request

        async def main():
            backend = await PROVIDER.open(Model("embedded", "", (("sequences", 2), ("threads", 1))))
            call = asyncio.create_task(backend.generate(request(n=4, max_tokens=400)))
            await asyncio.sleep(0.6)
            {how}

        try:
            asyncio.run(main())
        except (KeyboardInterrupt, TimeoutError):
            pass
        print("done")
    """)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "done\n", "")


def test_telling_capabilities_imports_nothing_heavy() -> None:
    program = (
        "import sys; from ilang.base.value import Model; from ilang_backends.embedded.provider import PROVIDER as p; "
        "m = Model('embedded', ''); print(p.capabilities(m).context, p.identity(m)); "
        "print(sorted({'numpy', 'cyllama', 'rich', 'lark'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert ran.stdout == "8192 embedded:b179c9523d0e6a0f\n[]\n"
