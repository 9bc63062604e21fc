"""COMPARE: sales, legs and cash of our books against the host's rows (core/reconcile.py).

Our books and the host's are read one after the other, and both go on meanwhile. So what differs is
looked at twice, and counts only when it says the same the second time.
"""

from __future__ import annotations

from collections.abc import Collection

from ..core.reconcile import BookedSale, Difference, DifferenceKind, compare_leg, compare_sale, compare_totals
from ..ports import Found, Host, Store


async def compare_sales(store: Store, host: Host, settlement_ids: Collection[str]) -> list[Difference]:
    """What differs about some sales, their payments and their legs."""
    first = await _look(store, host, settlement_ids)
    if not first:
        return []
    prints = {one.fingerprint for differences in first.values() for one in differences}
    second = await _look(store, host, first)
    return [one for differences in second.values() for one in differences if one.fingerprint in prints]


async def _look(store: Store, host: Host, settlement_ids: Collection[str]) -> dict[str, list[Difference]]:
    """Settlement → its differences; those without any are left out."""
    async with store.reading() as books:
        sales = await books.reconcile.sales(sorted(settlement_ids))
    hashes = {payment_hash for sale in sales for payment_hash in _hashes(sale)}
    rows = await host.history.all_sides(hashes)
    found: dict[str, list[Difference]] = {}
    for sale in sales:
        own = _hashes(sale)
        differences = compare_sale(sale, [row for row in rows if row.payment_hash in own])
        if differences:
            found[sale.settlement.id] = differences
    return found


def _hashes(sale: BookedSale) -> set[str]:
    legs = {booked.leg.minted.payment_hash for booked in sale.legs if booked.leg.minted is not None}
    return {sale.settlement.payment_hash, *legs}


async def compare_payoffs(
    store: Store, host: Host, *, after: str, limit: int, machine_id: str | None = None
) -> tuple[list[Difference], str]:
    """What differs about some balances paid off, and where the next slice begins (empty: at the first)."""
    differences: list[Difference] = []
    prints: set[str] | None = None
    for _look in range(2):
        async with store.reading() as books:
            legs = await books.reconcile.payoffs(after=after, limit=limit, machine_id=machine_id)
        hashes = {booked.leg.minted.payment_hash for booked in legs if booked.leg.minted is not None}
        rows = await host.history.all_sides(hashes)
        found = [difference for booked in legs for difference in compare_leg(booked, rows)]
        differences = [one for one in found if prints is None or one.fingerprint in prints]
        if not differences:
            break
        prints = {one.fingerprint for one in differences}
    return differences, legs[-1].leg.id if len(legs) == limit else ""


async def complete_halves(host: Host, differences: Collection[Difference]) -> bool:
    """Write the missing credits of payments that were debited; True when there were any.

    Whatever our own rows say: the receiver's sats have left the payer, and are nobody's until then.
    """
    halves = [one.figures["payment_hash"] for one in differences if _may_be_half_paid(one)]
    has_completed = False
    for payment_hash in halves:
        if await host.look_up(str(payment_hash)) is Found.HALF:
            await host.complete_half(str(payment_hash))
            has_completed = True
    return has_completed


def _may_be_half_paid(one: Difference) -> bool:
    is_credit = one.kind is DifferenceKind.PAYMENT_STATUS and one.figures["side"] == "credit"
    return is_credit or one.kind is DifferenceKind.PAID_UNBOOKED


async def compare_cash(store: Store, enrolment_ids: Collection[str]) -> list[Difference]:
    """What differs between LPs' totals and the sums of their entries and legs: one instant, one look."""
    if not enrolment_ids:
        return []
    async with store.reading() as books:
        totals = await books.reconcile.totals(enrolment_ids)
    return [difference for one in totals for difference in compare_totals(one)]
