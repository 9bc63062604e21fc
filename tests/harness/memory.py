"""Where tests keep their files: in memory, if this machine has some to spare.

LNbits commits thirty times a sale, and each commit waits for the disk, for 5 to 25 ms. What a process has
written is there after a `kill -9` of it, on a disk or not, so nothing that is tested here needs one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import zlib
from pathlib import Path

from .server import REPOSITORY

_MEMORY = Path("/dev/shm")
#: a whole run needs a good half of one for its files (the last three are kept) and two for PostgreSQL
_ENOUGH_BYTES = 6 * 1024**3


def temporary_root() -> Path:
    """The folder `.tmp` of the checkout, which is there afterwards: a link into memory, or on the disk."""
    link = REPOSITORY / ".tmp"
    if link.is_symlink():
        link.readlink().mkdir(exist_ok=True)  # the machine was started anew
    elif not link.exists() and _has_room():
        target = _MEMORY / f"satmachine-{zlib.crc32(str(REPOSITORY).encode()):08x}"
        target.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError):  # another run of this checkout began in that instant
            link.symlink_to(target)
    link.mkdir(exist_ok=True)
    return link


def short_root() -> Path:
    """The same folder by its own name, or that of the system: where the path of a Unix socket must fit."""
    root = temporary_root()
    return root.readlink() if root.is_symlink() else Path(tempfile.gettempdir())


def _has_room() -> bool:
    return os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
