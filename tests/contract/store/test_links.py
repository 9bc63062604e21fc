"""Links without a leg, the transactions that they pay, and their list: the same on every database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from satmachineadmin.core.errors import StateMoved
from satmachineadmin.core.states import TxType, WithdrawalState
from satmachineadmin.core.transactions import Transaction, TransactionState
from satmachineadmin.core.withdrawing import WithdrawalKind, link_of_payment, payment_name
from satmachineadmin.store import lists
from satmachineadmin.store.books import Store
from satmachineadmin.store.sql import TableRefused
from satmachineadmin.store.transaction_lists import TRANSACTIONS, in_state, owing

from .books import OPERATOR, add_machine
from .conftest import OpenAgain
from .test_list_plans import Case, plans

pytestmark = pytest.mark.anyio
HASH, OTHER_HASH = "ab" * 32, "cd" * 32


async def taken(store: Store, machine_id: str, txid: str = "txid-0001", **fields: object) -> Transaction:
    async with store.transaction("test") as books:
        machine = await books.machines.get(machine_id)
        assert machine is not None
        one = await books.transactions.open(
            {
                "machine_id": machine_id, "operator_user_id": OPERATOR, "wallet_id": machine.wallet_id,
                "txid": txid, "tx_type": TxType.CASH_IN, "state": TransactionState.COLLECTING, "version": 1,
                "currency": "EUR", "exchange_rate": "5", "fee_ppm": 0, "fiat_minor": 50_00,
                "principal_sats": 250, "commission_sats": 0, "wire_sats": 250, "signer": HASH,
                "event_id": HASH, **fields,
            }
        )  # fmt: skip
        await books.transactions.add_notes(one, [("1", 50_00)])
        return one


async def offered(store: Store, machine_id: str, txid: str = "txid-0001") -> Mapping[str, Any]:
    one = await taken(store, machine_id, txid)
    async with store.transaction("test") as books:
        await books.transactions.move(one, TransactionState.OFFERED, expires_at=books.now + 60)
        link_id = await books.withdrawals.open(
            {
                "kind": WithdrawalKind.CASH_IN, "settlement_id": "", "transaction_id": one.id,
                "machine_id": machine_id, "operator_user_id": OPERATOR, "wallet_id": one.wallet_id,
                "k1": one.id * 2, "leg_sats": 250, "amount_msat": 250_000, "reason": "", "created_by": "test",
                "expires_at": books.now + 60,
            }
        )  # fmt: skip
        link = await books.withdrawals.get(link_id)
    assert link is not None
    return link


async def claim(store: Store, link: Mapping[str, Any], payment_hash: str) -> Mapping[str, Any]:
    async with store.transaction("test") as books:
        await books.withdrawals.move(
            link, WithdrawalState.CLAIMED, payment_hash=payment_hash, bolt11="lnbc", claimed_at=books.now
        )
        one = await books.transactions.get(link["transaction_id"])
        assert one is not None
        await books.transactions.expect_payment(one, payment_hash)
        claimed = await books.withdrawals.get(link["id"])
    assert claimed is not None
    return claimed


async def test_a_link_is_claimed_once_by_whichever_process(store: Store, open_again: OpenAgain) -> None:
    link = await offered(store, await add_machine(store))
    another = open_again(store)
    ends = await asyncio.gather(
        claim(store, link, HASH), claim(another, link, OTHER_HASH), return_exceptions=True
    )
    await another.database.dispose()
    assert [type(end) for end in ends if isinstance(end, BaseException)] == [StateMoved]


async def test_a_link_is_handed_over_once_and_comes_back_for_another_invoice(store: Store) -> None:
    link = await claim(store, await offered(store, await add_machine(store)), HASH)
    name = payment_name(link["id"], 1)
    assert link_of_payment(name) == link["id"]
    async with store.transaction("test") as books:
        assert await books.withdrawals.due() == link
        handed_over = await books.withdrawals.hand_over(link, name)
    with pytest.raises(StateMoved):
        async with store.transaction("test") as books:
            await books.withdrawals.hand_over(link, name)
    async with store.transaction("test") as books:
        assert await books.withdrawals.known_hashes([HASH, OTHER_HASH]) == {HASH}
        await books.withdrawals.wait(handed_over, sentence="under way", until=books.now + 9)
        assert await books.withdrawals.due() is None
        await books.withdrawals.come_back(handed_over, "no route")
        back = await books.withdrawals.get(link["id"])
    assert back is not None
    assert (back["state"], back["attempts"]) == ("open", 1)
    assert (back["payment_hash"], back["external_id"]) == (None, None)


async def test_one_invoice_serves_one_link_and_a_transaction_has_one(store: Store) -> None:
    machine_id = await add_machine(store)
    link, other = await offered(store, machine_id), await offered(store, machine_id, "txid-0002")
    await claim(store, link, HASH)
    with pytest.raises(TableRefused):
        await claim(store, other, HASH)
    with pytest.raises(TableRefused):
        async with store.transaction("test") as books:
            fields = {key: other[key] for key in other.keys() if key not in ("id", "k1")}  # noqa: SIM118
            await books.withdrawals.open({**fields, "k1": "another"})


async def test_what_is_promised_and_what_is_somebodys_is_not_free(store: Store) -> None:
    machine_id = await add_machine(store)
    await offered(store, machine_id)
    own = await taken(store, machine_id, "txid-0002")
    async with store.reading() as books:
        machine = await books.machines.get(machine_id)
        assert machine is not None
        assert await books.transactions.owed_sats(machine_id) == 500
        assert await books.transactions.owed_sats(machine_id, without=own.id) == 250
        assert await books.funds.bound_sats(machine, machine.wallet_id) == 0
        assert await books.funds.some_payment(machine_id, "") == ("", "")


async def test_the_list_tells_links_and_what_is_over(store: Store) -> None:
    machine_id = await add_machine(store)
    link = await offered(store, machine_id)
    await taken(store, machine_id, "txid-0002")
    async with store.reading() as books:

        async def found(**equals: object) -> list[tuple[str, str | None]]:
            page = lists.Page(equals={"one.operator_user_id": OPERATOR, **equals}, search="txid")
            rows, _total = await lists.page(books.sql, TRANSACTIONS, page)
            return sorted((row["txid"], row["link_k1"]) for row in rows)

        both: list[tuple[str, str | None]] = [("txid-0001", link["k1"]), ("txid-0002", None)]
        assert await found() == await found(**owing(True)) == both
        assert await found(**owing(False)) == []
        assert await found(**in_state(TransactionState.OFFERED, books.now)) == both[:1]
        assert await found(**in_state(TransactionState.OFFERED, books.now + 60)) == []
        assert await found(**in_state(TransactionState.EXPIRED, books.now + 60)) == both[:1]
        assert await found(**in_state(TransactionState.COLLECTING, books.now)) == both[1:]


@pytest.mark.parametrize(
    ("sort_by", "index", "only"),
    [
        (None, "transactions_by_operator", {}),
        ("state", "transactions_by_state", {}),
        ("fiat_amount", "transactions_by_fiat", {}),
        ("wire_sats", "transactions_by_wire", {}),
        (None, "transactions_owing", owing(True)),
    ],
)
async def test_the_list_is_read_by_an_index(
    store: Store, sort_by: str | None, index: str, only: dict[str, object]
) -> None:
    case = Case(listing=TRANSACTIONS, sort_by=sort_by, index=index, only=only)
    for plan in await plans(store, case):
        assert index in plan or not store.database.is_sqlite, plan
