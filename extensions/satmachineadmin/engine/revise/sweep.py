"""SWEEP: pay out what had stayed in a machine's wallet, once the cause is gone.

As with a plan: decided purely from what was loaded, invoices minted outside all locks, stored only if a
second look inside the serial transaction finds the same figures. The void of the old legs, the new legs,
the reserve of the LPs' cash and the settlement's move commit together, so a second sweep finds nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ...core.errors import InvariantViolated, NotSweepable, StateMoved
from ...core.model import Leg, Minted, Plan, PlanInput
from ...core.progress import progress_of
from ...core.states import EXTERNAL_TARGETS, LegState, SettlementState
from ...core.sweeping import Sweep, plan_sweep, why_not_now
from ...ports import Books, Host, Store

#: How often figures may move under a sweep before it is an error; each time somebody else got on.
LOOKS = 20


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Everything that a sweep depends on."""

    given: PlanInput
    legs: tuple[Leg, ...]


async def look(books: Books, settlement_id: str) -> Looked:
    """Load it."""
    settlement = await books.settlements.get(settlement_id)
    if settlement is None:
        raise InvariantViolated("a settlement that is swept exists")
    return Looked(
        given=await books.plan_input(settlement),
        legs=await books.legs.of(settlement_id),
    )


def decide(looked: Looked, wanted: Collection[str] | None) -> Sweep:
    """What the sweep does; raises NotSweepable when nothing would be paid."""
    why = why_not_now(looked.given.settlement, looked.legs)
    if why is not None:
        raise NotSweepable(why=why)
    sweep = plan_sweep(looked.given, looked.legs, wanted)
    if not sweep.swept:
        raise NotSweepable(why=sweep.stuck[0].why if sweep.stuck else "Nothing of it was kept.")
    return sweep


async def sweep_settlement(
    store: Store, host: Host, settlement_id: str, wanted: Collection[str] | None, *, actor: str
) -> Sweep:
    """Sweep the skipped legs of a settlement, or those with the `wanted` ids.

    Raises NotSweepable; StateMoved where the figures never stood still.
    """
    for _ in range(LOOKS):
        async with store.reading() as books:
            looked = await look(books, settlement_id)
        sweep = decide(looked, wanted)
        minted = await host.mint(
            {
                leg.key: leg.sats
                for leg in sweep.legs
                if leg.state is LegState.PENDING and leg.target_kind not in EXTERNAL_TARGETS
            },
            memo="Satoshi Machine payout",
        )
        async with store.transaction("sweep", actor=actor) as books:
            if await look(books, settlement_id) == looked:
                await _store(books, looked, sweep, minted)
                return sweep
    raise StateMoved(thing="settlement")


async def _store(books: Books, looked: Looked, sweep: Sweep, minted: dict[str, Minted]) -> None:
    """Old legs voided, new legs written, cash reserved, settlement reopened: together or not at all."""
    settlement, split_set = looked.given.settlement, looked.given.split_set
    for leg in sweep.swept:
        await books.legs.move(settlement, leg, LegState.VOIDED)
    plan = Plan(
        settlement_id=settlement.id,
        version=sweep.version,
        split_set_id=split_set.id if split_set else None,
        legs=sweep.legs,
    )
    await books.legs.write_plan(settlement, plan, minted)
    await books.lps.reserve(
        {
            leg.enrolment_id: leg.fiat_minor or 0
            for leg in sweep.legs
            if leg.enrolment_id is not None and leg.state is LegState.PENDING
        }
    )
    await books.settlements.move(
        settlement,
        SettlementState.PROCESSING,
        progress=progress_of(await books.legs.of(settlement.id)),
        plan_version=sweep.version,
        split_set_id=plan.split_set_id,
        claimed_at=books.now,
        next_try_at=None,
        waits_code=None,
        error_message=None,
    )
