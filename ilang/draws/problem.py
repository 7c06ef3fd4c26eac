"""What can be wrong with a draw store, each with its words and its way out."""

from __future__ import annotations

from collections.abc import Sequence

from ilang.base.diagnostic import Diagnostic, IlangError

_ELSEWHERE = "set ILANG_STORE or `--store` to a directory on a local disk, or `--store none` to keep nothing"


def read_only(place: str, why: str) -> IlangError:
    """It cannot be written, or not even opened."""
    return IlangError(
        Diagnostic("store-read-only", f"the draw store `{place}` cannot be written: {why}", help=_ELSEWHERE)
    )


def full(place: str, why: str) -> IlangError:
    """The disk, a quota or a limit on file sizes is used up."""
    return IlangError(
        Diagnostic(
            "store-full",
            f"the draw store `{place}` has no room: {why}",
            help="make room (`ilang cache prune`), or " + _ELSEWHERE,
            notes=("what was stored before is kept: the same command goes on from there",),
        ),
        exit_code=1,
    )


def newer(place: str, found: int, known: int) -> IlangError:
    """A later ilang wrote it in a way that this one cannot read."""
    return IlangError(
        Diagnostic(
            "store-newer",
            f"the draw store `{place}` was written by a newer ilang (its version is {found}; this one reads {known})",
            help="upgrade ilang, or set ILANG_STORE or `--store` to another directory",
        )
    )


def network(place: str, kind: str) -> IlangError:
    """SQLite's locks cannot be trusted on a file system that several machines share."""
    return IlangError(
        Diagnostic(
            "store-network",
            f"the draw store `{place}` lies on a network file system ({kind}), where draws could be lost",
            help="set ILANG_STORE or `--store` to a directory on a local disk; "
            "`ilang cache export` and `ilang cache import` carry draws from one to another",
        )
    )


def foreign(place: str, what: str) -> IlangError:
    """The directory is somebody else's."""
    return IlangError(
        Diagnostic(
            "store-foreign",
            f"`{place}` cannot be the draw store: {what}",
            help="set ILANG_STORE or `--store` to a directory of its own",
        )
    )


def corrupt(place: str, why: str) -> IlangError:
    """The file as a whole cannot be read."""
    return IlangError(
        Diagnostic(
            "store-corrupt",
            f"the draw store `{place}` cannot be read: {why}",
            help="move the directory away, or set ILANG_STORE or `--store` to another one",
        ),
        exit_code=1,
    )


def locked(place: str, seconds: float) -> IlangError:
    """Another process would not let go."""
    return IlangError(
        Diagnostic(
            "store-locked",
            f"another process held the draw store `{place}` for {seconds:g} s",
            help="end that process, or wait for it; then give the same command again",
        ),
        exit_code=1,
    )


def damaged(place: str, names: Sequence[str]) -> Diagnostic:
    """Some entries cannot be read; they count as missing."""
    count = len(names)
    entries = "1 entry" if count == 1 else f"{count} entries"
    return Diagnostic(
        "store-corrupt",
        f"{entries} of the draw store `{place}` could not be read and counted as missing",
        help="draws that are asked for again replace them; `ilang cache verify` reads all entries",
        notes=(*names[:5], "...") if count > 5 else tuple(names),
        severity="warning",
    )
