"""PLAN and PAY: what is planned is reserved, what is reserved is paid once, what cannot be paid waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import anyio
import pytest

from satmachineadmin.core.model import Minted
from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.plan import plan_settlement

from .conftest import MakeRig
from .rig import MACHINE_WALLET, Rig

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))


async def check_books(rig: Rig) -> None:
    """Every sat of every planned sale is in a leg, and the wallets hold what the legs say."""
    for row in await rig.settlements():
        legs = [leg for leg in await rig.legs(row["id"]) if leg["state"] != "voided"]
        if row["state"] in ("processing", "processed", "errored") and legs:
            assert sum(leg["sats"] for leg in legs) == row["wire_sats"]
    sent = sum(leg["sent_msat"] for leg in await rig.legs() if leg["state"] == "completed")
    arrived = sum(sats for wallet, sats in rig.balances().items() if wallet != MACHINE_WALLET)
    assert arrived * 1000 == sent


@WAYS
async def test_a_sale_is_shared_out_exactly(make_rig: MakeRig, way: PayWay) -> None:
    """100 sats at 30 %: 30 to the platform, 35/21/14 to the partners; the principal to the LPs."""
    rig = await make_rig(cash={"ana": 300_00, "ben": 100_00}, way=way)
    sale = rig.sell(principal_sats=1000, commission_sats=100, fiat="200.00", rate="5")
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert rig.balances() == {
        "platform": 30, "partner0": 35, "partner1": 21, "partner2": 14,
        "ana's wallet": 750, "ben's wallet": 250,
    }  # fmt: skip
    assert await rig.cash_of("ana") == {"confirmed": 300_00, "paid": 150_00, "reserved": 0}
    assert {leg["way"] for leg in await rig.legs()} == {way.value}
    await check_books(rig)


async def test_plans_at_the_same_instant_never_overspend_an_lp(make_rig: MakeRig) -> None:
    """Ten sales planned at once against cash for three and a half: each cent is reserved once."""
    rig = await make_rig(cash={"ana": 700_00})
    for _ in range(10):
        rig.sell()
    landed = await land_new_payments(rig.store, rig.host, lambda: False, is_start=True)

    async with anyio.create_task_group() as group:
        for settlement in landed:
            group.start_soon(plan_settlement, rig.store, rig.host, settlement.id, "claim")

    assert len(landed) == 10
    assert await rig.cash_of("ana") == {"confirmed": 700_00, "paid": 0, "reserved": 700_00}
    drawn = [leg for leg in await rig.legs() if leg["client_id"]]
    assert sorted(leg["fiat_minor"] for leg in drawn) == [100_00, 200_00, 200_00, 200_00]
    await rig.work(2)
    assert rig.host.balance_sats("ana's wallet") == 3500
    await check_books(rig)


async def test_a_settlement_is_planned_once_however_many_try(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 700_00})
    rig.sell()
    (settlement,) = await land_new_payments(rig.store, rig.host, lambda: False, is_start=True)
    planned: list[bool] = []

    async def try_it() -> None:
        planned.append(await plan_settlement(rig.store, rig.host, settlement.id, "claim"))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(try_it)

    assert sorted(planned) == [False] * 7 + [True]
    assert len(await rig.legs()) == 5


@WAYS
async def test_a_wallet_that_is_short_waits_says_by_how_much_and_goes_on(
    make_rig: MakeRig, way: PayWay
) -> None:
    """All or nothing; after a top-up it goes on by itself."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    sale = rig.sell()
    spent = rig.host.send(MACHINE_WALLET, 300)
    await rig.work(2)

    waiting = await rig.settlement_of(sale)
    assert (waiting["state"], waiting["waits_code"]) == ("processing", "wallet_short")
    assert "short by 300 sats" in waiting["error_message"]
    assert rig.balances() == {MACHINE_WALLET: 800}
    assert (await rig.cash_of("ana"))["reserved"] == 200_00

    rig.host.receive(MACHINE_WALLET, 300, memo="Admin credit")
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "processing", "it is tried again after its pause"
    rig.clock.advance(seconds=15)
    await rig.work(2)

    done = await rig.settlement_of(sale)
    assert (done["state"], done["waits_code"], done["error_message"]) == ("processed", None, None)
    assert spent.amount_msat == -300_000
    await check_books(rig)


@WAYS
@pytest.mark.parametrize("leg", ["platform", "partner1", "ana's wallet"])
async def test_a_refused_leg_holds_up_no_other(make_rig: MakeRig, way: PayWay, leg: str) -> None:
    """A receiver that is gone: its leg fails with a reason, all others are paid, the sale is errored."""
    rig = await make_rig(cash={"ana": 100_00, "ben": 100_00}, way=way)
    rig.host.delete_wallet(leg)
    sale = rig.sell()
    await rig.work(3)

    row = await rig.settlement_of(sale)
    states = [one["state"] for one in await rig.legs(row["id"])]
    failed = [one for one in await rig.legs(row["id"]) if one["state"] == "failed"]
    assert row["state"] == "errored"
    assert (states.count("completed"), len(failed)) == (5, 1)
    assert (failed[0]["error_code"], row["legs_failed"]) == ("receiver_gone", 1)
    assert rig.host.balance_sats(MACHINE_WALLET) == failed[0]["sats"]
    if leg == "ana's wallet":
        assert (await rig.cash_of("ana"))["reserved"] == 100_00, "what may be retried stays reserved"
    await check_books(rig)


