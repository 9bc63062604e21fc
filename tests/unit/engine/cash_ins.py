"""Customers who put banknotes into the rig's machine, and their wallets."""

from __future__ import annotations

from typing import Any

from satmachineadmin.core.outside import Invoice
from satmachineadmin.core.transactions import Transaction
from satmachineadmin.engine.claim import hand_in
from satmachineadmin.engine.claims import work_claims
from satmachineadmin.usecases.cash_in import CashInPosted, TakenIn, take_in

from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig
from .signed import EVENT, KEY, again, pair, row

#: 5 sats for a euro; so many are in the machine's wallet to begin with
RATE, FLOAT_SATS = "5", 10_000
TXID = "cash-in-1"


async def machine_that_buys(make_rig: MakeRig, *, sats: int = FLOAT_SATS, **columns: object) -> Rig:
    """A paired machine with 10 % cash-in fee, and sats to buy banknotes with."""
    rig = await make_rig(cash={"ana": 200_00})
    await pair(rig)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.machines.change(rig.machine_id, {"cash_in_fee_pct": "10", **columns})
    if sats:
        rig.host.receive(MACHINE_WALLET, sats, memo="Admin credit")
    await rig.work()
    return rig


async def post(
    rig: Rig,
    *notes: int,
    version: int | None = None,
    done: bool = False,
    txid: str = TXID,
    rate: str = RATE,
    link_id: str | None = None,
    named: dict[str, int] | None = None,
) -> TakenIn:
    """Post notes (whole euros) so far, numbered from 1; the version is one more than the notes."""
    posted = CashInPosted(
        txid=txid,
        version=version or len(notes) + 1 + done,
        exchange_rate=rate,
        notes=named or {str(number): euros * 100 for number, euros in enumerate(notes, 1)},
        is_done=done,
        withdraw_link_id=link_id,
    )
    return await take_in(rig.store, rig.host, await row(rig), posted, signer=KEY, event_id=EVENT)


async def offered(rig: Rig, *notes: int, txid: str = TXID) -> dict[str, Any]:
    """The link of a cash-in that is done."""
    await post(rig, txid=txid)
    await post(rig, *(notes or (50, 20)), done=True, txid=txid)
    return await link_of(rig, txid)


async def link_of(rig: Rig, txid: str = TXID) -> dict[str, Any]:
    one = await again(rig, txid)
    async with rig.store.reading() as books:
        found = await books.withdrawals.of_transaction(one.id)
    assert found is not None
    return dict(found)


async def invoice_of(rig: Rig, amount_msat: int, **levers: Any) -> Invoice:
    """An invoice of the customer's own wallet, somewhere else."""
    rig.host.lightning.add_target("customer", **levers)
    terms = await rig.host.lightning.terms("customer")
    return await rig.host.lightning.invoice(terms, amount_msat)


async def claim(rig: Rig, link: dict[str, Any], **levers: Any) -> Invoice:
    """The customer's wallet hands in its invoice."""
    invoice = await invoice_of(rig, link["amount_msat"], **levers)
    await hand_in(rig.store, rig.host, link["k1"], invoice.bolt11)
    return invoice


async def pay_claims(rig: Rig, most: int = 20, *, is_stopping: bool = False) -> int:
    """Every claim that is due now; how many steps it took."""
    for step in range(most):
        if await work_claims(rig.store, rig.host, rig.lease, lambda: is_stopping) is None:
            return step
    return most


async def landed(rig: Rig, txid: str = TXID) -> Transaction:
    """Everything done that is due by itself."""
    await pay_claims(rig)
    await rig.work(3)
    return await again(rig, txid)


def got_msat(rig: Rig) -> int:
    """What customers have got by links, over Lightning or here."""
    return -sum(
        one.amount_msat
        for one in rig.host.rows
        if (one.external_id or "").startswith("smw1:") and one.amount_msat < 0 and one.status == "success"
    )
