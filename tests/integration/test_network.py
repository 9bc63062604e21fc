"""Payments that really leave: a network of three stock LNbits, the hub being the node of the other two.

B runs our extensions, C is where the targets' wallets live; both have a wallet of the hub for a node. B
to C is an external payment for both, with pending states, refusals and restarts. What arrived is judged
by the balances of all three. SQLite only: what is tested here is the way out, and each network is three
servers.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from tests.harness import LnbitsServer
from tests.harness.machine import Machine
from tests.harness.pay_links import Link, PayLinks
from tests.harness.people import Wallet
from tests.harness.shop import DCA, Shop, check_conservation
from tests.harness.slow_node import SlowNode

#: longer than the five seconds that LNbits waits for its node
STALL_S = 6
#: what each sale leaves for the target, all of the commission, and for Ana while she has cash
SATS = 1000
#: less LNbits' reserve of 1 %, at least 2 sats
SENT_MSAT = 990_000
#: Ana's cash: enough for the two sales of which she passes her sats on
CASH = "400.00"


@dataclass
class Network:
    """Three servers; a machine and an LP on B; on C the wallets of a target and of the LP."""

    hub: LnbitsServer
    #: between B and the hub
    way: SlowNode
    c: LnbitsServer
    shop: Shop
    #: the nodes of B and of C: wallets of the hub
    nodes: dict[str, Wallet]
    ella: Wallet
    home: Wallet
    #: called when a target was asked and its invoice is made, before B pays it
    before_paying: Callable[[], None] = lambda: None

    @property
    def b(self) -> LnbitsServer:
        return self.shop.server

    def invoice(self, wallet: Wallet, amount_msat: int) -> str:
        made = self.c.create_invoice(wallet, amount_msat // 1000, memo="to C")
        self.before_paying()
        return made.bolt11

    def sell(self) -> str:
        sale = self.shop.sell(
            principal_sats=SATS, commission_sats=SATS, fiat_amount="200.00", exchange_rate="5"
        )
        found: dict[str, Any] = self.b.wait_for(lambda: self.shop.settlement_of(sale), "settlement")
        return str(found["id"])

    def attempts(self, settlement_id: str, leg_type: str = "operator_split") -> list[dict[str, Any]]:
        """The legs for C, the first attempt first."""
        return self.b.sql(
            """
            SELECT state, error_code, error_message, sats, sent_msat, fee_msat, fee_unused_msat, payment_hash
            FROM satmachineadmin.dca_payments
            WHERE settlement_id = :id AND leg_type = :leg_type ORDER BY attempt
            """,
            id=settlement_id,
            leg_type=leg_type,
        )

    def wait_for(
        self, settlement_id: str, state: str, attempt: int = 1, leg_type: str = "operator_split"
    ) -> dict[str, Any]:
        """Until an attempt is in a state; the attempt."""

        def found() -> dict[str, Any] | None:
            attempts = self.attempts(settlement_id, leg_type)
            is_there = len(attempts) >= attempt and attempts[attempt - 1]["state"] == state
            return attempts[attempt - 1] if is_there else None

        leg: dict[str, Any] = self.b.wait_for(found, f"{leg_type}, attempt {attempt} in {state}", 60)
        return leg

    def hasten(self) -> None:
        """What would be tried or looked up later is due now."""
        for table in ("dca_payments", "withdrawals"):
            self.b.sql(f"UPDATE satmachineadmin.{table} SET next_try_at = 0 WHERE next_try_at IS NOT NULL")

    def balances_msat(self) -> dict[str, int]:
        """What each LNbits itself says."""
        return {
            "node of b": self.hub.balance_msat(self.nodes["b"]),
            "node of c": self.hub.balance_msat(self.nodes["c"]),
            "machine": self.b.balance_msat(self.shop.machine_wallet),
            "ana": self.b.balance_msat(self.shop.lps["ana"].wallet),
            "ella": self.c.balance_msat(self.ella),
            "home": self.c.balance_msat(self.home),
        }

    def wait_for_balances(self, before: dict[str, int], **moved_msat: int) -> None:
        """Until the balances have moved by so much, and by nothing else."""
        expected = {name: held + moved_msat.get(name.replace(" ", "_"), 0) for name, held in before.items()}

        def moved() -> bool:
            # Of what arrived while its connection to its node was down C knows only when it is asked.
            for row in self.c.sql("SELECT wallet_id, payment_hash FROM apipayments WHERE status = 'pending'"):
                key = next(one.inkey for one in (self.ella, self.home) if one.id == row["wallet_id"])
                self.c.api_with_key(key).get(f"/api/v1/payments/{row['payment_hash']}")
            return self.balances_msat() == expected

        self.b.wait_for(moved, f"{expected} instead of {self.balances_msat()}", 30)

    def worklist(self) -> list[str]:
        return [row["kind"] for row in self.shop.api.get(f"{DCA}/worklist", is_open=True)["data"]]

    def check(self, settlement_id: str) -> None:
        settlement = self.shop.api.get(f"{DCA}/settlements/{settlement_id}")
        assert settlement["state"] == "processed"
        check_conservation(settlement)


def node_of(url: str, wallet: Wallet) -> dict[str, str]:
    """The settings of an LNbits whose node is a wallet of the hub at `url`."""
    return {
        "LNBITS_BACKEND_WALLET_CLASS": "LNbitsWallet",
        "LNBITS_ENDPOINT": url,
        "LNBITS_KEY": wallet.adminkey,
    }


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with contextlib.ExitStack() as stack:
        folder = tmp_path_factory.mktemp("network")
        servers = {}
        (folder / "hub").mkdir()
        hub = stack.enter_context(LnbitsServer(folder / "hub", extensions={}))
        nodes = {name: hub.create_user(f"node_of_{name}").wallet for name in "bc"}
        hub.top_up(nodes["b"], 100_000)
        way = stack.enter_context(SlowNode(hub.url))
        for name, extensions, url in (("b", None, way.url), ("c", {}, hub.url)):
            (folder / name).mkdir()
            servers[name] = stack.enter_context(
                LnbitsServer(folder / name, extensions=extensions, env=node_of(url, nodes[name]))
            )
        # LNbits' own watch over its node's balance says so when the node is dead.
        servers["b"].expected_defects.append("Funding source status unavailable")
        links = stack.enter_context(PayLinks())
        shop = Shop.open(servers["b"], shares=(), cash={"ana": CASH}, super_fee_pct="0")
        ella, home = (servers["c"].create_user(name).wallet for name in ("ella", "home"))
        network = Network(hub=hub, way=way, c=servers["c"], shop=shop, nodes=nodes, ella=ella, home=home)
        urls = {
            wallet.id: links.add(name, Link(invoice=partial(network.invoice, wallet)))
            for name, wallet in (("ella", ella), ("home", home))
        }
        shop.api.put(f"{DCA}/commission-splits", {"splits": [{"target": urls[ella.id], "share_pct": "100"}]})
        shop.pass_on("ana", urls[home.id])
        time.sleep(1.1)  # what arrives within the second of the consent counts as earlier
        yield network
        assert servers["b"].log_defects() == []


@pytest.fixture(autouse=True)
def _quiet(network: Network) -> Iterator[None]:
    yield
    network.before_paying, network.way.delay_s = lambda: None, 0


def test_payments_arrive_on_the_other_node_and_the_reserve_is_unused(network: Network) -> None:
    """A share of the commission from the machine's wallet, and what Ana got from hers."""
    before = network.balances_msat()

    settlement_id = network.sell()
    for leg_type in ("operator_split", "autoforward"):
        leg = network.wait_for(settlement_id, "completed", leg_type=leg_type)
        assert (leg["sent_msat"], leg["fee_msat"], leg["fee_unused_msat"]) == (SENT_MSAT, 0, 10_000)

    network.wait_for_balances(
        before, node_of_b=-2 * SENT_MSAT, node_of_c=2 * SENT_MSAT, machine=10_000, ana=10_000,
        ella=SENT_MSAT, home=SENT_MSAT,
    )  # fmt: skip
    network.check(settlement_id)


