"""What every Host promises, LNbits' adapter and the one in memory alike.

The modules that import these tests bring a fixture `bench`: a host, its store, and a hand in its tables.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import anyio
import bolt11
import pytest

from satmachineadmin.core.model import HostPayment, Minted
from satmachineadmin.ports import Found, Host, HostRefused, Transfer
from satmachineadmin.store.books import Store

pytestmark = pytest.mark.anyio
_numbers = itertools.count(1)


class Bench(Protocol):
    """A host and what tests do to it from outside."""

    @property
    def host(self) -> Host: ...
    @property
    def store(self) -> Store: ...
    async def wallet(self, sats: int = 0) -> str:
        """A new wallet of a new user."""

    async def user_of(self, wallet_id: str) -> str: ...
    async def balance_sats(self, wallet_id: str) -> int: ...
    async def delete(self, wallet_id: str) -> None: ...
    async def make_shared(self, wallet_id: str) -> None: ...
    async def receive(self, wallet_id: str, sats: int, *, status: str, external_id: str | None) -> str:
        """A row of an incoming payment; gives its hash."""

    async def set_status(self, checking_id: str, status: str) -> None:
        """Change a row as an accident would."""


async def transfer(bench: Bench, payer: str, payee: str, sats: int, mark: str | None = None) -> Transfer:
    minted = (await bench.host.mint({"leg": sats}, "test"))["leg"]
    return Transfer(
        leg_id="leg", payer_wallet_id=payer, payee_wallet_id=payee, amount_msat=sats * 1000, fee_msat=0,
        minted=minted, memo="Plaza: platform fee", extra={"tag": "satmachine:m1", "leg_type": "super_fee"},
        external_id=mark or f"sm1:{new_mark()}:super_fee:1",
    )  # fmt: skip


def new_mark() -> str:
    return hashlib.sha256(f"{time.time_ns()}{next(_numbers)}".encode()).hexdigest()


async def matters(bench: Bench, subject: str) -> int:
    async with bench.store.reading() as books:
        statement = "SELECT COUNT(*) FROM satmachineadmin.worklist WHERE subject_id = :subject"
        return int(await books.sql.value(statement, subject=subject))


async def open_matter(books: Any, subject: str) -> None:
    await books.worklist.open("test", subject, operator_user_id="o", machine_id="m", detail="d")


def by_id(rows: Sequence[HostPayment]) -> dict[str, HostPayment]:
    return {row.checking_id: row for row in rows}


# The fast way -----------------------------------------------------------------------------------


async def test_a_payout_moves_both_balances_and_writes_our_books(bench: Bench) -> None:
    """Both sides are in the history, with memo, tag, extra and mark; our rows commit with them."""
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = await transfer(bench, payer, payee, 300)

    async with bench.host.payout(payer) as payout:
        await payout.transfer([sent])
        await open_matter(payout.books, sent.external_id)

    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (700, 300)
    assert await matters(bench, sent.external_id) == 1
    payment_hash = sent.minted.payment_hash
    sides = by_id(await bench.host.history.all_sides([payment_hash]))
    credit, debit = sides[payment_hash], sides[f"internal_{payment_hash}"]
    assert (credit.wallet_id, credit.amount_msat) == (payee, 300_000)
    assert (debit.wallet_id, debit.amount_msat, debit.fee_msat) == (payer, -300_000, 0)
    for side in (credit, debit):
        assert (side.status, side.memo, side.tag) == ("success", "Plaza: platform fee", "satmachine:m1")
        assert (side.external_id, side.fiat_provider) == (sent.external_id, None)
        assert side.extra == {"tag": "satmachine:m1", "leg_type": "super_fee"}
        assert side.created_at.tzinfo is not None


async def test_a_payout_that_is_broken_off_leaves_nothing_anywhere(bench: Bench) -> None:
    """Whatever is raised inside: neither the host's rows nor ours, and the next payout goes through."""
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = await transfer(bench, payer, payee, 300)

    class Refused(Exception):
        pass

    with pytest.raises(Refused):
        async with bench.host.payout(payer) as payout:
            await open_matter(payout.books, sent.external_id)
            await payout.transfer([sent])
            raise Refused
    with pytest.raises(Exception, match="no_such_table"):
        async with bench.host.payout(payer) as payout:
            await payout.transfer([sent])
            await payout.books.sql.run("UPDATE satmachineadmin.no_such_table SET x = 1")  # type: ignore[attr-defined]

    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (1000, 0)
    assert await bench.host.history.all_sides([sent.minted.payment_hash]) == []
    assert await matters(bench, sent.external_id) == 0
    async with bench.host.payout(payer) as payout:
        await payout.transfer([sent])
    assert await bench.balance_sats(payee) == 300


