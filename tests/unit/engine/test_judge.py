"""The judge that looks at the books after every test sees what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satmachineadmin.core.states import PayWay
from tests.judge import complaints

from .conftest import MakeRig
from .rig import Rig

pytestmark = [pytest.mark.anyio, pytest.mark.breaks_the_books("to see whether it is seen")]
BOOKS = "satmachineadmin"

#: what is done to our tables → what the judge says
TAMPERED = {
    f"UPDATE {BOOKS}.dca_payments SET sats = sats + 1 WHERE state = 'skipped'": "misses -1000 msat",
    f"UPDATE {BOOKS}.dca_settlements SET wire_sats = wire_sats + 1": "misses 1000 msat",
    f"UPDATE {BOOKS}.dca_clients SET paid_minor = paid_minor - 1 WHERE username = 'ana'": "paid is kept",
    f"UPDATE {BOOKS}.dca_clients SET paid_minor = 0, reserved_minor = 1 WHERE username = 'ana'":
        "reserved is kept",
    f"DELETE FROM {BOOKS}.dca_deposits WHERE client_id = (SELECT id FROM {BOOKS}.dca_clients LIMIT 1)":
        "confirmed is kept",
    f"UPDATE {BOOKS}.dca_payments SET state = 'failed' WHERE leg_type = 'super_fee'": "its last event says",
    f"UPDATE {BOOKS}.dca_settlements SET state = 'errored'": "its last event says processed",
    f"DELETE FROM {BOOKS}.dca_payments WHERE leg_type = 'super_fee'": "which no leg explains",
    f"UPDATE {BOOKS}.dca_payments SET sats = 31, sent_msat = 31000 WHERE leg_type = 'super_fee'":
        "instead of",
    f"UPDATE {BOOKS}.dca_payments SET destination_wallet_id = 'x' WHERE leg_type = 'super_fee'":
        "instead of",
    f"UPDATE {BOOKS}.dca_payments SET payment_hash = 'x' WHERE leg_type = 'super_fee'":
        "which no leg explains",
}  # fmt: skip


async def traded(make_rig: MakeRig, way: PayWay = PayWay.FAST) -> Rig:
    """A sale with an uncovered rest, in order."""
    rig = await make_rig(cash={"ana": 100_00, "ben": 60_00}, way=way)
    rig.sell()
    await rig.work(2)
    assert complaints(await rig.snapshot()) == []
    return rig


@pytest.mark.parametrize("statement", TAMPERED)
async def test_what_was_done_to_our_tables_is_seen(make_rig: MakeRig, statement: str) -> None:
    rig = await traded(make_rig)
    async with rig.store.transaction("tamper") as books:
        assert await books.sql.run(statement) > 0
    found = complaints(await rig.snapshot())
    assert any(TAMPERED[statement] in complaint for complaint in found), found


@pytest.mark.parametrize("way", list(PayWay))
async def test_what_was_done_to_the_hosts_rows_is_seen(make_rig: MakeRig, way: PayWay) -> None:
    """A row that is gone, one that is there twice, another amount, another wallet, a status turned."""
    rig = await traded(make_rig, way)
    whole = list(rig.host.rows)
    debit = next(row for row in whole if (row.external_id or "").startswith("sm1:") and row.amount_msat < 0)
    credit = next(row for row in whole if row.external_id == debit.external_id and row.amount_msat > 0)
    for broken, said in (
        ([row for row in whole if row is not debit], "instead of"),
        ([row for row in whole if row is not credit], "instead of"),
        ([*whole, replace(debit, checking_id="again")], "was debited 2 times"),
        ([*whole, replace(credit, checking_id="again")], "was credited 2 times"),
        (
            [replace(row, amount_msat=row.amount_msat - 1) if row is debit else row for row in whole],
            "instead",
        ),
        ([replace(row, wallet_id="x") if row is credit else row for row in whole], "instead of"),
        ([replace(row, status="failed") if row is credit else row for row in whole], "instead of"),
        ([*whole, replace(debit, checking_id="b", amount_msat=-(10**9), external_id=None)], "holds -"),
    ):
        rig.host.rows[:] = broken
        found = complaints(await rig.snapshot())
        assert any(said in complaint for complaint in found), (said, found)
