"""Reads pictures and files that are given to a program. What they are is told from their first bytes, not a name."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.base.value import Blob

MOST_BYTES = 20_000_000
"""What providers take at most in one part of a message."""

_IMAGES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def read_blob(name: str, path: Any, kind: str) -> Blob:
    """The picture or file at a path. Raises IlangError where it cannot be read or is none."""
    if not isinstance(path, str | os.PathLike):
        raise IlangError(
            Diagnostic(
                "bad-argument", f"`{name}` needs {kind}: a path, or its bytes", help=f"for example {name}=@cat.png"
            )
        )
    shown = os.fspath(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise IlangError(
            Diagnostic("no-such-file", f"`{name}`: there is no file `{shown}`", help="name the file of the picture")
        ) from None
    except IsADirectoryError:
        raise IlangError(
            Diagnostic("is-a-folder", f"`{name}`: `{shown}` is a folder", help="name a file in it")
        ) from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise IlangError(
            Diagnostic("unreadable-file", f"`{name}`: `{shown}` cannot be read: {why}", help="check its rights")
        ) from None
    return blob(name, data, kind)


def blob(name: str, data: bytes, kind: str) -> Blob:
    """These bytes as an image or a file. Raises IlangError."""
    if len(data) > MOST_BYTES:
        raise IlangError(
            Diagnostic(
                "bad-argument",
                f"`{name}` has more than {MOST_BYTES // 1_000_000} MB",
                help="make the picture smaller, or the file shorter",
            )
        )
    mime = image_type(data) if kind == "image" else file_type(data)
    if mime is None:
        raise IlangError(
            Diagnostic(
                "bad-argument",
                f"`{name}` is no {'PNG, JPEG, GIF or WebP' if kind == 'image' else 'PDF and no text in UTF-8'}",
                help="save it in one of these forms" if data else "it is empty",
            )
        )
    return Blob(kind, mime, hashlib.sha256(data).hexdigest(), data)


def image_type(data: bytes) -> str | None:
    """The type of a picture by its first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for begins, mime in _IMAGES if data.startswith(begins)), None)


def file_type(data: bytes) -> str | None:
    """The type of a file: PDF, a picture, or text."""
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if (mime := image_type(data)) is not None:
        return mime
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if text and "\0" not in text else None
