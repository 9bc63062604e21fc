"""Books as they are after years: rows for our tables, written past the engine while LNbits stands still.

    fill(server, shop, sales=100_000)

Everything is one operator's, which is the worst case for a list. The figures are consistent in themselves
(wires, legs, LPs' totals, the chain of the audit trail), and the same every time. LNbits' own wallets are
filled too, with as many rows as it bears (keeping.py): it sums a wallet's rows whenever it is asked. One LP
passes on what it gets (passing_on.py).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.harness import LnbitsServer
from tests.harness.shop import Shop

from . import bulk, keeping, passing_on
from .bulk import Row, word

LEGS_OF_A_SALE = 5
_RATE = "1500"
_DAY = 86_400
_SPAN_SECONDS = 2 * 365 * _DAY
#: Of a thousand sales: most are done, a few are not, and one in seven is a cash-in.
_STATES = ["rejected"] * 5 + ["dismissed"] * 3 + ["errored"] * 2 + ["held"]
#: Of a thousand sales one is a test, and of two the commission differs. To one in twenty there is a note.
_TEST, _DIFFERING, _NOTED_EACH = 900, (901, 902), 20
_NOTES = ("The customer called about the receipt", "Notes were stuck, counted by hand", "Paid from a phone")


@dataclass(frozen=True, kw_only=True)
class Business:
    """Whose books are filled."""

    operator_id: str
    machine_ids: Sequence[str]
    wallet_ids: Sequence[str]
    #: machine → enrolments of it
    enrolments: Mapping[str, Sequence[str]]
    #: enrolment → where the LP's sats arrive
    lp_wallets: Mapping[str, str]
    #: the one LP who passes on what it gets
    forwarder: passing_on.Lp
    split_set_id: str
    now: int = field(default_factory=lambda: int(time.time()))


def fill(server: LnbitsServer, shop: Shop, *, sales: int) -> None:
    """Write so many sales with their legs, cash, events and matters. The server must not run."""
    business = _business_of(server, shop)
    lp, arrived = business.forwarder, list[Row]()
    tables = {
        "dca_settlements": _settlements(business, sales),
        "dca_payments": lp.watched(_legs(business, sales), arrived),
        "dca_deposits": _cash(business, sales // 10),
        "worklist": _matters(business, sales // 20),
        "audit_events": _events(business, sales, _newest_event(server)),
        "settlement_words": _words(business, sales),
    }
    for name, rows in tables.items():
        bulk.insert(server, name, rows)
    passing_on.fill(server, lp, arrived, began=business.now - _SPAN_SECONDS, now=business.now)
    keeping.begin_earlier(server, _SPAN_SECONDS + _DAY)
    keeping.keep_totals(server, business.machine_ids, business.now)
    asyncio.run(keeping.count_days(server, business.operator_id))
    keeping.stand_by(server)
    keeping.fill_wallet(server, business.wallet_ids[0])
    bulk.analyse(server)


def machines(server: LnbitsServer) -> list[Row]:
    """Ids and wallets, the busiest first."""
    return server.sql(
        "SELECT id, wallet_id FROM satmachineadmin.dca_machines"
        " ORDER BY CASE name WHEN 'Plaza' THEN 0 WHEN 'Market' THEN 1 ELSE 2 END"
    )


def _business_of(server: LnbitsServer, shop: Shop) -> Business:
    found, lp = machines(server), shop.lps["lp0"]
    clients = server.sql(
        "SELECT client.id, client.machine_id, client.user_id, lp.dca_wallet_id"
        " FROM satmachineadmin.dca_clients AS client"
        " JOIN satmachineadmin.dca_lp AS lp ON lp.user_id = client.user_id ORDER BY client.id"
    )
    sets = server.sql(
        "SELECT id FROM satmachineadmin.split_sets WHERE operator_user_id = :operator AND machine_id = ''",
        operator=shop.operator.id,
    )
    return Business(
        operator_id=shop.operator.id,
        machine_ids=[row["id"] for row in found],
        wallet_ids=[row["wallet_id"] for row in found],
        enrolments={
            machine["id"]: [row["id"] for row in clients if row["machine_id"] == machine["id"]]
            for machine in found
        },
        lp_wallets={row["id"]: row["dca_wallet_id"] for row in clients},
        forwarder=passing_on.Lp(
            user_id=lp.id,
            operator_id=shop.operator.id,
            operator_wallet_id=shop.operator.wallet.id,
            places={row["id"]: row["machine_id"] for row in clients if row["user_id"] == lp.id},
            wallet_id=lp.wallet.id,
        ),
        split_set_id=sets[0]["id"],
    )


def _sale(business: Business, number: int, sales: int) -> Row:
    """The figures of one sale, from which its row and its legs are made."""
    chance = random.Random(number)
    machine = chance.choices(range(len(business.machine_ids)), weights=(85, 10, 5))[0]
    principal, commission = chance.randrange(10_000, 900_000), chance.randrange(500, 45_000)
    state = _STATES[number % 1000] if number % 1000 < len(_STATES) else "processed"
    is_cash_out = number % 7 != 0
    return {
        "id": word("sale", number)[:32],
        "machine": machine,
        "machine_id": business.machine_ids[machine],
        "state": state,
        "tx_type": None if state in ("rejected", "dismissed") else "cash_out" if is_cash_out else "cash_in",
        "principal": principal,
        "commission": commission,
        "wire": principal + commission if is_cash_out else principal - commission,
        "fiat": principal // 15,
        "paid_at": business.now - 60 - _SPAN_SECONDS * (sales - number) // sales,
    }


def _settlements(business: Business, sales: int) -> Iterator[Row]:
    for number in range(sales):
        sale = _sale(business, number, sales)
        platform = sale["commission"] * 3 // 10
        is_done = sale["state"] == "processed"
        yield {
            "id": sale["id"],
            "machine_id": sale["machine_id"],
            "operator_user_id": business.operator_id,
            "wallet_id": business.wallet_ids[sale["machine"]],
            "payment_hash": word("hash", number),
            "state": sale["state"],
            "reason": "no_stamp" if sale["tx_type"] is None else None,
            "tx_type": sale["tx_type"],
            "wire_sats": sale["wire"],
            "principal_sats": sale["principal"],
            "commission_sats": sale["commission"],
            "platform_fee_sats": platform,
            "operator_fee_sats": sale["commission"] - platform,
            "host_fee_msat": 0,
            "host_fee_from_commission_sats": 0,
            "host_fee_from_principal_sats": 0,
            "fiat_minor": sale["fiat"],
            "currency": "EUR",
            "exchange_rate": _RATE,
            "super_fee_pct": "30",
            "super_fee_basis": "commission",
            "super_fee_version": 1,
            "split_set_id": business.split_set_id,
            "plan_version": 1,
            "retained_sats": 0,
            "legs_total": LEGS_OF_A_SALE,
            "legs_completed": LEGS_OF_A_SALE if is_done else 0,
            "legs_failed": 0,
            "is_test": number % 1000 == _TEST,
            "commission_difference_sats": 7 if number % 1000 in _DIFFERING else None,
            "txid": f"tx-{number:07d}-{word('tx', number)[:16]}",
            "paid_at": sale["paid_at"],
            "landed_at": sale["paid_at"] + 1,
            "processed_at": sale["paid_at"] + 2 if is_done else None,
            "updated_at": sale["paid_at"] + 2,
        }


def _parts(sale: Row) -> list[tuple[str, int]]:
    """Types and sats of the legs of a sale: a cash-in pays out its commission alone."""
    commission, principal = sale["commission"], sale["principal"]
    platform = commission * 3 // 10
    first, half = (commission - platform) // 4, principal // 2
    if sale["wire"] > principal:
        rest = [("operator_split", first), ("operator_split", commission - platform - first)]
        return [("super_fee", platform), *rest, ("dca", half), ("dca", principal - half)]
    last = ("operator_split", commission - platform - 3 * first)
    return [("super_fee", platform), *[("operator_split", first)] * 3, last]


def _legs(business: Business, sales: int) -> Iterator[Row]:
    for number in range(sales):
        sale = _sale(business, number, sales)
        lps = business.enrolments[sale["machine_id"]]
        for position, (leg_type, sats) in enumerate(_parts(sale)):
            is_lps = leg_type == "dca"
            state = {"processed": "completed", "errored": "failed"}.get(sale["state"], "voided")
            if is_lps and (number + position) % 40 == 0:
                state = "skipped"
            client = lps[(number + position) % len(lps)] if is_lps and state != "skipped" else None
            yield {
                "id": word("leg", number, position)[:32],
                "settlement_id": sale["id"],
                "machine_id": sale["machine_id"],
                "operator_user_id": business.operator_id,
                "leg_type": leg_type,
                "leg_key": f"{leg_type}:{position}",
                "plan_version": 1,
                "attempt": 1,
                "position": position,
                "state": state,
                "reason": "uncovered" if state == "skipped" else None,
                "sats": sats,
                "sent_msat": 1000 * sats if state == "completed" else None,
                "fee_msat": 0 if state == "completed" else None,
                "fee_unused_msat": 0 if state == "completed" else None,
                "fiat_minor": sale["fiat"] // 2 if client else None,
                "currency": "EUR",
                "exchange_rate": _RATE if client else None,
                "client_id": client,
                "drawn_on": _day(sale["paid_at"]) if client else None,
                "destination_wallet_id": (
                    business.lp_wallets[client] if client and state == "completed" else None
                ),
                "label": "an LP" if is_lps else f"partner {position}",
                "external_id": f"sm1:{word('hash', number)}:{position}:1",
                "payment_hash": word("leg hash", number, position) if state != "skipped" else None,
                "payer_wallet_id": business.wallet_ids[sale["machine"]],
                "way": "internal",
                "created_at": sale["paid_at"] + 1,
                "updated_at": sale["paid_at"] + 2,
                "completed_at": sale["paid_at"] + 2 if state == "completed" else None,
            }


def _day(at: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def _cash(business: Business, entries: int) -> Iterator[Row]:
    lps = [(machine, lp) for machine, several in business.enrolments.items() for lp in several]
    for number in range(entries):
        machine_id, client_id = lps[number % len(lps)]
        at = business.now - 60 - _SPAN_SECONDS * (entries - number) // entries
        status, is_correction = _status(number), number % 97 == 5
        is_decided, is_disputed = status == "confirmed", status == "disputed"
        yield {
            "id": word("cash", number)[:32],
            "client_id": client_id,
            "machine_id": machine_id,
            "operator_user_id": business.operator_id,
            "kind": "correction" if is_correction else "cash_returned" if number % 89 == 7 else "deposit",
            "status": status,
            "amount_minor": _amount(number),
            "currency": "EUR",
            "cash_date": _day(at),
            "notes": "One note was counted twice" if is_correction else f"envelope {number}",
            "dispute_reason": "It was 50.00 more" if is_disputed else None,
            "disputed_at": at + 60 if is_disputed else None,
            "created_by": business.operator_id,
            "created_at": at,
            "confirmed_by": business.operator_id if is_decided else None,
            "confirmed_at": at + 60 if is_decided else None,
            "closed_at": at + 60 if status == "cancelled" else None,
        }


def _status(number: int) -> str:
    """Most cash has been confirmed."""
    few = {"pending": 500, "cancelled": 211, "disputed": 401}
    return next((status for status, each in few.items() if number % each == 0), "confirmed")


def _amount(number: int) -> int:
    """What is corrected or handed back is little."""
    minor = 500_000 + random.Random(number).randrange(2_000_000)
    return -1 - minor % 50_000 if number % 97 == 5 or number % 89 == 7 else minor


def _matters(business: Business, matters: int) -> Iterator[Row]:
    for number in range(matters):
        at = business.now - 60 - _SPAN_SECONDS * (matters - number) // matters
        yield {
            "id": word("matter", number)[:32],
            "operator_user_id": business.operator_id,
            "machine_id": business.machine_ids[number % len(business.machine_ids)],
            "kind": ("legs_failed", "undecided", "landing_failed")[number % 3],
            "subject_id": word("leg", number * 20, 3)[:32],
            "detail": f"It happened {number} times before.",
            "opened_at": at,
            "closed_at": at + 600 if number % 100 else None,
        }


def _note(number: int) -> str | None:
    """What a person wrote about a sale."""
    if number % _NOTED_EACH:
        return None
    return f"{_NOTES[number // _NOTED_EACH % len(_NOTES)]}, case {number}"


def _words(business: Business, sales: int) -> Iterator[Row]:
    """The words of the notes, as the trail indexes them when they are written."""
    from satmachineadmin.core.searching import words_of

    for number in range(sales):
        for noted in words_of(_note(number) or ""):
            yield {
                "operator_user_id": business.operator_id,
                "word": noted,
                "settlement_id": word("sale", number)[:32],
            }


def _newest_event(server: LnbitsServer) -> Row:
    return server.sql("SELECT seq, hash FROM satmachineadmin.audit_events ORDER BY seq DESC LIMIT 1")[0]


def _events(business: Business, sales: int, newest: Row) -> Iterator[Row]:
    """One for each sale, each leg and each note, chained to what there is."""
    seq, prev = newest["seq"], newest["hash"]
    for number in range(sales):
        sale = _sale(business, number, sales)
        things = [("settlement", "settlement.landed", sale["id"])]
        things += [
            ("leg", "leg.completed_at_once", word("leg", number, position)[:32])
            for position in range(LEGS_OF_A_SALE)
        ]
        note = _note(number)
        things += [("settlement", "settlement.noted", sale["id"])] if note else []
        for kind, event, subject in things:
            seq += 1
            is_note = event == "settlement.noted"
            fields = {
                "seq": seq, "at": sale["paid_at"], "event": event, "subject_kind": kind,
                "actor": business.operator_id if is_note else "engine",
                "subject_id": subject, "operator_user_id": business.operator_id, "prev": prev,
            }  # fmt: skip
            after = {"text": note} if is_note else {"state": "pending", "wire_sats": sale["wire"]}
            change = {"before": {}, "after": after}
            body = json.dumps({**fields, "change": change}, sort_keys=True, separators=(",", ":"))
            prev = hashlib.sha256(body.encode()).hexdigest()
            yield {**fields, "body": body, "hash": prev}
