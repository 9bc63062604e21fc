"""VERIFY: read the whole audit trail, and remember how far it was found sound.

A broken link cannot be mended by a program: the platform's owner is told where it is. The mark is
what a later verification holds against a trail that was cut off or written anew (core/trail.py).
"""

from __future__ import annotations

from ..core.states import MatterKind
from ..core.trail import TrailVerdict
from ..ports import Store

#: What a broken trail's matter is about: there is one trail.
TRAIL = "audit_trail"


async def verify_trail(store: Store, platform_user_id: str) -> TrailVerdict:
    """Whether the trail is the one that was written; a matter for the platform's owner if it is not."""
    async with store.reading() as books:
        verdict = await books.verify_trail()
    async with store.transaction("verify") as books:
        if verdict.broken is not None:
            await books.worklist.open(
                MatterKind.TRAIL_BROKEN,
                TRAIL,
                operator_user_id=platform_user_id,
                machine_id="",
                detail=verdict.broken.sentence,
            )
            return verdict
        await books.worklist.close(MatterKind.TRAIL_BROKEN, TRAIL)
        if verdict.head.seq:
            await books.mark_trail(verdict.head)
    return verdict
