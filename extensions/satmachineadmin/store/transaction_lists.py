"""The operator's list of what machines posted."""

from __future__ import annotations

from ..core.transactions import TransactionState
from .lists import Listing
from .sql import SCHEMA

#: A customer's cash is in the machine, and its sats are not fetched: to the letter the index's condition.
OWING = "(one.state IN ('collecting', 'held', 'offered'))"

TRANSACTIONS = Listing(
    select="""one.*, machine.name AS machine_name, link.id AS link_id, link.state AS link_state,
        link.k1 AS link_k1, link.error_message AS link_error""",
    source=f"""{SCHEMA}.machine_transactions AS one
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = one.machine_id
        LEFT JOIN {SCHEMA}.withdrawals AS link
          ON link.transaction_id = one.id AND link.transaction_id <> ''
         AND link.kind = 'cash_in' AND link.state <> 'cancelled'""",
    table="machine_transactions",
    sorts={
        "created_at": "one.created_at",
        "fiat_amount": "one.fiat_minor",
        "wire_sats": "one.wire_sats",
        "state": ("one.state", "one.created_at"),
    },
    default_sort="created_at",
    searches=("one.txid", "machine.name"),
    rare=frozenset({TransactionState.COLLECTING, TransactionState.HELD, TransactionState.OFFERED}),
)


def owing(is_owing: bool | None) -> dict[str, object]:
    """What a page is narrowed down to by whether a customer's sats are not fetched."""
    if is_owing is None:
        return {}
    return {OWING if is_owing else f"(NOT {OWING})": True}


def in_state(state: TransactionState | None, now: int) -> dict[str, object]:
    """What a page is narrowed down to by a state as people are told it: what is over is expired."""
    if state is None:
        return {}
    if state is TransactionState.EXPIRED:
        return {f"(one.state IN ('invoiced', 'offered') AND one.expires_at <= {now})": True}
    if state in (TransactionState.INVOICED, TransactionState.OFFERED):
        return {"one.state": state, f"(one.expires_at IS NULL OR one.expires_at > {now})": True}
    return {"one.state": state}
