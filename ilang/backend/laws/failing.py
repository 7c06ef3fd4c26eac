"""Laws of faults and of cancelling: what happens when a call brings no reply."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import get_args

from ilang.backend.laws.book import LawBook
from ilang.backend.protocol import Backend, BackendFault, FaultKind
from ilang.backend.request import Request
from ilang.base.value import Model


class FailingLaws(LawBook):
    """A call that brings no reply raises a BackendFault, tells no secret, and leaves the backend whole."""

    def test_a_bad_request_is_a_fault(self) -> None:
        """What no server takes raises a BackendFault of a known kind, not retried, and no other exception."""
        for change in self.bad_requests:
            fault = self._fault(self.model, change)
            assert fault is not None, f"a request with {dict(change)} was answered"
            _well_made(fault)
            assert not fault.retry, f"a request with {dict(change)} would be sent again and again"

    def test_a_backend_outlives_a_fault(self) -> None:
        """After a fault, the next request is answered."""

        async def law(backend: Backend) -> None:
            for change in self.bad_requests:
                with suppress(BackendFault):
                    await backend.generate(replace(self.request(), **dict(change)))
            try:
                await backend.generate(self.request())
            except BackendFault as fault:
                raise AssertionError(f"after a fault, the next request met another: {fault.message}") from fault

        self.hold(law)

    def test_a_model_that_cannot_answer_is_a_fault(self) -> None:
        """Each of `broken_models` raises a BackendFault when it is opened or asked, and no other exception."""
        for model in self.broken_models:
            fault = self._fault(model, {})
            assert fault is not None, f"{model.provider}({model.id!r}) answered"
            _well_made(fault)

    def test_no_fault_tells_a_secret(self) -> None:
        """No planted secret is in a fault's message, help, arguments or chain of causes."""
        for model, change in (*((m, {}) for m in self.broken_models), *((self.model, c) for c in self.bad_requests)):
            fault = self._fault(model, change)
            if fault is None:
                continue
            told = "\n".join([fault.help, *traceback.format_exception(fault), *map(repr, _chain(fault))])
            for variable, secret in self.secrets.items():
                assert secret not in told, f"a fault tells the value of {variable}"

    def test_a_cancelled_call_ends(self) -> None:
        """A cancelled call raises CancelledError within `patience`, and the backend answers afterwards."""
        self.needs("cancel")

        async def law(backend: Backend) -> None:
            call = asyncio.ensure_future(backend.generate(self.request(max_tokens=self.declared.max_tokens)))
            await asyncio.sleep(self.cancel_after)
            if call.done():
                self.leave_out(f"the call was over within {self.cancel_after} s: give a slow_model")
            call.cancel()
            done, _ = await asyncio.wait({call}, timeout=self.patience)
            assert done, f"a cancelled call still ran after {self.patience} s"
            assert call.cancelled(), "a cancelled call swallowed its cancellation"

        async def after(backend: Backend) -> None:
            await law(backend)
            quick = backend if self.slow_model is None else await self.provider.open(self.model)
            reply = await asyncio.wait_for(quick.generate(self.request()), self.patience + 60.0)
            assert reply.choices, "no choice after a cancelled call"
            if quick is not backend:
                await quick.aclose()

        self.hold(after, self.slow_model)

    def _fault(self, model: Model, change: Mapping[str, object]) -> BackendFault | None:
        """The fault that comes of opening this model and sending it a changed request; None where it answers."""
        request: Request = replace(self.request(model=model.id), **dict(change))  # type: ignore[arg-type]

        async def body() -> None:
            async with self.opened(model) as backend:
                await backend.generate(request)

        with _environment(self.secrets):
            try:
                asyncio.run(body())
            except BackendFault as fault:
                return fault
            except Exception as error:
                raise AssertionError(f"a {type(error).__name__} instead of a BackendFault: {error}") from error
        return None


def _well_made(fault: BackendFault) -> None:
    assert fault.kind in get_args(FaultKind), f"{fault.kind!r} is no kind of fault"
    assert fault.message.strip(), f"a fault of kind {fault.kind} without a message"


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__


@contextmanager
def _environment(planted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in planted}
    os.environ.update(planted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
