"""What a predecessor of ours left in an LNbits, made by SQL: awkward values in every shape of its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .old_shapes import SHAPES, Shape
from .people import User, Wallet
from .server import LnbitsServer

#: an hour of the predecessor's time, in epoch seconds
LAST_WEEK = 1_795_000_000
HTML = '<img src=x onerror="document.title=1"> said "so" & left'
NPUB = "a" * 63 + "b"
Row = dict[str, Any]


@dataclass
class OldShop:
    """People and wallets of this LNbits, and the rows about them by what their columns mean."""

    server: LnbitsServer
    olga: User
    ana: User
    ben: User
    partner: Wallet
    #: Plaza (EUR), Market (EUR), Station (JPY): wallets of olga's
    wallets: dict[str, Wallet]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    #: those that the shape has a table for
    written: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def open(cls, server: LnbitsServer) -> OldShop:
        olga, ana, ben = (server.create_user(name) for name in ("olga", "ana", "ben"))
        partner = server.create_user("pia").wallet
        wallets = {name: server.create_wallet(olga, name) for name in ("Plaza", "Market", "Station")}
        shop = cls(server=server, olga=olga, ana=ana, ben=ben, partner=partner, wallets=wallets)
        shop._people()
        shop._cash()
        shop._sales()
        return shop

    def _people(self) -> None:
        currencies = {"Plaza": "EUR", "Market": "EUR", "Station": "JPY"}
        self.rows["super_config"] = [{"id": "default", "fee": 0.3, "wallet": "unknown"}]
        self.rows["dca_machines"] = [
            {
                "id": f"m-{name}",
                "operator": self.olga.id,
                "npub": NPUB if name == "Plaza" else None,
                "wallet": wallet.id,
                "name": name,
                "location": f"{name} street",
                "currency": currencies[name],
                "is_active": name != "Station",
                "cash_out_fee": 0.0777,
                "cash_in_fee": 1 / 3,
                "created_at": LAST_WEEK - 900_000,
            }
            for name, wallet in self.wallets.items()
        ]
        # two LPs, one user each at three machines; the newest row is what each wants
        self.rows["dca_clients"] = [
            self._client(lp, name, place, at)
            for lp, name in ((self.ana, "ana"), (self.ben, "ben"))
            for at, place in enumerate(self.wallets)
        ]
        self.rows["dca_lp"] = [
            {**self._wishes(self.ana, 2), "created_at": LAST_WEEK, "updated_at": LAST_WEEK},
            {**self._wishes(self.ben, 2), "created_at": LAST_WEEK, "updated_at": LAST_WEEK},
        ]
        # by the invoice key of a wallet, shares that binary fractions cannot hold
        self.rows["dca_commission_splits"] = [
            self._share(0, self.partner.inkey, "Pia", 1 / 3),
            self._share(1, self.olga.wallet.id, "olga", 1 / 3),
            self._share(2, "bob@ln.example", "Bob & Co", 1 / 3),
        ]

    def _client(self, lp: User, name: str, place: str, at: int) -> Row:
        wishes = self._wishes(lp, at)
        return {
            **wishes,
            "id": f"c-{name}-{place}",
            "machine": f"m-{place}",
            "name": name,
            "status": "paused" if (name, place) == ("ben", "Market") else "active",
            "created_at": LAST_WEEK - 800_000,
            "updated_at": LAST_WEEK - 1000 + at,
        }

    def _wishes(self, lp: User, at: int) -> Row:
        """What it wanted at first was the wallet of somebody else; at last its own."""
        is_last = at == 2
        return {
            "user": lp.id,
            "wallet": lp.wallet.id if is_last else self.partner.id,
            "mode": "flow",
            "daily_limit": None,
            "ln_address": "Ana@Wallet.Example" if lp is self.ana and is_last else None,
            "forwards": lp is self.ana and is_last,
        }

    def _share(self, position: int, target: str, label: str, fraction: float) -> Row:
        return {
            "id": f"s-{position}",
            "operator": self.olga.id,
            "machine": None,
            "target": target,
            "label": label,
            "fraction": fraction,
            "percent": fraction * 100,
            "position": position,
            "created_at": LAST_WEEK,
        }

    def _cash(self) -> None:
        self.rows["dca_deposits"] = [
            self._deposit("d-1", "c-ana-Plaza", 0.1 + 0.2),
            self._deposit("d-2", "c-ana-Plaza", 1000.1),
            self._deposit("d-3", "c-ana-Plaza", 77.77, status="pending"),
            self._deposit("d-4", "c-ana-Plaza", 5000, status="rejected"),
            self._deposit("d-5", "c-ana-Market", 0.005),
            self._deposit("d-6", "c-ana-Station", 12000.4, currency="JPY"),
            self._deposit("d-7", "c-ben-Plaza", 333.333333333333),
            # more was drawn than it had put in
            self._deposit("d-8", "c-ben-Market", 10.0),
        ]

    def _deposit(
        self, name: str, client: str, amount: float, *, status: str = "confirmed", currency: str = "EUR"
    ) -> Row:
        return {
            "id": name,
            "enrolment": client,
            "machine": "m-" + client.split("-")[2],
            "amount": amount,
            "currency": currency,
            "status": status,
            "notes": HTML,
            "created_at": LAST_WEEK - 700_000,
            "confirmed_at": LAST_WEEK - 600_000 if status == "confirmed" else None,
        }

    def _sales(self) -> None:
        self.rows["dca_settlements"] = [
            self._sale("sale-1", "Plaza", "processed", at=0),
            self._sale("sale-2", "Market", "processed", at=1),
            # what was under way when it stopped
            self._sale("sale-3", "Plaza", "processing", at=2),
            self._sale("sale-4", "Plaza", "errored", at=3, error=HTML),
            self._sale("sale-5", "Station", "pending", at=4, currency="JPY"),
            self._sale("sale-6", "Plaza", "refunded", at=5),
        ]
        self.rows["dca_payments"] = [
            self._leg("leg-1", "sale-1", "super_fee", 300),
            self._leg("leg-2", "sale-1", "operator_split", 700, wallet=self.partner.id),
            self._leg("leg-3", "sale-1", "dca", 10_000, client="c-ana-Plaza", fiat=33.333333333333336),
            self._leg("leg-4", "sale-1", "dca", 5_000, client="c-ben-Plaza", fiat=16.666666666666668),
            self._leg("leg-5", "sale-1", "autoforward", 9_990, client="c-ana-Plaza", address="ana@wallet.ex"),
            self._leg("leg-6", "sale-2", "dca", 9_000, client="c-ben-Market", fiat=30.000000000000004),
            self._leg("leg-7", "sale-3", "dca", 6_000, client="c-ana-Plaza", fiat=20.02),
            self._leg("leg-8", "sale-3", "dca", 4_000, client="c-ben-Plaza", fiat=13.35, status="pending"),
            self._leg("leg-9", "sale-4", "dca", 1_000, client="c-ana-Plaza", fiat=3.3, status="failed"),
            # a balance that was paid off: of no sale
            self._leg("leg-10", None, "settlement", 12, client="c-ben-Plaza", fiat=0.04),
        ]

    def _sale(
        self, name: str, place: str, status: str, *, at: int, currency: str = "EUR", error: str | None = None
    ) -> Row:
        return {
            "id": name,
            "machine": f"m-{place}",
            "payment_hash": f"{at:064x}",
            "txid": f"tx-{at}",
            "wire": 16_000 + at,
            "principal": 15_000,
            "commission": 1_000 + at,
            "platform_fee": 300,
            "operator_fee": 700 + at,
            "fiat": 50.00000000000001,
            "currency": currency,
            "rate": 300.1234567890123,
            "tx_type": "cash_out",
            "status": status,
            "error": error,
            "notes": HTML if at == 0 else None,
            "processed_at": LAST_WEEK + at if status == "processed" else None,
            "created_at": LAST_WEEK + at,
        }

    def _leg(
        self,
        name: str,
        sale: str | None,
        kind: str,
        sats: int,
        *,
        client: str | None = None,
        fiat: float | None = None,
        status: str = "completed",
        wallet: str | None = None,
        address: str | None = None,
    ) -> Row:
        return {
            "id": name,
            "sale": sale,
            "enrolment": client,
            "machine": "m-" + client.split("-")[2] if client else "m-Plaza",
            "leg_type": kind,
            "wallet": wallet or self.ana.wallet.id,
            "ln_address": address,
            "sats": sats,
            "fiat": fiat,
            "rate": 300.1234567890123,
            "payment_hash": f"{int(name.split('-')[1]) + 1000:064x}",
            "status": status,
            "error": "no route" if status == "failed" else None,
            "created_at": LAST_WEEK + 10,
        }

    # -- written ----------------------------------------------------------------------------------

    def write(self, shape: str, name: str = "satoshimachine") -> None:
        """All of it as that shape of the tables, in a database or schema of that name."""
        self._name = name
        if self.server.database_url is not None:
            self.server.sql(f"CREATE SCHEMA {name}")
        for table, columns in SHAPES[shape].items():
            kinds = ", ".join(column.split(" = ")[0] for column in columns)
            if self.server.database_url is not None:
                kinds = kinds.replace("REAL", "DOUBLE PRECISION")
            self.execute(f"CREATE TABLE {{}}.{table} ({kinds})")
            self.written[table] = self.rows.get(table, [])
            for row in self.written[table]:
                self._insert(SHAPES[shape], table, row)

    def write_file(self, shape: str, path: Path) -> None:
        """All of it as a SQLite file, whatever database this LNbits has."""
        with closing(sqlite3.connect(path)) as old:
            for table, columns in SHAPES[shape].items():
                kinds = ", ".join(column.split(" = ")[0] for column in columns)
                old.execute(f"CREATE TABLE {table} ({kinds})")
                for row in self.rows.get(table, []):
                    values = self._values(SHAPES[shape], table, row)
                    marks = ", ".join(f":{column}" for column in values)
                    old.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", values)
            old.commit()

    def sell_once_more(self, shape: str) -> None:
        """The predecessor runs on: another sale, paid to ana at Plaza."""
        sale = self._sale("sale-9", "Plaza", "processed", at=90)
        leg = self._leg("leg-99", "sale-9", "dca", 100, client="c-ana-Plaza", fiat=0.33)
        self._insert(SHAPES[shape], "dca_settlements", sale)
        self._insert(SHAPES[shape], "dca_payments", leg)

    def execute(self, statement: str, **values: Any) -> None:
        """A statement on the old tables; `{}.` stands before their names."""
        if self.server.database_url is not None:
            self.server.sql(statement.format(self._name), **values)
            return
        with closing(sqlite3.connect(self._file)) as old:
            old.execute(statement.format("main"), values)
            old.commit()

    def _insert(self, shape: Shape, table: str, row: Row) -> None:
        values = self._values(shape, table, row)
        if self.server.database_url is not None:
            values = {column: _of_postgres(column, value) for column, value in values.items()}
        marks = ", ".join(f":{column}" for column in values)
        self.execute(f"INSERT INTO {{}}.{table} ({', '.join(values)}) VALUES ({marks})", **values)

    @property
    def _file(self) -> Path:
        return Path(self.server.data_dir) / f"ext_{self._name}.sqlite3"

    def _values(self, shape: Shape, table: str, row: Row) -> Row:
        """Column → value."""
        named = (column.split(" = ") for column in shape[table] if " = " in column)
        return {column.split(" ")[0]: row[meaning] for column, meaning in named}

    def dump(self) -> Mapping[str, Any]:
        """The old tables as they are now: the file's bytes, or every row."""
        if self.server.database_url is None:
            return {"file": self._file.read_bytes()}
        return {
            table: self.server.sql(f"SELECT * FROM {self._name}.{table} ORDER BY 1") for table in self.written
        }


def _of_postgres(column: str, value: Any) -> Any:
    if column.endswith("_at") and isinstance(value, int):
        return datetime.fromtimestamp(value, timezone.utc).replace(tzinfo=None)
    return value
