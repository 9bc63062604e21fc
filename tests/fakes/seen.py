"""The host in memory as tests/judge.py reads LNbits' tables."""

from __future__ import annotations

from collections.abc import Mapping

from tests.judge import LINK_MARK, OUR_MARK

from .host import FakeHost


def host_rows(host: FakeHost) -> dict[str, list[Mapping[str, object]]]:
    """Payments with our mark, and overdrawn wallets."""
    balances = {wallet_id: host.balance_msat(wallet_id) for wallet_id in host.wallets}
    return {
        "payments": [
            {
                "checking_id": row.checking_id, "payment_hash": row.payment_hash,
                "wallet_id": row.wallet_id, "amount": row.amount_msat, "fee": row.fee_msat,
                "status": row.status, "external_id": row.external_id,
            }
            for row in host.rows
            if (row.external_id or "").startswith((OUR_MARK, LINK_MARK))
        ],
        "overdrawn": [
            {"wallet_id": wallet_id, "balance": msat} for wallet_id, msat in balances.items() if msat < 0
        ],
    }  # fmt: skip
