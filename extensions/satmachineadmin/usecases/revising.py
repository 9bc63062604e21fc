"""What an operator changes about its settlements and their legs after they landed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..core.dispense import Scaled, landed_figures, scale_by_fraction, scale_by_sats, undispensed_sats
from ..core.errors import InvalidInput, NotFound
from ..core.model import Landed, Leg, Settlement, SplitRule
from ..core.revising import counting, why_no_dispense
from ..engine.revise import dispense, release, reset, retry
from ..ports import Host
from ..store import rows
from ..store.books import Books, Store
from ..store.sql import Row
from .permissions import may
from .splits import DraftRule, resolve_rule
from .wallets import refuse_machine_wallet


@dataclass(frozen=True, kw_only=True)
class DispensedPart:
    """How much of a sale came out: exactly one of the two is given."""

    fraction: Fraction | None
    sats: int | None


@dataclass(frozen=True, kw_only=True)
class DispensePreview:
    """What a partial dispense would change; nothing is written."""

    landed: Landed
    before: Settlement
    after: Scaled
    undispensed_sats: int
    #: legs of the plan so far that would be taken out of the books
    withdrawn_legs: int


async def retry_settlement(
    store: Store,
    host: Host,
    user_id: str,
    settlement_id: str,
    wishes: Mapping[str, str | None] | None,
) -> None:
    """Try failed legs again: all, or the ones that are named, each where it goes now or at its new target.

    Raises ActionNotAllowed, OutcomeUnknown, TargetNotYours and what a target of a split is refused for.
    """
    async with store.reading() as books:
        may(user_id, "retry", await books.settlements.row(settlement_id), "settlement")
    named: dict[str, SplitRule | None] | None = None
    if wishes is not None:
        named = {leg_id: await _receiver(store, target) for leg_id, target in wishes.items()}
    await retry.retry_by_hand(store, host, settlement_id, actor=user_id, wishes=named)


async def _receiver(store: Store, target: str | None) -> SplitRule | None:
    """A target that the operator names, checked as one of a split is."""
    if target is None:
        return None
    rule = await resolve_rule(0, DraftRule(target=target, label="", share_ppm=0))
    async with store.reading() as books:
        await refuse_machine_wallet(books, rule.wallet_id or "")
    return rule


async def release_leg(store: Store, user_id: str, leg_id: str, reason: str) -> str:
    """Give a failed leg up for good; the id of its settlement."""
    async with store.transaction("release_leg", actor=user_id) as books:
        settlement, leg = await _own_leg(books, user_id, leg_id, "release_leg")
        await release.release_leg(books, settlement, leg, reason)
        return books.made(settlement.id)


async def keep_leg(store: Store, user_id: str, leg_id: str, reason: str) -> str:
    """Keep sats whose notes did not come out; the id of their settlement."""
    async with store.transaction("keep_leg", actor=user_id) as books:
        settlement, leg = await _own_leg(books, user_id, leg_id, "keep")
        await release.keep_leg(books, settlement, leg, reason)
        return books.made(settlement.id)


async def _own_leg(books: Books, user_id: str, leg_id: str, action: str) -> tuple[Settlement, Leg]:
    row = may(user_id, action, await books.legs.row(leg_id), "leg")
    settlement = await books.settlements.get(row["settlement_id"])
    if settlement is None:
        raise NotFound(what="settlement")
    return settlement, rows.leg(row)


async def preview_dispense(
    store: Store, user_id: str, settlement_id: str, part: DispensedPart
) -> DispensePreview:
    """The figures before and after; raises what the partial dispense itself would raise."""
    async with store.reading() as books:
        row = may(user_id, "partial_dispense", await books.settlements.row(settlement_id), "settlement")
        settlement, legs = rows.settlement(row), await books.legs.of(settlement_id)
    refusal = why_no_dispense(settlement, legs)
    if refusal is not None:
        raise refusal
    after = _scaled(settlement, part)
    return DispensePreview(
        landed=landed_figures(settlement),
        before=settlement,
        after=after,
        undispensed_sats=undispensed_sats(settlement, after),
        withdrawn_legs=len(counting(legs)),
    )


async def dispense_in_part(
    store: Store, user_id: str, settlement_id: str, part: DispensedPart, notes: str
) -> None:
    """Only a part of the notes came out: scale the sale and plan it anew."""
    async with store.transaction("dispense", actor=user_id) as books:
        row = may(user_id, "partial_dispense", await books.settlements.row(settlement_id), "settlement")
        settlement = rows.settlement(row)
        await dispense.partial_dispense(books, settlement, lambda: _scaled(settlement, part), notes)


def _scaled(settlement: Settlement, part: DispensedPart) -> Scaled:
    if part.fraction is not None:
        return scale_by_fraction(settlement, part.fraction)
    sats = part.sats or 0
    if sats >= settlement.wire_sats:
        problem = f"less than the {settlement.wire_sats} sats that were paid came out"
        raise InvalidInput(field="dispensed_sats", problem=problem)
    return scale_by_sats(settlement, sats)


async def force_reset(
    store: Store, user_id: str, settlement_id: str, *, threshold_minutes: int, reason: str
) -> None:
    """Take a settlement that is stuck out of the engine's hands. Raises NotStuckYet."""
    async with store.transaction("force_reset", actor=user_id) as books:
        row = may(user_id, "force_reset", await books.settlements.row(settlement_id), "settlement")
        await reset.force_reset(
            books,
            rows.settlement(row),
            age_seconds=age_seconds(row, books.now),
            threshold_minutes=threshold_minutes,
            reason=reason,
        )


def age_seconds(row: Row, now: int) -> int:
    """For how long a settlement has been in the engine's hands: since its claim, or since it landed."""
    since = row["landed_at"] if row["claimed_at"] is None else row["claimed_at"]
    return max(0, now - int(since))


async def add_note(store: Store, user_id: str, settlement_id: str, text: str) -> None:
    """Write a note into a settlement's timeline; it is never changed or taken away."""
    async with store.transaction("note", actor=user_id) as books:
        row = may(user_id, "note", await books.settlements.row(settlement_id), "settlement")
        books.settlements.remark(rows.settlement(row), "noted", text=text)
