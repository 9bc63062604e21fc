"""Sales on the LNbits of this process: paid, as far as LNbits' history says."""

from __future__ import annotations

import time

from lnbits.core.crud import create_payment
from lnbits.core.models import CreatePayment
from lnbits.core.models.payments import PaymentState


async def sell(wallet_id: str, *, principal_sats: int = 1000, commission_sats: int = 100) -> str:
    """A cash-out whose customer has paid; its payment hash."""
    payment_hash = f"{time.time_ns():064x}"
    stamp = {
        "source": "bitspire", "type": "cash_out", "principal_sats": principal_sats,
        "fee_sats": commission_sats, "exchange_rate": "5", "currency": "EUR",
        "fiat_amount": f"{principal_sats // 5}.00",
    }  # fmt: skip
    payment = CreatePayment(
        wallet_id=wallet_id, payment_hash=payment_hash, bolt11=payment_hash, memo="", extra=stamp,
        amount_msat=1000 * (principal_sats + commission_sats),
    )  # fmt: skip
    await create_payment(checking_id=payment_hash, data=payment, status=PaymentState.SUCCESS)
    return payment_hash
