"""Two operators with a business each, two LPs, a user without the extensions: who must not see whom."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.harness import OURS, Api, LnbitsServer, User, Wallet
from tests.harness.shop import DCA, Shop

from .cash_in import give_cash

#: what the engine writes by itself all the time, and how far the audit trail was last found whole
_RESTLESS = {
    "audit_marks",
    "scan_cursors",
    "runner_lease",
    "reconcile_cursors",
    "machine_proofs",
    "day_figures",
    "figures_due",
}
#: an id that could be one of ours and is none
UNKNOWN_ID = "0123456789abcdef" * 2

OLGA_SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
#: ten times the rate of the sale before: held for the operator
HELD_SALE = {"principal_sats": 10_000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "50"}


@dataclass
class World:
    """Everybody there is, and an id of everything."""

    server: LnbitsServer
    olga: Shop
    otto: Shop
    #: a user who has switched neither extension on
    walter: User
    #: the ids that paths and bodies need, of olga's and of otto's things
    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def build(cls, server: LnbitsServer) -> World:
        olga = Shop.open(server, cash={"ana": "1000.00", "ben": "60.00"})
        otto = Shop.open(server, shares=("100",), cash={"cleo": "500.00", "dan": "60.00"})
        world = cls(server=server, olga=olga, otto=otto, walter=server.create_user("walter", extensions=()))
        for name, shop, lp in (("olga", olga, "ana"), ("otto", otto, "cleo")):
            world.ids[name] = world._trade(shop, lp)
        untold = "SELECT id FROM satmachineadmin.worklist WHERE told_at IS NULL AND closed_at IS NULL"
        server.wait_for(lambda: not server.sql(untold), "operators who were told what needs them")
        return world

    def _trade(self, shop: Shop, lp: str) -> dict[str, str]:
        """A paid sale, a held one, a pending cash entry and an open invitation."""
        sale = shop.settled(shop.sell(**OLGA_SALE))
        assert sale["state"] == "processed", sale
        held = shop.settled(shop.sell(**HELD_SALE))
        assert held["state"] == "held", held
        entry = shop.api.post(f"{DCA}/deposits", {"client_id": shop.clients[lp]["id"], "amount": "5.00"})
        guest = self.server.create_user(f"guestof{lp}")
        invitation = shop.api.post(
            f"{DCA}/clients", {"machine_id": shop.machine["id"], "username": guest.username}
        )
        shop.lps["guest"], shop.clients["guest"] = guest, invitation
        return {
            "machine_id": shop.machine["id"],
            "client_id": shop.clients[lp]["id"],
            "settlement_id": held["id"],
            "processed_id": sale["id"],
            "leg_id": sale["legs"][0]["id"],
            "entry_id": entry["id"],
            "confirmed_entry_id": self._confirmed_entry(shop, lp),
            "other_client_id": shop.clients["ben" if "ben" in shop.clients else "dan"]["id"],
            "token": invitation["link"].partition("#")[2],
            "matter_id": self._notice(shop),
            "transaction_id": give_cash(shop, "held"),
            "enrolment_id": invitation["id"],
            "guest_wallet_id": guest.wallet.id,
            "wallet_id": self.server.create_wallet(shop.operator, "spare").id,
            "machine_wallet_id": shop.machine_wallet.id,
            "lp_wallet_id": shop.lps[lp].wallet.id,
            "username": guest.username,
            "payer_id": self._remember_a_payer(shop),
            "split_target": shop.partners[0].id,
            "operator_id": self._standing(shop),
            "earlier_sale_id": self._earlier_sale(shop),
            # there is none in this LNbits
            "predecessor": "spirekeeper",
        }

    @staticmethod
    def _confirmed_entry(shop: Shop, lp: str) -> str:
        client = shop.clients[lp]["id"]
        (entry,) = shop.api.get(f"{DCA}/deposits", client_id=client, status="confirmed")["data"]
        return str(entry["id"])

    def _standing(self, shop: Shop) -> str:
        """What the platform calls an operator."""
        platform = self.server.api(self.server.super_user)
        (found,) = platform.get(f"{DCA}/operators", search=shop.operator.username)["data"]
        return str(found["id"])

    def _remember_a_payer(self, shop: Shop) -> str:
        """A payment from a stranger's wallet, put aside as a top-up, as all that come from there."""
        stranger = self.server.create_user(f"stranger{shop.operator.username}").wallet
        self.server.top_up(stranger, 10)
        invoice = self.server.create_invoice(shop.machine_wallet, 10)
        self.server.pay_invoice(stranger, invoice.bolt11)
        payment = shop.settled(invoice)
        assert payment["state"] == "rejected", payment
        body = {"reason": "a top-up", "remember_payer": True}
        shop.api.post(f"{DCA}/settlements/{payment['id']}/dismiss", body)
        (payer,) = shop.api.get(f"{DCA}/known-payers")["data"]
        return str(payer["id"])

    def _notice(self, shop: Shop) -> str:
        """An open matter, as the engine writes it."""
        matter_id = uuid4().hex
        self.server.sql(
            "INSERT INTO satmachineadmin.worklist "
            "(id, operator_user_id, machine_id, kind, subject_id, detail, opened_at) VALUES "
            "(:id, :operator, :machine, 'payment_changed', :id, 'It changed.', 1)",
            id=matter_id,
            operator=shop.operator.id,
            machine=shop.machine["id"],
        )
        return matter_id

    def _earlier_sale(self, shop: Shop) -> str:
        """A sale of before a move, as that writes it."""
        sale_id = uuid4().hex
        self.server.sql(
            "INSERT INTO satmachineadmin.earlier_sales (id, operator_user_id, machine_id, machine_name, "
            "wallet_id, payment_hash, txid, tx_type, wire_sats, currency, status, error_message, notes, "
            "paid_at) VALUES (:id, :operator, :machine, 'Plaza', :wallet, :hash, '', 'cash_out', 1100, "
            "'EUR', 'processed', '', '', 1)",
            id=sale_id,
            operator=shop.operator.id,
            machine=shop.machine["id"],
            wallet=shop.machine_wallet.id,
            hash=sale_id * 2,
        )
        return sale_id

    def operator(self, name: str) -> Api:
        return self.server.api(getattr(self, name).operator)

    def lp(self, name: str) -> Api:
        """The server as one of olga's LPs sees it."""
        return self.server.api(self.olga.lps[name])

    def shared_mirror(self, user: User) -> Wallet:
        """A wallet of `user` whose money lives in somebody else's, as LNbits' sharing makes it."""
        mirror = self.server.create_wallet(user, "mirror")
        self.server.sql(
            "UPDATE wallets SET wallet_type = 'lightning-shared', shared_wallet_id = :source WHERE id = :id",
            source=self.otto.customer.id,
            id=mirror.id,
        )
        return mirror


