"""Machines' transactions as an operator sees them: the JSON of docs/reference/api.md."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.states import TxType, WithdrawalState
from ..core.transactions import TransactionState
from ..core.units import format_fiat
from ..engine.cash_in import can_extend, can_give_back, can_release
from ..host import links
from ..store.sql import Row
from ..store.transactions import transaction
from . import fiat, iso
from .transactions import note

_SENTENCES = {
    "transaction.opened": "The machine began it at {exchange_rate} sats for 1 {currency}.",
    "transaction.invoiced": "The customer was shown an invoice.",
    "transaction.posted_again": "The machine posted it again.",
    "transaction.notes_taken": "{amount} were in the machine.",
    "transaction.paid": "The customer paid the invoice.",
    "transaction.offered": "The customer was done and got a link to its sats.",
    "transaction.held": "The cash is in the machine, and its sats wait for you.",
    "transaction.cancelled": "The customer left without a note.",
    "transaction.released": "The customer was let have its sats.",
    "transaction.given_back": "The customer was given its cash back: {reason}",
    "transaction.claimed": "The customer has its sats.",
    "transaction.extended": "The link was made good for longer.",
    "transaction.link_registered": "The machine pays by a link of LNbits' withdraw extension.",
    "transaction.link_opened": "A link over exactly its sats was made.",
    "transaction.link_claimed": "A wallet handed in an invoice.",
    "transaction.link_handed_over": "The invoice was given to LNbits to be paid.",
    "transaction.link_found": "LNbits' books held its payment already.",
    "transaction.link_paid": "The payment arrived.",
    "transaction.link_came_back": "The payment did not go through; the link is open again: {error_message}",
    "transaction.link_cancelled": "The link was taken back.",
    "transaction.dispensed": "The machine reported which notes came out.",
}


def operator_view(row: Row, now: int) -> dict[str, Any]:
    """A row of store/transaction_lists.py. The link is told as long as it can be claimed."""
    one = transaction(row)
    link = None if row["link_state"] is None else {"state": row["link_state"]}
    state, is_cash_in = one.state_at(now), one.tx_type is TxType.CASH_IN
    is_open = state is TransactionState.OFFERED and can_extend(one, link)
    plain = (
        "id", "txid", "machine_id", "machine_name", "tx_type", "currency", "exchange_rate",
        "principal_sats", "wire_sats", "held_for", "dispense", "settlement_id",
    )  # fmt: skip
    taken = (WithdrawalState.CLAIMED, WithdrawalState.PAID)
    return {
        **{name: row[name] for name in plain},
        "state": state,
        "fiat_amount": fiat(one.fiat_minor, one.currency),
        "fee_sats": one.commission_sats,
        "is_claimed": row["link_state"] in taken or (is_cash_in and state is TransactionState.PAID),
        "error_message": row["link_error"],
        "lnurl": links.withdraw_lnurl(row["link_k1"]) if is_open else None,
        "expires_at": iso(one.expires_at),
        "dispensed_amount": fiat(one.dispensed_minor, one.currency),
        "can_release": can_release(one),
        "can_extend": can_extend(one, link),
        "can_give_back": is_cash_in and can_give_back(one, link),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "paid_at": iso(one.paid_at),
    }


def notes(rows: Sequence[Row], currency: str) -> list[dict[str, Any]]:
    """The banknotes of a cash-in, in the order in which they were taken."""
    return [{**note(row, currency), "taken_at": iso(row["taken_at"])} for row in rows]


def timeline(events: Sequence[Row], names: Mapping[str, str], currency: str) -> list[dict[str, Any]]:
    """What happened to a transaction, newest first. `names` gives each actor a name to show."""
    return [
        {
            "at": iso(row["at"]),
            "event": row["event"],
            "actor": names.get(row["actor"], row["actor"]),
            "sentence": _sentence(row, currency),
        }
        for row in events
    ]


def _sentence(row: Row, currency: str) -> str:
    after = json.loads(row["body"])["change"]["after"]
    said = defaultdict(str, {key: value for key, value in after.items() if value is not None})
    if after.get("fiat_minor") is not None:
        said["amount"] = f"{format_fiat(after['fiat_minor'], currency)} {currency}"
    return str(_SENTENCES.get(row["event"], row["event"])).format_map(said)
