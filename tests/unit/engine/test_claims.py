"""Claims: the customer of a cash-in fetches its sats once, whatever its payment comes to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from satmachineadmin.core.errors import ActionNotAllowed, WithdrawalRefused
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.outside import Invoice
from satmachineadmin.engine.claim import hand_in
from satmachineadmin.engine.reconcile import reconcile_once
from satmachineadmin.usecases.transactions import extend_link, give_cash_back
from tests.fakes.lightning import Ending

from .cash_ins import (
    FLOAT_SATS,
    TXID,
    claim,
    got_msat,
    invoice_of,
    landed,
    link_of,
    machine_that_buys,
    offered,
    pay_claims,
    post,
)
from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, PLATFORM, Rig
from .signed import again

pytestmark = pytest.mark.anyio


async def reconcile(rig: Rig) -> list[str]:
    """Both books against each other; the matters that are open then."""
    await reconcile_once(rig.store, rig.host, rig.lease, lambda: False)
    return await rig.worklist()


async def difference_msat(rig: Rig) -> int:
    """What the machine's wallet holds more than these books explain, proved now."""
    rig.clock.advance(seconds=130)
    rig.host.change(rig.host.rows[-1])
    await reconcile(rig)
    (proof,) = await rig.rows("SELECT * FROM satmachineadmin.machine_proofs")
    return int(proof["balance_msat"] - proof["expected_msat"])


async def test_a_cash_in_is_claimed_paid_and_settled_once(make_rig: MakeRig) -> None:
    """70 EUR: 315 sats to the customer; 35 of commission, 30 % to the platform, the rest to the partners.

    The liquidity is the operator's and stands in no leg: it has left.
    """
    rig = await machine_that_buys(make_rig)
    async with rig.store.transaction("setup", actor=PLATFORM) as books:
        await books.platform.change(super_fee_cash_in_pct="30")
    rig.host.lightning.fee_msat = 2000
    link = await offered(rig)
    invoice = await claim(rig, link)
    assert (await link_of(rig))["state"] == "claimed"
    one = await landed(rig)

    assert (one.state, one.payment_hash, (await link_of(rig))["state"]) == (
        "paid", invoice.payment_hash, "paid"
    )  # fmt: skip
    (sale,) = await rig.settlements()
    assert (sale["tx_type"], sale["wire_sats"], sale["principal_sats"], sale["commission_sats"]) == (
        "cash_in", 315, 350, 35
    )  # fmt: skip
    assert (sale["id"], sale["state"], sale["origin"]) == (one.settlement_id, "processed", "signed")
    legs = {leg["leg_key"]: leg["sats"] for leg in await rig.legs(sale["id"])}
    assert (sum(legs.values()), legs["super_fee"], rig.balances()["platform"]) == (35, 11, 11)
    assert rig.host.balance_msat(MACHINE_WALLET) == (FLOAT_SATS - 315 - 35 - 2) * 1000
    assert got_msat(rig) == 315_000
    with pytest.raises(WithdrawalRefused, match="used"):
        await claim(rig, link)


async def test_the_payment_says_what_it_is_and_nothing_that_could_be_taken_for_a_stamp(
    make_rig: MakeRig,
) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    await claim(rig, link)
    await pay_claims(rig)

    row = next(row for row in rig.host.rows if (row.external_id or "").startswith("smw1:"))
    assert (row.tag, row.memo, row.external_id) == (
        "satmachine_cash_in", "Cash-in at Plaza", f"smw1:{link['id']}:1"
    )  # fmt: skip
    assert dict(row.extra) == {"tag": "satmachine_cash_in", "txid": TXID}


