"""Books as they are after years: rows for our tables, written past the engine while LNbits stands still.

    fill(server, shop, sales=100_000)

Everything is one operator's, which is the worst case for a list. The figures are consistent in themselves
(wires, legs, LPs' totals, the chain of the audit trail), and the same every time. LNbits' own wallets are
filled too, with as many rows as it bears (`WALLET_ROWS`): it sums a wallet's rows whenever it is asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from tests.harness import LnbitsServer
from tests.harness.shop import Shop

from . import bulk
from .bulk import Row

LEGS_OF_A_SALE = 5
WALLET_ROWS = 10_000
_SPAN_SECONDS = 2 * 365 * 86_400
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
    split_set_id: str
    now: int = field(default_factory=lambda: int(time.time()))


def fill(server: LnbitsServer, shop: Shop, *, sales: int) -> None:
    """Write so many sales with their legs, cash, events and matters. The server must not run."""
    business = _business_of(server, shop)
    tables = {
        "dca_settlements": _settlements(business, sales),
        "dca_payments": _legs(business, sales),
        "dca_deposits": _cash(business, sales // 10),
        "worklist": _matters(business, sales // 20),
        "audit_events": _events(business, sales, _newest_event(server)),
        "settlement_words": _words(business, sales),
    }
    for name, rows in tables.items():
        bulk.insert(server, name, rows)
    _keep_totals(server, business)
    asyncio.run(_count_days(server, business))
    _stand_by(server)
    _fill_wallet(server, business.wallet_ids[0])
    bulk.analyse(server)


def _business_of(server: LnbitsServer, shop: Shop) -> Business:
    own = {"operator": shop.operator.id}
    machines = server.sql(
        "SELECT id, wallet_id FROM satmachineadmin.dca_machines WHERE operator_user_id = :operator"
        " ORDER BY created_at, id",
        **own,
    )
    clients = server.sql("SELECT id, machine_id FROM satmachineadmin.dca_clients ORDER BY id")
    sets = server.sql(
        "SELECT id FROM satmachineadmin.split_sets WHERE operator_user_id = :operator AND machine_id = ''",
        **own,
    )
    return Business(
        operator_id=shop.operator.id,
        machine_ids=[row["id"] for row in machines],
        wallet_ids=[row["wallet_id"] for row in machines],
        enrolments={
            machine["id"]: [row["id"] for row in clients if row["machine_id"] == machine["id"]]
            for machine in machines
        },
        split_set_id=sets[0]["id"],
    )


def _word(*parts: object) -> str:
    """An id or a hash, the same every time."""
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()


def _sale(business: Business, number: int, sales: int) -> Row:
    """The figures of one sale, from which its row and its legs are made."""
    chance = random.Random(number)
    machine = chance.choices(range(len(business.machine_ids)), weights=(85, 10, 5))[0]
    principal, commission = chance.randrange(10_000, 900_000), chance.randrange(500, 45_000)
    state = _STATES[number % 1000] if number % 1000 < len(_STATES) else "processed"
    is_cash_out = number % 7 != 0
    return {
        "id": _word("sale", number)[:32],
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
            "payment_hash": _word("hash", number),
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
            "exchange_rate": "1500",
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
            "txid": f"tx-{number:07d}-{_word('tx', number)[:16]}",
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
                "id": _word("leg", number, position)[:32],
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
                "client_id": client,
                "label": "an LP" if is_lps else f"partner {position}",
                "external_id": f"sm1:{_word('hash', number)}:{position}:1",
                "payment_hash": _word("leg hash", number, position) if state != "skipped" else None,
                "payer_wallet_id": business.wallet_ids[sale["machine"]],
                "way": "internal",
                "created_at": sale["paid_at"] + 1,
                "updated_at": sale["paid_at"] + 2,
                "completed_at": sale["paid_at"] + 2 if state == "completed" else None,
            }


def _cash(business: Business, entries: int) -> Iterator[Row]:
    lps = [(machine, lp) for machine, several in business.enrolments.items() for lp in several]
    for number in range(entries):
        machine_id, client_id = lps[number % len(lps)]
        at = business.now - 60 - _SPAN_SECONDS * (entries - number) // entries
        is_pending = number % 500 == 0
        yield {
            "id": _word("cash", number)[:32],
            "client_id": client_id,
            "machine_id": machine_id,
            "operator_user_id": business.operator_id,
            "kind": "deposit",
            "status": "pending" if is_pending else "confirmed",
            "amount_minor": 1_000 + random.Random(number).randrange(2_000_000),
            "currency": "EUR",
            "cash_date": time.strftime("%Y-%m-%d", time.gmtime(at)),
            "notes": f"envelope {number}",
            "created_by": business.operator_id,
            "created_at": at,
            "confirmed_by": None if is_pending else business.operator_id,
            "confirmed_at": None if is_pending else at + 60,
        }


def _matters(business: Business, matters: int) -> Iterator[Row]:
    for number in range(matters):
        at = business.now - 60 - _SPAN_SECONDS * (matters - number) // matters
        yield {
            "id": _word("matter", number)[:32],
            "operator_user_id": business.operator_id,
            "machine_id": business.machine_ids[number % len(business.machine_ids)],
            "kind": ("legs_failed", "undecided", "landing_failed")[number % 3],
            "subject_id": _word("leg", number * 20, 3)[:32],
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
        for word in words_of(_note(number) or ""):
            yield {
                "operator_user_id": business.operator_id,
                "word": word,
                "settlement_id": _word("sale", number)[:32],
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
            ("leg", "leg.completed_at_once", _word("leg", number, position)[:32])
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


def _keep_totals(server: LnbitsServer, business: Business) -> None:
    """What the books keep in sums, as it follows from the rows."""
    server.sql(
        "UPDATE satmachineadmin.dca_clients SET paid_minor = paid.fiat, confirmed_minor = paid.fiat + 500000,"
        " received_sats = paid.sats, fills = paid.fills FROM"
        " (SELECT client_id, SUM(fiat_minor) AS fiat, SUM(sats) AS sats, COUNT(*) AS fills"
        " FROM satmachineadmin.dca_payments WHERE state = 'completed' AND leg_type = 'dca'"
        " GROUP BY client_id) AS paid WHERE paid.client_id = dca_clients.id"
    )
    for machine_id in business.machine_ids:
        server.sql(
            "UPDATE satmachineadmin.dca_machines SET settlements_total = (SELECT COUNT(*) FROM"
            " satmachineadmin.dca_settlements AS sale WHERE sale.machine_id = :machine),"
            " last_sale_at = :now WHERE id = :machine",
            machine=machine_id,
            now=business.now - 60,
        )


class _Clock:
    """The clock of this machine, as the engine reads it."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)


