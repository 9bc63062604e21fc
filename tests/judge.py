"""What must hold in both books at every instant, whatever has happened: asked after every test.

A `Snapshot` is LNbits' books and ours at one instant; `complaints` says what is wrong with it. The same
judge looks at the engine's rigs in memory, at servers, and at what a killed process has left.

A test that breaks the books on purpose says so: `@pytest.mark.breaks_the_books("why")`.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from satmachineadmin.core.errors import Refusal
from satmachineadmin.core.planning import conservation_gap_msat
from satmachineadmin.core.states import (
    PAID_LEG_STATES,
    RESERVING_LEG_STATES,
    LegState,
    LegType,
    SettlementState,
)
from satmachineadmin.store import rows as books_rows

Row = Mapping[str, Any]

#: What every payment of ours begins with in LNbits' `external_id`: of legs, and of links without a leg.
OUR_MARK, LINK_MARK = "sm1:", "smw1:"
_OURS = "satmachineadmin"
#: One statement for each part of a snapshot.
STATEMENTS = {
    "settlements": f"SELECT * FROM {_OURS}.dca_settlements",
    "legs": f"SELECT * FROM {_OURS}.dca_payments",
    "clients": f"SELECT * FROM {_OURS}.dca_clients",
    "entries": f"SELECT * FROM {_OURS}.dca_deposits",
    "events": f"""
        SELECT subject_id, body FROM {_OURS}.audit_events
        WHERE subject_kind IN ('settlement', 'leg') ORDER BY seq
    """,
    "payments": f"""
        SELECT checking_id, payment_hash, wallet_id, amount, fee, status, external_id FROM apipayments
        WHERE external_id LIKE '{OUR_MARK}%' OR external_id LIKE '{LINK_MARK}%'
    """,
    "links": f"SELECT * FROM {_OURS}.withdrawals",
    "cash_ins": f"""
        SELECT id, fiat_minor, principal_sats, commission_sats, wire_sats,
               (SELECT COALESCE(SUM(denomination_minor), 0) FROM {_OURS}.transaction_notes AS note
                WHERE note.transaction_id = cash_in.id) AS notes_minor
        FROM {_OURS}.machine_transactions AS cash_in WHERE tx_type = 'cash_in'
    """,
    "overdrawn": "SELECT wallet_id, balance FROM balances WHERE balance < 0",
}
#: The states of a settlement in which all its sats are in legs.
_PLANNED = (SettlementState.PROCESSING, SettlementState.PROCESSED, SettlementState.ERRORED)
#: Legs that draw an LP's cash.
_DRAWING = (LegType.DCA, LegType.SETTLEMENT)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Both books at one instant, as plain rows."""

    settlements: Sequence[Row]
    legs: Sequence[Row]
    clients: Sequence[Row]
    entries: Sequence[Row]
    #: events of settlements and legs, the oldest first
    events: Sequence[Row]
    #: LNbits' rows that carry our mark; amounts in msat, negative for the payer
    payments: Sequence[Row]
    #: wallets with a balance below zero
    overdrawn: Sequence[Row]
    #: by which customers fetch sats
    links: Sequence[Row] = ()
    #: customers' banknotes, and what they come to
    cash_ins: Sequence[Row] = ()


def complaints(seen: Snapshot) -> list[str]:
    """Everything that is wrong, in words; empty is what every test wants."""
    return [
        *_settlements(seen),
        *_legs(seen.legs),
        *_cash(seen),
        *_payments_without_leg(seen),
        *_legs_without_payment(seen),
        *_links(seen),
        *_cash_ins(seen.cash_ins),
        *_states_without_event(seen),
        *(f"wallet {row['wallet_id']} holds {row['balance']} msat" for row in seen.overdrawn),
    ]


def _settlements(seen: Snapshot) -> Iterator[str]:
    """Every sat of a planned settlement is in a leg (DESIGN §4.6)."""
    legs_of: dict[str, list[Row]] = defaultdict(list)
    for leg in seen.legs:
        legs_of[leg["settlement_id"]].append(leg)
    for row in seen.settlements:
        if row["state"] not in _PLANNED or not row["plan_version"]:
            continue
        try:
            gap_msat = conservation_gap_msat(
                books_rows.settlement(row), [books_rows.leg(leg) for leg in legs_of[row["id"]]]
            )
        except (Refusal, ValueError, KeyError) as unreadable:
            yield f"settlement {row['id']} cannot be read: {unreadable!r}"
            continue
        if gap_msat:
            yield f"settlement {row['id']} ({row['state']}) misses {gap_msat} msat in its legs"


def _legs(legs: Iterable[Row]) -> Iterator[str]:
    """A paid leg is what was sent, what the network took, and what was not used of its reserve."""
    for leg in legs:
        parts = [leg["sent_msat"], leg["fee_msat"], leg["fee_unused_msat"]]
        if leg["state"] in PAID_LEG_STATES and (None in parts or sum(parts) != leg["sats"] * 1000):
            yield f"leg {leg['leg_key']} of {leg['sats']} sats went as {parts} msat"


