"""A customer's cash in a machine, as its machine's posts leave it in the books."""

from __future__ import annotations

import secrets
from uuid import uuid4

from tests.harness.shop import Shop

#: 50 EUR at 5 sats and 10 %
_AMOUNTS = {"fiat_minor": 5000, "principal_sats": 250, "commission_sats": 25, "wire_sats": 225}
_LATER = 4_000_000_000


def give_cash(shop: Shop, state: str) -> str:
    """A cash-in that is `held` or `offered`, the latter with its link; its id."""
    is_offered = state == "offered"
    row = {
        "id": uuid4().hex, "machine_id": shop.machine["id"], "operator_user_id": shop.operator.id,
        "wallet_id": shop.machine_wallet.id, "txid": uuid4().hex, "tx_type": "cash_in", "state": state,
        "version": 2, "currency": "EUR", "exchange_rate": "5", **_AMOUNTS, "signer": "ab" * 32,
        "event_id": "cd" * 32, "held_for": None if is_offered else "above_threshold",
        "expires_at": _LATER if is_offered else None, "created_at": 1, "updated_at": 1,
    }  # fmt: skip
    _insert(shop, "machine_transactions", row)
    note = {"transaction_id": row["id"], "note_id": "1", "denomination_minor": 5000, "taken_at": 1}
    _insert(shop, "transaction_notes", note)
    if is_offered:
        link = {
            "id": uuid4().hex, "kind": "cash_in", "settlement_id": "", "transaction_id": row["id"],
            "machine_id": row["machine_id"], "operator_user_id": row["operator_user_id"],
            "wallet_id": row["wallet_id"], "k1": secrets.token_hex(32), "state": "open", "leg_sats": 225,
            "amount_msat": 225_000, "reason": "", "created_by": "machine", "created_at": 1, "updated_at": 1,
            "expires_at": _LATER,
        }  # fmt: skip
        _insert(shop, "withdrawals", link)
    return str(row["id"])


def _insert(shop: Shop, table: str, row: dict[str, object]) -> None:
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    shop.server.sql(f"INSERT INTO satmachineadmin.{table} ({names}) VALUES ({values})", **row)
