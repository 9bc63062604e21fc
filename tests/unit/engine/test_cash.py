"""Cash entries of every kind: recorded, confirmed, disputed, corrected; never below what is reserved."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from satmachineadmin.core.errors import (
    ActionNotAllowed,
    CashShort,
    EntryDisputed,
    InvalidInput,
    NotFound,
    Refusal,
    StateMoved,
)
from satmachineadmin.core.states import CashEntryKind
from satmachineadmin.engine.notices import tell_operators
from satmachineadmin.usecases import cash, disputes
from satmachineadmin.usecases.worklist import accept_matter

from .conftest import MakeRig
from .rig import OPERATOR, Rig, machine_fields

pytestmark = pytest.mark.anyio
RETURNED, DEPOSIT = CashEntryKind.CASH_RETURNED, CashEntryKind.DEPOSIT


async def record(
    rig: Rig, lp: str, amount: str, kind: CashEntryKind = DEPOSIT, on: date | None = None
) -> str:
    return await cash.record_cash(
        rig.store, OPERATOR, enrolment_id=rig.enrolments[lp], amount=amount, kind=kind, cash_date=on, notes=""
    )


async def move(rig: Rig, source: str, target: str, amount: str) -> str:
    return await cash.move_cash(
        rig.store, OPERATOR, from_id=rig.enrolments[source], to_id=rig.enrolments[target], amount=amount,
        cash_date=None, notes="",
    )  # fmt: skip


async def correct(rig: Rig, entry_id: str, amount: str) -> str:
    return await cash.correct_cash(rig.store, OPERATOR, entry_id, amount=amount, reason="a slip")


async def confirm(rig: Rig, entry_id: str) -> None:
    await cash.confirm_cash(rig.store, OPERATOR, entry_id)


async def left(rig: Rig, lp: str) -> int:
    found = await rig.cash_of(lp)
    return found["confirmed"] - found["paid"] - found["reserved"]


async def entries(rig: Rig) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in await rig.rows("SELECT * FROM satmachineadmin.dca_deposits")}


async def test_cash_that_is_given_back_is_sold_to_nobody_from_the_moment_it_is_recorded(
    make_rig: MakeRig,
) -> None:
    rig = await make_rig(cash={"ana": 100_00, "ben": 100_00})
    entry = await record(rig, "ana", "100", RETURNED)

    sale = rig.sell(fiat="100.00", principal_sats=500)
    await rig.work()

    legs = await rig.legs((await rig.settlement_of(sale))["id"])
    assert {leg["label"]: leg["fiat_minor"] for leg in legs if leg["leg_type"] == "dca"} == {"ben": 100_00}
    await confirm(rig, entry)
    assert await rig.cash_of("ana") == {"confirmed": 0, "paid": 0, "reserved": 0}


async def test_an_entry_that_is_cancelled_gives_back_what_it_held(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    entry = await record(rig, "ana", "40", RETURNED)
    assert await left(rig, "ana") == 60_00

    await cash.cancel_cash(rig.store, OPERATOR, entry)

    assert await left(rig, "ana") == 100_00
    with pytest.raises(StateMoved):
        await confirm(rig, entry)


async def test_no_more_is_given_back_than_is_free(make_rig: MakeRig) -> None:
    """What is paid and what is reserved is not; the refusal says how much is."""
    rig = await make_rig(cash={"ana": 100_00})
    rig.sell(fiat="30.00", principal_sats=150)
    await rig.work()

    with pytest.raises(CashShort) as refusal:
        await record(rig, "ana", "70.01", RETURNED)

    assert (refusal.value.fields["free"], refusal.value.fields["amount"]) == ("70.00", "70.01")
    await record(rig, "ana", "70.00", RETURNED)


async def test_of_two_that_take_the_same_cash_at_once_one_is_refused(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00, "ben": 0})

    done = await asyncio.gather(
        record(rig, "ana", "60", RETURNED),
        move(rig, "ana", "ben", "60"),
        record(rig, "ana", "60", RETURNED),
        return_exceptions=True,
    )

    assert [type(one) for one in done].count(CashShort) == 2
    assert await left(rig, "ana") == 40_00


async def test_a_sale_and_a_return_at_once_never_take_the_same_cash(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    rig.sell(fiat="80.00", principal_sats=400)

    _worked, done = await asyncio.gather(
        rig.work(), record(rig, "ana", "80", RETURNED), return_exceptions=True
    )

    assert await left(rig, "ana") in (20_00, 0)
    assert isinstance(done, (str, CashShort))


async def test_moved_cash_is_two_entries_and_one_act(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00, "ben": 5_00})
    out_id = await move(rig, "ana", "ben", "30")
    found = await entries(rig)
    out = found[out_id]
    into = found[out["related_id"]]
    assert (out["amount_minor"], into["amount_minor"], into["related_id"]) == (-30_00, 30_00, out_id)
    assert out["act_id"] == into["act_id"]

    await confirm(rig, into["id"])

    assert (await left(rig, "ana"), await left(rig, "ben")) == (70_00, 35_00)
    assert {row["status"] for row in (await entries(rig)).values()} == {"confirmed"}


async def test_moved_cash_is_cancelled_on_both_sides(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00, "ben": 5_00})
    out_id = await move(rig, "ana", "ben", "30")
    await cash.cancel_cash(rig.store, OPERATOR, out_id)
    assert (await left(rig, "ana"), await left(rig, "ben")) == (100_00, 5_00)


async def test_cash_moves_between_enrolments_of_one_currency_only(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    rig.host.add_wallet("tokyo", OPERATOR)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        fields = machine_fields("tokyo", name="Tokyo", currency="JPY")
        machine_id = await books.machines.add(fields, scan_from=books.now)
    plaza, rig.machine_id = rig.machine_id, machine_id
    await rig.enrol("yuki", 100)
    rig.machine_id = plaza
    with pytest.raises(InvalidInput):
        await move(rig, "ana", "yuki", "10")
    with pytest.raises(InvalidInput):
        await move(rig, "ana", "ana", "10")


async def test_a_confirmed_entry_is_corrected_by_a_counter_entry(make_rig: MakeRig) -> None:
    """The operator says what it should be; the entry itself stands as it was."""
    rig = await make_rig(cash={"ana": 1000_00})
    (entry_id,) = await entries(rig)

    counter_id = await correct(rig, entry_id, "100")
    assert await left(rig, "ana") == 100_00  # out of reach at once
    with pytest.raises(ActionNotAllowed):
        await correct(rig, entry_id, "200")
    await confirm(rig, counter_id)

    found = await entries(rig)
    assert (found[entry_id]["amount_minor"], found[counter_id]["amount_minor"]) == (1000_00, -900_00)
    assert (found[counter_id]["related_id"], found[counter_id]["notes"]) == (entry_id, "a slip")
    again = await correct(rig, entry_id, "150")
    await confirm(rig, again)
    assert (await entries(rig))[again]["amount_minor"] == 50_00
    assert await left(rig, "ana") == 150_00
    with pytest.raises(InvalidInput):
        await correct(rig, entry_id, "150")
    with pytest.raises(ActionNotAllowed):
        await correct(rig, again, "1")


async def test_a_pending_entry_is_cancelled_not_corrected(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 10_00})
    with pytest.raises(ActionNotAllowed):
        await correct(rig, await record(rig, "ana", "5"), "6")


async def test_a_correction_takes_out_no_more_than_is_free(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    (entry_id,) = await entries(rig)
    rig.sell(fiat="30.00", principal_sats=150)
    await rig.work()
    with pytest.raises(CashShort):
        await correct(rig, entry_id, "29.99")
    await confirm(rig, await correct(rig, entry_id, "30"))
    assert await left(rig, "ana") == 0


async def test_a_return_and_a_move_are_corrected_on_their_own_side(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00, "ben": 5_00})
    returned = await record(rig, "ana", "40", RETURNED)
    await confirm(rig, returned)
    moved = await move(rig, "ana", "ben", "30")
    await confirm(rig, moved)
    assert (await left(rig, "ana"), await left(rig, "ben")) == (30_00, 35_00)

    await confirm(rig, await correct(rig, returned, "50"))
    assert await left(rig, "ana") == 20_00
    await confirm(rig, await correct(rig, moved, "10"))

    assert (await left(rig, "ana"), await left(rig, "ben")) == (40_00, 15_00)


async def test_a_disputed_entry_cannot_be_confirmed_until_the_lp_stands_by_it(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 10_00})
    entry = await record(rig, "ana", "500")

    await disputes.dispute_cash(rig.store, "ana", entry, "It was 400")

    (matter,) = await rig.rows("SELECT * FROM satmachineadmin.worklist")
    assert matter["operator_user_id"] == OPERATOR
    assert matter["detail"] == "ana disputes a cash entry of 500.00 EUR (deposit): It was 400"
    assert await rig.worklist() == ["cash_disputed"]
    await tell_operators(rig.store, rig.host)
    ((_operator, said),) = rig.host.messages
    assert "- Plaza: an LP disputes a cash entry" in said
    assert not any(private in said for private in ("It was 400", "ana", "500"))
    with pytest.raises(EntryDisputed):
        await confirm(rig, entry)
    with pytest.raises(StateMoved):
        await disputes.dispute_cash(rig.store, "ana", entry, "again")
    await disputes.withdraw_dispute(rig.store, "ana", entry)
    assert await rig.worklist() == []
    await confirm(rig, entry)
    assert await left(rig, "ana") == 510_00
    with pytest.raises(StateMoved):
        await disputes.dispute_cash(rig.store, "ana", entry, "too late")


async def test_an_operator_ends_a_dispute_by_cancelling_and_not_by_accepting_the_matter(
    make_rig: MakeRig,
) -> None:
    rig = await make_rig(cash={"ana": 10_00, "ben": 10_00})
    entry = await move(rig, "ana", "ben", "5")
    into = (await entries(rig))[entry]["related_id"]
    await disputes.dispute_cash(rig.store, "ben", into, "I know nothing of it")
    with pytest.raises(EntryDisputed):
        await confirm(rig, entry)
    (matter,) = await rig.rows("SELECT * FROM satmachineadmin.worklist")
    with pytest.raises(ActionNotAllowed):
        await accept_matter(rig.store, rig.host, OPERATOR, matter["id"], "never mind")

    await cash.cancel_cash(rig.store, OPERATOR, entry)

    assert await rig.worklist() == []
    assert (await left(rig, "ana"), await left(rig, "ben")) == (10_00, 10_00)


async def test_nobody_disputes_the_entry_of_another_lp(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 10_00, "ben": 10_00})
    entry = await record(rig, "ana", "5")
    for act in (
        disputes.dispute_cash(rig.store, "ben", entry, "not mine"),
        disputes.withdraw_dispute(rig.store, "ben", entry),
        cash.confirm_cash(rig.store, "otto", entry),
        cash.correct_cash(rig.store, "otto", entry, amount="1", reason="x"),
    ):
        with pytest.raises(NotFound):
            await act


async def test_cash_has_a_day_of_its_own_and_it_is_not_in_the_future(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 10_00})
    today = rig.clock.now().date()
    entry = await record(rig, "ana", "5", on=today - timedelta(days=400))
    assert (await entries(rig))[entry]["cash_date"] == (today - timedelta(days=400)).isoformat()
    with pytest.raises(InvalidInput):
        await record(rig, "ana", "5", on=today + timedelta(days=2))


@pytest.mark.parametrize("kind", [CashEntryKind.MOVED, CashEntryKind.CORRECTION])
async def test_what_is_made_by_an_act_of_its_own_is_not_entered(
    make_rig: MakeRig, kind: CashEntryKind
) -> None:
    rig = await make_rig(cash={"ana": 10_00})
    with pytest.raises(Refusal):
        await record(rig, "ana", "5", kind)
