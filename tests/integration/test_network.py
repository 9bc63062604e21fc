"""Payments that really leave: a network of three stock LNbits, the hub being the node of the other two.

B runs our extensions, C is where the target's wallet lives; both have a wallet of the hub for a node. B
to C is an external payment for both, with pending states, refusals and restarts. SQLite only: what is
tested here is the way out, and each network is three servers.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.pay_links import Link, PayLinks
from tests.harness.people import Wallet
from tests.harness.shop import DCA, Shop, check_conservation
from tests.harness.slow_node import SlowNode

#: longer than the five seconds that LNbits waits for its node
STALL_S = 8
#: what each sale leaves for the target: all of the commission
COMMISSION = 1000


@dataclass
class Network:
    """Three servers, a machine on B, and a pay link of a wallet on C."""

    hub: LnbitsServer
    #: between B and the hub
    way: SlowNode
    c: LnbitsServer
    shop: Shop
    #: B's node: a wallet of the hub
    node: Wallet
    ella: Wallet
    #: called when the target was asked and its invoice is made, before B pays it
    before_paying: Callable[[], None] = lambda: None
    link: Link = field(default_factory=Link)

    @property
    def b(self) -> LnbitsServer:
        return self.shop.server

    def invoice(self, amount_msat: int) -> str:
        made = self.c.create_invoice(self.ella, amount_msat // 1000, memo="to C")
        self.before_paying()
        return made.bolt11

    def sell(self) -> str:
        sale = self.shop.sell(
            principal_sats=1000, commission_sats=COMMISSION, fiat_amount="200.00", exchange_rate="5"
        )
        found: dict[str, Any] = self.b.wait_for(lambda: self.shop.settlement_of(sale), "settlement")
        return str(found["id"])

    def attempts(self, settlement_id: str) -> list[dict[str, Any]]:
        """The legs for C, the first attempt first."""
        return self.b.sql(
            """
            SELECT state, error_code, error_message, sats, sent_msat, fee_msat, fee_unused_msat, payment_hash
            FROM satmachineadmin.dca_payments
            WHERE settlement_id = :id AND leg_type = 'operator_split' ORDER BY attempt
            """,
            id=settlement_id,
        )

    def wait_for(self, settlement_id: str, state: str, attempt: int = 1, timeout_s: float = 60) -> None:
        """Until an attempt is in a state."""

        def is_there() -> bool:
            attempts = self.attempts(settlement_id)
            return len(attempts) >= attempt and attempts[attempt - 1]["state"] == state

        self.b.wait_for(is_there, f"attempt {attempt} in {state}", timeout_s)

    def hasten(self) -> None:
        """What would be tried or looked up later is due now."""
        self.b.sql("UPDATE satmachineadmin.dca_payments SET next_try_at = 0 WHERE next_try_at IS NOT NULL")

    def arrived_msat(self) -> int:
        """What C itself says its wallet holds."""
        return self.c.balance_msat(self.ella)

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
        shop = Shop.open(servers["b"], shares=(), super_fee_pct="0")
        ella = servers["c"].create_user("ella").wallet
        network = Network(hub=hub, way=way, c=servers["c"], shop=shop, node=nodes["b"], ella=ella)
        network.link.invoice = network.invoice
        target = links.add("ella", network.link)
        shop.api.put(f"{DCA}/commission-splits", {"splits": [{"target": target, "share_pct": "100"}]})
        yield network
        assert servers["b"].log_defects() == []


@pytest.fixture(autouse=True)
def _quiet(network: Network) -> Iterator[None]:
    network.before_paying = lambda: None
    yield
    network.before_paying = lambda: None


def test_a_payment_arrives_on_the_other_node_and_the_reserve_is_unused(network: Network) -> None:
    """1000 sats less LNbits' reserve of 1 %, at least 2 sats: 990 are asked for, and cost nothing here."""
    before = network.arrived_msat()

    settlement_id = network.sell()
    network.wait_for(settlement_id, "completed")

    (leg,) = network.attempts(settlement_id)
    assert (leg["sent_msat"], leg["fee_msat"], leg["fee_unused_msat"]) == (990_000, 0, 10_000)
    assert network.arrived_msat() - before == 990_000
    network.check(settlement_id)


def test_a_node_that_cannot_pay_is_a_failure_and_the_next_attempt_arrives(network: Network) -> None:
    before = network.arrived_msat()
    held = network.hub.balance_sats(network.node)
    network.hub.top_up(network.node, -held)

    settlement_id = network.sell()
    network.wait_for(settlement_id, "voided")
    first = network.attempts(settlement_id)[0]
    assert first["error_code"] == "payment_failed"
    assert "Insufficient balance" in first["error_message"]
    assert network.arrived_msat() == before

    network.hub.top_up(network.node, held)
    network.hasten()
    network.wait_for(settlement_id, "completed", attempt=2)
    assert network.arrived_msat() - before == 990_000
    network.check(settlement_id)


def test_a_slow_payment_stays_under_way_until_the_node_says_that_it_arrived(network: Network) -> None:
    """LNbits gives up waiting after five seconds and would look again in half an hour."""
    before = network.arrived_msat()

    network.way.delay_s = STALL_S
    settlement_id = network.sell()
    network.wait_for(settlement_id, "paying")
    network.wait_for(settlement_id, "completed", timeout_s=90)
    network.way.delay_s = 0

    assert len(network.attempts(settlement_id)) == 1, "it was looked up, and not paid again"
    assert network.arrived_msat() - before == 990_000
    network.check(settlement_id)


def test_a_node_that_dies_meanwhile_is_waited_for_and_its_no_makes_room_for_another_invoice(
    network: Network,
) -> None:
    """Pending while the node is dead, and after its restart until it knows; then failed, and paid anew."""
    before = network.arrived_msat()

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
    network.hasten()
    network.b.wait_for(
        lambda: network.attempts(settlement_id)[0]["state"] in ("paying", "unresolved"), "still undecided"
    )
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
        wallet=network.node.id,
    )
    network.hasten()
    network.wait_for(settlement_id, "voided", timeout_s=60)
    assert network.attempts(settlement_id)[0]["error_code"] == "payment_failed"
    network.hasten()
    network.wait_for(settlement_id, "completed", attempt=2)

    assert network.arrived_msat() - before == 990_000
    network.check(settlement_id)
