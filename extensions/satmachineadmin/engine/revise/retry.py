"""Retry: pay again what is known to have failed, with the same amounts, in a fresh attempt.

The failed attempt is voided and the fresh one written in one transaction, so each leg stands in the books
once, and the LP's cash stays in reserve all the while. What is `unresolved` is never tried again: it may
have been paid. What is completed is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...core.lease import Lease
from ...core.model import Leg, Minted, Settlement
from ...core.retries import passes_by_itself
from ...core.states import LegState, LegType, SettlementState
from ...ports import Books, Host, Store
from . import leave_errored


async def retry_by_itself(store: Store, host: Host, settlement_id: str, lease: Lease, claim: str) -> None:
    """Try the failed legs of an errored settlement again where waiting may have been all they needed."""
    async with store.reading() as books:
        settlement = await books.settlements.get(settlement_id)
        legs = [leg for leg in await books.legs.of(settlement_id) if passes_by_itself(leg)]
    if settlement is None or settlement.state is not SettlementState.ERRORED:
        return
    minted = await mint_for(host, legs)
    async with store.transaction("retry") as books:
        await books.require_lease(lease)
        if not legs:
            await books.settlements.let_rest(settlement)
            return
        for leg in legs:
            await try_again(books, settlement, leg, minted, tries=leg.tries + 1)
        await leave_errored(
            books, settlement, SettlementState.PROCESSING, processing_claim=claim, claimed_at=books.now
        )


async def mint_for(host: Host, legs: Sequence[Leg]) -> dict[str, Minted]:
    """Invoices for fresh attempts within this LNbits, by leg id; legs that leave it have none yet."""
    amounts = {leg.id: leg.sats for leg in legs if not leg.is_external}
    return await host.mint(amounts, memo="Satoshi Machine payout")


async def try_again(
    books: Books,
    settlement: Settlement,
    leg: Leg,
    minted: Mapping[str, Minted],
    *,
    tries: int,
    **columns: object,
) -> None:
    """Void a failed leg and write the next attempt beside it.

    The platform's wallet is read anew, as an LP's is when it is paid: both may have changed.
    """
    if leg.leg_type is LegType.SUPER_FEE:
        wallet_id = await books.platform.wallet_id() or leg.destination_wallet_id
        columns = {"target": wallet_id, "destination_wallet_id": wallet_id, **columns}
    await books.legs.move(settlement, leg, LegState.VOIDED)
    await books.legs.write_fresh_attempt(settlement, leg, minted.get(leg.id), tries=tries, **columns)
