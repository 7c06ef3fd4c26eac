"""Shows on stderr how far a fetch is: a bar on a terminal, one line at start and one at end elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ilang_backends.embedded.shortlist import Listed


@contextmanager
def shown(listed: Listed) -> Iterator[Callable[[int, int], None]]:
    """A progress callback (bytes done, bytes in all) that is visible while the block runs."""
    intro = f"fetching {listed.title}, {listed.packed / 1e6:.0f} MB, once ({listed.license})"
    if not sys.stderr.isatty():
        sys.stderr.write(f"{intro}\n")
        yield lambda done, total: None
        sys.stderr.write(f"fetched {listed.file}\n")
        return

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(intro, total=listed.packed)
        yield lambda done, total: bar.update(task, completed=done, total=total)
