"""LAND: every sale once, whatever the host's history does, and nothing that is no sale."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from satmachineadmin.engine import land
from satmachineadmin.store.scan import Scan
from tests.fakes.books import NOON

from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig, machine_fields

pytestmark = pytest.mark.anyio


async def test_the_same_payment_a_hundred_times_is_one_settlement(make_rig: MakeRig) -> None:
    """However often the host changes or repeats a row: one settlement, paid once."""
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.sell()

    for attempt in range(100):
        rig.clock.advance(seconds=3)
        sale = rig.host.change(sale)
        await rig.work(is_start=attempt % 10 == 0)

    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    assert rig.balances() == {
        "platform": 30, "partner0": 35, "partner1": 21, "partner2": 14, "ana's wallet": 1000,
    }  # fmt: skip
    assert await rig.worklist() == []


async def test_the_same_hash_twice_in_one_look_is_one_settlement(make_rig: MakeRig) -> None:
    """A history that lists a row twice does not pay twice."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.rows.append(rig.sell())

    await rig.work(3)

    assert len(await rig.settlements()) == 1
    assert rig.balances()["ana's wallet"] == 1000


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("the amount", {"amount_msat": 2_200_000}),
        ("the host's fee", {"fee_msat": 5_000}),
        ("the stamp", {"extra": {**Rig.stamp(), "principal_sats": 900, "fee_sats": 200}}),
        ("the fiat amount", {"extra": {**Rig.stamp(), "fiat_amount": "100.00"}}),
        ("the stamp that is gone", {"extra": {}}),
    ],
)
@pytest.mark.breaks_the_books("LNbits' own row changes after it was paid out")
async def test_other_facts_are_an_alarm_and_pay_nothing(
    make_rig: MakeRig, what: str, changes: dict[str, Any]
) -> None:
    """Same payment with other facts: one matter in the worklist, not a sat more, the books unchanged."""
    rig = await make_rig(cash={"ana": 1000_00})
    sale = rig.sell()
    await rig.work(2)
    before = await rig.settlements(), await rig.legs(), len(rig.host.rows)

    rig.host.change(sale, **changes)
    await rig.work(3)

    assert await rig.worklist() == ["payment_changed"], what
    assert (await rig.settlements(), await rig.legs(), len(rig.host.rows)) == before


async def test_a_change_of_what_is_no_fact_is_no_alarm(make_rig: MakeRig) -> None:
    """LNbits adds to `extra` and the memo as it likes."""
    rig = await make_rig()
    sale = rig.sell()
    await rig.work(2)

    rig.host.change(sale, memo="seen", extra={**sale.extra, "wallet_fiat_amount": 1.23})
    await rig.work(2)

    assert await rig.worklist() == []


async def test_a_payment_that_succeeds_days_later_lands(make_rig: MakeRig) -> None:
    """Pending today, paid in nine days with an `updated_at` that no cursor would see."""
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.sell(status="pending")
    await rig.work(2)
    assert await rig.settlements() == []

    for _ in range(9):
        rig.clock.advance(days=1)
        await rig.work()
    rig.host.change(sale, status="success", updated_at=sale.updated_at)
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "processed"


async def test_a_payment_that_fails_for_good_is_forgotten(make_rig: MakeRig) -> None:
    rig = await make_rig()
    sale = rig.sell(status="pending")
    await rig.work()
    rig.host.change(sale, status="failed")
    await rig.work(2)

    assert await rig.settlements() == []
    assert await rig.rows("SELECT * FROM satmachineadmin.open_payments") == []


async def test_what_was_paid_before_the_wallet_was_the_machines_never_settles(make_rig: MakeRig) -> None:
    """Earlier history is the opening balance: not by cursor or full scan, not when it changes."""
    rig = await make_rig(cash={"ana": 200_00})
    old = rig.host.receive(MACHINE_WALLET, 1100, extra=rig.stamp(), at=NOON - timedelta(seconds=1))

    await rig.work(2, is_start=True)
    rig.clock.advance(hours=2)
    rig.host.change(old, memo="touched")
    await rig.work(2)

    assert await rig.settlements() == []
    assert rig.balances() == {MACHINE_WALLET: 1100}


async def test_a_row_that_no_cursor_saw_is_found_by_the_full_scan(make_rig: MakeRig) -> None:
    """A row whose `updated_at` lies far behind the cursor is landed within the hour, and at a start."""
    rig = await make_rig(cash={"ana": 400_00})
    rig.clock.advance(hours=1)
    await rig.work()
    rig.clock.advance(minutes=30)
    hidden = rig.host.receive(MACHINE_WALLET, 1100, extra=rig.stamp(), at=NOON + timedelta(minutes=1))

    await rig.work()
    assert await rig.settlements() == []
    rig.clock.advance(minutes=31)
    await rig.work(2)

    assert (await rig.settlement_of(hidden))["state"] == "processed"


async def another_machine(rig: Rig) -> str:
    wallet = rig.host.add_wallet("harbour", OPERATOR, sats=0)
    async with rig.store.transaction("setup") as books:
        await books.machines.add(machine_fields(wallet, name="Harbour"), scan_from=books.now)
    return wallet


