"""Payments that leave this LNbits: every outcome, every look-up, every place to stop (DESIGN §7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .outside import ELLA, RESERVE, ella_leg, sent_msat, sold, state
from .rig import MACHINE_WALLET

pytestmark = pytest.mark.anyio


async def test_internal_legs_are_paid_first_and_the_settlement_waits_for_the_one_outside(
    make_rig: MakeRig,
) -> None:
    rig = await sold(make_rig)

    assert await state(rig) == "processing"
    assert (await ella_leg(rig))["state"] == "pending"
    assert {"platform", "partner1", "partner2"} <= set(rig.balances())

    await rig.work(3)
    async with rig.store.reading() as books:
        assert await books.settlements.due(10) == [], "a settlement that waits for outside is not worked on"

    await rig.work_outside()
    assert await state(rig) == "processed"


async def test_the_target_bears_the_network_fee_and_the_unused_reserve_stays(make_rig: MakeRig) -> None:
    """3500 sats less a reserve of 1 %: 3465 are asked for, 34 650 msat are kept back, 1250 are used."""
    rig = await sold(make_rig)
    rig.host.lightning.fee_msat = 1250

    await rig.work_outside()

    leg = await ella_leg(rig)
    assert rig.host.lightning.targets[ELLA].asked_msat == [3_465_000]
    assert (leg["sats"], leg["sent_msat"], leg["fee_msat"]) == (3500, 3_465_000, 1250)
    assert leg["fee_unused_msat"] == 3_500_000 - 3_465_000 - 1250
    assert leg["reserve_msat"] == 34_650
    assert leg["state"] == "completed"
    assert sent_msat(rig) == 3_466_250


@pytest.mark.parametrize("looks_like_here", [True, False])
async def test_a_target_of_this_lnbits_gets_all_of_it(make_rig: MakeRig, looks_like_here: bool) -> None:
    """Whether the callback shows it or only the invoice: nothing is taken off for a network."""
    rig = await sold(make_rig)
    wallet = rig.host.add_wallet("ella", "ella")
    rig.host.lightning.add_target(ELLA, wallet_id=wallet, looks_like_here=looks_like_here)

    await rig.work_outside()

    leg = await ella_leg(rig)
    assert rig.host.balance_sats("ella") == 3500
    assert (leg["state"], leg["sent_msat"], leg["fee_msat"]) == ("completed", 3_500_000, 0)


async def test_a_target_that_only_looks_like_this_lnbits_bears_the_network_fee(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    rig.host.lightning.add_target(ELLA, looks_like_here=True)

    await rig.work_outside()

    assert (await ella_leg(rig))["sent_msat"] == 3_465_000


# Outcomes ----------------------------------------------------------------------------------------


async def test_a_payment_that_failed_is_tried_again_with_a_new_invoice_within_reason(
    make_rig: MakeRig,
) -> None:
    """30 s, 2, 8 and 32 minutes later; then a person decides. Each attempt keeps its reason."""
    rig = await sold(make_rig)
    rig.host.lightning.endings.extend([Ending.FAILED] * 9)

    for tries, pause_seconds in enumerate((30, 120, 480, 1920), start=1):
        await rig.work_outside()
        leg = await ella_leg(rig)
        assert (leg["state"], leg["tries"], leg["attempt"]) == ("pending", tries, tries + 1)
        assert leg["error_code"] == "payment_failed"
        assert await state(rig) == "processing"
        rig.clock.advance(seconds=pause_seconds - 1)
        assert await rig.work_outside() == 0, "not before its time"
        rig.clock.advance(seconds=1)
    await rig.work_outside()

    leg = await ella_leg(rig)
    assert (leg["state"], leg["tries"], leg["error_code"]) == ("failed", 5, "payment_failed")
    assert "no route" in leg["error_message"]
    assert await state(rig) == "errored"
    assert sent_msat(rig) == 0
    assert len(set(rig.host.lightning.handed_over)) == 5, "each attempt had an invoice of its own"


async def test_a_refusal_before_anything_moved_is_a_confirmed_failure(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    rig.host.lightning.endings.append(Ending.REFUSED)

    await rig.work_outside()
    first, second = [leg for leg in await rig.legs() if leg["target"] == ELLA]
    assert (first["state"], first["error_code"]) == ("voided", "host_refused")
    assert second["state"] == "pending"

    rig.clock.advance(seconds=30)
    await rig.work_outside()
    assert await state(rig) == "processed"
    assert sent_msat(rig) == 3_465_000


async def test_an_exception_after_the_money_left_is_no_failure(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    rig.host.lightning.endings.append(Ending.LIES)

    await rig.work_outside()

    assert (await ella_leg(rig))["state"] == "completed"
    assert await state(rig) == "processed"


@pytest.mark.parametrize("status", ["success", "failed"])
async def test_a_pending_payment_is_looked_up_until_it_is_decided(make_rig: MakeRig, status: str) -> None:
    rig = await sold(make_rig)
    rig.host.lightning.endings.append(Ending.PENDING)

    await rig.work_outside()
    for _ in range(3):
        rig.clock.advance(seconds=10)
        await rig.work_outside()
        assert (await ella_leg(rig))["state"] == "paying"
    assert await state(rig) == "processing"
    rig.host.lightning.decide(status)
    rig.clock.advance(seconds=10)
    await rig.work_outside()

    if status == "success":
        assert (await ella_leg(rig))["state"] == "completed"
        assert await state(rig) == "processed"
    else:
        rig.clock.advance(seconds=30)
        await rig.work_outside()
        assert (await ella_leg(rig))["attempt"] == 2
    assert sent_msat(rig) == 3_465_000, "paid once, whichever attempt it was"
    assert await state(rig) == "processed"


@pytest.mark.parametrize("status", ["success", "failed"])
async def test_what_nobody_decides_becomes_a_matter_for_a_person_and_is_never_paid_again(
    make_rig: MakeRig, status: str
) -> None:
    rig = await sold(make_rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    await rig.work_outside()
    rig.clock.advance(seconds=46)
    await rig.work_outside()

    leg = await ella_leg(rig)
    assert (leg["state"], leg["error_code"]) == ("unresolved", "undecided")
    assert await rig.worklist() == ["undecided"]
    assert await state(rig) == "errored"
    for _ in range(50):
        rig.clock.advance(minutes=11)
        await rig.work_outside()
    assert len(rig.host.lightning.handed_over) == 1
    assert (await ella_leg(rig))["attempt"] == 1

    rig.host.lightning.decide(status)
    rig.clock.advance(minutes=11)
    await rig.work_outside()
    if status == "failed":
        assert await state(rig) == "processing"
        rig.clock.advance(seconds=30)
        await rig.work_outside()
    assert await state(rig) == "processed"
    assert sent_msat(rig) == 3_465_000


async def test_no_answer_at_all_is_unresolved_at_once(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    rig.host.lightning.is_dumb = True

    await rig.work_outside()

    assert (await ella_leg(rig))["state"] == "unresolved"


async def test_a_fee_above_what_was_kept_back_is_recorded_as_it_is(make_rig: MakeRig) -> None:
    """A node should not take it; the machine's wallet has paid it, so the unused part is negative."""
    rig = await sold(make_rig)
    rig.host.lightning.fee_msat = 40_000

    await rig.work_outside()

    leg = await ella_leg(rig)
    assert (leg["state"], leg["fee_msat"], leg["fee_unused_msat"]) == ("completed", 40_000, -5_000)