def _cash(seen: Snapshot) -> Iterator[str]:
    """An LP's kept totals are the sums of its entries and its legs; what is one act stands as one."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    acts: dict[str, set[bool]] = defaultdict(set)
    for entry in seen.entries:
        minor, status, own = entry["amount_minor"], entry["status"], sums[entry["client_id"]]
        if entry["act_id"]:
            acts[entry["act_id"]].add(status in ("pending", "disputed"))
        if status == "confirmed":
            own["confirmed"] += minor
        elif status in ("pending", "disputed"):
            # What is taken out is held from the beginning, what is brought counts in the end.
            own["pending"] += max(minor, 0)
            own["leaving"] += max(-minor, 0)
            own["reserved"] += max(-minor, 0)
    yield from (f"only a part of the act {act} is decided" for act, waits in acts.items() if len(waits) > 1)
    for leg in seen.legs:
        if leg["client_id"] and leg["leg_type"] in _DRAWING:
            if leg["state"] == LegState.COMPLETED:
                sums[leg["client_id"]]["paid"] += leg["fiat_minor"] or 0
            elif leg["state"] in RESERVING_LEG_STATES:
                sums[leg["client_id"]]["reserved"] += leg["fiat_minor"] or 0
    for client in seen.clients:
        for name in ("confirmed", "pending", "paid", "reserved", "leaving"):
            kept, summed = client[f"{name}_minor"], sums[client["id"]][name]
            if kept != summed:
                yield f"LP {client['username']}: {name} is kept as {kept}, its entries and legs say {summed}"
        if client["confirmed_minor"] - client["paid_minor"] - client["reserved_minor"] < 0:
            yield f"LP {client['username']} has given more cash than it had"


def _payments_without_leg(seen: Snapshot) -> Iterator[str]:
    """LNbits holds no payment of ours that no leg explains, and none twice."""
    known = {(leg["external_id"], leg["payment_hash"]) for leg in seen.legs}
    times: Counter[tuple[str, str]] = Counter()
    for row in seen.payments:
        if row["status"] != "success" or row["external_id"].startswith(LINK_MARK):
            continue
        # Anybody may write our mark on an invoice of their own: only what went out under it is ours.
        if row["amount"] < 0 and (row["external_id"], row["payment_hash"]) not in known:
            yield f"LNbits holds {row['amount']} msat under {row['external_id']}, which no leg explains"
        times[row["external_id"], "debited" if row["amount"] < 0 else "credited"] += 1
    for (external_id, what), number in times.items():
        if number > 1:
            yield f"{external_id} was {what} {number} times"


def _legs_without_payment(seen: Snapshot) -> Iterator[str]:
    """A paid leg with a payment of its own has LNbits' rows: right amount, right wallets."""
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in seen.payments:
        if row["status"] == "success":
            rows_of[row["external_id"]].append(row)
    for leg in seen.legs:
        if leg["state"] not in PAID_LEG_STATES or leg["carrier_id"] is not None:
            continue
        found = {(row["wallet_id"], row["amount"]) for row in rows_of[leg["external_id"]]}
        carried_msat = leg["sent_msat"] + sum(
            other["sent_msat"] or 0 for other in seen.legs if other["carrier_id"] == leg["id"]
        )
        wanted = {(leg["payer_wallet_id"], -carried_msat)}
        if leg["destination_wallet_id"]:
            wanted.add((leg["destination_wallet_id"], carried_msat))
        if not wanted <= found:
            yield f"leg {leg['leg_key']} is {leg['state']}, but LNbits has {found} instead of {wanted}"


def _links(seen: Snapshot) -> Iterator[str]:
    """A link without a leg is paid once, over what it promises, by the payment that is written on it."""
    links = {link["id"]: link for link in seen.links}
    times: Counter[str] = Counter()
    for row in seen.payments:
        mark, _, name = row["external_id"].partition(":")
        if f"{mark}:" != LINK_MARK or row["amount"] >= 0 or row["status"] != "success":
            continue
        times[name.partition(":")[0]] += 1
        link = links.get(name.partition(":")[0])
        wanted = link and (link["external_id"], link["payment_hash"], -link["amount_msat"])
        if link is None or wanted != (row["external_id"], row["payment_hash"], row["amount"]):
            yield f"LNbits paid {row['amount']} msat under {row['external_id']}, the link says {wanted}"
        elif link["state"] not in ("claimed", "paid"):
            yield f"link {link['id']} is paid and {link['state']}"
    yield from (f"link {link_id} was paid {number} times" for link_id, number in times.items() if number > 1)
    for link in seen.links:
        if link["kind"] != "refund" and link["state"] == "paid" and not times[link["id"]]:
            yield f"link {link['id']} is paid, but LNbits has no payment of it"


def _cash_ins(cash_ins: Iterable[Row]) -> Iterator[str]:
    """What a cash-in comes to are its banknotes, and its customer gets what the commission leaves."""
    for row in cash_ins:
        if row["fiat_minor"] != row["notes_minor"]:
            yield f"cash-in {row['id']} is over {row['fiat_minor']}, its notes are {row['notes_minor']}"
        if row["wire_sats"] != max(0, row["principal_sats"] - row["commission_sats"]):
            yield f"cash-in {row['id']} pays {row['wire_sats']} sats of {row['principal_sats']}"


def _states_without_event(seen: Snapshot) -> Iterator[str]:
    """The last event that names a thing's state names the state that it is in."""
    last: dict[str, str] = {}
    for event in seen.events:
        state = json.loads(event["body"])["change"]["after"].get("state")
        if state is not None:
            last[event["subject_id"]] = state
    for thing in (*seen.settlements, *seen.legs):
        if last.get(thing["id"]) != thing["state"]:
            yield f"{thing['id']} is {thing['state']}, its last event says {last.get(thing['id'])}"
