"""The totals of an operator's sales are always those of the sales, whatever became of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from satmachineadmin.core.errors import ArrowNotAllowed, StateMoved
from satmachineadmin.core.states import SettlementState
from satmachineadmin.store import lists
from satmachineadmin.store.books import Store

from .books import OPERATOR, add_machine, land, rows

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[3]


async def kept(store: Store) -> dict[tuple[str, str], int]:
    totals = await rows(store, "settlement_totals")
    return {
        (row["operator_user_id"], row["state"]): row["settlements"] for row in totals if row["settlements"]
    }


async def summed(store: Store) -> dict[tuple[str, str], int]:
    """From all the sales."""
    found: dict[tuple[str, str], int] = {}
    for row in await rows(store, "dca_settlements"):
        place = row["operator_user_id"], row["state"]
        found[place] = found.get(place, 0) + 1
    return found


class Undone(Exception):
    """Rolls a transaction back."""


@pytest.mark.parametrize("seed", range(5))
async def test_totals_are_the_sums_over_any_history(store: Store, seed: int) -> None:
    """Sales land and are moved to any state, by the engine or past it, and some of it is rolled back."""
    chance = random.Random(seed)
    machine = await add_machine(store)
    ids: list[str] = []
    for number in range(1, 40):
        try:
            async with store.transaction("history") as books:
                if not ids or chance.random() < 0.4:
                    ids.append((await land(books, machine, number)).id)
                else:
                    settlement = await books.settlements.get(chance.choice(ids))
                    assert settlement is not None
                    await books.settlements.move(settlement, chance.choice(list(SettlementState)))
                if chance.random() < 0.2:
                    raise Undone
        except (ArrowNotAllowed, StateMoved):
            continue
        except Undone:
            ids = [row["id"] for row in await rows(store, "dca_settlements")]
        assert await kept(store) == await summed(store)
    async with store.transaction("past") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_settlements SET state = 'held' WHERE tries = 0")
        await books.sql.run("DELETE FROM satmachineadmin.dca_settlements WHERE id = :id", id=ids[0])
    assert await kept(store) == await summed(store) != {}


def documented() -> list[str]:
    """The statements that an operator is told."""
    text = (ROOT / "docs" / "concepts" / "reconcile.md").read_text()
    _before, _fence, rest = text.partition("```sql\n")
    lines = rest.partition("```")[0].replace("BEGIN;", "").replace("COMMIT;", "")
    return [one.strip() for one in lines.split(";") if one.strip()]


async def test_totals_are_counted_anew_in_one_documented_step(store: Store) -> None:
    machine = await add_machine(store)
    async with store.transaction("setup") as books:
        await land(books, machine)
        await books.sql.run("UPDATE satmachineadmin.settlement_totals SET settlements = 7")
    assert await kept(store) != await summed(store)
    async with store.transaction("anew") as books:
        for statement in documented():
            await books.sql.run(statement)
        assert await books.figures.is_due(OPERATOR)
    assert await kept(store) == await summed(store)


async def test_a_page_reads_the_totals_and_no_sales(store: Store) -> None:
    machine = await add_machine(store)
    async with store.transaction("setup") as books:
        await land(books, machine)
        await books.sql.run("UPDATE satmachineadmin.settlement_totals SET settlements = 7")
    async with store.reading() as books:
        assert (await lists.totals(books.sql, OPERATOR))["open"] == 7
