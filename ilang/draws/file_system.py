"""Tells whether a path lies on a network file system, where SQLite's locks and shared memory break.

Reads Linux's table of mounts; elsewhere nothing is known and nothing is refused.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

NETWORK = frozenset(
    """
    nfs nfs3 nfs4 cifs smb smb2 smb3 smbfs smbnetfs ncpfs afs coda ceph glusterfs lustre gpfs beegfs orangefs pvfs2
    panfs davfs davfs2 9p sshfs s3fs gcsfuse rclone goofys mountpoint-s3 blobfuse blobfuse2 curlftpfs moosefs juicefs
    """.split()
)
"""Types as the table names them; those of FUSE without their `fuse.`."""

_MOUNTS = Path("/proc/self/mountinfo")


def network_kind(path: Path, mounts: str | None = None) -> str | None:
    """The type of the network file system on which `path` lies (it need not exist yet), else None.

    `mounts` is the text of the table of mounts (proc(5), mountinfo); left out, this system's.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None
    place = os.path.realpath(path)
    longest, kind = -1, ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        words = left.split(" ")
        if len(words) < 5 or not right:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), words[4])
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= longest:  # of equal ones, the last mounted lies on top
            longest, kind = len(point), right.split(" ")[0]
    return kind if kind.removeprefix("fuse.") in NETWORK else None
