"""Books older or younger than the wallets' history, where payments had left: none is made again.

Shares of the commission for a target outside and sats that an LP has passed on: completed, under way and
failed when the books were lost.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from satmachineadmin.engine.reconcile import full_audit
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .outside import ELLA, RESERVE, ella_leg
from .restored import Copy, a_round, accept_all, is_paused, restart_with_empty_books
from .rig import Rig
from .test_forward import forwarding, receive

pytestmark = pytest.mark.anyio
HOME = "ana@home.example"
STATES = ("success", "pending", "failed")


async def business(make_rig: MakeRig, *, least_sats: int = 0) -> Rig:
    """Ana passes on what she gets; half of the operator's 7000 sats of each sale is Ella's."""
    rig = await make_rig(cash={"ana": 9_000_00}, outside=(ELLA,), shares_ppm=(500_000, 500_000))
    rig.host.limits = RESERVE
    rig.host.lightning.add_target(HOME)
    async with rig.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences(
            "ana",
            {
                "autoforward_ln_address": HOME,
                "autoforward_enabled": True,
                "autoforward_min_sats": least_sats,
                "autoforward_since": books.now,
                "forwarded_until": books.now,
            },
        )
    rig.clock.advance(seconds=5)
    return rig


def sell(rig: Rig) -> Any:
    return rig.sell(principal_sats=1000, commission_sats=10_000)


async def run(rig: Rig, rounds: int = 3, *, is_start: bool = False) -> None:
    """The runner and the task beside it, for a while."""
    for _ in range(rounds):
        await a_round(rig, is_start=is_start)
        await rig.work_outside()
        rig.clock.advance(seconds=31)


def left(rig: Rig) -> list[tuple[str, int, str]]:
    """Every payment that left this LNbits or was to: wallet, msat and status."""
    return sorted(
        (row.wallet_id, -row.amount_msat, row.status)
        for row in rig.host.rows
        if row.is_lightning_outbound and not row.checking_id.startswith("internal_")
    )


async def sale_states(rig: Rig) -> list[str]:
    return [row["state"] for row in await rig.settlements()]


async def forwards(rig: Rig) -> list[dict[str, Any]]:
    return [leg for leg in await rig.legs() if leg["leg_type"] == "autoforward"]


@pytest.mark.breaks_the_books("LNbits knows of a payment from Ana's wallet that the books have lost")
async def test_books_of_five_minutes_ago_repeat_no_payment_that_had_left(make_rig: MakeRig) -> None:
    """The share is booked by the payment that LNbits holds; Ana reads why hers is not made again."""
    rig = await business(make_rig)
    sell(rig)
    await run(rig, 2, is_start=True)
    copy = Copy(rig)
    rig.clock.advance(minutes=5)
    sell(rig)
    await run(rig)
    assert await sale_states(rig) == ["processed", "processed"]
    before, held = left(rig), rig.balances()
    assert before == [("ana's wallet", 990_000, "success")] * 2 + [("plaza", 3_465_000, "success")] * 2
    copy.restore()

    await run(rig, is_start=True)
    assert await is_paused(rig)
    assert await rig.worklist() == ["restored", "unknown_payments"]
    await accept_all(rig)
    await run(rig)

    assert (left(rig), rig.balances()) == (before, held)
    assert await sale_states(rig) == ["processed", "processed"]
    assert (await ella_leg(rig))["state"] == "completed"
    assert [(leg["state"], leg["error_code"]) for leg in await forwards(rig)] == [
        ("completed", None),
        ("failed", "paid_before"),
    ]
    assert not await is_paused(rig)
    assert await rig.worklist() == []
    assert await full_audit(rig.store, rig.host) == []


@pytest.mark.breaks_the_books("LNbits knows of a payment from Ana's wallet that the books have lost")
@pytest.mark.parametrize("decided", ["success", "failed"])
async def test_a_payment_that_was_under_way_when_the_books_were_lost_is_looked_up_until_it_is_decided(
    make_rig: MakeRig, decided: str
) -> None:
    rig = await business(make_rig)
    copy = Copy(rig)
    sell(rig)
    rig.host.lightning.endings.extend([Ending.PENDING] * 2)
    await run(rig, 2, is_start=True)
    assert left(rig) == [("ana's wallet", 990_000, "pending"), ("plaza", 3_465_000, "pending")]
    copy.restore()

    await run(rig, is_start=True)
    assert await is_paused(rig)
    await accept_all(rig)
    await run(rig, 2)
    assert (await ella_leg(rig))["state"] in ("paying", "unresolved")
    assert len(rig.host.lightning.handed_over) == 2, "nothing was paid again"

    rig.host.lightning.decide(decided)
    for _ in range(4):
        rig.clock.advance(minutes=11)
        await run(rig, 1)

    assert await sale_states(rig) == ["processed"]
    assert [status for wallet, _, status in left(rig) if wallet == "plaza"].count("success") == 1
    assert [status for wallet, _, status in left(rig) if wallet != "plaza"] == [decided]
    assert await full_audit(rig.store, rig.host) == []


@pytest.mark.breaks_the_books("LNbits knows of a payment from Ana's wallet that the books have lost")
async def test_an_earlier_attempt_that_had_failed_does_not_hide_the_one_that_was_paid(
    make_rig: MakeRig,
) -> None:
    """The copy plans the first attempt again; LNbits holds the second one, and it is booked as that."""
    rig = await business(make_rig)
    copy = Copy(rig)
    sell(rig)
    rig.host.lightning.endings.extend([Ending.FAILED] * 2)
    await run(rig, 4, is_start=True)
    before = left(rig)
    assert [status for _, _, status in before] == ["failed", "success"] * 2
    copy.restore()

    await run(rig, is_start=True)
    await accept_all(rig)
    await run(rig)

    assert left(rig) == before
    leg = await ella_leg(rig)
    assert (leg["state"], leg["attempt"]) == ("completed", 2)
    assert await sale_states(rig) == ["processed"]
    assert [leg["error_code"] for leg in await forwards(rig)] == ["paid_before"]
    assert await full_audit(rig.store, rig.host) == []


async def test_a_payment_that_had_only_failed_is_made_when_a_person_says_so(make_rig: MakeRig) -> None:
    """What LNbits calls failed counts as not paid; the rest of that sale was, so it does not go by itself."""
    rig = await business(make_rig)
    copy = Copy(rig)
    sell(rig)
    rig.host.lightning.endings.extend([Ending.FAILED] * 2)
    await run(rig, 1, is_start=True)
    assert [status for _, _, status in left(rig)] == ["failed", "failed"]
    copy.restore()

    await run(rig, is_start=True)
    await accept_all(rig)
    await run(rig)

    assert (await ella_leg(rig))["state"] == "failed"
    assert [status for wallet, _, status in left(rig) if wallet == "plaza"] == ["failed"]
    assert [status for wallet, _, status in left(rig) if wallet != "plaza"] == ["failed", "success"]


async def test_a_sale_whose_only_payment_is_under_way_is_not_paid_for_before_anybody_has_reconciled(
    make_rig: MakeRig,
) -> None:
    """The books are exchanged under a running process: what LNbits' row says stops it, decided or not."""
    rig = await make_rig(outside=(ELLA,), shares_ppm=(1_000_000,))
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_pct="0")
    copy = Copy(rig)
    rig.sell(principal_sats=0, commission_sats=10_000, fiat="0.00")
    rig.host.lightning.endings.append(Ending.PENDING)
    await rig.work()
    await rig.work_outside()
    copy.restore()

    await rig.work(2)
    await rig.work_outside()

    assert len(rig.host.lightning.handed_over) == 1
    assert await sale_states(rig) == ["errored"]
    assert await rig.worklist() == ["restored"]
    await accept_all(rig)
    rig.host.lightning.decide("success")
    rig.clock.advance(seconds=5)
    await rig.work_outside()
    assert await sale_states(rig) == ["processed"]