async def test_a_payout_that_is_cancelled_leaves_nothing(bench: Bench) -> None:
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = await transfer(bench, payer, payee, 300)
    written = anyio.Event()

    async def pays() -> None:
        async with bench.host.payout(payer) as payout:
            await payout.transfer([sent])
            written.set()
            await anyio.sleep(60)

    task = asyncio.ensure_future(pays())
    await written.wait()
    task.cancel()
    await asyncio.wait([task])

    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (1000, 0)


async def test_payouts_at_the_same_time_wait_for_each_other(bench: Bench) -> None:
    """Each sees what the one before has paid, so a wallet never goes below zero."""
    payer, payee = await bench.wallet(1000), await bench.wallet()
    outcomes: list[bool] = []

    async def pay_if_there_is_enough() -> None:
        sent = await transfer(bench, payer, payee, 400)
        async with bench.host.payout(payer) as payout:
            facts = await payout.facts({payee})
            has_enough = facts.payer_balance_msat >= sent.amount_msat
            await anyio.sleep(0.01)
            if has_enough:
                await payout.transfer([sent])
        outcomes.append(has_enough)

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(pay_if_there_is_enough)

    assert sorted(outcomes) == [False, False, False, True, True]
    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (200, 800)


# Facts ------------------------------------------------------------------------------------------


async def test_facts_tell_balance_owner_deleted_and_shared(bench: Bench) -> None:
    """The same in the payout transaction and outside of it."""
    payer, gone, shared, plain = [await bench.wallet(sats) for sats in (1000, 0, 0, 0)]
    await bench.delete(gone)
    await bench.make_shared(shared)
    asked = {gone, shared, plain, "0" * 32}

    outside = await bench.host.facts(payer, asked)
    async with bench.host.payout(payer) as payout:
        inside = await payout.facts(asked)

    for facts in (inside, outside):
        assert facts.payer is not None
        assert (facts.payer.id, facts.payer.user_id) == (payer, await bench.user_of(payer))
        assert facts.payer_balance_msat == 1_000_000
        assert {key for key, wallet in facts.receivers.items() if wallet.deleted} == {gone}
        assert {key for key, wallet in facts.receivers.items() if wallet.is_shared} == {shared}
        assert plain in facts.receivers
        assert "0" * 32 not in facts.receivers


