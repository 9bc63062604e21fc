"""A machine that signs, in the rig: paired, asked for invoices, paid by customers, reporting its notes."""

from __future__ import annotations

from typing import Any

from satmachineadmin.core.model import HostPayment
from satmachineadmin.core.states import PayoutPolicy
from satmachineadmin.core.transactions import DispenseOutcome, Transaction
from satmachineadmin.engine.report_dispense import DispenseReport
from satmachineadmin.usecases.cash_out import CashOutAsked, ask_for_cash_out
from satmachineadmin.usecases.report_dispense import report_dispense

from .rig import OPERATOR, Rig

KEY = "ab" * 32
EVENT = "cd" * 32


async def pair(rig: Rig, policy: PayoutPolicy = PayoutPolicy.ON_DISPENSE, **columns: object) -> None:
    """The rig's machine has a key of its own from now on."""
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        machine = await books.machines.row(rig.machine_id)
        assert machine is not None
        await books.pairings.open(machine, KEY, OPERATOR)
        code = await books.pairings.by_digest(KEY)
        assert code is not None
        await books.pairings.redeem(code, machine, KEY)
        await books.machines.change(rig.machine_id, {"payout_policy": policy, **columns})


async def row(rig: Rig) -> dict[str, Any]:
    async with rig.store.reading() as books:
        found = await books.machines.row(rig.machine_id)
    assert found is not None
    return dict(found)


async def ask(
    rig: Rig,
    txid: str = "sale-0001",
    *,
    fiat_minor: int = 200_00,
    rate: str = "5",
    version: int = 1,
    bills: tuple[tuple[int, int], ...] | None = None,
) -> Transaction:
    """A cash-out of 200.00 EUR: 1000 sats and 10 %."""
    asked = CashOutAsked(txid=txid, version=version, fiat_minor=fiat_minor, exchange_rate=rate, bills=bills)
    one, _is_new = await ask_for_cash_out(
        rig.store, rig.host, await row(rig), asked, signer=KEY, event_id=EVENT
    )
    return one


def pay(rig: Rig, one: Transaction) -> HostPayment:
    """The customer pays the invoice."""
    found = next(payment for payment in rig.host.rows if payment.payment_hash == one.payment_hash)
    return rig.host.change(found, status="success")


async def sold(rig: Rig, txid: str = "sale-0001", **wishes: Any) -> Transaction:
    """A cash-out that is paid and has landed."""
    pay(rig, await ask(rig, txid, **wishes))
    await rig.work()
    return await again(rig, txid)


async def again(rig: Rig, txid: str = "sale-0001") -> Transaction:
    async with rig.store.reading() as books:
        found = await books.transactions.called(rig.machine_id, txid)
    assert found is not None
    return found


async def report(
    rig: Rig,
    outcome: DispenseOutcome,
    *,
    txid: str = "sale-0001",
    version: int = 2,
    partial_minor: int | None = None,
    bills: tuple[tuple[int, int], ...] = (),
) -> Transaction:
    async with rig.store.reading() as books:
        machine = await books.machines.get(rig.machine_id)
    assert machine is not None
    said = DispenseReport(txid=txid, version=version, outcome=outcome, partial_minor=partial_minor)
    return await report_dispense(rig.store, machine, said, bills)
