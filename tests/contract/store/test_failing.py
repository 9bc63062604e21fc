"""Receivers that could not be paid are told once each, whatever many of their shares have failed."""

from __future__ import annotations

import pytest

from satmachineadmin.store import failing
from satmachineadmin.store.books import Store

from .books import OPERATOR, add_machine, planned

pytestmark = pytest.mark.anyio


async def share(store: Store, leg_id: str, **changes: object) -> None:
    """Make a leg a share of the commission that failed, or what `changes` say."""
    values = {
        "leg_type": "operator_split",
        "state": "failed",
        "label": "",
        "sats": 7,
        "created_at": 50,
        **changes,
    }
    columns = ", ".join(f"{name} = :{name}" for name in values)
    async with store.transaction("test") as books:
        await books.sql.run(
            f"UPDATE satmachineadmin.dca_payments SET {columns} WHERE id = :id", **values, id=leg_id
        )


async def test_a_receiver_is_one_row_with_its_newest_reason(store: Store) -> None:
    machine_id = await add_machine(store)
    legs = [(await planned(store, machine_id, number))[1][0].id for number in range(1, 7)]
    bob, eve = {"target": "bob@dead.example", "label": "Bob"}, {"target": "eve@dead.example"}
    await share(store, legs[0], **bob, updated_at=100, created_at=50, error_message="No route.")
    await share(store, legs[1], **bob, updated_at=200, created_at=60, error_message="The name is unknown.")
    await share(store, legs[2], **eve, updated_at=150, created_at=40, error_message=None)
    # what is none of it: paid, an LP's, another operator's
    await share(store, legs[3], **bob, updated_at=300, state="voided")
    await share(store, legs[4], **bob, updated_at=300, leg_type="dca")
    await share(store, legs[5], **bob, updated_at=300, operator_user_id="otto")

    async with store.reading() as books:
        found = [dict(row) for row in await failing.targets(books.sql, OPERATOR)]

    told = [(row["target"], row["label"], int(row["legs"]), int(row["sats"]), row["since"]) for row in found]
    assert told == [("eve@dead.example", "", 1, 7, 40), ("bob@dead.example", "Bob", 2, 14, 50)]
    assert [row["error_message"] for row in found] == [None, "The name is unknown."]
