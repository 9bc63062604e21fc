"""A business to measure: a machine, its LPs, and a second wallet that pays the same LPs the naive way.

It runs inside a process that has LNbits and satmachineadmin started. Every sale is made of LP legs
alone (its commission is zero), so that a payout to fifty LPs has fifty legs.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from coincurve import PrivateKey
from lnbits.core.crud import create_wallet
from lnbits.core.db import db as core_db
from lnbits.core.models.users import Account
from lnbits.core.services import create_user_account_no_ckeck

from satmachineadmin.core.states import DcaMode, EnrolmentStatus
from satmachineadmin.host.fast_payout import payment_rows
from satmachineadmin.host.mint import mint
from satmachineadmin.ports import Transfer
from satmachineadmin.services import current
from satmachineadmin.store import host_tables
from satmachineadmin.store.sql import Sql
from satmachineadmin.usecases.machines import add_machine

EXTENSIONS = ["satmachineadmin", "satmachineclient"]
#: Every LP gets this much of every sale, at 5 sats a euro.
LEG_SATS, LEG_MINOR, RATE = 1000, 20_000, "5"
_CASH_MINOR = 10**12
_HISTORY_AGE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Business:
    """Wallet ids and what is needed to sell."""

    machine_id: str
    machine_wallet: str
    #: pays the LPs through LNbits' own functions
    naive_wallet: str
    lp_wallets: tuple[str, ...]

    @property
    def sale_sats(self) -> int:
        return LEG_SATS * len(self.lp_wallets)


async def build(lps: int, history: int) -> Business:
    """A machine with so many LPs, whose wallet has `history` rows from a month ago."""
    operator = await new_user("operator")
    machine_wallet = operator.wallets[0].id
    naive_wallet = (await create_wallet(user_id=operator.id, wallet_name="naive")).id
    await write_history(machine_wallet, history)
    machine_id = await _machine(operator.id, machine_wallet)
    people = [await new_user("lp") for _ in range(lps)]
    for person in people:
        await _enrol(operator.id, machine_id, person)
    return Business(
        machine_id=machine_id,
        machine_wallet=machine_wallet,
        naive_wallet=naive_wallet,
        lp_wallets=tuple(person.wallets[0].id for person in people),
    )


async def new_user(role: str) -> Any:
    """A user with one wallet and our extensions enabled."""
    account = Account(id=uuid4().hex, username=f"{role}{uuid4().hex[:8]}")  # type: ignore[no-untyped-call]
    return await create_user_account_no_ckeck(account, default_exts=EXTENSIONS)


async def _machine(operator_id: str, wallet_id: str) -> str:
    fields: dict[str, object] = {
        "name": "Plaza",
        "location": "",
        "npub": None,
        "wallet_id": wallet_id,
        "currency": "EUR",
        "cash_out_fee_pct": "0",
        "cash_in_fee_pct": "0",
        "reference_rate": RATE,
        "rate_tolerance_pct": "10",
    }
    return await add_machine(current().store, operator_id, fields)


async def _enrol(operator_id: str, machine_id: str, lp: Any) -> None:
    async with current().store.transaction("lp") as books:
        await books.lps.choose_preferences(
            lp.id, {"dca_wallet_id": lp.wallets[0].id, "default_dca_mode": DcaMode.FLOW}
        )
        enrolment_id = await books.lps.enrol(
            machine_id=machine_id, operator_user_id=operator_id, user_id=lp.id, username=lp.username
        )
        enrolment = await books.lps.enrolment(enrolment_id)
        assert enrolment is not None
        await books.lps.set_status(enrolment, EnrolmentStatus.ACTIVE)
        entry_id = await books.cash.add(
            {
                "client_id": enrolment_id,
                "machine_id": machine_id,
                "operator_user_id": operator_id,
                "kind": "deposit",
                "amount_minor": _CASH_MINOR,
                "currency": "EUR",
                "cash_date": "2026-01-01",
                "notes": "",
                "created_by": operator_id,
            }
        )
        entry = await books.cash.get(entry_id)
        assert entry is not None
        await books.cash.confirm(entry, by=operator_id)


async def write_history(wallet_id: str, rows: int) -> None:
    """So many old payments of a wallet, as large as real ones, that leave its balance at zero."""
    moment = datetime.now(timezone.utc) - _HISTORY_AGE
    key = PrivateKey()
    lines: list[dict[str, object]] = []
    for number in range(rows // 2):
        transfer = Transfer(
            leg_id="",
            payer_wallet_id=wallet_id,
            payee_wallet_id=wallet_id,
            amount_msat=1000,
            fee_msat=0,
            minted=mint(1, "an old payment", int(moment.timestamp()), key),
            memo="an old payment",
            extra={"tag": "old", "settlement_id": uuid4().hex, "leg_type": "dca"},
            external_id=f"old:{number}",
        )
        lines += payment_rows(transfer, moment, core_db.type == "SQLITE")
    await _insert(lines)


async def give_history(wallet_id: str) -> None:
    """Let that history be this wallet's: LNbits sums balances over all rows, so there is only one."""
    async with core_db.connect() as connection:
        sql = await Sql.on(connection.conn, "benchmark")
        await sql.run(
            "UPDATE apipayments SET wallet_id = :id WHERE external_id LIKE 'old:%' AND wallet_id <> :id",
            id=wallet_id,
        )
        await connection.conn.commit()


async def sell(business: Business) -> str:
    """A customer pays at the machine: the payment hash of a new sale."""
    stamp = {
        "source": "bitspire",
        "type": "cash_out",
        "principal_sats": business.sale_sats,
        "fee_sats": 0,
        "exchange_rate": RATE,
        "currency": "EUR",
        "fiat_amount": f"{LEG_MINOR * len(business.lp_wallets) // 100}.00",
        "txid": uuid4().hex,
    }
    return await receive(business.machine_wallet, business.sale_sats, stamp)


async def receive(wallet_id: str, sats: int, extra: Mapping[str, object]) -> str:
    """An incoming Lightning payment as LNbits stores it, without an announcement."""
    preimage = secrets.token_bytes(32)
    payment_hash = hashlib.sha256(preimage).hexdigest()
    now = datetime.now(timezone.utc)
    moment = now.timestamp() if core_db.type == "SQLITE" else now.replace(tzinfo=None)
    row: dict[str, object] = {
        **dict.fromkeys(host_tables.PAYMENT_COLUMNS),
        "checking_id": payment_hash,
        "payment_hash": payment_hash,
        "wallet_id": wallet_id,
        "amount": sats * 1000,
        "fee": 0,
        "bolt11": mint(sats, "a sale", int(time.time()), PrivateKey()).bolt11,
        "preimage": preimage.hex(),
        "status": "success",
        "memo": "cash-out",
        "labels": "[]",
        "extra": json.dumps(dict(extra)),
        **dict.fromkeys(("time", "created_at", "updated_at"), moment),
    }
    await _insert([row])
    return payment_hash


async def _insert(rows: Iterable[Mapping[str, object]]) -> None:
    async with core_db.connect() as connection:
        sql = await Sql.on(connection.conn, "benchmark")
        await sql.run_many(host_tables.INSERT_PAYMENT, list(rows))
        await connection.conn.commit()
