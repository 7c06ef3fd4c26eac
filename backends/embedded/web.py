"""Gets pages and ranges of bytes over HTTP, with the standard library alone.

Honours a certificate file, the proxies of the environment and credentials in a URL or in
`~/.netrc`. Errors are `WebError`s, whose text holds no credentials.
"""

from __future__ import annotations

import base64
import http.client
import importlib
import importlib.util
import netrc
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from ilang_backends.embedded.redact import redact

PATIENCE = 30.0
"""Seconds without a byte after which a server counts as silent."""

CHUNK = 1 << 17


class WebError(Exception):
    """Something on the way could not be had. `lasting`: asking again would not help."""

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        super().__init__(redact(message))
        self.lasting = lasting


class NoRanges(WebError):
    """The server answers, but gives whole files only."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's address (after redirects), media type and text."""

    url: str
    media_type: str
    text: str


class Web:
    """Opens URLs in one way: these certificates, this proxy."""

    def __init__(self, certificate: str = "", proxy: str = "") -> None:
        handlers: list[urllib.request.BaseHandler] = []
        if proxy:
            handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
        try:
            context = ssl.create_default_context(cafile=certificate or _bundle())
        except OSError as error:
            raise WebError(f"the certificate file {certificate} cannot be read: {error}", lasting=True) from None
        handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)

    def page(self, url: str, accept: str) -> Page:
        """The text at `url`."""
        with self._open(url, {"Accept": accept}) as answer:
            try:
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                raise WebError(f"{url} broke off: {error}") from None
            kind = answer.headers.get_content_type()
            return Page(_with_userinfo(answer.url, url), kind, body.decode("utf-8", errors="replace"))

    def size(self, url: str) -> int:
        """The whole length in bytes of the file at `url`. Raises NoRanges where ranges are not served."""
        with self._open(url, {"Range": "bytes=0-0"}) as answer:
            _, _, total = answer.headers.get("Content-Range", "").rpartition("/")
            if answer.status != 206 or not total.isdigit():
                raise NoRanges(f"{url} is not served in ranges")
            return int(total)

    def span(self, url: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, in pieces. Raises WebError where they break off."""
        if start >= end:
            return
        with self._open(url, {"Range": f"bytes={start}-{end - 1}"}) as answer:
            if answer.status != 206 or not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                raise NoRanges(f"{url} is not served in ranges")
            left = end - start
            while left:
                try:
                    piece = answer.read1(min(CHUNK, left))
                except (OSError, http.client.HTTPException) as error:
                    raise WebError(f"{url} broke off: {error}") from None
                if not piece:
                    raise WebError(f"{url} broke off with {left} bytes to come")
                left -= len(piece)
                yield piece

    def _open(self, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        bare, login = _split_login(url)
        plain = {"User-Agent": "ilang", "Accept-Encoding": "identity"}
        request = urllib.request.Request(bare, headers=plain | headers)
        if login is not None:
            token = base64.b64encode(":".join(login).encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {token}")
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=PATIENCE)
            return answer
        except urllib.error.HTTPError as error:
            error.close()
            lasting = error.code < 500 and error.code not in (408, 429)
            raise WebError(f"{url} answered {error.code} {error.reason}", lasting=lasting) from None
        except urllib.error.URLError as error:
            raise WebError(f"{url} is not reachable: {error.reason}") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise WebError(f"{url} is not reachable: {error}") from None


def _split_login(url: str) -> tuple[str, tuple[str, str] | None]:
    """The URL without its credentials, and these: from the URL, else from `~/.netrc`."""
    parts = urllib.parse.urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if at:
        name, _, password = userinfo.partition(":")
        bare = urllib.parse.urlunsplit(parts._replace(netloc=host))
        return bare, (urllib.parse.unquote(name), urllib.parse.unquote(password))
    try:
        known = netrc.netrc().authenticators(parts.hostname or "")
    except (OSError, netrc.NetrcParseError):
        known = None
    return url, (known[0], known[2] or "") if known else None


def _with_userinfo(url: str, asked: str) -> str:
    """`url` with the credentials of `asked`, where it is still the same host."""
    parts, origin = urllib.parse.urlsplit(url), urllib.parse.urlsplit(asked)
    userinfo, at, host = origin.netloc.rpartition("@")
    if not at or parts.netloc != host:
        return url
    return urllib.parse.urlunsplit(parts._replace(netloc=f"{userinfo}@{host}"))


def _bundle() -> str | None:
    """certifi's certificates where Python was built without any (as on macOS), else None."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath or importlib.util.find_spec("certifi") is None:
        return None
    return str(importlib.import_module("certifi").where())
