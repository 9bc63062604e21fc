"""Rejected landings: adopted with the operator's facts, put aside, or remembered as somebody's top-ups."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from satmachineadmin.core.errors import (
    ActionNotAllowed,
    ArrowNotAllowed,
    FactsUnusable,
    ImplausibleRate,
    InvalidInput,
    NotFound,
    PaymentGone,
)
from satmachineadmin.core.model import HostPayment
from satmachineadmin.usecases.adopting import (
    Supplied,
    adopt_settlement,
    dismiss_settlement,
    forget_payer,
    known_payers,
    preview_adoption,
)

from .conftest import MakeRig
from .revise_states import errored, errored_unpaid, pending, processed, unresolved, waiting
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio


def facts(**changes: Any) -> Supplied:
    """200.00 EUR at 5 sats, with 100 of commission: what an 1100 sat payment can be."""
    plain: dict[str, Any] = {
        "principal_sats": 1000, "commission_sats": 100, "fiat_minor": 200_00, "exchange_rate": "5",
    }  # fmt: skip
    return Supplied(**{**plain, **changes})


async def rejected(rig: Rig, **wishes: Any) -> tuple[HostPayment, str]:
    """A payment that came without a stamp."""
    payment = rig.host.receive(MACHINE_WALLET, 1100, **wishes)
    await rig.work()
    row = await rig.settlement_of(payment)
    assert row["state"] == "rejected"
    return payment, row["id"]


async def adopt(rig: Rig, settlement_id: str, *, confirm: bool = False, **changes: Any) -> None:
    await adopt_settlement(rig.store, rig.host, OPERATOR, settlement_id, facts(**changes), confirm=confirm)


async def test_an_adopted_payment_is_paid_out_like_any_sale(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00, "ben": 100_00})
    payment, settlement_id = await rejected(rig)

    await adopt(rig, settlement_id)
    await rig.work()

    done = await rig.settlement_of(payment)
    assert (done["state"], done["origin"], done["tx_type"]) == ("processed", "adopted", "cash_out")
    assert rig.balances() == {
        "platform": 30, "partner0": 35, "partner1": 21, "partner2": 14,
        "ana's wallet": 750, "ben's wallet": 250,
    }  # fmt: skip


async def test_what_was_supplied_is_in_the_audit_trail_before_and_after(make_rig: MakeRig) -> None:
    rig = await make_rig()
    _payment, settlement_id = await rejected(rig)
    await adopt(rig, settlement_id)

    events = await rig.rows(
        """
        SELECT event, actor, body FROM satmachineadmin.audit_events
        WHERE subject_id = :id AND actor = :actor ORDER BY seq
        """,
        id=settlement_id,
        actor=OPERATOR,
    )

    assert [event["event"] for event in events] == ["settlement.facts_supplied", "settlement.adopted"]
    change = json.loads(events[0]["body"])["change"]
    assert (change["before"]["principal_sats"], change["after"]["principal_sats"]) == (0, 1000)
    assert (change["before"]["tx_type"], change["after"]["tx_type"]) == (None, "cash_out")


async def test_the_platforms_fee_is_that_of_the_adoption(make_rig: MakeRig) -> None:
    """It landed at 30 %; it becomes a sale at 50 %, and that stays."""
    rig = await make_rig(cash={"ana": 300_00})
    payment, settlement_id = await rejected(rig)
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_pct="50")
    seen = await preview_adoption(rig.store, rig.host, OPERATOR, settlement_id, facts())
    assert seen.facts.platform_fee_sats == 50

    await adopt(rig, settlement_id)
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_pct="10")
    await rig.work()

    row = await rig.settlement_of(payment)
    assert (row["platform_fee_sats"], row["super_fee_pct"]) == (50, "50")
    assert rig.balances()["platform"] == 50


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"principal_sats": 1001}, "do not add up"),
        ({"commission_sats": 99}, "do not add up"),
        ({"fiat_minor": 300_00}, "not this amount of fiat"),
        ({"principal_sats": 1200, "commission_sats": 100}, "do not add up"),  # a cash-in's sum
    ],
)
async def test_facts_that_cannot_be_are_refused(make_rig: MakeRig, wrong: dict[str, Any], says: str) -> None:
    rig = await make_rig()
    payment, settlement_id = await rejected(rig)

    with pytest.raises(FactsUnusable, match=says):
        await adopt(rig, settlement_id, **wrong)

    assert (await rig.settlement_of(payment))["state"] == "rejected"


async def test_an_outgoing_payment_becomes_a_cash_in(make_rig: MakeRig) -> None:
    """900 sats went out for 1000 of principal: the direction is Lightning's, not the operator's to choose."""
    rig = await make_rig()
    rig.host.receive(MACHINE_WALLET, 5000, memo="Admin credit")
    payment = rig.host.send(MACHINE_WALLET, 900)
    rig.host.change(payment, extra={"source": "bitspire", "type": "cash_in"})
    await rig.work()
    settlement = await rig.settlement_of(payment)
    assert settlement["reason"] == "bad_stamp"

    with pytest.raises(FactsUnusable):
        await adopt(rig, settlement["id"], principal_sats=800)
    await adopt(rig, settlement["id"])
    await rig.work()

    done = await rig.settlement_of(payment)
    assert (done["tx_type"], done["state"]) == ("cash_in", "processed")
    assert [rig.balances()[f"partner{number}"] for number in range(3)] == [50, 30, 20]


async def test_a_far_off_rate_wants_to_be_confirmed(make_rig: MakeRig) -> None:
    rig = await make_rig()
    payment, settlement_id = await rejected(rig)
    with pytest.raises(ImplausibleRate):
        await adopt(rig, settlement_id, exchange_rate="50", fiat_minor=None)

    await adopt(rig, settlement_id, exchange_rate="50", fiat_minor=None, confirm=True)

    assert (await rig.settlement_of(payment))["fiat_minor"] == 20_00


async def test_a_payment_is_adopted_once(make_rig: MakeRig) -> None:
    rig = await make_rig()
    _payment, settlement_id = await rejected(rig)
    await adopt(rig, settlement_id)
    with pytest.raises(ArrowNotAllowed):
        await adopt(rig, settlement_id)
    sales = await rig.rows("SELECT settlements_total FROM satmachineadmin.dca_machines")
    assert sales == [{"settlements_total": 1}]


async def test_a_payment_that_lnbits_does_not_hold_any_more_is_not_adopted(make_rig: MakeRig) -> None:
    rig = await make_rig()
    payment, settlement_id = await rejected(rig)
    rig.host.change(payment, status="failed")
    with pytest.raises(PaymentGone):
        await adopt(rig, settlement_id)


async def test_a_dismissed_payment_pays_nobody(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00})
    payment, settlement_id = await rejected(rig)

    await dismiss_settlement(
        rig.store, OPERATOR, settlement_id, reason="a friend's joke", remember_payer=False
    )
    await rig.work(2)

    row = await rig.settlement_of(payment)
    assert (row["state"], row["error_message"]) == ("dismissed", "a friend's joke")
    assert rig.balances() == {MACHINE_WALLET: 1100}
    with pytest.raises(ArrowNotAllowed):
        await adopt(rig, settlement_id)


@pytest.mark.parametrize("stage", [errored, errored_unpaid, unresolved, waiting, pending, processed])
async def test_a_sale_whose_payout_has_begun_is_not_dismissed(
    make_rig: MakeRig, stage: Callable[[Rig], Awaitable[str]]
) -> None:
    """Its failed legs hold LPs' cash, and of others nobody knows whether they were paid."""
    rig = await make_rig(cash={"ana": 300_00})
    settlement_id = await stage(rig)
    before = (await rig.settlements())[0]["state"]

    with pytest.raises(ActionNotAllowed):
        await dismiss_settlement(rig.store, OPERATOR, settlement_id, reason="away", remember_payer=False)

    assert (await rig.settlements())[0]["state"] == before


