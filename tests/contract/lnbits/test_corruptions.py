"""The real LNbits, the real books: what agrees says nothing, and every corruption is found by its kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from lnbits.core.db import db

from satmachineadmin.core.model import SplitRule
from satmachineadmin.core.states import CashEntryKind, EnrolmentStatus, TargetKind
from satmachineadmin.engine.reconcile import full_audit
from tests.harness import User
from tests.harness.inprocess import InProcessHost
from tests.harness.inprocess_sales import sell
from tests.unit.engine.rig import machine_fields

from .engine import Engine

pytestmark = pytest.mark.anyio


@dataclass
class Business:
    """An operator with one machine, one LP and one sale that was paid out."""

    engine: Engine
    operator: User
    #: the LP's leg
    leg: dict[str, object]

    async def kinds(self) -> set[str]:
        found = await full_audit(self.engine.store, self.engine.host, self.operator.id)
        return {one.kind.value for one in found}

    async def in_lnbits(self, statement: str) -> None:
        """Change LNbits' rows behind everybody's back."""
        await db.execute(statement, {"hash": self.leg["payment_hash"], "wallet": self.operator.wallet.id})

    async def in_ours(self, statement: str) -> None:
        async with self.engine.store.transaction("corrupt") as books:
            names = ("id", "settlement_id", "client_id")
            values = {name: self.leg[name] for name in names if f":{name}" in statement}
            await books.sql.run(statement, **values)


@pytest.fixture
async def business(lnbits: InProcessHost, engine: Engine) -> AsyncIterator[Business]:
    operator, lp, platform = [await lnbits.create_user(f"c{uuid4().hex[:10]}") for _ in range(3)]
    async with engine.store.transaction("setup", actor=operator.id) as books:
        await books.platform.change(super_fee_pct="30", super_fee_wallet_id=platform.wallet.id)
        fields = machine_fields(operator.wallet.id, operator_user_id=operator.id)
        machine_id = await books.machines.add(fields, scan_from=books.now - 60)
        rule = SplitRule(
            position=0, target=platform.wallet.id, target_kind=TargetKind.WALLET,
            wallet_id=platform.wallet.id, label="partner", share_ppm=1_000_000,
        )  # fmt: skip
        await books.splits.replace(operator.id, None, [rule], by=operator.id)
        enrolment_id = await books.lps.enrol(
            machine_id=machine_id, operator_user_id=operator.id, user_id=lp.id, username="ana"
        )
        preferences = {"dca_wallet_id": lp.wallet.id, "default_dca_mode": "flow"}
        await books.lps.choose_preferences(lp.id, preferences)
        row = await books.lps.enrolment(enrolment_id)
        assert row is not None
        await books.lps.set_status(row, EnrolmentStatus.ACTIVE)
        entry_id = await books.cash.add(
            {
                "client_id": enrolment_id, "machine_id": machine_id, "operator_user_id": operator.id,
                "kind": CashEntryKind.DEPOSIT, "amount_minor": 300_00, "currency": "EUR",
                "cash_date": "2026-11-22", "notes": "", "created_by": operator.id,
            }
        )  # fmt: skip
        entry = await books.cash.get(entry_id)
        assert entry is not None
        await books.cash.confirm(entry, by=operator.id)
    await sell(operator.wallet.id)
    await engine.work(2)
    legs = await engine.rows(
        "SELECT * FROM satmachineadmin.dca_payments WHERE client_id = :id", id=enrolment_id
    )
    assert [leg["state"] for leg in legs] == ["completed"]
    yield Business(engine=engine, operator=operator, leg=legs[0])
    await engine.forget(machine_id)


DEBIT, CREDIT = "payment_hash = :hash AND amount < 0", "payment_hash = :hash AND amount > 0"
SALE = "wallet_id = :wallet AND amount > 0"
LNBITS_CORRUPTIONS = {
    "debit row deleted": (f"DELETE FROM apipayments WHERE {DEBIT}", {"debit_missing", "wallet_differs"}),
    "credit row deleted": (f"DELETE FROM apipayments WHERE {CREDIT}", {"credit_missing"}),
    "amount edited": (
        f"UPDATE apipayments SET amount = amount - 1 WHERE {DEBIT}",
        {"payment_amount", "wallet_differs"},
    ),
    "fee set": (f"UPDATE apipayments SET fee = -amount WHERE {CREDIT}", {"payment_fee"}),
    "status flipped": (
        f"UPDATE apipayments SET status = 'failed' WHERE {DEBIT}",
        {"payment_status", "wallet_differs"},
    ),
    "extra row added": (
        """
        INSERT INTO apipayments (checking_id, payment_hash, wallet_id, amount, fee, bolt11, status, memo,
            external_id, labels, extra, time, created_at, updated_at)
        SELECT 'again_' || checking_id, 'again_' || payment_hash, wallet_id, amount, fee, bolt11, status,
            memo,
            external_id, labels, extra, time, created_at, updated_at
        FROM apipayments WHERE payment_hash = :hash AND amount < 0
        """,
        {"unknown_payments"},
    ),
    "sale's amount edited": (
        f"UPDATE apipayments SET amount = amount + 1000 WHERE {SALE}",
        {"sale_amount", "wallet_differs"},
    ),
}
_LEGS, _SALES = "satmachineadmin.dca_payments", "satmachineadmin.dca_settlements"
OUR_CORRUPTIONS = {
    "leg's state edited": (
        f"UPDATE {_LEGS} SET state = 'failed' WHERE id = :id",
        {"paid_unbooked", "lp_totals", "wallet_differs"},
    ),
    "leg's amount edited": (
        f"UPDATE {_LEGS} SET sats = sats + 1, sent_msat = sent_msat + 1000 WHERE id = :id",
        {"payment_amount", "legs_do_not_sum", "wallet_differs"},
    ),
    "settlement's amounts edited": (
        f"UPDATE {_SALES} SET wire_sats = wire_sats - 1 WHERE id = :settlement_id",
        {"sale_amount", "sale_contradicts", "legs_do_not_sum", "wallet_differs"},
    ),
    "LP entry deleted": (
        "DELETE FROM satmachineadmin.dca_deposits WHERE client_id = :client_id",
        {"lp_totals"},
    ),
}


async def test_books_that_agree_say_nothing(business: Business) -> None:
    """The minute's round and the full audit; and the proof comes to what LNbits says."""
    assert await business.kinds() == set()
    await business.engine.reconcile()
    async with business.engine.store.reading() as books:
        proof = await books.reconcile.proof(business.operator.wallet.id)
    assert proof is not None
    held_msat = await business.engine.host.history.balance_msat(business.operator.wallet.id)
    assert proof["balance_msat"] == proof["expected_msat"] == held_msat == 0


@pytest.mark.parametrize("case", LNBITS_CORRUPTIONS)
async def test_a_corruption_of_lnbits_rows_is_found_by_its_kind(business: Business, case: str) -> None:
    statement, kinds = LNBITS_CORRUPTIONS[case]
    assert await business.kinds() == set()
    await business.in_lnbits(statement)
    assert await business.kinds() == kinds


@pytest.mark.parametrize("case", OUR_CORRUPTIONS)
async def test_a_corruption_of_our_books_is_found_by_its_kind(business: Business, case: str) -> None:
    statement, kinds = OUR_CORRUPTIONS[case]
    assert await business.kinds() == set()
    await business.in_ours(statement)
    assert await business.kinds() == kinds


async def test_a_credit_that_is_missing_is_completed_once(business: Business) -> None:
    """LNbits stopped between debit and credit: the round mends it, and nothing differs afterwards."""
    await business.in_lnbits(f"UPDATE apipayments SET status = 'pending' WHERE {CREDIT}")
    for _ in range(2):
        await business.engine.reconcile()
    assert await business.kinds() == set()
