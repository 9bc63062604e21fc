"""Everything at once on the real LNbits: no leg twice, no cash twice, no balance below zero."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from lnbits.core.crud import create_payment
from lnbits.core.models import CreatePayment
from lnbits.core.models.payments import PaymentState
from lnbits.core.services import create_invoice, pay_invoice
from lnbits.exceptions import PaymentError
from lnbits.settings import settings

from satmachineadmin.core.states import DcaMode, EnrolmentStatus
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.plan import plan_settlement
from satmachineadmin.services import current
from satmachineadmin.usecases.machines import add_machine
from tests.harness import Wallet
from tests.harness.database import snapshot
from tests.harness.inprocess import InProcessHost
from tests.judge import STATEMENTS, Snapshot, complaints

#: A sale of 1100 sats for 200 euro.
WIRE_SATS, FIAT_MINOR = 1100, 200_00
SALES = 200
#: The LPs' cash suffices for half of the sales.
CASH_MINOR = SALES * FIAT_MINOR // 4
_PATIENCE_SECONDS = 120


@dataclass
class Plaza:
    """A machine with its LPs in a running LNbits."""

    lnbits: InProcessHost
    operator_id: str
    machine: Wallet
    elsewhere: Wallet
    lps: list[str] = field(default_factory=list)

    async def sell(self) -> str:
        """A customer has paid over Lightning: LNbits' row as a funding source leaves it."""
        payment_hash = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
        stamp = {
            "source": "bitspire", "type": "cash_out", "principal_sats": 1000, "fee_sats": 100,
            "exchange_rate": "5", "currency": "EUR", "fiat_amount": "200.00", "txid": uuid4().hex,
        }  # fmt: skip
        payment = CreatePayment(
            wallet_id=self.machine.id, payment_hash=payment_hash, bolt11=f"lnbc{payment_hash}",
            amount_msat=WIRE_SATS * 1000, memo="cash-out", extra=stamp,
        )  # fmt: skip
        await create_payment(checking_id=payment_hash, data=payment, status=PaymentState.SUCCESS)
        return payment_hash

    async def settlements(self) -> list[tuple[str, str]]:
        """Id and state of each of this machine's."""
        async with current().store.reading() as books:
            rows = await books.sql.all(
                "SELECT id, state FROM satmachineadmin.dca_settlements WHERE wallet_id = :wallet",
                wallet=self.machine.id,
            )
        return [(row["id"], row["state"]) for row in rows]

    async def wait_until_paid(self, sales: int) -> None:
        for _ in range(_PATIENCE_SECONDS * 10):
            states = [state for _id, state in await self.settlements()]
            if states == ["processed"] * sales:
                return
            current().runner.wake()
            await asyncio.sleep(0.1)
        raise AssertionError(f"after {_PATIENCE_SECONDS} s: {sorted(states)}")


@pytest.fixture
async def plaza(lnbits: InProcessHost) -> AsyncIterator[Plaza]:
    store = current().store
    operator = await lnbits.create_user(f"o{uuid4().hex[:10]}")
    elsewhere = await lnbits.create_wallet(operator, "elsewhere")
    machine_id = await add_machine(
        store,
        operator.id,
        {
            "name": "Plaza", "location": "", "npub": None, "wallet_id": operator.wallet.id,
            "currency": "EUR", "cash_out_fee_pct": "10", "cash_in_fee_pct": "0", "reference_rate": "5",
            "rate_tolerance_pct": "10",
        },
    )  # fmt: skip
    made = Plaza(lnbits=lnbits, operator_id=operator.id, machine=operator.wallet, elsewhere=elsewhere)
    for number in range(2):
        lp = await lnbits.create_user(f"l{uuid4().hex[:10]}")
        async with store.transaction("setup", actor=lp.id) as books:
            enrolment_id = await books.lps.enrol(
                machine_id=machine_id, operator_user_id=operator.id, user_id=lp.id, username=f"lp{number}"
            )
            await books.lps.choose_preferences(
                lp.id, {"dca_wallet_id": lp.wallet.id, "default_dca_mode": DcaMode.FLOW}
            )
            row = await books.lps.enrolment(enrolment_id)
            assert row is not None
            await books.lps.set_status(row, EnrolmentStatus.ACTIVE)
            entry = {
                "client_id": enrolment_id, "machine_id": machine_id, "operator_user_id": operator.id,
                "kind": "deposit", "amount_minor": CASH_MINOR, "currency": "EUR", "cash_date": "2026-11-22",
                "notes": "", "created_by": operator.id,
            }  # fmt: skip
            cash = await books.cash.get(await books.cash.add(entry))
            assert cash is not None
            await books.cash.confirm(cash, by=operator.id)
        made.lps.append(enrolment_id)
    yield made
    await current().runner.stop()
    found = complaints(_own_books(made))
    current().runner.start()
    assert found == []


