"""A whole business on a server: platform, operator, partners, LPs, a machine and a customer.

shop = Shop.open(server, shares=("50", "30", "20"), cash={"ana": "100.00", "ben": "60.00"})
sale = shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
settlement = shop.settled(sale)
shop.check_conservation(settlement)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from lnurl import decode

from .http import Api
from .people import PASSWORD, Payment, User, Wallet
from .server import LnbitsServer

DCA = "/satmachineadmin/api/v1/dca"
LP = "/satmachineclient/api/v1/dca-client"
#: A settlement in one of these moves no more by itself.
FINAL = ("processed", "errored", "rejected", "held")


@dataclass
class Shop:
    """Who is there and how to reach them."""

    server: LnbitsServer
    operator: User
    customer: Wallet
    machine_wallet: Wallet
    platform_wallet: Wallet
    machine: dict[str, Any] = field(default_factory=dict)
    partners: list[Wallet] = field(default_factory=list)
    lps: dict[str, User] = field(default_factory=dict)
    clients: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        server: LnbitsServer,
        *,
        shares: Sequence[str] = ("50", "30", "20"),
        cash: Mapping[str, str] | None = None,
        super_fee_pct: str = "30",
        super_fee_cash_in_pct: str | None = None,
        super_fee_basis: str = "commission",
        currency: str = "EUR",
        customer_sats: int = 1_000_000,
        reference_rate: str | None = "5",
    ) -> Shop:
        """Set everything up over HTTP, as people would."""
        operator = server.create_user(f"olga{uuid4().hex[:6]}")
        customer = server.create_user(f"customer{uuid4().hex[:6]}").wallet
        server.top_up(customer, customer_sats)
        shop = cls(
            server=server,
            operator=operator,
            customer=customer,
            machine_wallet=server.create_wallet(operator, "Plaza"),
            platform_wallet=server.super_user.wallet,
        )
        server.api(server.super_user).put(
            f"{DCA}/super-config",
            {
                "super_fee_pct": super_fee_pct,
                "super_fee_cash_in_pct": super_fee_cash_in_pct or super_fee_pct,
                "super_fee_basis": super_fee_basis,
                "super_fee_wallet_id": shop.platform_wallet.id,
            },
        )
        shop.machine = shop.api.post(
            f"{DCA}/machines",
            {
                "name": "Plaza",
                "wallet_id": shop.machine_wallet.id,
                "currency": currency,
                "reference_rate": reference_rate,
            },
        )
        if shares:
            shop.split(shares)
        for name, amount in (cash or {}).items():
            shop.enrol(name, amount)
        return shop

    @property
    def api(self) -> Api:
        """The server as the operator sees it."""
        return self.server.api(self.operator)

    def split(self, shares: Sequence[str]) -> None:
        """Share the commission among partners, a wallet each."""
        partner = self.server.create_user(f"partner{uuid4().hex[:6]}")
        self.partners = [
            self.server.create_wallet(partner, f"partner {index}") for index in range(len(shares))
        ]
        lines = [
            {"target": wallet.id, "share_pct": share}
            for wallet, share in zip(self.partners, shares, strict=True)
        ]
        self.api.put(f"{DCA}/commission-splits", {"splits": lines})

    def enrol(self, name: str, amount: str | None) -> User:
        """An LP who is invited, chooses its wallet, accepts, and hands over cash."""
        lp = self.server.create_user(f"{name}{uuid4().hex[:6]}")
        client = self.api.post(
            f"{DCA}/clients",
            {"machine_id": self.machine["id"], "username": lp.username, "display_name": name},
        )
        self.server.api(lp).post(f"{LP}/enrolments/{client['id']}/accept", {"dca_wallet_id": lp.wallet.id})
        self.lps[name], self.clients[name] = lp, client
        if amount is not None:
            self.hand_over(name, amount)
        return lp

    def pass_on(self, name: str, address: str, **choices: Any) -> dict[str, Any]:
        """An LP has its sats passed on from now on, and confirms the address; its preferences."""
        api = self.server.api(self.lps[name])
        choices = {"autoforward_ln_address": address, "autoforward_enabled": True, **choices}
        waits = api.put(f"{LP}/preferences", choices)["autoforward_next_address"]
        seen = {"address": waits, "password": PASSWORD}
        saved: dict[str, Any] = api.post(f"{LP}/preferences/address/confirm", seen)
        return saved

    def hand_over(self, name: str, amount: str) -> None:
        """Cash of an LP, recorded and confirmed."""
        entry = self.api.post(f"{DCA}/deposits", {"client_id": self.clients[name]["id"], "amount": amount})
        self.api.post(f"{DCA}/deposits/{entry['id']}/confirm")

    # -- trading ----------------------------------------------------------------------------------

    def stamp(
        self, *, principal_sats: int, commission_sats: int, fiat_amount: str, exchange_rate: str, **more: Any
    ) -> dict[str, Any]:
        """What a machine attaches to its invoice (DESIGN §5)."""
        return {
            "source": "bitspire",
            "type": "cash_out",
            "principal_sats": principal_sats,
            "fee_sats": commission_sats,
            "exchange_rate": exchange_rate,
            "currency": self.machine["currency"],
            "fiat_amount": fiat_amount,
            "txid": uuid4().hex,
            **more,
        }

    def invoice(self, **stamp: Any) -> Payment:
        """The machine's invoice for a sale."""
        extra = self.stamp(**stamp)
        sats = extra["principal_sats"] + extra["fee_sats"]
        return self.server.create_invoice(self.machine_wallet, sats, memo="cash-out", extra=extra)

    def sell(self, **stamp: Any) -> Payment:
        """A sale: the machine's invoice, paid by the customer."""
        invoice = self.invoice(**stamp)
        self.server.pay_invoice(self.customer, invoice.bolt11)
        return invoice

    def settlement_of(self, sale: Payment) -> dict[str, Any] | None:
        """The settlement of a sale with its legs, or None while there is none."""
        found = self.api.get(f"{DCA}/settlements", search=sale.payment_hash)["data"]
        assert len(found) <= 1, f"one payment has {len(found)} settlements"
        if not found:
            return None
        whole: dict[str, Any] = self.api.get(f"{DCA}/settlements/{found[0]['id']}")
        return whole

    def leave_to_people(self, settlement: dict[str, Any]) -> None:
        """The engine never looks at an errored sale again by itself, however slow the test is."""
        statement = "UPDATE satmachineadmin.dca_settlements SET next_try_at = NULL WHERE id = :id"
        self.server.sql(statement, id=settlement["id"])

    def settled(self, sale: Payment, timeout_s: float = 60) -> dict[str, Any]:
        """The settlement of a sale once it moves no more by itself."""

        def final() -> dict[str, Any] | None:
            settlement = self.settlement_of(sale)
            return settlement if settlement and settlement["state"] in FINAL else None

        settlement: dict[str, Any] = self.server.wait_for(final, "settled sale", timeout_s)
        return settlement

    def wait_no_longer(self, sale: Payment) -> None:
        """Let the pause be over that the settlement makes after trouble, without waiting for it."""
        self.server.sql(
            "UPDATE satmachineadmin.dca_settlements SET next_try_at = 0 WHERE payment_hash = :hash",
            hash=sale.payment_hash,
        )

    def fetch(self, lnurl: str, wallet: Wallet) -> None:
        """A customer claims a link (LUD-03) with an invoice of its own wallet."""
        anybody = self.server.api()
        terms = anybody.get(urlsplit(str(decode(lnurl))).path)
        invoice = self.server.create_invoice(wallet, terms["maxWithdrawable"] // 1000)
        answer = anybody.get(urlsplit(terms["callback"]).path, k1=terms["k1"], pr=invoice.bolt11)
        assert answer == {"status": "OK"}, answer

    # -- looking ----------------------------------------------------------------------------------

    def balances(self) -> dict[str, int]:
        """Sats that LNbits itself says each wallet holds."""
        wallets = {
            "machine": self.machine_wallet,
            "platform": self.platform_wallet,
            **{f"partner {index}": wallet for index, wallet in enumerate(self.partners)},
            **{name: lp.wallet for name, lp in self.lps.items()},
        }
        return {name: self.server.balance_sats(wallet) for name, wallet in wallets.items()}

    def remaining(self, name: str) -> str:
        """An LP's fiat as the operator sees it."""
        balance = self.api.get(f"{DCA}/clients/{self.clients[name]['id']}/balance")
        remaining: str = balance["remaining"]
        return remaining


def sats_of(settlement: Mapping[str, Any], leg_type: str, state: str = "completed") -> list[int]:
    """The sats of a settlement's legs of one type, in the order of the plan."""
    return [
        leg["sats"] for leg in settlement["legs"] if leg["leg_type"] == leg_type and leg["state"] == state
    ]


def check_conservation(settlement: Mapping[str, Any]) -> None:
    """Every sat of a cash-out is in a leg, and the commission is platform's plus operator's."""
    counting = [leg for leg in settlement["legs"] if leg["state"] != "voided"]
    assert settlement["wire_sats"] == sum(leg["sats"] for leg in counting)
    assert settlement["platform_fee_sats"] + settlement["operator_fee_sats"] == settlement["commission_sats"]
