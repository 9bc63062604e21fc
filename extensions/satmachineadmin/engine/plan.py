"""PLAN: decide who gets what of a sale and reserve the LPs' cash for it, in one transaction.

What can go wrong: two sales at the same instant spending the same cash, or a plan made from figures
that moved meanwhile. So everything is loaded first, decided purely, and stored only if a second look
inside the serial transaction finds the same figures; otherwise it is decided again. The invoices of
the fast way are minted between the two looks, outside all locks.
"""

from __future__ import annotations

from ..core.errors import StateMoved, ensure
from ..core.model import Minted, Plan, PlanInput, Settlement
from ..core.planning import check_conservation, plan
from ..core.progress import progress_of
from ..core.states import EXTERNAL_TARGETS, LegState, LegType, SettlementState
from ..ports import Books, Host, Store

#: How often figures may move under a plan before it is left for later; each time somebody else got on.
LOOKS = 20


async def plan_settlement(store: Store, host: Host, settlement_id: str, claim: str) -> bool:
    """Plan a pending settlement; False when it is not pending (any more).

    Raises StateMoved where its figures never stood still: it is pending as before, for the next time.
    """
    for _ in range(LOOKS):
        async with store.reading() as books:
            given = await _load(books, settlement_id)
        if given is None:
            return False
        decided = plan(given)
        minted = await host.mint(_amounts_to_mint(decided), memo="Satoshi Machine payout")
        async with store.transaction("plan") as books:
            if await _load(books, settlement_id) == given:
                await _store(books, given.settlement, decided, minted, claim)
                return True
    raise StateMoved(thing="settlement")


async def _load(books: Books, settlement_id: str) -> PlanInput | None:
    settlement = await books.settlements.get(settlement_id)
    if settlement is None or settlement.state is not SettlementState.PENDING:
        return None
    return await books.plan_input(settlement)


def _amounts_to_mint(decided: Plan) -> dict[str, int]:
    """Sats of each leg that may be paid within this LNbits, by leg key."""
    return {
        leg.key: leg.sats
        for leg in decided.legs
        if leg.state is LegState.PENDING and leg.target_kind not in EXTERNAL_TARGETS
    }


async def _store(
    books: Books, settlement: Settlement, decided: Plan, minted: dict[str, Minted], claim: str
) -> None:
    """All legs and reserves, and the settlement's move: together or not at all."""
    check_conservation(settlement, decided.legs)
    await books.legs.write_plan(settlement, decided, minted)
    await books.lps.reserve(
        {
            leg.enrolment_id: leg.fiat_minor or 0
            for leg in decided.legs
            if leg.enrolment_id is not None and leg.state is LegState.PENDING
        }
    )
    for leg in decided.legs:
        ensure(
            leg.leg_type is not LegType.DCA or leg.state is LegState.SKIPPED or bool(leg.enrolment_id),
            "an LP's leg names its enrolment",
        )
    await books.settlements.move(
        settlement,
        SettlementState.PROCESSING,
        progress=progress_of(decided.legs),
        plan_version=decided.version,
        split_set_id=decided.split_set_id,
        processing_claim=claim,
        claimed_at=books.now,
        next_try_at=None,
    )
