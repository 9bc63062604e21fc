"""Which process this is, so that a lease left behind by a dead one need not run out first."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4


def holder_name() -> str:
    """`machine|process|start|token`: unique to one runner of one process of one running system.

    Where the system does not say which process is which (no /proc), the parts are empty and a dead
    holder's lease is waited for.
    """
    return "|".join((_system(), str(os.getpid()), _started(os.getpid()), uuid4().hex))


def is_gone(holder: str) -> bool:
    """True only when the holder was a process of this very system that does not run any more."""
    system, pid, started, *_token = [*holder.split("|"), "", "", ""]
    if not system or system != _system() or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _system() -> str:
    """This boot and this namespace of process ids: within it, a process id means one process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When the process started, in clock ticks since boot; empty when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]