@contextlib.contextmanager
def bare_client(server: LnbitsServer, user: User | None) -> Iterator[httpx.Client]:
    """For bodies that no JSON library would write."""
    headers = {"Content-Type": "application/json"}
    if user is not None:
        headers["Authorization"] = f"Bearer {user.token}"
    with httpx.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def digest(server: LnbitsServer) -> dict[str, str]:
    """A digest of every table of ours and of LNbits' payments: equal means that nothing was written."""
    names = [f"satmachineadmin.{name}" for name in tables(server)] + ["apipayments"]
    if server.database_url is None:
        found = server.snapshot({name: f"SELECT * FROM {name}" for name in names})
        return {name: _digest_of(rows) for name, rows in found.items()}
    parts = [
        f"SELECT '{name}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest FROM {name} AS t"
        for name in names
    ]
    return {row["name"]: row["digest"] for row in server.sql(" UNION ALL ".join(parts))}


@functools.cache
def tables(server: LnbitsServer) -> list[str]:
    """The tables of ours that change only when something happens."""
    if server.database_url is None:
        rows = server.sql("SELECT name FROM satmachineadmin.sqlite_master WHERE type = 'table'")
    else:
        rows = server.sql(
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'satmachineadmin'"
        )
    return sorted({row["name"] for row in rows if not row["name"].startswith("sqlite_")} - _RESTLESS)


def _digest_of(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256("|".join(sorted(repr(row) for row in rows)).encode()).hexdigest()


EXTENSION_PREFIXES = tuple(f"/{name}/api/" for name in OURS)