async def test_paid_before_counts_by_the_whole_prefix(bench: Bench) -> None:
    """What left this very wallet, and for no other sale: anybody may put our mark on a payment of theirs."""
    payer, payee, stranger = await bench.wallet(1000), await bench.wallet(), await bench.wallet(1000)
    mark, other = new_mark(), new_mark()
    assert await bench.host.paid_before(payer, f"sm1:{mark}:") == 0
    await bench.receive(payee, 5, status="pending", external_id=f"sm1:{mark}:split:0:1")
    await bench.receive(payer, 5, status="success", external_id=f"sm1:{mark}:split:0:1")
    async with bench.host.payout(stranger) as payout:
        await payout.transfer([await transfer(bench, stranger, payee, 10, f"sm1:{mark}:super_fee:1")])
    await bench.receive(payee, 5, status="success", external_id=f"sm1:{other}:split:0:1")
    await bench.receive(payee, 5, status="success", external_id=f"sm1:{mark}")
    await bench.receive(payee, 5, status="success", external_id=f"sm1:{mark}:split:1:1")
    assert await bench.host.paid_before(payer, f"sm1:{mark}:") == 0

    async with bench.host.payout(payer) as payout:
        assert await payout.paid_before(f"sm1:{mark}:") == 0
        sent = await transfer(bench, payer, payee, 10, f"sm1:{mark}:super_fee:1")
        await payout.transfer([sent])

    for status, number in (("success", 1), ("pending", 1), ("failed", 0)):
        await bench.set_status(f"internal_{sent.minted.payment_hash}", status)
        assert await bench.host.paid_before(payer, f"sm1:{mark}:") == number, status
        async with bench.host.payout(payer) as payout:
            assert await payout.paid_before(f"sm1:{mark}:") == number, status
    await bench.set_status(f"internal_{sent.minted.payment_hash}", "success")
    (debit,) = await bench.host.history.paid_under(payer, f"sm1:{mark}:")
    assert (debit.amount_msat, debit.external_id) == (-10_000, f"sm1:{mark}:super_fee:1")
    assert await bench.host.history.paid_under(payee, f"sm1:{mark}:") == []


# The slow way -----------------------------------------------------------------------------------


async def invoiced(bench: Bench, payer: str, payee: str, sats: int) -> Transfer:
    wanted = await transfer(bench, payer, payee, sats)
    return replace(wanted, minted=await bench.host.make_invoice(wanted))


async def test_an_invoice_is_payable_until_it_is_paid_and_is_paid_once(bench: Bench) -> None:
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = await invoiced(bench, payer, payee, 300)
    payment_hash = sent.minted.payment_hash
    assert await bench.host.look_up(payment_hash) is Found.PAYABLE
    assert await bench.balance_sats(payee) == 0

    await bench.host.pay_invoice(sent)
    assert await bench.host.look_up(payment_hash) is Found.PAID
    with pytest.raises(HostRefused):
        await bench.host.pay_invoice(sent)

    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (700, 300)
    sides = by_id(await bench.host.history.all_sides([payment_hash]))
    assert {side.external_id for side in sides.values()} == {sent.external_id}


async def test_what_was_never_there_or_has_failed_is_dead(bench: Bench) -> None:
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = await invoiced(bench, payer, payee, 300)
    await bench.set_status(sent.minted.payment_hash, "failed")

    assert await bench.host.look_up(sent.minted.payment_hash) is Found.DEAD
    assert await bench.host.look_up("0" * 64) is Found.DEAD


async def test_a_debit_without_its_credit_is_half_and_completed_exactly_once(bench: Bench) -> None:
    """However often and however many at a time: the receiver is credited once."""
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = await invoiced(bench, payer, payee, 300)
    await bench.host.pay_invoice(sent)
    await bench.set_status(sent.minted.payment_hash, "pending")
    assert await bench.host.look_up(sent.minted.payment_hash) is Found.HALF
    assert await bench.balance_sats(payee) == 0

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(bench.host.complete_half, sent.minted.payment_hash)

    assert await bench.host.look_up(sent.minted.payment_hash) is Found.PAID
    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (700, 300)


async def test_an_invoice_that_nobody_debited_is_not_completed(bench: Bench) -> None:
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = await invoiced(bench, payer, payee, 300)
    await bench.host.complete_half(sent.minted.payment_hash)

    assert await bench.host.look_up(sent.minted.payment_hash) is Found.PAYABLE
    assert await bench.balance_sats(payee) == 0