def test_a_node_that_cannot_pay_is_a_failure_and_the_next_attempts_arrive(network: Network) -> None:
    """Meanwhile Ana's sats stay with her, and the sale is what it is."""
    before = network.balances_msat()
    held = network.hub.balance_sats(network.nodes["b"])
    network.hub.top_up(network.nodes["b"], -held)

    settlement_id = network.sell()
    for leg_type in ("operator_split", "autoforward"):
        first = network.wait_for(settlement_id, "voided", leg_type=leg_type)
        assert first["error_code"] == "payment_failed"
        assert "Insufficient balance" in first["error_message"]
    network.wait_for_balances(before, node_of_b=-held * 1000, machine=1_000_000, ana=1_000_000)

    network.hub.top_up(network.nodes["b"], held)
    network.hasten()
    for leg_type in ("operator_split", "autoforward"):
        network.wait_for(settlement_id, "completed", attempt=2, leg_type=leg_type)
    network.wait_for_balances(
        before, node_of_b=-2 * SENT_MSAT, node_of_c=2 * SENT_MSAT, machine=10_000, ana=10_000,
        ella=SENT_MSAT, home=SENT_MSAT,
    )  # fmt: skip
    network.check(settlement_id)


def arrived_once(network: Network, settlement_id: str, before: dict[str, int]) -> None:
    """Ella has it, whatever happened on the way; Ana has no cash any more, so her share stays."""
    network.wait_for_balances(
        before, node_of_b=-SENT_MSAT, node_of_c=SENT_MSAT, machine=1_010_000, ella=SENT_MSAT
    )
    network.check(settlement_id)


