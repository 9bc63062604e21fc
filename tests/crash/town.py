"""The businesses of the kill chain, on a real server whose money can leave it.

Three operators, so that what stops one machine stops no other: `plain` pays within LNbits, `outside` has
a partner at a Lightning address, `extra` is where sales are held, refunded, passed on and tampered with.
What happens while the server is down (sales, clocks that run on, accidents) is written into its tables,
as the node, another process or a careless administrator would.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from lnurl import decode

from tests.harness import LnbitsServer
from tests.harness.fake_node import KEY, FakeNode
from tests.harness.pay_links import Link, PayLinks, foreign_invoice
from tests.harness.people import Wallet
from tests.harness.shop import DCA, Shop

from .ledger import Ledger, Rows
from .world import World, sale

CASH = "1000000.00"
CUSTOMER_SATS = 1_000_000
FLOAT_SATS = 10_000
#: Sales of which half came out: each is refunded, taken back, or stays.
JAMMED = 3
_HURRY = (
    "UPDATE satmachineadmin.dca_settlements SET next_try_at = 1 WHERE next_try_at > 1",
    "UPDATE satmachineadmin.dca_payments SET next_try_at = 1 WHERE next_try_at > 1",
    "UPDATE satmachineadmin.withdrawals SET next_try_at = 1 WHERE next_try_at > 1",
)


@dataclass
class Town:
    """Who is there, what was sold, and what can be done to them."""

    server: LnbitsServer
    ledger: Ledger
    node: FakeNode
    links: PayLinks
    plain: Shop
    outside: Shop
    extra: Shop
    link: Link
    purse: Wallet
    #: a machine of `extra` that buys banknotes, and what it pays from
    kiosk: dict[str, Any]
    kiosk_wallet: Wallet
    #: payment hashes of the sales, by shop
    sold: dict[str, list[str]] = field(default_factory=lambda: {"plain": [], "outside": [], "extra": []})
    #: ids of settlements of which half came out
    jammed: list[str] = field(default_factory=list)
    #: undoes an accident; called once the places of an episode are through
    mending: list[Callable[[], object]] = field(default_factory=list)
    #: how often LNbits had looked at its pending payments before this life
    sweeps: int = 0
    #: a sale of long ago, whose platform fee is swept
    swept: str = ""
    #: what the wallets held before anything left
    total_msat: int = 0

    @classmethod
    def open(cls, server: LnbitsServer, node: FakeNode, links: PayLinks) -> Town:
        """Set up over HTTP, on a server that is up."""
        link = Link(invoice=lambda msat: foreign_invoice(msat))
        links.add("ella", link)
        plain = Shop.open(server, shares=("100",), cash={"ana": CASH}, customer_sats=CUSTOMER_SATS)
        outside = Shop.open(server, shares=(), cash={"bob": CASH}, customer_sats=1000)
        outside.api.put(
            f"{DCA}/commission-splits", {"splits": [{"target": links.url("ella"), "share_pct": "100"}]}
        )
        extra = Shop.open(server, shares=("100",), cash={"cara": CASH}, customer_sats=1000)
        links.add("savings", Link(invoice=lambda msat: foreign_invoice(msat)))
        extra.pass_on("cara", links.url("savings"))
        purse = server.create_wallet(plain.operator, "purse")
        for wallet in (purse, plain.machine_wallet, outside.machine_wallet, extra.machine_wallet):
            server.top_up(wallet, FLOAT_SATS)
        kiosk = {"name": "Kiosk", "currency": "EUR", "reference_rate": "5"}
        kiosk_wallet = server.create_wallet(extra.operator, "kiosk")
        server.top_up(kiosk_wallet, FLOAT_SATS)
        kiosk = extra.api.post(f"{DCA}/machines", {**kiosk, "wallet_id": kiosk_wallet.id})
        ledger = Ledger(server.data_dir, server.database_url)
        town = cls(
            server, ledger, node, links, plain, outside, extra, link, purse, kiosk, kiosk_wallet
        )  # fmt: skip
        town.total_msat = town.held_msat()
        town._jam()
        town._sell_without_platform_wallet()
        return town

    def _jam(self) -> None:
        """Held sales of which half came out, released and paid."""
        policy = {"payout_policy": "after_minutes", "payout_delay_minutes": 60}
        machine = f"{DCA}/machines/{self.extra.machine['id']}"
        self.extra.api.put(machine, policy)
        for payment_hash in [self.sell("extra") for _ in range(JAMMED)]:
            held = self.server.wait_for(partial(self.settlement, payment_hash), "held sale")
            path = f"{DCA}/settlements/{held['id']}"
            half = {"dispensed_fraction": "0.5", "notes": "The notes jammed"}
            self.extra.api.post(f"{path}/partial-dispense", half)
            self.extra.api.post(f"{path}/release")
            self.jammed.append(str(held["id"]))
            self.sold["extra"].remove(payment_hash)
        # planned later, they would find the platform without its wallet
        self.server.wait_for(self._are_jammed_paid, "paid halves", 120)
        self.extra.api.put(machine, {"payout_policy": "at_once"})

    def _are_jammed_paid(self) -> bool:
        states = {
            str(row["id"]): row["state"]
            for row in self.sql("SELECT id, state FROM satmachineadmin.dca_settlements")
        }
        return all(states[settlement_id] == "processed" for settlement_id in self.jammed)

    def _sell_without_platform_wallet(self) -> None:
        change = "UPDATE satmachineadmin.super_config SET super_fee_wallet_id = :id"
        self.sql(change, id=None)
        self.swept = self.sell("plain")
        self.server.wait_for(partial(self.is_processed, self.swept), "processed sale")
        self.sql(change, id=self.plain.platform_wallet.id)

    def is_processed(self, payment_hash: str) -> bool:
        settlement = self.settlement(payment_hash)
        return settlement is not None and settlement["state"] == "processed"

    # What happens in the world ------------------------------------------------------------------

    def sell(self, shop: str, *, status: str = "success") -> str:
        """A customer of `plain` pays at a machine, whether the server runs or not; the payment hash."""
        customer = self.plain.customer.id
        world = World(
            operator_id="", machine_id="", machine_wallet=getattr(self, shop).machine_wallet.id,
            customer_wallet=customer, receiver_wallets=[], total_msat=0,
        )  # fmt: skip
        payment_hash, statements = sale(world, self.ledger)
        self.ledger.run_all([(statement, {**row, "status": status}) for statement, row in statements])
        self.sold[shop].append(payment_hash)
        return payment_hash

    def move(self, payer: Wallet, payee: Wallet, sats: int, *, mark: str | None = None) -> str:
        """Somebody pays somebody, past us; the payment hash."""
        world = World(
            operator_id="", machine_id="", machine_wallet=payee.id, customer_wallet=payer.id,
            receiver_wallets=[], total_msat=0,
        )  # fmt: skip
        payment_hash, statements = sale(world, self.ledger)
        for _statement, row in statements:
            row["amount"] = sats * 1000 if row["amount"] > 0 else -sats * 1000  # type: ignore[index,operator]
            row["extra"] = "{}"  # type: ignore[index]
        if mark is not None:
            statements = [(_with_mark(statement), {**row, "mark": mark}) for statement, row in statements]
        self.ledger.run_all(statements)
        return payment_hash

    def sql(self, statement: str, **values: object) -> Rows:
        return self.ledger.run(statement, **values)

    def hurry(self) -> None:
        """Time passes: whatever waits for its next try is due."""
        self.ledger.run_all([(statement, {}) for statement in _HURRY])

    def use_fast_way(self, is_allowed: bool) -> None:
        self.sql("UPDATE satmachineadmin.super_config SET fast_way_allowed = :allowed", allowed=is_allowed)

    def count_days_anew(self) -> None:
        """The figures of every operator's days, as after a change of its time zone."""
        self.sql(
            "INSERT INTO satmachineadmin.figures_due (operator_user_id, due_at) "
            "SELECT DISTINCT operator_user_id, 0 FROM satmachineadmin.dca_machines"
        )

    def mend(self) -> None:
        while self.mending:
            self.mending.pop()()

    # What people do -----------------------------------------------------------------------------

    def refund(self, number: int, what: str = "") -> Any:
        body = {"reason": "half of it jammed"} if not what else None
        return self.extra.api.post(f"{DCA}/settlements/{self.jammed[number]}/refund{what}", body)

    def claim(self, number: int) -> None:
        """The customer hands an invoice of its own in."""
        link = self.extra.api.get(f"{DCA}/settlements/{self.jammed[number]}")["refund"]
        nobody = self.server.api()
        terms = nobody.get(urlsplit(str(decode(link["lnurl"]))).path)
        invoice = foreign_invoice(terms["maxWithdrawable"])
        nobody.get(urlsplit(terms["callback"]).path, k1=terms["k1"], pr=invoice)

    def pay_off(self) -> None:
        """The operator pays 20 EUR of Ana's cash off, from its purse."""
        body = {
            "funding_wallet_id": self.purse.id,
            "exchange_rate": "5",
            "amount_fiat": "20.00",
            "confirm": True,
        }
        self.plain.api.post(f"{DCA}/clients/{self.plain.clients['ana']['id']}/settle", body)

    # What is seen -------------------------------------------------------------------------------

    def settlement(self, payment_hash: str) -> dict[str, Any] | None:
        found = self.sql(
            "SELECT * FROM satmachineadmin.dca_settlements WHERE payment_hash = :hash", hash=payment_hash
        )
        return found[0] if found else None

    def open_legs(self, shop: str) -> Rows:
        """Legs that a machine is busy with: to be paid, or may have been, by an invoice that is stored."""
        return self.sql(
            """
            SELECT leg.* FROM satmachineadmin.dca_payments AS leg
            JOIN satmachineadmin.dca_settlements AS settlement ON settlement.id = leg.settlement_id
            WHERE leg.machine_id = :machine AND leg.state IN ('pending', 'paying')
              AND settlement.state = 'processing' AND leg.payment_hash IS NOT NULL
            ORDER BY settlement.landed_at, settlement.id, leg.position
            """,
            machine=getattr(self, shop).machine["id"],
        )

    def stopped(self) -> list[str]:
        """Settlements of `plain` that an error of the program has stopped, and that are shown to a person."""
        rows = self.sql(
            "SELECT subject_id FROM satmachineadmin.worklist WHERE kind = 'stopped' AND closed_at IS NULL"
        )
        return [str(row["subject_id"]) for row in rows]

    def paid_off(self) -> int:
        """How many balances were paid off."""
        (row,) = self.sql(
            "SELECT COUNT(*) AS times FROM satmachineadmin.dca_payments "
            "WHERE leg_type = 'settlement' AND state = 'completed'"
        )
        return int(row["times"])

    def held_msat(self) -> int:
        """What all wallets of this LNbits hold."""
        return int(self.sql("SELECT SUM(balance) AS msat FROM balances")[0]["msat"])

    def balance_msat(self, wallet: Wallet) -> int:
        found = self.sql("SELECT balance FROM balances WHERE wallet_id = :id", id=wallet.id)
        return int(found[0]["balance"]) if found else 0


def use_node(server: LnbitsServer, node: FakeNode) -> None:
    """Make the node the funding source of a server that is down."""
    for name, value in (
        ("lnbits_backend_wallet_class", "LNbitsWallet"), ("lnbits_endpoint", node.url), ("lnbits_key", KEY),
    ):  # fmt: skip
        server.sql(
            "UPDATE system_settings SET value = :value WHERE id = :name", value=json.dumps(value), name=name
        )


def _with_mark(statement: str) -> str:
    """An insert that carries our mark as well."""
    return statement.replace("INSERT INTO apipayments (", "INSERT INTO apipayments (external_id, ").replace(
        "VALUES (", "VALUES (:mark, "
    )