# The payer ---------------------------------------------------------------------------------------


async def test_a_wallet_that_is_short_waits_and_goes_on_by_itself(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    rig.host.send(MACHINE_WALLET, rig.host.balance_sats(MACHINE_WALLET) - 100)

    await rig.work_outside()
    leg = await ella_leg(rig)
    assert (leg["state"], leg["error_code"], leg["tries"]) == ("pending", "wallet_short", 0)
    assert (await rig.settlements())[0]["waits_code"] == "wallet_short"

    rig.host.receive(MACHINE_WALLET, 10_000)
    rig.clock.advance(seconds=15)
    await rig.work_outside()
    assert await state(rig) == "processed"


async def test_nothing_leaves_while_the_host_forbids_it(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    rig.host.limits = replace(RESERVE, only_incoming=True)
    await rig.work_outside()
    assert (await ella_leg(rig))["error_code"] == "only_incoming"

    rig.host.limits = replace(RESERVE, max_outgoing_sats=3464)
    rig.clock.advance(seconds=15)
    await rig.work_outside()
    assert (await ella_leg(rig))["error_code"] == "above_host_maximum"
    assert rig.host.lightning.handed_over == []


@pytest.mark.breaks_the_books("our tables are older than LNbits'")
async def test_books_that_are_older_than_the_hosts_pay_nothing(make_rig: MakeRig) -> None:
    rig = await make_rig(outside=(ELLA,), shares_ppm=(1_000_000,))
    async with rig.store.transaction("setup") as books:
        await books.platform.change(super_fee_pct="0")
    sale = rig.sell(principal_sats=0, commission_sats=10_000, fiat="0.00")
    await rig.work()
    rig.host.send(MACHINE_WALLET, 10, external_id=f"sm1:{sale.payment_hash}:split:0:1")

    await rig.work_outside()

    assert await state(rig) == "errored"
    assert rig.host.lightning.handed_over == []
    assert await rig.worklist() == ["restored"]


async def test_what_was_only_written_down_is_not_paid_while_payouts_are_paused(make_rig: MakeRig) -> None:
    """A process died between the two; then a difference was found that a person has to look at."""
    rig = await sold(make_rig)
    await rig.work_outside(1, is_stopping=True)
    assert (await ella_leg(rig))["state"] == "paying"
    async with rig.store.transaction("test") as books:
        await books.machines.pause_payouts(rig.machine_id, "something differs.")

    for _ in range(3):
        rig.clock.advance(seconds=20)
        await rig.work_outside()
    assert rig.host.lightning.handed_over == []

    async with rig.store.transaction("test") as books:
        await books.machines.resume_payouts(rig.machine_id)
    rig.clock.advance(seconds=20)
    await rig.work_outside()
    assert ((await ella_leg(rig))["state"], await state(rig)) == ("completed", "processed")