def test_a_slow_payment_stays_under_way_until_the_node_says_that_it_arrived(network: Network) -> None:
    """LNbits gives up waiting after five seconds and would look again in half an hour."""
    before = network.balances_msat()

    network.way.delay_s = STALL_S
    settlement_id = network.sell()
    network.wait_for(settlement_id, "paying")
    network.wait_for(settlement_id, "completed")

    assert len(network.attempts(settlement_id)) == 1, "it was looked up, and not paid again"
    arrived_once(network, settlement_id, before)


def test_a_node_that_dies_after_it_has_paid_is_asked_again_when_it_is_back(network: Network) -> None:
    """Its answer never came; after its restart it says that the payment was made."""
    before = network.balances_msat()

    network.way.delay_s = STALL_S
    settlement_id = network.sell()
    network.wait_for(settlement_id, "paying")
    network.b.wait_for(
        lambda: network.hub.balance_msat(network.nodes["b"]) < before["node of b"], "payment by the hub"
    )
    network.hub.kill()
    network.b.wait_for(
        lambda: network.attempts(settlement_id)[0]["error_code"] == "undecided", "look-up without an answer"
    )
    network.hub.start()
    network.hasten()
    network.wait_for(settlement_id, "completed")

    assert len(network.attempts(settlement_id)) == 1
    arrived_once(network, settlement_id, before)


def test_a_node_that_dies_before_it_pays_is_waited_for_and_its_no_makes_room_for_another_invoice(
    network: Network,
) -> None:
    """While it is dead a person is told and nothing is paid again; when it says no, the next attempt goes."""
    before = network.balances_msat()

    def die() -> None:
        os.kill(network.hub.pid, signal.SIGSTOP)  # it still takes the call, and never answers

    network.before_paying = die
    settlement_id = network.sell()
    network.wait_for(settlement_id, "paying")
    network.b.wait_for(
        lambda: network.attempts(settlement_id)[0]["error_code"] == "undecided", "look-up without an answer"
    )
    network.hub.kill()
    network.before_paying = lambda: None
    network.b.sql(
        "UPDATE satmachineadmin.dca_payments SET updated_at = updated_at - 60 WHERE state = 'paying'"
    )
    network.hasten()
    network.wait_for(settlement_id, "unresolved")
    assert network.worklist() == ["undecided"]
    network.hub.start()

    # The node learns that the payment came to nothing.
    payment_hash = network.attempts(settlement_id)[0]["payment_hash"]
    network.hub.sql(
        """
        INSERT INTO apipayments (checking_id, payment_hash, wallet_id, amount, fee, status, memo, bolt11,
                                 extra, labels, time, created_at, updated_at)
        SELECT 'x' || :hash, :hash, :wallet, -990000, 0, 'failed', '', bolt11, '{}', '[]', time, time, time
        FROM apipayments WHERE payment_hash = :hash AND amount > 0
        """,
        hash=payment_hash,
        wallet=network.nodes["b"].id,
    )
    network.hasten()
    assert network.wait_for(settlement_id, "voided")["error_code"] == "payment_failed"
    assert network.worklist() == []
    network.hasten()
    network.wait_for(settlement_id, "completed", attempt=2)

    arrived_once(network, settlement_id, before)