@pytest.mark.breaks_the_books("wallets pay that never received anything")
async def test_what_is_no_sale_is_ignored_with_its_reason(make_rig: MakeRig) -> None:
    """Transfers between machines, payments to oneself, top-ups, spending, admin credits: no settlement."""
    rig = await make_rig()
    harbour = await another_machine(rig)
    rig.host.add_wallet("olga's own", OPERATOR)
    stamp = rig.stamp()
    rig.host.receive(MACHINE_WALLET, 1100, payer_wallet_id=harbour, extra=stamp)
    rig.host.receive(MACHINE_WALLET, 1100, payer_wallet_id=MACHINE_WALLET, extra=stamp)
    rig.host.receive(MACHINE_WALLET, 500, payer_wallet_id="olga's own")
    rig.host.receive(MACHINE_WALLET, 500, memo="Admin credit")
    rig.host.send(MACHINE_WALLET, 10)
    card = rig.host.receive(MACHINE_WALLET, 1100, extra=stamp)
    rig.host.change(card, fiat_provider="stripe")

    await rig.work(3, is_start=True)

    assert await rig.settlements() == []
    assert set(await rig.verdicts()) == {
        "machine_transfer", "self_payment", "top_up", "not_ours", "not_lightning",
    }  # fmt: skip


async def test_our_own_payouts_are_no_sales(make_rig: MakeRig) -> None:
    """The legs that the machine's wallet pays are ignored, also by a scan of the whole history."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.sell()
    await rig.work(2)
    rig.clock.advance(hours=2)
    await rig.work(3, is_start=True)

    assert len(await rig.settlements()) == 1
    assert await rig.verdicts() == ["pending"]


@pytest.mark.breaks_the_books("somebody else writes our mark")
async def test_a_mark_of_ours_on_an_incoming_row_does_not_hide_a_sale(make_rig: MakeRig) -> None:
    """Anybody with an invoice key can write our mark on an invoice."""
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.host.receive(
        MACHINE_WALLET, 1100, extra=rig.stamp(), external_id=f"sm1:{'0' * 64}:super_fee:1"
    )
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "processed"


@pytest.mark.breaks_the_books("wallets pay that never received anything")
async def test_money_without_a_stamp_is_recorded_and_never_distributed(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.add_wallet("stranger", "somebody")
    outside = rig.host.receive(MACHINE_WALLET, 1100)
    inside = rig.host.receive(MACHINE_WALLET, 700, payer_wallet_id="stranger")
    await rig.work(3)

    for payment in (outside, inside):
        row = await rig.settlement_of(payment)
        assert (row["state"], row["reason"]) == ("rejected", "no_stamp")
    assert await rig.legs() == []


async def test_a_payment_that_cannot_be_read_stops_no_other(make_rig: MakeRig) -> None:
    """A stamp of the oddest kind beside a good sale: the good one is paid."""
    rig = await make_rig(cash={"ana": 200_00})
    for odd in ({"source": "bitspire"}, {"source": "bitspire", "type": ["cash_out"], "principal_sats": {}}):
        rig.host.receive(MACHINE_WALLET, 1100, extra=odd)
    sale = rig.sell()
    await rig.work(3)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert sorted(row["state"] for row in await rig.settlements()) == ["processed", "rejected", "rejected"]


async def test_a_machine_that_is_switched_off_is_scanned_on(make_rig: MakeRig) -> None:
    """Deactivating a machine does not lose what was sold meanwhile."""
    rig = await make_rig(cash={"ana": 200_00})
    async with rig.store.transaction("machine", actor=OPERATOR) as books:
        await books.machines.change(rig.machine_id, {"active": False})
    sale = rig.sell()
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "processed"


async def test_a_clock_that_was_ahead_for_a_while_hides_no_sale(make_rig: MakeRig) -> None:
    """The cursors stand in the future then: they are held against the clock of now."""
    rig = await make_rig(cash={"ana": 900_00})
    await rig.work()
    rig.clock.advance(days=1)
    rig.sell()
    await rig.work()
    rig.clock.advance(days=-1)

    rig.sell()
    await rig.work()
    assert [row["state"] for row in await rig.settlements()] == ["processed", "processed"]

    rig.clock.advance(minutes=59)
    early = rig.sell()
    rig.host.change(early, updated_at=rig.clock.now() - timedelta(hours=2))
    rig.clock.advance(minutes=2)
    await rig.work()
    assert len(await rig.settlements()) == 3, "the hourly look at everything goes by the clock of now"


async def test_a_long_history_is_asked_about_in_slices(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database binds so many values in one statement and no more: a wallet's years stopped all landing."""
    rig = await make_rig()
    monkeypatch.setattr(land, "SLICE", 3)
    asked: list[int] = []
    seen = Scan.seen

    async def counted(self: Scan, wallet_id: str, hashes: Iterable[str]) -> dict[str, str]:
        hashes = list(hashes)
        asked.append(len(hashes))
        return await seen(self, wallet_id, hashes)

    monkeypatch.setattr(Scan, "seen", counted)
    for _ in range(8):
        rig.host.receive(MACHINE_WALLET, 5, memo="Admin credit")
    await rig.work()

    assert max(asked) == 3
    assert await rig.verdicts() == ["top_up"] * 8


async def test_what_could_not_be_read_and_then_could_waits_for_nobody(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = await make_rig()

    def breaks(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(land, "judge", breaks)
    rig.sell()
    await rig.work()
    assert await rig.worklist() == ["landing_failed"]

    monkeypatch.undo()
    await rig.work()
    assert (await rig.worklist(), len(await rig.settlements())) == ([], 1)


async def test_a_payment_that_says_again_what_it_said_waits_for_nobody(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 900_00})
    sale = rig.sell()
    await rig.work()
    changed = rig.host.change(sale, fee_msat=7000)
    await rig.work()
    assert await rig.worklist() == ["payment_changed"]

    rig.host.change(changed, fee_msat=sale.fee_msat)
    await rig.work()
    assert await rig.worklist() == []
