"""A machine with two LPs, a partner and the platform's fee in the LNbits of this process."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from lnbits.core.crud import create_payment
from lnbits.core.db import db as core_db
from lnbits.core.models import CreatePayment
from lnbits.core.models.payments import PaymentState
from lnbits.settings import settings
from sqlalchemy import text

from satmachineadmin.core.model import SplitRule
from satmachineadmin.core.states import CashEntryKind, EnrolmentStatus, TargetKind
from satmachineadmin.usecases.machines import add_machine
from tests.harness import User, Wallet
from tests.harness.database import snapshot
from tests.harness.inprocess import InProcessHost
from tests.judge import STATEMENTS, Snapshot, complaints

from .engine import Engine, balances_sats

#: What one sale is: 1000 sats for 200 euro, and 100 sats of commission.
PRINCIPAL_SATS, COMMISSION_SATS, FIAT_MINOR = 1000, 100, 200_00
WIRE_SATS = PRINCIPAL_SATS + COMMISSION_SATS
#: Where one sale goes.
PAID_OUT = {"ana": 500, "ben": 500, "partner": 70, "platform": 30}


@dataclass(frozen=True, kw_only=True)
class People:
    """Users cost more than anything else of a test: all tests of a run share these."""

    operator: User
    partner: User
    #: by the names that the operator knows them by
    lps: dict[str, User]

    @classmethod
    async def arrive(cls, lnbits: InProcessHost) -> People:
        operator, partner, ana, ben = [await lnbits.create_user(f"p{uuid4().hex[:10]}") for _ in range(4)]
        return cls(operator=operator, partner=partner, lps={"ana": ana, "ben": ben})


@dataclass
class Plaza:
    """The machine, its wallets, and what happens there."""

    lnbits: InProcessHost
    engine: Engine
    people: People
    machine_id: str
    #: everybody's wallet: `machine`, `platform`, `partner`, and each LP by name
    wallets: dict[str, Wallet]
    #: the LPs' enrolments by name
    enrolments: dict[str, str] = field(default_factory=dict)

    @property
    def machine(self) -> Wallet:
        return self.wallets["machine"]

    async def sell(self, *, host_fee_msat: int = 0, **stamp: object) -> str:
        """A customer has paid over Lightning: LNbits' row as a funding source leaves it. Gives the hash."""
        payment_hash = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
        extra = {
            "source": "bitspire", "type": "cash_out", "principal_sats": PRINCIPAL_SATS,
            "fee_sats": COMMISSION_SATS, "exchange_rate": "5", "currency": "EUR", "fiat_amount": "200.00",
            "txid": uuid4().hex, **stamp,
        }  # fmt: skip
        payment = CreatePayment(
            wallet_id=self.machine.id, payment_hash=payment_hash, bolt11=f"lnbc{payment_hash}",
            amount_msat=WIRE_SATS * 1000, fee=host_fee_msat, memo="cash-out", extra=extra,
        )  # fmt: skip
        await create_payment(checking_id=payment_hash, data=payment, status=PaymentState.SUCCESS)
        return payment_hash

    async def sell_many(self, sales: int) -> None:
        """Customers who pay at the same instant: copies of one sale's row."""
        payment_hash = await self.sell()
        columns = (
            "wallet_id, amount, fee, status, memo, extra, labels, tag, bolt11, time, created_at, updated_at"
        )
        async with core_db.connect() as connection:
            for number in range(1, sales):
                await connection.conn.execute(
                    text(
                        f"INSERT INTO apipayments (checking_id, payment_hash, {columns}) "
                        f"SELECT :other, :other, {columns} FROM apipayments WHERE checking_id = :first"
                    ),
                    {"first": payment_hash, "other": f"{number:08x}{payment_hash[8:]}"},
                )
            await connection.conn.commit()

    async def balances(self) -> dict[str, int]:
        """What LNbits says that everybody holds."""
        return await balances_sats({name: wallet.id for name, wallet in self.wallets.items()})

    async def balance_msat(self) -> int:
        """What LNbits says that the machine's wallet holds."""
        return await self.lnbits.balance_msat(self.machine)

    async def draws(self) -> dict[str, int]:
        """How much of each LP's cash is spent, in cents."""
        return {name: paid for name, (_confirmed, paid, _reserved) in (await self.cash()).items()}

    async def states(self) -> list[str]:
        """The state of every settlement."""
        rows = await self.engine.rows(
            "SELECT state FROM satmachineadmin.dca_settlements WHERE wallet_id = :wallet ORDER BY id",
            wallet=self.machine.id,
        )
        return [row["state"] for row in rows]

    async def cash(self) -> dict[str, tuple[int, int, int]]:
        """Each LP's cash in cents: confirmed, paid, reserved."""
        rows = await self.engine.rows(
            """
            SELECT username, confirmed_minor, paid_minor, reserved_minor FROM satmachineadmin.dca_clients
            WHERE machine_id = :machine
            """,
            machine=self.machine_id,
        )
        return {
            row["username"]: (row["confirmed_minor"], row["paid_minor"], row["reserved_minor"])
            for row in rows
        }

    async def get(self, path: str, user: User | None = None) -> Any:
        """What somebody, or the operator, is answered."""
        answer = await self.lnbits.client(user or self.people.operator).get(
            f"/satmachineadmin/api/v1/dca{path}"
        )
        return answer.raise_for_status().json()

    async def shown(self) -> dict[str, Any]:
        """The newest settlement as its operator sees it."""
        listed = await self.get(f"/settlements?machine_id={self.machine_id}&limit=1")
        shown: dict[str, Any] = await self.get(f"/settlements/{listed['data'][0]['id']}")
        return shown

    async def shown_in_books(self) -> dict[str, Any]:
        """The same from our books, where LNbits keeps the operator from our pages."""
        settlements = await self.engine.rows(
            """
            SELECT id, state, error_message, next_try_at FROM satmachineadmin.dca_settlements
            WHERE machine_id = :machine ORDER BY id DESC
            """,
            machine=self.machine_id,
        )
        return {**settlements[0], "legs": []}

    async def matters_in_books(self) -> list[str]:
        rows = await self.engine.rows(
            "SELECT kind FROM satmachineadmin.worklist WHERE machine_id = :machine AND closed_at IS NULL",
            machine=self.machine_id,
        )
        return [row["kind"] for row in rows]

    async def matters(self) -> list[dict[str, Any]]:
        """What the operator's worklist says of this machine."""
        listed = await self.get(f"/worklist?machine_id={self.machine_id}&is_open=true")
        matters: list[dict[str, Any]] = listed["data"]
        return matters

    async def choose_wallet(self, name: str, wallet_id: str) -> None:
        """An LP wants its sats elsewhere from now on."""
        lp = self.people.lps[name]
        async with self.engine.store.transaction("lp", actor=lp.id) as books:
            await books.lps.choose_preferences(
                lp.id, {"dca_wallet_id": wallet_id, "default_dca_mode": "flow"}
            )

    async def enrol(self, name: str, cash_minor: int) -> None:
        """An LP of the operator's at this machine, with cash that counts and a wallet of its own."""
        lp = self.people.lps[name]
        self.wallets[name] = await self.lnbits.create_wallet(lp, name)
        await self.choose_wallet(name, self.wallets[name].id)
        async with self.engine.store.transaction("setup", actor=lp.id) as books:
            self.enrolments[name] = await books.lps.enrol(
                machine_id=self.machine_id, operator_user_id=self.people.operator.id, user_id=lp.id,
                username=name,
            )  # fmt: skip
            row = await books.lps.enrolment(self.enrolments[name])
            assert row is not None
            await books.lps.set_status(row, EnrolmentStatus.ACTIVE)
            entry = await books.cash.get(
                await books.cash.add(
                    {
                        "client_id": self.enrolments[name], "machine_id": self.machine_id,
                        "operator_user_id": self.people.operator.id, "kind": CashEntryKind.DEPOSIT,
                        "amount_minor": cash_minor, "currency": "EUR", "cash_date": "2026-11-22",
                        "notes": "", "created_by": self.people.operator.id,
                    }
                )
            )  # fmt: skip
            assert entry is not None
            await books.cash.confirm(entry, by=self.people.operator.id)

    def complaints(self) -> list[str]:
        """What the judge says of both books, of this machine alone: other tests tamper with theirs."""
        seen = snapshot(
            STATEMENTS,
            data_dir=Path(settings.lnbits_data_folder),
            database_url=os.environ.get("LNBITS_DATABASE_URL"),
        )
        settlements = [row for row in seen["settlements"] if row["wallet_id"] == self.machine.id]
        ids = {row["id"] for row in settlements}
        marks = {f"sm1:{row['payment_hash']}" for row in settlements}
        return complaints(
            Snapshot(
                settlements=settlements,
                legs=[row for row in seen["legs"] if row["settlement_id"] in ids],
                clients=[row for row in seen["clients"] if row["machine_id"] == self.machine_id],
                entries=seen["entries"],
                events=seen["events"],
                payments=[row for row in seen["payments"] if row["external_id"][:68] in marks],
                overdrawn=[row for row in seen["overdrawn"] if row["wallet_id"] == self.machine.id],
            )
        )