# Cash-in: the customer's wallet is on the other node

#: 200 EUR at 5 sats, without a commission
CASH_IN_MSAT = 1_000_000


@pytest.fixture(scope="module")
def machine(network: Network) -> Machine:
    """The machine with a key of its own, and sats to buy banknotes with."""
    network.b.top_up(network.shop.machine_wallet, 10_000)
    return Machine.paired(network.b.url, network.shop.api, network.shop.machine["id"])


def cash_in(network: Network, machine: Machine) -> dict[str, Any]:
    """A customer that is done, and whose wallet on C has handed in its invoice."""
    body = {"txid": uuid4().hex, "version": 1, "exchange_rate": "5", "done": True}
    told: dict[str, Any] = machine.post(
        "/cash-in", {**body, "notes": [{"id": "1", "denomination": "200"}]}, expect=201
    )
    hand_in(network, told)
    return told


def hand_in(network: Network, told: dict[str, Any]) -> None:
    """By LNbits' own wallet: it scans the link, makes its invoice, and hands it in."""
    wallet = network.c.api_with_key(network.home.inkey)
    terms = wallet.get(f"/api/v1/lnurlscan/{told['lnurl']}")
    sats = terms["maxWithdrawable"] // 1000
    wallet.post("/api/v1/payments", {"out": False, "unit": "sat", "amount": sats, "lnurl_withdraw": terms})


def link_of(network: Network, told: dict[str, Any]) -> dict[str, Any]:
    (row,) = network.b.sql(
        """
        SELECT link.state, link.attempts, link.error_message FROM satmachineadmin.withdrawals AS link
        JOIN satmachineadmin.machine_transactions AS one ON one.id = link.transaction_id
        WHERE one.txid = :txid
        """,
        txid=told["txid"],
    )
    return row


def fetched(network: Network, machine: Machine, told: dict[str, Any], before: dict[str, int]) -> None:
    """The customer has its sats, once; the machine is told, and its wallet is explained."""
    paid = machine.get(f"/transactions/{told['txid']}?wait=25&known=offered")
    assert (paid["state"], paid["paid"]) == ("paid", True)
    moved = {"node_of_b": -CASH_IN_MSAT, "node_of_c": CASH_IN_MSAT, "home": CASH_IN_MSAT}
    network.wait_for_balances(before, machine=-CASH_IN_MSAT, **moved)
    proof = network.shop.api.post(f"{DCA}/machines/{network.shop.machine['id']}/check")
    assert proof["difference_msat"] == 0


def test_a_customer_of_another_node_fetches_its_sats(network: Network, machine: Machine) -> None:
    before = network.balances_msat()
    fetched(network, machine, cash_in(network, machine), before)


def test_a_customers_payment_that_takes_its_time_is_looked_up_and_not_made_again(
    network: Network, machine: Machine
) -> None:
    """The server is killed meanwhile, and the next one finds the payment under way."""
    before = network.balances_msat()
    network.way.delay_s = STALL_S
    told = cash_in(network, machine)
    network.b.wait_for(
        lambda: network.hub.balance_msat(network.nodes["b"]) < before["node of b"], "payment by the hub"
    )
    network.b.kill()
    network.way.delay_s = 0
    network.b.start()
    fetched(network, machine, told, before)
    assert link_of(network, told)["attempts"] == 1


def test_a_node_that_refuses_opens_the_link_again(network: Network, machine: Machine) -> None:
    before = network.balances_msat()
    held = network.hub.balance_sats(network.nodes["b"])
    network.hub.top_up(network.nodes["b"], -held)
    told = cash_in(network, machine)
    network.b.wait_for(lambda: link_of(network, told)["state"] == "open", "an open link")
    assert "Insufficient balance" in link_of(network, told)["error_message"]
    network.hub.top_up(network.nodes["b"], held)

    hand_in(network, told)
    fetched(network, machine, told, before)
    assert link_of(network, told)["attempts"] == 2
