"""The audit trail: one chain for all operators, so whoever has it verified has all of it verified.

What could go wrong: many who ask at once would have a long trail read many times. So there is one
verification at a time, and an operator is told what one found that ended a moment ago.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ..core.trail import TrailVerdict
from ..engine.verify import verify_trail
from ..ports import Host
from ..store.books import Store

#: How long an operator is told of a verification that somebody else asked for.
_FRESH_SECONDS = 60
_one_at_a_time = asyncio.Lock()


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a verification found, and when it had."""

    verdict: TrailVerdict
    #: how many of the sound events are of what is the asker's
    own_events: int
    #: epoch seconds
    verified_at: int


#: what was found last, and when
_latest: WeakKeyDictionary[Store, tuple[TrailVerdict, int]] = WeakKeyDictionary()


async def verify(store: Store, host: Host, user_id: str, *, is_platform: bool) -> Verified:
    """Verify the whole trail: now for the platform's owner, at most a minute ago for an operator."""
    async with _one_at_a_time:
        found = None if is_platform else _latest.get(store)
        if found is None or not 0 <= await _now(store) - found[1] < _FRESH_SECONDS:
            verdict = await verify_trail(store, host.platform_user_id)
            found = (verdict, await _now(store))
            _latest[store] = found
    verdict, verified_at = found
    async with store.reading() as books:
        own_events = await books.events_of(user_id, until=verdict.head.seq)
    return Verified(verdict=verdict, own_events=own_events, verified_at=verified_at)


async def _now(store: Store) -> int:
    async with store.reading() as books:
        return books.now