REFUSALS = {
    "a shared mirror": ("receiver_shared", lambda rig: rig.host.add_wallet("x", "ana", is_shared=True)),
    "a machine's wallet": ("receiver_is_machine", lambda rig: MACHINE_WALLET),
    "no wallet at all": ("receiver_gone", lambda rig: "nowhere"),
}


@WAYS
@pytest.mark.parametrize("what", REFUSALS)
async def test_a_wallet_that_may_not_receive_is_refused_when_it_is_paid(
    make_rig: MakeRig, way: PayWay, what: str
) -> None:
    code, wallet = REFUSALS[what]
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    await rig.choose_wallet("ana", wallet(rig))
    sale = rig.sell()
    await rig.work(3)

    row = await rig.settlement_of(sale)
    (failed,) = [leg for leg in await rig.legs(row["id"]) if leg["state"] == "failed"]
    assert (row["state"], failed["leg_type"], failed["error_code"]) == ("errored", "dca", code)
    assert len(await rig.settlements()) == 1
    await check_books(rig)


@WAYS
@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("only_incoming", {"only_incoming": True}),
        ("daily_maximum", {"daily_max_withdraw_sats": 1000}),
        ("spending_forbidden", {"daily_max_withdraw_sats": -1}),
        ("too_soon", {"seconds_between_payments": 600}),
    ],
)
async def test_a_limit_of_the_host_makes_a_sale_wait_and_lets_it_go_on(
    make_rig: MakeRig, way: PayWay, code: str, limits: dict[str, object]
) -> None:
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    rig.host.limits = replace(rig.host.limits, **limits)  # type: ignore[arg-type]
    sale = rig.sell()
    await rig.work(2)
    waiting = await rig.settlement_of(sale)
    assert (waiting["state"], waiting["waits_code"]) == ("processing", code)
    assert rig.balances() == {MACHINE_WALLET: 1100}

    if code != "too_soon":
        rig.host.limits = replace(rig.host.limits, only_incoming=False, daily_max_withdraw_sats=None)
    rig.clock.advance(seconds=700)
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    await check_books(rig)


async def test_an_operator_without_the_extension_pays_nothing_until_it_has_it(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.extension_refusal = "Extension 'satmachineadmin' not enabled."
    sale = rig.sell()
    await rig.work(2)
    assert (await rig.settlement_of(sale))["waits_code"] == "extension_disabled"

    rig.host.extension_refusal = None
    rig.clock.advance(seconds=15)
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "processed"


async def test_a_sale_whose_figures_never_stand_still_is_planned_later(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An LP's cash moves under every plan: no bug of the program, so nobody has to release the sale."""
    rig = await make_rig(cash={"ana": 200_00})
    mint, clients = rig.host.mint, "satmachineadmin.dca_clients"

    async def move_cash_and_mint(amounts_sats: Mapping[str, int], memo: str) -> dict[str, Minted]:
        async with rig.store.transaction("cash") as books:
            await books.sql.run(f"UPDATE {clients} SET confirmed_minor = confirmed_minor + 1")
        return await mint(amounts_sats, memo)

    with monkeypatch.context() as patch:
        patch.setattr(rig.host, "mint", move_cash_and_mint)
        sale = rig.sell()
        await rig.work()
    row = await rig.settlement_of(sale)
    assert (row["state"], row["waits_code"]) == ("pending", "trouble")

    async with rig.store.transaction("cash") as books:
        await books.sql.run(f"UPDATE {clients} SET confirmed_minor = 20000")
    rig.clock.advance(seconds=5)
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "processed"


@WAYS
async def test_an_lp_that_changes_its_wallet_is_paid_where_it_wants_to(
    make_rig: MakeRig, way: PayWay
) -> None:
    """The wallet is read when the sats move, not when the plan is made."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    rig.sell()
    (settlement,) = await land_new_payments(rig.store, rig.host, lambda: False, is_start=True)
    await plan_settlement(rig.store, rig.host, settlement.id, "claim")

    rig.host.add_wallet("ana's new wallet", "ana")
    await rig.choose_wallet("ana", "ana's new wallet")
    await rig.work(2)

    assert rig.host.balance_sats("ana's new wallet") == 1000
    assert rig.host.balance_sats("ana's wallet") == 0


async def test_a_closed_fast_way_is_walked_the_slow_way(make_rig: MakeRig) -> None:
    """FastWayClosed at the moment of paying: the slow way does the same job in the same round."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.closed = "a database file is in wal mode"
    sale = rig.sell()
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert {leg["way"] for leg in await rig.legs()} == {"slow"}
    await check_books(rig)


async def test_payees_are_told_after_the_commit_and_once(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.sell()
    await rig.work(4)

    assert [one.payee_wallet_id for one in rig.host.announced] == [
        "platform", "partner0", "partner1", "partner2", "ana's wallet",
    ]  # fmt: skip


async def test_every_payment_says_what_it_is(make_rig: MakeRig) -> None:
    """Tag, derived external id and a memo that a person understands; no two legs share a hash."""
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.sell()
    await rig.work(2)

    legs = await rig.legs()
    assert len({leg["payment_hash"] for leg in legs}) == len(legs) == 5
    for one in rig.host.announced:
        assert one.extra["tag"] == f"satmachine:{rig.machine_id}"
        assert one.external_id.startswith(f"sm1:{sale.payment_hash}:")
        assert one.memo.startswith("Plaza: ")
    assert [one.external_id.removeprefix(f"sm1:{sale.payment_hash}:") for one in rig.host.announced] == [
        "super_fee:1", "split:0:1", "split:1:1", "split:2:1", f"dca:{rig.enrolments['ana']}:1",
    ]  # fmt: skip
