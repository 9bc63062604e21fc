"""Cash-in, from the first post to the link: what is taken, what is said before, who has to wait."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.errors import (
    ActionNotAllowed,
    ImplausibleRate,
    MachineInactive,
    Ratchet,
    Stale,
    TooFewSats,
    TransactionClosed,
)
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.transactions import CLAIM_SECONDS, TransactionState
from satmachineadmin.store.sql import TableRefused
from satmachineadmin.usecases.transactions import extend_link, give_cash_back, release_cash_in

from .cash_ins import TXID, link_of, machine_that_buys, offered, post
from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig
from .signed import again, ask

pytestmark = pytest.mark.anyio


async def switch_off(rig: Rig) -> None:
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.machines.change(rig.machine_id, {"active": False})


async def notes_of(rig: Rig, txid: str = TXID) -> list[tuple[str, int]]:
    async with rig.store.reading() as books:
        one = await books.transactions.called(rig.machine_id, txid)
        assert one is not None
        return [(row["note_id"], row["denomination_minor"]) for row in await books.transactions.notes(one.id)]


async def test_notes_are_taken_one_by_one_and_the_server_says_what_they_buy(make_rig: MakeRig) -> None:
    """70 EUR at 5 sats: 350 sats, 10 % commission, 315 for the customer, to the msat."""
    rig = await machine_that_buys(make_rig)

    first = await post(rig)
    assert (first.is_new, first.transaction.state, first.transaction.fiat_minor) == (True, "collecting", 0)
    await post(rig, 50)
    more = await post(rig, 50, 20)
    assert (more.is_new, more.transaction.fiat_minor, more.transaction.wire_sats) == (False, 70_00, 315)
    done = await post(rig, 50, 20, done=True)

    one = done.transaction
    assert (one.state, one.principal_sats, one.commission_sats, one.wire_sats) == ("offered", 350, 35, 315)
    assert (done.most_minor, await notes_of(rig)) == (None, [("1", 50_00), ("2", 20_00)])
    link = await link_of(rig)
    assert (link["amount_msat"], link["leg_sats"], link["wallet_id"]) == (315_000, 315, MACHINE_WALLET)
    assert link["expires_at"] == one.expires_at == int(rig.clock.now().timestamp()) + CLAIM_SECONDS


async def test_what_is_posted_again_adds_nothing_and_old_news_are_refused(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await post(rig)
    await post(rig, 50)
    await post(rig, 50)
    assert await notes_of(rig) == [("1", 50_00)]

    with pytest.raises(Stale, match="2"):
        await post(rig, version=1)
    with pytest.raises(Ratchet, match="notes"):
        await post(rig, 20, version=3)
    with pytest.raises(Ratchet, match="only grow"):
        await post(rig, version=3)
    with pytest.raises(Ratchet, match="only grow"):
        await post(rig, version=3, named={"2": 50_00, "3": 50_00})
    with pytest.raises(Ratchet, match="higher version"):
        await post(rig, 50, 20, version=2)
    with pytest.raises(Ratchet, match="higher version"):
        await post(rig, 50, version=2, done=True)
    with pytest.raises(Ratchet, match="exchange_rate"):
        await post(rig, 50, version=3, rate="5.1")
    assert (await post(rig, 50, version=2, rate="5.00")).transaction.version == 2


async def test_a_txid_belongs_to_one_direction(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await ask(rig, TXID)
    with pytest.raises(Ratchet, match="cash-out"):
        await post(rig, 50)


async def test_a_customer_who_leaves_without_a_note_leaves_nothing(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await post(rig)
    assert (await post(rig, done=True)).transaction.state is TransactionState.CANCELLED
    assert await rig.rows("SELECT * FROM satmachineadmin.withdrawals") == []


async def test_before_the_first_note_everything_that_stands_against_it_is_said(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    with pytest.raises(ImplausibleRate):
        await post(rig, rate="7")
    await switch_off(rig)
    with pytest.raises(MachineInactive):
        await post(rig)
    assert await rig.rows("SELECT * FROM satmachineadmin.machine_transactions") == []


async def test_notes_that_are_in_the_machine_are_recorded_whatever_stands_against_them(
    make_rig: MakeRig,
) -> None:
    """Switched off while they went in, or posted first when the network was back."""
    rig = await machine_that_buys(make_rig, sats=0)
    await switch_off(rig)

    one = (await post(rig, 50, 20, rate="7", done=True)).transaction

    assert (one.state, one.held_for, one.fiat_minor) == ("held", "implausible_rate", 70_00)
    assert await notes_of(rig) == [("1", 50_00), ("2", 20_00)]
    assert await rig.worklist() == ["cash_in_held"]


# How much may be taken --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sats", "columns", "most"),
    [
        (1000, {}, 200_00),
        (1001, {}, 200_20),
        (1000, {"cash_in_hour_minor": 150_00}, 150_00),
        (1000, {"cash_in_transaction_minor": 100_00, "cash_in_day_minor": 30_00}, 30_00),
    ],
)
async def test_the_most_is_what_the_limits_leave_and_the_wallet_can_pay(
    make_rig: MakeRig, sats: int, columns: dict[str, int], most: int
) -> None:
    rig = await machine_that_buys(make_rig, sats=sats, **columns)
    assert (await post(rig)).most_minor == most


async def test_the_networks_fee_is_kept_back_from_the_most(make_rig: MakeRig) -> None:
    """10 sats at least: of 1000 there are 990 to buy with, 198 EUR."""
    rig = await machine_that_buys(make_rig, sats=1000)
    rig.host.limits = HostLimits(reserve_fee_min_msat=10_000, reserve_fee_percent="1.0")
    assert (await post(rig)).most_minor == 198_00
    rig.host.limits = HostLimits(max_outgoing_sats=500)
    assert (await post(rig, version=2)).most_minor == 100_00


async def test_what_other_customers_and_open_legs_wait_for_is_not_offered_twice(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig, sats=1000)
    await offered(rig, 50, txid="another-1")
    # A sale of 1100 sats that is held: they came in, and are not the operator's.
    async with rig.store.transaction("setup") as books:
        await books.sql.run(
            "UPDATE satmachineadmin.dca_machines SET payout_policy = 'on_dispense', takes_unsigned = true"
        )
    rig.sell()
    await rig.work()

    assert (await post(rig)).most_minor == (1000 - 225) * 20


@pytest.mark.parametrize(
    ("sats", "columns", "most"),
    [(0, {}, "0.00"), (499, {"cash_in_transaction_minor": 100_00}, "99.80")],
)
async def test_too_few_sats_are_said_before_the_first_note(
    make_rig: MakeRig, sats: int, columns: dict[str, int], most: str
) -> None:
    rig = await machine_that_buys(make_rig, sats=sats, **columns)
    with pytest.raises(TooFewSats) as refused:
        await post(rig)
    assert refused.value.fields["most_fiat_amount"] == most
    assert await rig.rows("SELECT * FROM satmachineadmin.machine_transactions") == []


async def test_a_limit_that_is_used_up_does_not_make_the_sats_too_few(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(
        make_rig, sats=600, cash_in_transaction_minor=100_00, cash_in_hour_minor=70_00
    )
    await offered(rig)
    assert (await post(rig, txid="another-1")).most_minor == 0


# Who has to wait --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"cash_in_transaction_minor": 60_00}, "above_transaction_limit"),
        ({"cash_in_hour_minor": 60_00}, "above_hour_limit"),
        ({"cash_in_day_minor": 60_00}, "above_day_limit"),
        ({"cash_in_hold_above_minor": 69_99}, "above_threshold"),
        ({"cash_in_hold_above_minor": 70_00}, None),
    ],
)
async def test_beyond_a_limit_the_cash_is_recorded_and_the_operator_decides(
    make_rig: MakeRig, columns: dict[str, int], reason: str | None
) -> None:
    rig = await machine_that_buys(make_rig, **columns)
    await post(rig)
    one = (await post(rig, 50, 20, done=True)).transaction

    assert (one.state, one.held_for) == ("held" if reason else "offered", reason)
    assert await rig.worklist() == (["cash_in_held"] if reason else [])
    links = await rig.rows("SELECT * FROM satmachineadmin.withdrawals")
    assert len(links) == (0 if reason else 1)


async def held(make_rig: MakeRig) -> tuple[Rig, Any]:
    rig = await machine_that_buys(make_rig, cash_in_hold_above_minor=1)
    await post(rig)
    return rig, (await post(rig, 50, done=True)).transaction


async def test_the_operator_lets_a_held_customer_have_its_sats(make_rig: MakeRig) -> None:
    rig, one = await held(make_rig)
    await release_cash_in(rig.store, OPERATOR, one.id)

    released = await again(rig, TXID)
    assert (released.state, released.held_for) == ("offered", None)
    assert (await link_of(rig))["amount_msat"] == 225_000
    assert await rig.worklist() == []
    with pytest.raises(ActionNotAllowed):
        await release_cash_in(rig.store, OPERATOR, one.id)


async def test_the_operator_gives_held_cash_back(make_rig: MakeRig) -> None:
    rig, one = await held(make_rig)
    await give_cash_back(rig.store, rig.host, OPERATOR, one.id, "the note is a copy")

    assert ((await again(rig, TXID)).state, await rig.worklist()) == ("cancelled", [])
    with pytest.raises(ActionNotAllowed):
        await give_cash_back(rig.store, rig.host, OPERATOR, one.id, "once more")


async def test_an_offered_link_is_taken_back_with_the_cash(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    await give_cash_back(rig.store, rig.host, OPERATOR, link["transaction_id"], "it changed its mind")
    assert ((await again(rig, TXID)).state, (await link_of(rig))["state"]) == ("cancelled", "cancelled")


async def test_a_link_is_extended_also_where_it_was_over(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    rig.clock.advance(seconds=CLAIM_SECONDS)
    one = await again(rig, TXID)
    assert one.state_at(int(rig.clock.now().timestamp())) is TransactionState.EXPIRED

    await extend_link(rig.store, OPERATOR, link["transaction_id"], 7)

    until = int(rig.clock.now().timestamp()) + 7 * 86_400
    assert ((await again(rig, TXID)).expires_at, (await link_of(rig))["expires_at"]) == (until, until)


# The end ------------------------------------------------------------------------------------------


async def test_what_a_machine_left_lying_is_offered_after_a_quarter_of_an_hour(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await post(rig, 50)
    await post(rig, txid="empty-txid")
    rig.clock.advance(seconds=899)
    await rig.work()
    assert (await again(rig, TXID)).state is TransactionState.COLLECTING

    rig.clock.advance(seconds=1)
    await rig.work()

    assert (await again(rig, TXID)).state is TransactionState.OFFERED
    assert (await again(rig, "empty-txid")).state is TransactionState.CANCELLED
    assert (await link_of(rig))["created_by"] == "engine"


async def test_limits_hold_for_what_was_left_lying_as_for_what_was_done(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig, cash_in_hold_above_minor=10_00)
    await post(rig, 50)
    rig.clock.advance(seconds=900)
    await rig.work()
    assert ((await again(rig, TXID)).held_for, await rig.worklist()) == ("above_threshold", ["cash_in_held"])


async def test_what_has_ended_takes_no_more_notes_but_news_of_nothing(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await offered(rig, 50)
    with pytest.raises(TransactionClosed):
        await post(rig, 50, 20, version=9)
    assert (await post(rig, 50, version=9, done=True)).transaction.version == 9
    assert await notes_of(rig) == [("1", 50_00)]


async def test_the_commission_is_the_one_that_the_customer_was_shown(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await post(rig)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.machines.change(rig.machine_id, {"cash_in_fee_pct": "50"})
    assert (await post(rig, 50, done=True)).transaction.commission_sats == 25


# LNbits' own withdraw extension -------------------------------------------------------------------


async def test_a_machine_that_pays_by_a_link_of_its_own_gets_none_of_ours(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    await post(rig)
    one = (await post(rig, 50, done=True, link_id="link1")).transaction

    assert (one.state, one.withdraw_link_id, one.expires_at) == ("offered", "link1", None)
    assert await rig.rows("SELECT * FROM satmachineadmin.withdrawals") == []
    with pytest.raises(Ratchet, match="withdraw_link_id"):
        await post(rig, 50, version=9, done=True, link_id="link2")
    with pytest.raises(Ratchet, match="another transaction"):
        await post(rig, 50, done=True, link_id="link1", txid="another-1")


async def test_the_machines_link_takes_the_place_of_ours_while_nobody_claimed_it(make_rig: MakeRig) -> None:
    """The server had offered it by itself when the machine came back."""
    rig = await machine_that_buys(make_rig)
    await offered(rig, 50)
    one = (await post(rig, 50, version=9, done=True, link_id="link1")).transaction
    assert (one.withdraw_link_id, (await link_of(rig))["state"]) == ("link1", "cancelled")


async def test_a_note_is_one_row_for_ever(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    one = (await post(rig, 50)).transaction
    with pytest.raises(TableRefused):
        async with rig.store.transaction("setup") as books:
            await books.transactions.add_notes(one, [("1", 50_00)])


async def test_notes_are_recorded_also_where_the_machine_has_no_wallet_any_more(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    rig.host.delete_wallet(MACHINE_WALLET)
    with pytest.raises(TooFewSats):
        await post(rig)
    assert (await post(rig, 50)).transaction.fiat_minor == 50_00
