"""What stands beside the rows of full books: totals, days, who may pay, LNbits' own rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from tests.harness import LnbitsServer

from . import bulk
from .bulk import word

WALLET_ROWS = 10_000
_GOT = "leg_type IN ('dca', 'settlement')"
_OF_LEGS = f"""
    SELECT client_id,
        SUM(CASE WHEN {_GOT} AND state = 'completed' THEN fiat_minor ELSE 0 END) AS fiat,
        SUM(CASE WHEN {_GOT} AND state = 'completed' THEN sats ELSE 0 END) AS sats,
        SUM(CASE WHEN {_GOT} AND state = 'completed' THEN 1 ELSE 0 END) AS fills,
        SUM(CASE WHEN {_GOT} AND state IN ('pending', 'paying', 'failed', 'unresolved')
            THEN fiat_minor ELSE 0 END) AS held,
        SUM(CASE WHEN leg_type = 'autoforward' AND state = 'completed' THEN sent_msat ELSE 0 END) AS forwarded
    FROM satmachineadmin.dca_payments WHERE client_id IS NOT NULL GROUP BY client_id"""
_OF_CASH = """
    SELECT client_id,
        SUM(CASE WHEN status = 'confirmed' THEN amount_minor ELSE 0 END) AS confirmed,
        SUM(CASE WHEN status = 'pending' AND amount_minor > 0 THEN amount_minor ELSE 0 END) AS pending
    FROM satmachineadmin.dca_deposits GROUP BY client_id"""


def begin_earlier(server: LnbitsServer, seconds: int) -> None:
    """Everybody takes part since before the first sale."""
    for table, instants in {
        "dca_clients": ("created_at", "accepted_at"),
        "dca_lp": ("created_at",),
    }.items():
        moved = ", ".join(f"{instant} = {instant} - {seconds}" for instant in instants)
        server.sql(f"UPDATE satmachineadmin.{table} SET {moved}")


def keep_totals(server: LnbitsServer, machine_ids: Sequence[str], now: int) -> None:
    """What the books keep in sums, as it follows from the rows."""
    server.sql(
        f"""
        UPDATE satmachineadmin.dca_clients SET
            confirmed_minor = cash.confirmed, pending_minor = cash.pending,
            paid_minor = paid.fiat, reserved_minor = paid.held, received_sats = paid.sats, fills = paid.fills,
            forwarded_msat = paid.forwarded
        FROM ({_OF_LEGS}) AS paid, ({_OF_CASH}) AS cash
        WHERE paid.client_id = dca_clients.id AND cash.client_id = dca_clients.id
        """
    )
    for machine_id in machine_ids:
        server.sql(
            "UPDATE satmachineadmin.dca_machines SET settlements_total = (SELECT COUNT(*) FROM"
            " satmachineadmin.dca_settlements AS sale WHERE sale.machine_id = :machine),"
            " last_sale_at = :now WHERE id = :machine",
            machine=machine_id,
            now=now - 60,
        )


class _Clock:
    """The clock of this machine, as the engine reads it."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)


async def count_days(server: LnbitsServer, operator_id: str) -> None:
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
            await books.figures.forget(operator_id)
            await books.figures.note_look(books.now)
        keeper = FigureKeeper(store)
        while await keeper.keep(lambda: False):
            pass
    finally:
        await database.dispose()


def stand_by(server: LnbitsServer) -> None:
    """Another process holds the right to pay: the engine leaves alone what no payment stands behind."""
    server.sql("DELETE FROM satmachineadmin.runner_lease")
    server.sql(
        "INSERT INTO satmachineadmin.runner_lease (id, holder, epoch, taken_at, expires_at)"
        " VALUES ('runner', 'the benchmark', 1000, 0, 9000000000)"
    )


def fill_wallet(server: LnbitsServer, wallet_id: str) -> None:
    """Copies of a payment that there is, with hashes of their own, as LNbits' longest wallet."""
    (known, *_rest) = server.sql("SELECT * FROM apipayments WHERE amount > 0 LIMIT 1")
    rows = (
        {**known, "checking_id": f"internal_{word('copy', number)}", "wallet_id": wallet_id,
         "payment_hash": word("copy", number), "external_id": None}
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