async def test_a_remembered_payer_tops_up_until_it_is_forgotten(make_rig: MakeRig) -> None:
    """Its first payment is rejected; after `always treat this payer so` the next is a top-up; a stamped
    one is a sale all the same; once forgotten, it is a suspect again."""
    rig = await make_rig()
    friend = rig.host.add_wallet("0f" * 14 + "abcd", "fred", sats=9000)
    _payment, settlement_id = await rejected(rig, payer_wallet_id=friend)

    await dismiss_settlement(rig.store, OPERATOR, settlement_id, reason="top-up", remember_payer=True)
    rig.host.receive(MACHINE_WALLET, 1100, payer_wallet_id=friend)
    stamped = rig.host.receive(MACHINE_WALLET, 1100, payer_wallet_id=friend, extra=rig.stamp())
    await rig.work()

    assert await rig.verdicts() == ["pending", "rejected", "top_up"]
    assert (await rig.settlement_of(stamped))["state"] == "processed"
    (payer,) = await known_payers(rig.store, OPERATOR)
    assert payer["label"] == "wallet …abcd" and "wallet_id" not in payer

    with pytest.raises(NotFound):
        await forget_payer(rig.store, "otto", payer["id"])
    await forget_payer(rig.store, OPERATOR, payer["id"])
    rig.host.receive(MACHINE_WALLET, 1100, payer_wallet_id=friend)
    await rig.work()
    assert (await rig.verdicts()).count("rejected") == 2
    assert await known_payers(rig.store, OPERATOR) == []


async def test_what_came_over_lightning_has_no_payer_to_remember(make_rig: MakeRig) -> None:
    rig = await make_rig()
    payment, settlement_id = await rejected(rig)

    with pytest.raises(InvalidInput):
        await dismiss_settlement(rig.store, OPERATOR, settlement_id, reason="?", remember_payer=True)

    assert (await rig.settlement_of(payment))["state"] == "rejected"


async def test_another_operator_finds_nothing(make_rig: MakeRig) -> None:
    rig = await make_rig()
    _payment, settlement_id = await rejected(rig)
    for attempt in (
        preview_adoption(rig.store, rig.host, "otto", settlement_id, facts()),
        adopt_settlement(rig.store, rig.host, "otto", settlement_id, facts(), confirm=True),
        dismiss_settlement(rig.store, "otto", settlement_id, reason="x", remember_payer=False),
    ):
        with pytest.raises(NotFound):
            await attempt
