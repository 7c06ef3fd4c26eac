"""Finds a wheel's address through the simple API of the configured package indexes.

Speaks both forms of the API, JSON (PEP 691) and HTML (PEP 503). It downloads nothing.
"""

from __future__ import annotations

import html.parser
import json
import urllib.parse

from ilang_backends.embedded.shortlist import Listed
from ilang_backends.embedded.web import Page, Web, WebError

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


def wheel_address(web: Web, index: str, listed: Listed) -> str:
    """Where `index` has the wheel of `listed`; may hold the index's credentials. Raises WebError."""
    page = web.page(f"{index}/{listed.project}/", _ACCEPT)
    try:
        files = _from_json(page) if "json" in page.media_type else _from_html(page)
    except (ValueError, KeyError, TypeError):
        raise WebError(f"{index} does not speak the simple API", lasting=True) from None
    if listed.wheel not in files:
        raise WebError(f"{index} does not have {listed.wheel}", lasting=True)
    return _with_login(urllib.parse.urljoin(page.url, files[listed.wheel]), page.url)


def _from_json(page: Page) -> dict[str, str]:
    return {file["filename"]: file["url"] for file in json.loads(page.text)["files"]}


def _from_html(page: Page) -> dict[str, str]:
    anchors = _Anchors()
    anchors.feed(page.text)
    targets = (urllib.parse.urldefrag(target).url for target in anchors.targets)
    return {urllib.parse.unquote(target.rpartition("/")[2]): target for target in targets}


class _Anchors(html.parser.HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.targets.append(target)


def _with_login(url: str, index: str) -> str:
    """A file's URL with the index's credentials where both are on one host, as pip does."""
    file, origin = urllib.parse.urlsplit(url), urllib.parse.urlsplit(index)
    userinfo, at, host = origin.netloc.rpartition("@")
    if not at or file.netloc != host:
        return url
    return urllib.parse.urlunsplit(file._replace(netloc=f"{userinfo}@{host}"))