# What had gathered -------------------------------------------------------------------------------


async def gathered_share(make_rig: MakeRig) -> tuple[Rig, Copy]:
    """Two shares of 3500 sats wait for Ella's least amount, and the third one takes them along."""
    rig = await make_rig(outside=(ELLA,), shares_ppm=(500_000, 500_000))
    rig.host.limits = RESERVE
    rig.host.lightning.add_target(ELLA, min_msat=10_000_000)
    for _ in range(2):
        sell(rig)
        await run(rig, 1, is_start=True)
    copy = Copy(rig)
    sell(rig)
    await run(rig, 2)
    assert left(rig) == [("plaza", 10_396_000, "success")]
    assert await sale_states(rig) == ["processed"] * 3
    return rig, copy


async def test_shares_that_went_along_are_booked_with_the_payment_that_took_them(make_rig: MakeRig) -> None:
    rig, copy = await gathered_share(make_rig)
    before = left(rig)
    copy.restore()

    await run(rig, is_start=True)
    assert await is_paused(rig)
    await accept_all(rig)
    await run(rig)

    assert left(rig) == before
    shares = [leg for leg in await rig.legs() if leg["target"] == ELLA and leg["state"] != "voided"]
    assert [leg["state"] for leg in shares] == ["completed"] * 3
    assert sorted(leg["carrier_id"] is None for leg in shares) == [False, False, True]
    assert await sale_states(rig) == ["processed"] * 3
    assert await full_audit(rig.store, rig.host) == []


async def test_shares_that_went_along_are_booked_though_all_of_their_sales_were_lost(
    make_rig: MakeRig,
) -> None:
    """Whatever sale is accepted first: the shares of the others wait for the one that took them along."""
    rig = await make_rig(outside=(ELLA,), shares_ppm=(500_000, 500_000))
    rig.host.limits = RESERVE
    rig.host.lightning.add_target(ELLA, min_msat=6_000_000)
    copy = Copy(rig)
    for _ in range(2):
        sell(rig)
        await run(rig, 2, is_start=True)
    before = left(rig)
    assert before == [("plaza", 6_930_000, "success")]
    copy.restore()

    await run(rig, is_start=True)
    await accept_all(rig)
    await run(rig)

    assert left(rig) == before
    assert await sale_states(rig) == ["processed"] * 2
    shares = [leg for leg in await rig.legs() if leg["target"] == ELLA and leg["state"] != "voided"]
    assert [leg["state"] for leg in shares] == ["completed"] * 2
    assert await full_audit(rig.store, rig.host) == []


