"""The audit trail: one chain for all operators, so only the platform's owner has it verified."""

from __future__ import annotations

import asyncio

from ..core.trail import TrailVerdict
from ..engine.verify import verify_trail
from ..store.books import Store
from .permissions import require_platform

#: One verification at a time: a second one waits for the first instead of doubling its load.
_one_at_a_time = asyncio.Lock()


async def verify(store: Store, user_id: str, *, is_platform: bool) -> TrailVerdict:
    """Verify the whole trail now. Raises NotAllowed."""
    require_platform(is_platform)
    async with _one_at_a_time:
        return await verify_trail(store, user_id)
