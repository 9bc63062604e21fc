"""Sats that had stayed in a machine's wallet: what can be paid out by now, and paying it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.model import Leg, LpStake
from ..core.sweeping import SWEEPABLE, Sweep, plan_sweep, stakes_after, why_not_now
from ..engine.revise import sweep as engine
from ..ports import Host
from ..store import kept
from ..store import rows as values
from ..store.books import Books, Store
from ..store.sql import Row
from .permissions import may

#: Settlements of one list: each is planned anew to say what a sweep would pay.
LONGEST_LIST = 50


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a sweep would do now."""

    sweep: Sweep
    legs: tuple[Leg, ...]
    #: why nothing can be swept while the settlement stands as it does; None when it can
    why_not: str | None


async def preview_sweep(store: Store, user_id: str, settlement_id: str) -> tuple[Row, Preview]:
    """The settlement's row and what a sweep of all its legs would do."""
    async with store.reading() as books:
        row = may(user_id, "read", await books.settlements.row(settlement_id), "settlement")
        looked = await engine.look(books, settlement_id)
    return row, _preview(looked)


def _preview(looked: engine.Looked, stakes: Sequence[LpStake] | None = None) -> Preview:
    given = looked.given if stakes is None else replace(looked.given, stakes=tuple(stakes))
    return Preview(
        sweep=plan_sweep(given, looked.legs),
        legs=looked.legs,
        why_not=why_not_now(looked.given.settlement, looked.legs),
    )


async def sweep(store: Store, host: Host, user_id: str, settlement_id: str, leg_id: str | None) -> None:
    """Pay what was kept of a sale, or one leg of it. Raises NotSweepable."""
    async with store.reading() as books:
        may(user_id, "sweep", await books.settlements.row(settlement_id), "settlement")
    wanted = None if leg_id is None else frozenset({leg_id})
    await engine.sweep_settlement(store, host, settlement_id, wanted, actor=user_id)


@dataclass(frozen=True, kw_only=True)
class Sweepable:
    """A machine's settlements with kept sats, the oldest first, each as if swept after those before."""

    settlements: tuple[tuple[Row, Preview], ...]
    #: how many there are in all, and the sats that they keep
    total: int
    kept_sats: int


async def sweepable(store: Store, user_id: str, machine_id: str) -> Sweepable:
    """What a sweep of each of a machine's settlements would pay."""
    async with store.reading() as books:
        may(user_id, "read", await books.machines.row(machine_id), "machine")
        rows, total, kept_sats = await kept.settlements(books.sql, machine_id, SWEEPABLE, LONGEST_LIST)
        looks = await _looks(books, rows)
    found, stakes = [], None
    for row, looked in zip(rows, looks, strict=True):
        one = _preview(looked, stakes)
        if one.why_not is None:
            stakes = stakes_after(stakes or looked.given.stakes, one.sweep)
        found.append((row, one))
    return Sweepable(settlements=tuple(found), total=total, kept_sats=kept_sats)


async def _looks(books: Books, rows: Sequence[Row]) -> list[engine.Looked]:
    """What sweeps of a machine's settlements depend on: but for their legs the same for all of them."""
    if not rows:
        return []
    settlements = [values.settlement(row) for row in rows]
    given = await books.plan_input(settlements[0])
    legs = await kept.legs_of(books.sql, [one.id for one in settlements])
    return [
        engine.Looked(given=replace(given, settlement=one), legs=tuple(legs[one.id])) for one in settlements
    ]
