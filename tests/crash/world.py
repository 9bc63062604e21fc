"""The business that is crashed: a machine, its operator, two partners, two LPs, a platform, a customer.

It is made with LNbits' own functions and our own books; `World` is what the others need to know of it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

from .ledger import Ledger, Statement

EXTENSIONS = ("satmachineadmin", "satmachineclient")
#: A sale: sats of principal and commission, at 5 sats a euro.
PRINCIPAL_SATS, COMMISSION_SATS, FIAT, RATE = 1000, 100, "200.00", "5"
WIRE_SATS = PRINCIPAL_SATS + COMMISSION_SATS
#: What a sale's commission is split into: platform 30 %, then 60/40 of the rest.
COMMISSION_LEGS_SATS = [28, 30, 42]
LP_CASH_MINOR = 10**10
CUSTOMER_SATS = 9_000_000
#: What the machine's wallet holds beside its sales: enough to pay many a leg twice, if anything did.
FLOAT_SATS = 500_000
LP_NAMES = ("ana", "ben")
LEGS = len(COMMISSION_LEGS_SATS) + len(LP_NAMES)


@dataclass(frozen=True, kw_only=True)
class World:
    """Ids, and the sum of all balances, which no payout may change."""

    operator_id: str
    machine_id: str
    machine_wallet: str
    customer_wallet: str
    receiver_wallets: list[str]
    total_msat: int

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> World:
        return cls(**json.loads(path.read_text()))


async def build() -> World:
    """Migrate both databases and set the business up. Runs in a process that has LNbits imported."""
    from lnbits.core.helpers import migrate_databases, run_migration

    from satmachineadmin import db as our_db
    from satmachineadmin import migrations

    await migrate_databases()
    async with our_db.connect() as connection:
        await run_migration(connection, migrations, "satmachineadmin", None)
    platform = await _user("platform")
    operator = await _user("olga", sats=FLOAT_SATS)
    partners = [await _user("pia"), await _user("paul")]
    lps = [await _user(name) for name in LP_NAMES]
    customer = await _user("customer", sats=CUSTOMER_SATS)
    machine_wallet = operator.wallets[0].id
    machine_id = await _machine(operator.id, machine_wallet)
    await _rules(operator.id, platform.wallets[0].id, [user.wallets[0].id for user in partners])
    for name, lp in zip(LP_NAMES, lps, strict=True):
        await _enrol(operator.id, machine_id, lp, name)
    return World(
        operator_id=operator.id,
        machine_id=machine_id,
        machine_wallet=machine_wallet,
        customer_wallet=customer.wallets[0].id,
        receiver_wallets=[user.wallets[0].id for user in (platform, *partners, *lps)],
        total_msat=(CUSTOMER_SATS + FLOAT_SATS) * 1000,
    )


async def _user(name: str, sats: int = 0) -> Any:
    from lnbits.core.crud import get_wallet
    from lnbits.core.models.users import Account
    from lnbits.core.services import create_user_account_no_ckeck
    from lnbits.core.services.payments import update_wallet_balance

    account = Account(id=uuid4().hex, username=name)  # type: ignore[no-untyped-call]
    user = await create_user_account_no_ckeck(account, default_exts=list(EXTENSIONS))
    if sats:
        wallet = await get_wallet(user.wallets[0].id)
        assert wallet is not None
        await update_wallet_balance(wallet, sats)
    return user


async def _machine(operator_id: str, wallet_id: str) -> str:
    from satmachineadmin.services import current
    from satmachineadmin.usecases.machines import add_machine

    fields: dict[str, object] = {
        "name": "Plaza",
        "location": "",
        "npub": None,
        "wallet_id": wallet_id,
        "currency": "EUR",
        "cash_out_fee_pct": "10",
        "cash_in_fee_pct": "10",
        "reference_rate": RATE,
        "rate_tolerance_pct": "10",
    }
    return await add_machine(current().store, operator_id, fields)


async def _rules(operator_id: str, platform_wallet: str, partner_wallets: list[str]) -> None:
    from satmachineadmin.services import current
    from satmachineadmin.usecases.splits import DraftRule, replace_split

    async with current().store.transaction("platform") as books:
        await books.platform.change(super_fee_pct="30", super_fee_wallet_id=platform_wallet)
    shares_ppm = (600_000, 400_000)
    draft = [
        DraftRule(target=wallet, label="", share_ppm=share)
        for wallet, share in zip(partner_wallets, shares_ppm, strict=True)
    ]
    await replace_split(current().store, operator_id, None, draft)


async def _enrol(operator_id: str, machine_id: str, lp: Any, name: str) -> None:
    from satmachineadmin.core.states import DcaMode, EnrolmentStatus
    from satmachineadmin.services import current

    async with current().store.transaction("lp") as books:
        await books.lps.choose_preferences(
            lp.id, {"dca_wallet_id": lp.wallets[0].id, "default_dca_mode": DcaMode.FLOW}
        )
        enrolment_id = await books.lps.enrol(
            machine_id=machine_id, operator_user_id=operator_id, user_id=lp.id, username=name
        )
        enrolment = await books.lps.enrolment(enrolment_id)
        assert enrolment is not None
        await books.lps.set_status(enrolment, EnrolmentStatus.ACTIVE)
        entry_id = await books.cash.add(_cash(operator_id, machine_id, enrolment_id))
        entry = await books.cash.get(entry_id)
        assert entry is not None
        await books.cash.confirm(entry, by=operator_id)


def _cash(operator_id: str, machine_id: str, enrolment_id: str) -> dict[str, object]:
    return {
        "client_id": enrolment_id,
        "machine_id": machine_id,
        "operator_user_id": operator_id,
        "kind": "deposit",
        "amount_minor": LP_CASH_MINOR,
        "currency": "EUR",
        "cash_date": "2026-01-01",
        "notes": "",
        "created_by": operator_id,
    }


def sale(world: World, ledger: Ledger) -> tuple[str, list[Statement]]:
    """The payment hash of a sale at the machine, and the statements by which LNbits paid it."""
    preimage = secrets.token_bytes(32)
    payment_hash = hashlib.sha256(preimage).hexdigest()
    now = datetime.now(timezone.utc)
    moment = now.timestamp() if ledger.is_sqlite else now.replace(tzinfo=None)
    common: dict[str, object] = {
        "payment_hash": payment_hash,
        "bolt11": f"lnbc1{payment_hash}",
        "preimage": preimage.hex(),
        "status": "success",
        "memo": "cash-out",
        "extra": json.dumps(_stamp()),
        "labels": "[]",
        "fee": 0,
        "time": moment,
        "created_at": moment,
        "updated_at": moment,
    }
    credit = common | {
        "checking_id": payment_hash, "wallet_id": world.machine_wallet, "amount": WIRE_SATS * 1000
    }  # fmt: skip
    debit = common | {
        "checking_id": f"internal_{payment_hash}",
        "wallet_id": world.customer_wallet,
        "amount": -WIRE_SATS * 1000,
        "extra": "{}",
    }
    return payment_hash, [(_insert(row), row) for row in (credit, debit)]


def _stamp() -> dict[str, object]:
    return {
        "source": "bitspire",
        "type": "cash_out",
        "principal_sats": PRINCIPAL_SATS,
        "fee_sats": COMMISSION_SATS,
        "exchange_rate": RATE,
        "currency": "EUR",
        "fiat_amount": FIAT,
        "txid": uuid4().hex,
    }


def _insert(row: dict[str, object]) -> str:
    return f"""
        INSERT INTO apipayments ({", ".join(row)}) VALUES ({", ".join(":" + column for column in row)})
    """