async def _count_days(server: LnbitsServer, business: Business) -> None:
    """The figures of the days, by the engine itself."""
    from satmachineadmin.engine.figures import FigureKeeper
    from satmachineadmin.store.books import Store
    from satmachineadmin.store.database import Database

    if server.database_url is None:
        database = Database.on_sqlite(str(server.data_dir / "ext_satmachineadmin.sqlite3"))
    else:
        database = Database.on_postgres(server.database_url)
    store = Store(database, _Clock())
    try:
        async with store.transaction("benchmark") as books:
            await books.figures.forget(business.operator_id)
            await books.figures.note_look(books.now)
        keeper = FigureKeeper(store)
        while await keeper.keep(lambda: False):
            pass
    finally:
        await database.dispose()


def _stand_by(server: LnbitsServer) -> None:
    """Another process holds the right to pay: the engine leaves alone what no payment stands behind."""
    server.sql("DELETE FROM satmachineadmin.runner_lease")
    server.sql(
        "INSERT INTO satmachineadmin.runner_lease (id, holder, epoch, taken_at, expires_at)"
        " VALUES ('runner', 'the benchmark', 1000, 0, 9000000000)"
    )


def _fill_wallet(server: LnbitsServer, wallet_id: str) -> None:
    """Copies of a payment that there is, with hashes of their own, as LNbits' longest wallet."""
    (known, *_rest) = server.sql("SELECT * FROM apipayments WHERE amount > 0 LIMIT 1")
    rows = (
        {**known, "checking_id": f"internal_{_word('copy', number)}", "wallet_id": wallet_id,
         "payment_hash": _word("copy", number), "external_id": None}
        for number in range(WALLET_ROWS)
    )  # fmt: skip
    bulk.insert(server, "apipayments", rows)


def drop_what_makes_lists_fast(server: LnbitsServer) -> None:
    """Leave the books as they would be without the indexes of lists, and without the totals of sales: those
    are counted whenever somebody asks for them."""
    from satmachineadmin.migrations import LIST_INDEXES

    for name in LIST_INDEXES:
        server.sql(f"DROP INDEX satmachineadmin.{name}")
    sales = "dca_settlements"
    if server.database_url is None:
        for event in ("insert", "update", "delete"):
            server.sql(f"DROP TRIGGER satmachineadmin.count_settlement_{event}")
    else:
        # A view of SQLite's may not name the file that it is in, one of PostgreSQL's has to name the schema.
        sales = f"satmachineadmin.{sales}"
        server.sql(f"DROP TRIGGER count_settlement ON {sales}")
    server.sql("DROP TABLE satmachineadmin.settlement_totals")
    server.sql(
        f"""
        CREATE VIEW satmachineadmin.settlement_totals AS
        SELECT operator_user_id, state, COUNT(*) AS settlements FROM {sales} GROUP BY operator_user_id, state
        """
    )