def _own_books(plaza: Plaza) -> Snapshot:
    """Both books, of this machine alone: other tests leave payments that belong to nothing."""
    found = snapshot(
        STATEMENTS,
        data_dir=Path(settings.lnbits_data_folder),
        database_url=os.environ.get("LNBITS_DATABASE_URL"),
    )
    settlements = [row for row in found["settlements"] if row["wallet_id"] == plaza.machine.id]
    ids = {row["id"] for row in settlements}
    marks = {f"sm1:{row['payment_hash']}" for row in settlements}
    return Snapshot(
        settlements=settlements,
        legs=[row for row in found["legs"] if row["settlement_id"] in ids],
        clients=[row for row in found["clients"] if row["id"] in plaza.lps],
        entries=found["entries"],
        events=found["events"],
        payments=[row for row in found["payments"] if row["external_id"][:68] in marks],
        overdrawn=[row for row in found["overdrawn"] if row["wallet_id"] == plaza.machine.id],
    )


async def land() -> None:
    await land_new_payments(current().store, current().host, lambda: False, is_start=False)


async def test_a_payment_that_is_announced_a_hundred_times_lands_and_is_paid_once(plaza: Plaza) -> None:
    """Fifty tasks at once, twice each, while the runner itself is woken as often."""
    await plaza.sell()

    async def announce() -> None:
        for _ in range(2):
            current().runner.wake()
            await land()

    await asyncio.gather(*(announce() for _ in range(50)))
    await plaza.wait_until_paid(1)


@pytest.mark.timeout(280)
async def test_two_hundred_sales_at_once_never_give_the_same_cash_twice(plaza: Plaza) -> None:
    """All are planned by tasks of their own, while the operator pays from the very wallet they pay from.

    The operator's float is in the wallet beside the sales, so nobody has to wait for the other.
    """
    payments, each_sats = 20, 10
    await plaza.lnbits.top_up(plaza.machine, payments * each_sats)
    await asyncio.gather(*(plaza.sell() for _ in range(SALES)))
    await land()
    ids = [settlement_id for settlement_id, _state in await plaza.settlements()]
    store, host = current().store, current().host

    async def pay_elsewhere() -> int:
        invoice = await create_invoice(
            wallet_id=plaza.elsewhere.id, amount=each_sats, memo="own", internal=True
        )
        try:
            await pay_invoice(wallet_id=plaza.machine.id, payment_request=invoice.bolt11)
        except PaymentError:
            return 0
        return each_sats

    paid_elsewhere = sum(
        (
            await asyncio.gather(
                *(pay_elsewhere() for _ in range(payments)),
                *(_plan(store, host, one) for one in ids),
            )
        )[:payments]
    )
    await plaza.wait_until_paid(SALES)

    assert len(ids) == SALES
    assert await plaza.lnbits.balance_msat(plaza.elsewhere) == paid_elsewhere * 1000
    async with store.reading() as books:
        rows = await books.sql.all(
            """
            SELECT confirmed_minor, paid_minor, reserved_minor FROM satmachineadmin.dca_clients
            WHERE operator_user_id = :operator
            """,
            operator=plaza.operator_id,
        )
    assert [(row["paid_minor"], row["reserved_minor"]) for row in rows] == [(CASH_MINOR, 0)] * 2
    assert await plaza.lnbits.balance_msat(plaza.machine) >= 0


async def _plan(store: object, host: object, settlement_id: str) -> int:
    await plan_settlement(store, host, settlement_id, claim="a task")  # type: ignore[arg-type]
    return 0