async def test_of_two_wallets_that_scan_at_once_one_is_paid(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    invoices = [await invoice_of(rig, link["amount_msat"]) for _ in range(2)]

    ends = await asyncio.gather(
        *(hand_in(rig.store, rig.host, link["k1"], invoice.bolt11) for invoice in invoices),
        return_exceptions=True,
    )

    assert [type(end) for end in ends if end] == [WithdrawalRefused]
    await landed(rig)
    assert (got_msat(rig), len(rig.host.lightning.handed_over)) == (315_000, 1)


async def test_a_wallet_that_got_no_answer_asks_again_and_is_told_the_same(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    invoice = await claim(rig, link)
    await hand_in(rig.store, rig.host, link["k1"], invoice.bolt11)
    await landed(rig)
    await hand_in(rig.store, rig.host, link["k1"], invoice.bolt11.upper())
    assert (await landed(rig)).state == "paid"
    assert len(rig.host.lightning.handed_over) == 1


@pytest.mark.parametrize(
    ("twist", "sentence"),
    [
        (lambda invoice: replace(invoice, amount_msat=315_001), "315000 msat"),
        (lambda invoice: replace(invoice, amount_msat=314_999), "315000 msat"),
        (lambda invoice: replace(invoice, amount_msat=None), "no amount"),
        (lambda invoice: replace(invoice, network="tb"), "network"),
        (lambda invoice: replace(invoice, expires_at=1), "expired"),
    ],
)
async def test_an_invoice_that_is_not_what_was_offered_leaves_the_link_open(
    make_rig: MakeRig, twist: Any, sentence: str
) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    with pytest.raises(WithdrawalRefused, match=sentence):
        await claim(rig, link, twist=twist)
    assert ((await link_of(rig))["state"], (await again(rig, TXID)).payment_hash) == ("open", None)


async def test_no_machines_wallet_is_paid_and_no_invoice_twice(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    with pytest.raises(WithdrawalRefused, match="machine's wallet"):
        await claim(rig, link, wallet_id=MACHINE_WALLET)
    invoice: Invoice = await claim(rig, link)

    other = await offered(rig, txid="another-1")
    with pytest.raises(WithdrawalRefused, match="another payment"):
        await hand_in(rig.store, rig.host, other["k1"], invoice.bolt11)


async def test_a_customer_of_this_lnbits_is_paid_within_it(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    rig.host.add_wallet("carla's wallet", "carla")
    await claim(rig, await offered(rig), wallet_id="carla's wallet")
    assert (await landed(rig)).state == "paid"
    assert rig.balances()["carla's wallet"] == 315


# What becomes of the payment ----------------------------------------------------------------------


@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.REFUSED])
async def test_a_confirmed_failure_opens_the_link_again_and_says_why(
    make_rig: MakeRig, ending: Ending
) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    rig.host.lightning.endings.append(ending)
    await claim(rig, link)
    assert (await landed(rig)).state == "offered"

    back = await link_of(rig)
    assert (back["id"], back["state"], back["payment_hash"], back["bolt11"]) == (
        link["id"],
        "open",
        None,
        None,
    )
    assert "LNbits says" in back["error_message"]
    assert (await again(rig, TXID)).payment_hash is None

    await claim(rig, link)
    assert (await landed(rig)).state == "paid"
    assert (got_msat(rig), (await link_of(rig))["external_id"]) == (315_000, f"smw1:{link['id']}:2")


async def test_a_payment_that_lies_is_believed_by_the_books_alone(make_rig: MakeRig) -> None:
    """LNbits raises although it has paid: seen."""
    rig = await machine_that_buys(make_rig)
    rig.host.lightning.endings.append(Ending.LIES)
    await claim(rig, await offered(rig))
    assert (await landed(rig)).state == "paid"


async def test_a_payment_without_a_decision_keeps_the_link_closed_until_there_is_one(
    make_rig: MakeRig,
) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    await claim(rig, link)
    for _ in range(4):
        await pay_claims(rig)
        rig.clock.advance(seconds=60)

    assert ((await link_of(rig))["state"], await rig.worklist()) == ("claimed", ["undecided"])
    with pytest.raises(WithdrawalRefused, match="used"):
        await claim(rig, link)
    for forbidden in (
        give_cash_back(rig.store, rig.host, OPERATOR, link["transaction_id"], "no"),
        extend_link(rig.store, OPERATOR, link["transaction_id"], 1),
    ):
        with pytest.raises(ActionNotAllowed):
            await forbidden
    rig.host.lightning.decide("success")
    rig.clock.advance(seconds=600)
    assert ((await landed(rig)).state, await rig.worklist()) == ("paid", [])
    assert (len(rig.host.lightning.handed_over), got_msat(rig)) == (1, 315_000)


async def test_a_payment_that_fails_after_an_hour_opens_the_link_again(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    await claim(rig, await offered(rig))
    await pay_claims(rig)
    rig.clock.advance(seconds=3600)
    rig.host.lightning.decide("failed")
    assert ((await landed(rig)).state, (await link_of(rig))["state"]) == ("offered", "open")


async def test_a_node_that_says_nothing_is_asked_ever_more_seldom(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    rig.host.lightning.is_dumb = True
    await claim(rig, await offered(rig))
    looks = 0
    for _ in range(120):
        looks += await pay_claims(rig)
        rig.clock.advance(seconds=30)
    assert 10 < looks < 40
    assert (await link_of(rig))["state"] == "claimed"


# What has to wait ---------------------------------------------------------------------------------


async def test_a_wallet_that_is_short_pays_once_it_is_topped_up(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    rig.host.send(MACHINE_WALLET, FLOAT_SATS - 300)
    await claim(rig, link)
    await pay_claims(rig)
    waiting = await link_of(rig)
    assert (waiting["state"], waiting["handed_over_at"]) == ("claimed", None)
    assert "15 sats" in waiting["error_message"]

    rig.host.receive(MACHINE_WALLET, 1000, memo="Admin credit")
    rig.clock.advance(seconds=31)
    assert (await landed(rig)).state == "paid"


async def test_an_invoice_that_waited_too_long_makes_room_for_another(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    rig.host.limits = HostLimits(only_incoming=True)
    await claim(rig, link)
    await pay_claims(rig)
    rig.clock.advance(seconds=3600)
    await pay_claims(rig)
    assert ((await link_of(rig))["state"], rig.host.lightning.handed_over) == ("open", [])

    rig.host.limits = HostLimits()
    await claim(rig, link)
    assert (await landed(rig)).state == "paid"


async def test_claims_of_a_machine_whose_payouts_are_paused_wait(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await claim(rig, await offered(rig))
    async with rig.store.transaction("setup") as books:
        await books.machines.pause_payouts(rig.machine_id, "the books disagree")
    assert await pay_claims(rig) == 0

    async with rig.store.transaction("setup") as books:
        await books.machines.resume_payouts(rig.machine_id)
    assert (await landed(rig)).state == "paid"


async def test_a_machine_that_was_switched_off_still_pays_its_customers(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.machines.change(rig.machine_id, {"active": False})
    await claim(rig, link)
    assert (await landed(rig)).state == "paid"


# The books ----------------------------------------------------------------------------------------


async def test_the_wallet_is_explained_at_every_moment(make_rig: MakeRig) -> None:
    """Offered, claimed, on its way, arrived and not landed, landed and settled."""
    rig = await machine_that_buys(make_rig)
    rig.host.lightning.fee_msat = 1234
    rig.host.lightning.endings.append(Ending.PENDING)
    link = await offered(rig)
    assert await difference_msat(rig) == 0
    await claim(rig, link)
    assert await difference_msat(rig) == 0
    await pay_claims(rig)
    assert await difference_msat(rig) == 0
    rig.host.lightning.decide("success")
    assert await difference_msat(rig) == 0
    await pay_claims(rig)
    assert await difference_msat(rig) == 0
    await landed(rig)
    assert await difference_msat(rig) == 0
    assert await rig.worklist() == []


async def test_a_machines_own_link_is_settled_too(make_rig: MakeRig) -> None:
    """LNbits' withdraw extension pays it, and says in the payment by which link."""
    rig = await machine_that_buys(make_rig)
    await post(rig)
    await post(rig, 50, done=True, link_id="link1")
    paid = rig.host.send(MACHINE_WALLET, 225)
    rig.host.change(paid, extra={"tag": "withdraw", "withdrawal_link_id": "link1"}, tag="withdraw")

    one = await landed(rig)
    (sale,) = await rig.settlements()
    assert (one.state, sale["state"], sale["commission_sats"]) == ("paid", "processed", 25)


async def test_two_hundred_links_that_two_wallets_scan_at_once_are_paid_once_each(make_rig: MakeRig) -> None:
    """All four hundred wallets at the same moment, over a real database; whoever is late is told so."""
    rig = await machine_that_buys(make_rig, sats=100_000)
    txids = [f"customer-{number:03}" for number in range(200)]
    for txid in txids:
        await post(rig, 50, done=True, txid=txid)
    links = [await link_of(rig, txid) for txid in txids]
    claims = [
        hand_in(rig.store, rig.host, link["k1"], (await invoice_of(rig, link["amount_msat"])).bolt11)
        for link in links
        for _wallet in range(2)
    ]
    ends = await asyncio.gather(*claims, return_exceptions=True)

    assert [type(end) for end in ends if end] == [WithdrawalRefused] * 200
    assert await pay_claims(rig, most=500) == 200
    states = await rig.rows("SELECT DISTINCT state FROM satmachineadmin.withdrawals")
    assert [row["state"] for row in states] == ["paid"]
    assert (len(set(rig.host.lightning.handed_over)), got_msat(rig)) == (200, 200 * 225_000)


@pytest.mark.parametrize("key", ["revoked", "another"])
async def test_what_was_offered_is_settled_whatever_became_of_the_machines_key(
    make_rig: MakeRig, key: str
) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        machine = await books.machines.row(rig.machine_id)
        assert machine is not None
        if key == "revoked":
            await books.pairings.revoke(machine, "it was stolen")
        else:
            await books.pairings.open(machine, "12" * 32, OPERATOR)
            code = await books.pairings.by_digest("12" * 32)
            assert code is not None
            await books.pairings.redeem(code, machine, "34" * 32)
    await claim(rig, link)
    assert (await landed(rig)).state == "paid"
    assert [sale["state"] for sale in await rig.settlements()] == ["processed"]


async def test_a_machine_that_pays_a_held_customer_by_its_own_link_leaves_nothing_to_decide(
    make_rig: MakeRig,
) -> None:
    rig = await machine_that_buys(make_rig, cash_in_hold_above_minor=1)
    await post(rig)
    held = (await post(rig, 50, done=True, link_id="link1")).transaction
    assert (held.state, await rig.worklist()) == ("held", ["cash_in_held"])
    paid = rig.host.send(MACHINE_WALLET, 225)
    rig.host.change(paid, extra={"tag": "withdraw", "withdrawal_link_id": "link1"}, tag="withdraw")

    assert (await landed(rig)).state == "paid"
    (sale,) = await rig.settlements()
    assert (sale["state"], sale["reason"], await rig.worklist()) == ("held", "above_threshold", [])