@pytest.mark.breaks_the_books("the sale that took the shares along was not accepted as paid")
async def test_shares_that_went_along_gather_no_more_while_nobody_has_booked_them(make_rig: MakeRig) -> None:
    """The operator lets payouts go on and leaves the third sale as it is: the next one takes nobody along."""
    rig, copy = await gathered_share(make_rig)
    copy.restore()
    await run(rig, is_start=True)
    await accept_all(rig, "unknown_payments")

    rig.host.lightning.targets[ELLA].min_msat = 1000
    sell(rig)
    await run(rig)

    assert left(rig) == [("plaza", 3_465_000, "success"), ("plaza", 10_396_000, "success")]
    waiting = [leg for leg in await rig.legs() if leg["target"] == ELLA and leg["state"] == "skipped"]
    assert [leg["error_code"] for leg in waiting] == ["paid_before"] * 2
    assert await rig.worklist() == ["restored"] * 3


@pytest.mark.breaks_the_books("LNbits knows of a payment from Ana's wallet that the books have lost")
async def test_sats_that_were_passed_on_together_are_not_passed_on_again(make_rig: MakeRig) -> None:
    """Two arrivals gathered, the third took them along; of the copy the next one takes nobody along."""
    rig = await business(make_rig, least_sats=2500)
    for _ in range(2):
        sell(rig)
        await run(rig, 1, is_start=True)
    copy = Copy(rig)
    sell(rig)
    await run(rig, 2)
    before = [one for one in left(rig) if one[0] != "plaza"]
    assert before == [("ana's wallet", 2_970_000, "success")]
    rig.host.receive("ana's wallet", 50_000, extra={})
    copy.restore()

    await run(rig, is_start=True)
    await accept_all(rig)
    await run(rig)
    for _ in range(3):
        sell(rig)
        await run(rig, 2)

    paid = [one for one in left(rig) if one[0] != "plaza"]
    assert paid == sorted([*before, ("ana's wallet", 2_970_000, "success")])
    codes = [leg["error_code"] for leg in await forwards(rig) if leg["state"] in ("skipped", "failed")]
    assert codes == ["paid_before"] * 3


@pytest.mark.breaks_the_books("our tables are older than LNbits'")
async def test_books_from_an_older_copy_pass_nothing_on_again(make_rig: MakeRig) -> None:
    """LNbits' row is there, our leg is not: it is found by its mark before anything is paid."""
    rig = await forwarding(make_rig)
    await receive(rig)
    await rig.work_outside()
    async with rig.store.transaction("restore") as books:
        await books.sql.run("DELETE FROM satmachineadmin.dca_payments WHERE leg_type = 'autoforward'")
        await books.sql.run("DELETE FROM satmachineadmin.leg_sources")
    await rig.work()
    rig.host.receive("ana's wallet", 5000, extra={})
    await rig.work_outside()
    (leg,) = await forwards(rig)
    assert (leg["state"], leg["error_code"]) == ("failed", "paid_before")
    assert len(rig.host.lightning.handed_over) == 1


# Empty books -------------------------------------------------------------------------------------


@pytest.mark.breaks_the_books("the books are new, LNbits' are not")
@pytest.mark.parametrize("status", STATES)
async def test_empty_books_beside_payments_that_had_left_pay_none_again(
    make_rig: MakeRig, migrated_file: Path, status: str
) -> None:
    """The extension is set up anew with the same people and rules, Ana's consent included."""
    rig = await business(make_rig)
    ending = {"success": Ending.COMPLETED, "pending": Ending.PENDING, "failed": Ending.FAILED}[status]
    rig.host.lightning.endings.extend([ending] * 2)
    sell(rig)
    await run(rig, 1, is_start=True)
    before, held = left(rig), rig.balances()
    assert [row[2] for row in before] == [status] * 2
    again = await restart_with_empty_books(rig, migrated_file, outside=(ELLA,), shares_ppm=(500_000, 500_000))
    again.host.lightning.add_target(HOME)
    async with again.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences(
            "ana",
            {"autoforward_ln_address": HOME, "autoforward_enabled": True, "autoforward_since": 0,
             "autoforward_min_sats": 0, "forwarded_until": 0},
        )  # fmt: skip

    await run(again, is_start=True)
    assert await is_paused(again)
    assert await again.worklist() == ["restored", "unknown_payments"]
    assert (left(again), again.balances()) == (before, held)

    await accept_all(again)
    await run(again)
    assert (left(again), again.balances()) == (before, held)
    assert await full_audit(again.store, again.host) == []
