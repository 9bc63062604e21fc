"""CORRECT with the real store: the scenario of a sale that was paid at a wrong rate."""

from __future__ import annotations

import json

import pytest

from satmachineadmin.core.errors import CorrectionTooLarge, NotCorrectable, NotFound
from satmachineadmin.usecases.correcting import correct_settlement, preview_correction

from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio


async def paid(rig: Rig) -> str:
    """1000 sats for 200.00 EUR at 5 sats each."""
    sale = rig.sell()
    await rig.work(2)
    row = await rig.settlement_of(sale)
    assert row["state"] == "processed"
    return str(row["id"])


async def correct(rig: Rig, settlement_id: str, rate: str) -> None:
    await correct_settlement(rig.store, OPERATOR, settlement_id, rate, "the machine's feed was stale")


async def entries(rig: Rig) -> list[tuple[str, int, str]]:
    rows = await rig.rows(
        """
        SELECT client.username, entry.amount_minor, entry.status FROM satmachineadmin.dca_deposits AS entry
        JOIN satmachineadmin.dca_clients AS client ON client.id = entry.client_id
        WHERE entry.kind = 'correction' ORDER BY entry.id
        """
    )
    return [(row["username"], row["amount_minor"], row["status"]) for row in rows]


async def test_what_lps_gave_too_much_is_given_back(make_rig: MakeRig) -> None:
    """At 8 sats 1000 sats cost 125.00, not 200.00: ana gave 150.00 for 750 sats, which cost 93.75."""
    rig = await make_rig(cash={"ana": 300_00, "ben": 100_00})
    settlement_id = await paid(rig)
    before = rig.balances()
    seen = await preview_correction(rig.store, OPERATOR, settlement_id, "8")
    assert [(one.label, one.drawn_minor, one.right_minor, one.change_minor) for one in seen.lps] == [
        ("ana", 150_00, 93_75, 56_25), ("ben", 50_00, 31_25, 18_75),
    ]  # fmt: skip

    await correct(rig, settlement_id, "8")

    assert await entries(rig) == [("ana", 56_25, "confirmed"), ("ben", 18_75, "confirmed")]
    assert await rig.cash_of("ana") == {"confirmed": 356_25, "paid": 150_00, "reserved": 0}
    assert rig.balances() == before
    (row,) = await rig.settlements()
    assert (row["exchange_rate"], row["corrected_rate"]) == ("5", "8")


async def test_what_lps_gave_too_little_is_taken(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00, "ben": 100_00})
    settlement_id = await paid(rig)

    await correct(rig, settlement_id, "4")

    assert await entries(rig) == [("ana", -37_50, "confirmed"), ("ben", -12_50, "confirmed")]


async def test_a_second_correction_starts_from_the_first(make_rig: MakeRig) -> None:
    """8, then back to 5: what was booked is taken back, to the cent; the same rate again is refused."""
    rig = await make_rig(cash={"ana": 300_00, "ben": 100_00})
    settlement_id = await paid(rig)

    await correct(rig, settlement_id, "8")
    with pytest.raises(NotCorrectable):
        await correct(rig, settlement_id, "8")
    await correct(rig, settlement_id, "5")

    assert [amount for _name, amount, _status in await entries(rig)] == [56_25, 18_75, -56_25, -18_75]
    assert await rig.cash_of("ana") == {"confirmed": 300_00, "paid": 150_00, "reserved": 0}


async def test_cash_that_is_not_there_is_not_taken_from_anybody(make_rig: MakeRig) -> None:
    """Ben has 50.00 left, ana nothing: at 2.5 sats both would owe as much again. Nothing is booked."""
    rig = await make_rig(cash={"ana": 150_00, "ben": 50_00})
    settlement_id = await paid(rig)
    await rig.enrol("cleo", 500_00)

    with pytest.raises(CorrectionTooLarge) as refused:
        await correct(rig, settlement_id, "2.5")

    assert refused.value.fields == {"username": "ana", "short": "150.00", "currency": "EUR"}
    assert await entries(rig) == []
    assert (await rig.settlements())[0]["corrected_rate"] is None


async def test_reserved_cash_is_not_taken_either(make_rig: MakeRig) -> None:
    """Ana's last 100.00 are in reserve for a sale that waits for sats."""
    rig = await make_rig(cash={"ana": 300_00}, shares_ppm=())
    settlement_id = await paid(rig)
    rig.host.send("plaza", 100)
    rig.sell(fiat="100.00", principal_sats=500, commission_sats=0)
    rig.host.send("plaza", 400)
    await rig.work(2)
    assert (await rig.cash_of("ana"))["reserved"] == 100_00

    with pytest.raises(CorrectionTooLarge):
        await correct(rig, settlement_id, "4")


async def test_the_next_sale_is_compared_with_the_right_rate(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 900_00})
    settlement_id = await paid(rig)
    await correct(rig, settlement_id, "8")

    async with rig.store.reading() as books:
        assert await books.machines.recent_rates(rig.machine_id, 20) == ["8"]


async def test_the_reason_is_in_the_audit_trail(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00})
    settlement_id = await paid(rig)
    await correct(rig, settlement_id, "8")

    (event,) = await rig.rows(
        "SELECT actor, body FROM satmachineadmin.audit_events WHERE event = 'settlement.corrected'"
    )

    change = json.loads(event["body"])["change"]
    assert (event["actor"], change["before"]) == (OPERATOR, {"corrected_rate": None})
    assert change["after"] == {"corrected_rate": "8", "reason": "the machine's feed was stale"}


async def test_only_what_is_paid_and_priced_is_corrected(make_rig: MakeRig) -> None:
    rig = await make_rig()
    settlement_id = await paid(rig)
    with pytest.raises(NotCorrectable, match="No LP gave cash"):
        await correct(rig, settlement_id, "8")
    held = rig.sell(principal_sats=10_000, rate="50")
    await rig.work()
    with pytest.raises(NotCorrectable, match="not paid out"):
        await correct(rig, (await rig.settlement_of(held))["id"], "8")


async def test_another_operator_finds_nothing(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00})
    settlement_id = await paid(rig)
    for attempt in (
        preview_correction(rig.store, "otto", settlement_id, "8"),
        correct_settlement(rig.store, "otto", settlement_id, "8", "because"),
    ):
        with pytest.raises(NotFound):
            await attempt
