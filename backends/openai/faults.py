"""Turns what went wrong into a BackendFault: which kind, in whose words, and whether another try may help.

Everything that a server wrote passes through `Secret.clean`; no header and no body of ours is ever
repeated. The SDK wraps what the HTTP library raised, which wraps what the socket raised: the
innermost ones tell what happened.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping

from ilang.backend.protocol import BackendFault
from ilang_backends.openai.address import is_loopback
from ilang_backends.openai.rate_headers import until_one_is_there
from ilang_backends.openai.refusal import Refusal
from ilang_backends.openai.retry_after import retry_after
from ilang_backends.openai.secret import Secret
from ilang_backends.openai.server import Server

_OVERFLOW = (
    "context_length_exceeded",
    "exceed_context_size",
    "maximum context length",
    "context size",
    "context window",
    "max_model_len",
)

_SPENT = ("insufficient_quota", "billing_hard_limit_reached", "insufficient credits", "exceeded your current quota")


def of_refusal(
    refusal: Refusal, headers: Mapping[str, str], server: Server, model: str, secret: Secret
) -> BackendFault:
    """The fault of a status that is no success."""
    status, words = refusal.status, refusal.words
    said = secret.clean(refusal.text)
    quoted = f": {said}" if said else f" (status {status})"
    if status == 401:
        return BackendFault("unauthorized", f"{server.shown} refused {_key(server)}", help=_key_help(server))
    if status == 403:
        return BackendFault(
            "unauthorized", f"{server.shown} does not allow {_key(server)} to do this{quoted}", help=_key_help(server)
        )
    if status == 402 or any(sign in words for sign in _SPENT):
        return BackendFault(
            "quota-spent",
            f"the account at {server.shown} has nothing left to spend{quoted}",
            help="add credit or raise its limit; waiting does not help",
        )
    if status == 429:
        return BackendFault(
            "rate-limited",
            f"{server.shown} asks to slow down{quoted}",
            help="fewer calls at a time, or a higher limit at the provider",
            retry=True,
            retry_after=_first(retry_after(headers), until_one_is_there(headers)),
        )
    if status in (400, 404) and _names_no_model(refusal):
        return BackendFault(
            "no-such-model",
            f"{server.shown} has no model `{model}`{quoted}",
            help=f"it lists what it has at {server.shown}/models",
        )
    if status == 404:
        return BackendFault(
            "bad-request",
            f"nothing answers Chat Completions at {server.shown}{quoted}",
            help="`base_url` ends where /chat/completions is to follow, for most servers in /v1",
        )
    if status in (400, 413, 422) and any(sign in words for sign in _OVERFLOW):
        return BackendFault(
            "context-overflow",
            f"prompt and reply do not fit into the context of `{model}`{quoted}",
            help="shorten the prompt, lower `max_tokens`, or take a model with a longer context",
        )
    if status in (408, 504):
        return BackendFault("timeout", f"{server.shown} gave up waiting{quoted}", retry=True)
    if status == 501:
        return BackendFault("bad-request", f"{server.shown} does not do what was asked{quoted}")
    if status >= 500 or status in (409, 425):
        return BackendFault(
            "overloaded",
            f"{server.shown} failed with status {status}{f': {said}' if said else ''}",
            help="this is the server's trouble; it is tried again",
            retry=True,
            retry_after=retry_after(headers),
        )
    return BackendFault("bad-request", f"{server.shown} refused the request{quoted}")


def of_broken_reply(refusal: Refusal, server: Server, model: str, secret: Secret) -> BackendFault:
    """The fault of an error that came in place of a reply, under status 200 or in the middle of a stream."""
    if refusal.status >= 400:
        return of_refusal(refusal, {}, server, model, secret)
    if any(sign in refusal.words for sign in _OVERFLOW):
        return of_refusal(Refusal(400, refusal.text, refusal.code, refusal.kind), {}, server, model, secret)
    said = secret.clean(refusal.text)
    return BackendFault("malformed-reply", f"{server.shown} broke off{f': {said}' if said else ''}", retry=True)


def of_unreadable(body: bytes, server: Server, secret: Secret) -> BackendFault:
    """The fault of a success that holds no reply."""
    start = secret.clean(body[:400].decode("utf-8", "replace"))[:80]
    return BackendFault(
        "malformed-reply",
        f"{server.shown} sent {f'what is no Chat Completions reply: `{start}`' if start else 'an empty reply'}",
        help="is it such a server, and `base_url` its address up to /v1?",
        retry=True,
    )


def of_deadline(server: Server) -> BackendFault:
    """The fault of a call that took longer than its timeout."""
    return BackendFault(
        "timeout",
        f"no reply from {server.shown} within {server.timeout:g} s",
        help="raise `timeout` (seconds) in the model's declaration, or lower `max_tokens`",
        retry=True,
    )


def of_connection(error: BaseException, server: Server) -> BackendFault:
    """The fault of a connection that was not made, or did not last."""
    causes = tuple(_causes(error))
    kinds = {base.__name__ for cause in causes for base in type(cause).__mro__}
    if "ClientProxyConnectionError" in kinds or "ProxyError" in kinds:
        return _unreachable(f"the proxy before {server.shown} does not answer", "look at HTTPS_PROXY and NO_PROXY")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return _unreachable(f"there is no host of the name in {server.shown}", _reach_help(server))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return BackendFault(
            "unreachable",
            f"the certificate of {server.shown} is not trusted, or it speaks no TLS",
            help="point SSL_CERT_FILE to the certificates to trust; write http:// where there is no TLS",
        )
    if any(isinstance(cause, ConnectionRefusedError) or _number(cause) == errno.ECONNREFUSED for cause in causes):
        return _unreachable(f"nobody answers at {server.shown}", _reach_help(server))
    if any(isinstance(cause, TimeoutError) for cause in causes):
        if "ConnectionTimeoutError" in kinds:
            return _unreachable(f"{server.shown} takes no connection", _reach_help(server))
        return of_deadline(server)
    if "ClientConnectorError" in kinds:
        return _unreachable(f"{server.shown} cannot be reached", _reach_help(server))
    return _unreachable(f"the connection to {server.shown} was cut before the reply had come", "")


def _first(*told: float | None) -> float | None:
    return next((seconds for seconds in told if seconds is not None), None)


def _unreachable(message: str, help: str) -> BackendFault:
    return BackendFault("unreachable", message, help=help, retry=True)


def _names_no_model(refusal: Refusal) -> bool:
    return refusal.code == "model_not_found" or (refusal.status == 404 and "model" in refusal.words)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it, outermost first."""
    left: list[BaseException | None] = [error]
    seen: set[int] = set()
    while left:
        one = left.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        left += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]


def _number(error: BaseException) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _key(server: Server) -> str:
    return f"the key in `{server.key_variable}`" if server.key_variable else "a call without a key"


def _key_help(server: Server) -> str:
    if server.key_variable:
        return f"set `{server.key_variable}` to a key that is valid there"
    return 'declare which variable holds its key: `api_key_env="..."`'


def _reach_help(server: Server) -> str:
    if is_loopback(server.url):
        return "start a server there (`llama-server -m MODEL.gguf`, `vllm serve MODEL`), or correct `base_url`"
    return "look at the network and at HTTPS_PROXY" if server.official else "is the server up, and `base_url` right?"
