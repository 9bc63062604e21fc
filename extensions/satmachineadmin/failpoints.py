"""Places where the tests kill the process, so that every crash is tried and not imagined.

`reached(name)` does nothing unless the environment names that place:

    SATMACHINE_FAILPOINT=payout.statement:7       kill -9 at the seventh statement of a payout
    SATMACHINE_FAILPOINT_MARK=/path/of/a/file     written first, so that a test knows it got there
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

_SPEC = os.environ.get("SATMACHINE_FAILPOINT", "")
_reached: Counter[str] = Counter()


def reached(name: str) -> None:
    """Kill the process with SIGKILL when the environment asks for it at this place."""
    if not _SPEC:
        return
    _reached[name] += 1
    wanted, _, count = _SPEC.rpartition(":")
    if name == wanted and _reached[name] == int(count):
        mark = os.environ.get("SATMACHINE_FAILPOINT_MARK")
        if mark:
            Path(mark).write_text(f"{name}:{count}")
        os.kill(os.getpid(), signal.SIGKILL)
