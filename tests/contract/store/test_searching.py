"""Sales are found by whatever is known of them, on both databases, and never another operator's."""

from __future__ import annotations

import pytest

from satmachineadmin import migrations
from satmachineadmin.core import searching
from satmachineadmin.core.model import Settlement
from satmachineadmin.core.states import SettlementState
from satmachineadmin.store import searching as index
from satmachineadmin.store.books import Store
from satmachineadmin.store.lists import SETTLEMENTS, Page, page
from tests.fakes.books import MigrationDb

from .books import OPERATOR, add_lp, add_machine, planned

pytestmark = pytest.mark.anyio
INVOICE = "lnbc11u1p" + "q" * 60


async def shop(store: Store) -> tuple[Settlement, Settlement]:
    """Two sales of one operator with an LP; the second one's txid is the first one's and more."""
    machine = await add_machine(store)
    await add_lp(store, machine)
    first, _legs = await planned(store, machine, 1)
    second, _legs = await planned(store, machine, 2)
    async with store.transaction("setup") as books:
        for sale, txid in ((first, "TX-7f3a"), (second, "TX-7f3abc")):
            await books.sql.run(
                "UPDATE satmachineadmin.dca_settlements SET txid = :txid, paid_at = :at WHERE id = :id",
                txid=txid,
                at=1000 if sale is first else 2000,
                id=sale.id,
            )
        await books.sql.run(
            "UPDATE satmachineadmin.dca_settlements SET wire_sats = 5, principal_sats = 4, fiat_minor = 80 "
            "WHERE id = :id",
            id=second.id,
        )
        books.settlements.remark(first, "noted", text="The Cassette jammed; ticket 4711.")
        books.settlements.remark(second, "noted", text="Nothing jammed.")
    return first, second


async def found(store: Store, text: str, owner: str = OPERATOR, wanted: Page | None = None) -> list[str]:
    own = (wanted or Page()).only({"settlement.operator_user_id": owner})
    async with store.reading() as books:
        sought = searching.read(text, lambda invoice: f"{1:064x}")
        ids = (await index.settlements(books.sql, owner, sought, own)).ids
        rows, total = await page(books.sql, SETTLEMENTS, own.among(ids))
    assert total == len(rows)
    return [str(row["id"]) for row in rows]


async def test_a_sale_is_found_by_everything_that_is_known_of_it(store: Store) -> None:
    first, second = await shop(store)
    hash_of_a_leg = f"{1000:064x}"
    both = [second.id, first.id]
    expected = {
        f"{1:064x}": [first.id], INVOICE: [first.id], hash_of_a_leg: [first.id],
        "TX-7f3a": both, "TX-7f3ab": [second.id], "tx-7f3a": [], first.id: [first.id],
        "1100": [first.id], "1 100 sat": [first.id], "1000": [first.id], "5 sat": [second.id],
        "200.00 EUR": [first.id], "200": [first.id], "0,80": [second.id], "200 USD": [], "80": [],
        "ANA": both, "an": both, "nobody": [],
        "cass jammed": [first.id], "JAMMED": both, "jammed nothing": [second.id], "4711": [first.id],
        "assette": [], "jammed never": [], "%": [], "_": [], "'": [],
    }  # fmt: skip
    assert {text: await found(store, text) for text in expected} == expected


async def test_nothing_of_another_operator_is_ever_found(store: Store) -> None:
    first, _second = await shop(store)
    for text in (f"{1:064x}", INVOICE, "TX-7f3a", first.id, "1100", "200.00", "ana", "cassette"):
        assert await found(store, text, owner="otto") == [], text


async def test_what_an_lp_did_with_its_sats_leads_an_operator_nowhere(store: Store) -> None:
    first, _second = await shop(store)
    async with store.transaction("setup") as books:
        await books.sql.run(
            "UPDATE satmachineadmin.dca_payments SET leg_type = 'autoforward', payment_hash = :hash "
            "WHERE settlement_id = :id AND leg_type = 'dca' AND client_id IS NOT NULL",
            hash="cd" * 32,
            id=first.id,
        )
    assert await found(store, "cd" * 32) == []


async def test_other_filters_narrow_what_is_found_and_days_bound_it(store: Store) -> None:
    first, second = await shop(store)
    state = Page(equals={"settlement.state": SettlementState.HELD})
    assert await found(store, "ana", wanted=state) == []
    assert await found(store, "1100", wanted=state) == []
    assert await found(store, "ana", wanted=Page().within("settlement.paid_at", 1500, None)) == [second.id]
    assert await found(store, "jammed", wanted=Page().within("settlement.paid_at", None, 2000)) == [first.id]


async def test_more_than_is_looked_through_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop(store)
    monkeypatch.setattr(index, "MOST", 1)
    async with store.reading() as books:
        sought = searching.read("ana", lambda invoice: None)
        answer = await index.settlements(books.sql, OPERATOR, sought, Page())
    assert answer.is_cut


async def test_notes_of_an_older_version_are_found_too(store: Store) -> None:
    first, _second = await shop(store)
    async with store.transaction("old") as books:
        await books.sql.run("DELETE FROM satmachineadmin.settlement_words")
    assert await found(store, "cassette") == []

    await migrations.m129_sales_are_searched(MigrationDb(store.database))

    assert await found(store, "cassette") == [first.id]
