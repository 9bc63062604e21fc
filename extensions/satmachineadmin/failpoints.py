"""Places where the tests kill the process, so that every crash is tried and not imagined.

`reached(name)` does nothing unless the environment names that place:

    SATMACHINE_FAILPOINT=payout.statement:7       kill -9 at the seventh statement of a payout
    SATMACHINE_FAILPOINT_MARK=/path/of/a/file     written first, so that a test knows it got there

There is a place before and after every commit (store/database.py) and every call that writes, pays or
asks outside of these books (`external_call`). tests/crash/places.py reads their names from the code.
"""

from __future__ import annotations

import functools
import os
import signal
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar, cast

_Call = TypeVar("_Call", bound=Callable[..., Coroutine[Any, Any, Any]])


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


_armed = os.environ.get("SATMACHINE_FAILPOINT", "")
_mark = os.environ.get("SATMACHINE_FAILPOINT_MARK", "")
_strike: Callable[[], None] = _kill
_reached: Counter[str] = Counter()


def arm(place: str, mark: str = "", strike: Callable[[], None] = _kill) -> None:
    """The same from within: a test that forks arms the child; one that does not lets it raise."""
    global _armed, _mark, _strike
    _armed, _mark, _strike = place, mark, strike
    _reached.clear()


def how_often() -> dict[str, int]:
    """How often each place was reached since it was armed."""
    return dict(_reached)


def reached(name: str) -> None:
    """Kill the process with SIGKILL when it was armed for this place; a test may want something else."""
    if not _armed:
        return
    _reached[name] += 1
    if f"{name}:{_reached[name]}" == _armed:
        if _mark:
            Path(_mark).write_text(_armed)
        _strike()


def external_call(name: str) -> Callable[[_Call], _Call]:
    """Places before and after a call: `slow.pay` gives `slow.before_pay` and `slow.after_pay`.

    The second is reached however the call ends: LNbits has been seen to raise after it had paid.
    """
    group, _, what = name.partition(".")

    def decorate(call: _Call) -> _Call:
        @functools.wraps(call)
        async def watched(*args: Any, **named: Any) -> Any:
            reached(f"{group}.before_{what}")
            try:
                return await call(*args, **named)
            finally:
                reached(f"{group}.after_{what}")

        return cast(_Call, watched)

    return decorate
