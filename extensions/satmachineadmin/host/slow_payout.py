"""The slow way of paying: LNbits' own functions, one internal payment at a time."""

from __future__ import annotations

from lnbits.core.db import db as core_db
from lnbits.core.services import create_invoice as lnbits_create_invoice
from lnbits.core.services import pay_invoice as lnbits_pay_invoice
from lnbits.exceptions import InvoiceError, PaymentError

from ..core.model import Minted
from ..failpoints import external_call
from ..ports import Found, HostRefused, Transfer
from ..store import host_tables
from ..store.sql import Row
from .facts import EXTENSION_ID


@external_call("slow.invoice")
async def make_invoice(transfer: Transfer) -> Minted:
    """An internal invoice in the payee's wallet. Made when it is paid: LNbits forgets it at a restart."""
    try:
        payment = await lnbits_create_invoice(
            wallet_id=transfer.payee_wallet_id,
            amount=transfer.amount_msat // 1000,
            memo=transfer.memo,
            internal=True,
            extra=dict(transfer.extra),
            external_id=transfer.external_id,
        )
    except InvoiceError as refusal:
        raise HostRefused(_without_payee(refusal.message, transfer)) from refusal
    except ValueError as refusal:
        raise HostRefused(_without_payee(str(refusal), transfer)) from refusal
    return Minted(payment_hash=payment.payment_hash, preimage=payment.preimage or "", bolt11=payment.bolt11)


def _without_payee(message: str, transfer: Transfer) -> str:
    """Operators read what LNbits says: which wallet an LP or the platform has is not theirs to know."""
    for written in (f"'{transfer.payee_wallet_id}'", transfer.payee_wallet_id):
        message = message.replace(written, "of the receiver")
    return message


@external_call("slow.pay")
async def pay_invoice(transfer: Transfer) -> None:
    """Pay that very invoice. LNbits has been seen to raise although the money had moved."""
    try:
        await lnbits_pay_invoice(
            wallet_id=transfer.payer_wallet_id,
            payment_request=transfer.minted.bolt11,
            extra=dict(transfer.extra),
            description=transfer.memo,
            tag=EXTENSION_ID,
            external_id=transfer.external_id,
        )
    except (PaymentError, InvoiceError) as refusal:
        raise HostRefused(refusal.message) from refusal
    except ValueError as refusal:
        raise HostRefused(str(refusal)) from refusal


async def look_up(payment_hash: str) -> Found:
    """What LNbits' books say of an internal payment: debit and credit are separate commits there."""
    rows: list[Row] = await core_db.fetchall(host_tables.all_sides("(:hash)"), {"hash": payment_hash})
    statuses = {row["checking_id"]: row["status"] for row in rows}
    credit = statuses.get(payment_hash)
    if statuses.get(f"internal_{payment_hash}") == "success":
        return Found.PAID if credit == "success" else Found.HALF
    return Found.PAYABLE if credit == "pending" else Found.DEAD


@external_call("half.credit")
async def complete_half(payment_hash: str) -> bool:
    """Write the missing credit of a payment whose debit is there; True when this call did it."""
    async with core_db.connect() as connection:
        result = await connection.execute(
            host_tables.COMPLETE_CREDIT,
            {"payment_hash": payment_hash, "internal_id": f"internal_{payment_hash}"},
        )
        was_missing = bool(result.rowcount == 1)
    return was_missing