async def test_a_short_wallet_and_a_missing_receiver_are_refused(bench: Bench) -> None:
    """HostRefused with the host's own words, and nothing moved."""
    payer, payee = await bench.wallet(100), await bench.wallet()
    sent = await invoiced(bench, payer, payee, 300)
    with pytest.raises(HostRefused, match=r"\w"):
        await bench.host.pay_invoice(sent)
    assert await bench.host.look_up(sent.minted.payment_hash) is Found.PAYABLE
    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (100, 0)

    with pytest.raises(HostRefused, match=r"\w"):
        await bench.host.make_invoice(await transfer(bench, payer, "0" * 32, 10))


# Invoices and history ---------------------------------------------------------------------------


@pytest.mark.parametrize("sats", [1, 9, 10, 999, 1000, 123_456, 21_000_000 * 100_000_000])
async def test_minted_invoices_are_what_they_say(bench: Bench, sats: int) -> None:
    """BOLT 11 that the bolt11 package reads, of that amount, with the preimage of its hash."""
    minted = (await bench.host.mint({"a": sats}, "Zürich ₿ payout"))["a"]
    decoded = bolt11.decode(minted.bolt11)
    assert (decoded.amount_msat, decoded.payment_hash) == (sats * 1000, minted.payment_hash)
    assert decoded.description == "Zürich ₿ payout"
    assert hashlib.sha256(bytes.fromhex(minted.preimage)).hexdigest() == minted.payment_hash


async def test_no_two_minted_invoices_are_alike(bench: Bench) -> None:
    minted: list[Minted] = []
    for _ in range(3):
        minted += (await bench.host.mint({str(number): 7 for number in range(100)}, "same")).values()
    for name in ("payment_hash", "preimage", "bolt11"):
        assert len({getattr(one, name) for one in minted}) == 300


async def test_the_history_leaves_our_payouts_out_and_nothing_else(bench: Bench) -> None:
    """Only outgoing rows can be ours: anybody could write our mark on an incoming one."""
    wallet, payee = await bench.wallet(1000), await bench.wallet()
    since = int(time.time()) - 60
    marked = await bench.receive(wallet, 5, status="success", external_id=f"sm1:{new_mark()}:super_fee:1")
    plain = await bench.receive(wallet, 6, status="success", external_id=None)
    waiting = await bench.receive(wallet, 7, status="pending", external_id=None)
    sent = await transfer(bench, wallet, payee, 300)
    async with bench.host.payout(wallet) as payout:
        await payout.transfer([sent])
    history, ours = bench.host.history, f"internal_{sent.minted.payment_hash}"

    changed = by_id(await history.changed_since([wallet], since))
    successful = by_id(await history.successful(wallet, created_from=since, offset=0, limit=100))
    pending = by_id(await history.pending([wallet]))

    assert {marked, plain, waiting} <= set(changed) and ours not in changed
    assert {marked, plain} <= set(successful) and not {waiting, ours} & set(successful)
    assert set(pending) == {waiting}
    assert set(by_id(await history.with_hashes(wallet, [plain, waiting, "0" * 64]))) == {plain, waiting}
    assert set(by_id(await history.with_hashes(payee, [plain]))) == set()
    assert await history.changed_since([wallet], int(time.time()) + 3600) == []
    assert await history.changed_since([], since) == []


async def test_slices_of_the_history_overlap_nowhere_and_miss_nothing(bench: Bench) -> None:
    wallet = await bench.wallet()
    hashes = {await bench.receive(wallet, 1, status="success", external_id=None) for _ in range(7)}
    found: list[str] = []
    for offset in range(0, 9, 3):
        rows = await bench.host.history.successful(wallet, created_from=0, offset=offset, limit=3)
        found += [row.payment_hash for row in rows]
    assert len(found) == 7
    assert set(found) == hashes


async def test_the_users_of_wallets_are_known_after_they_are_deleted(bench: Bench) -> None:
    wallet, gone = await bench.wallet(), await bench.wallet()
    users = {wallet: await bench.user_of(wallet), gone: await bench.user_of(gone)}
    await bench.delete(gone)
    assert await bench.host.history.users_of([wallet, gone, "0" * 32]) == users