def machine_fields(wallet: Wallet) -> dict[str, object]:
    """A machine as its operator describes it."""
    return {
        "name": "Plaza", "location": "", "npub": None, "wallet_id": wallet.id, "currency": "EUR",
        "cash_out_fee_pct": "10", "cash_in_fee_pct": "0", "reference_rate": "5", "rate_tolerance_pct": "10",
    }  # fmt: skip


@asynccontextmanager
async def open_plaza(
    lnbits: InProcessHost, engine: Engine, people: People, *, cash_minor: int = FIAT_MINOR // 2
) -> AsyncIterator[Plaza]:
    """A machine of its own; afterwards both books are audited. Each LP's cash is half of one sale."""
    operator = people.operator
    wallets = {
        "machine": await lnbits.create_wallet(operator, "machine"),
        "partner": await lnbits.create_wallet(people.partner, "partner"),
        "platform": await lnbits.create_wallet(people.partner, "platform"),
    }
    async with engine.store.transaction("setup", actor=operator.id) as books:
        await books.platform.change(super_fee_pct="30", super_fee_wallet_id=wallets["platform"].id)
        rule = SplitRule(
            position=0, target=wallets["partner"].id, target_kind=TargetKind.WALLET,
            wallet_id=wallets["partner"].id, label="partner", share_ppm=1_000_000,
        )  # fmt: skip
        await books.splits.replace(operator.id, None, [rule], by=operator.id)
    machine_id = await add_machine(engine.store, operator.id, machine_fields(wallets["machine"]))
    plaza = Plaza(lnbits=lnbits, engine=engine, people=people, machine_id=machine_id, wallets=wallets)
    for name in people.lps:
        await plaza.enrol(name, cash_minor)
    yield plaza
    found = plaza.complaints()
    await engine.forget(machine_id)
    assert found == []
