"""Targets that answer falsely, slowly or not at all, against a real LNbits: never overpaid, soon decided.

One small server plays all of them, LNbits' own client asks them, and the engine works as the runner lets it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from lnbits.core.services import create_invoice

from satmachineadmin.core.lease import Lease
from satmachineadmin.core.model import SplitRule
from satmachineadmin.core.states import TargetKind
from satmachineadmin.engine.makers import MAKERS
from satmachineadmin.engine.pay_external import run_errand, work_outside
from satmachineadmin.engine.work import work_once
from tests.harness import User, Wallet
from tests.harness.inprocess import InProcessHost
from tests.harness.inprocess_sales import sell
from tests.harness.pay_links import (
    METADATA,
    Link,
    PayLinks,
    drips,
    foreign_invoice,
    never,
    redirects,
    says,
)
from tests.unit.engine.rig import machine_fields

from .engine import Engine

pytestmark = pytest.mark.anyio
#: the longest that one target may keep its own leg undecided
DEADLINE_S = 15
#: each target's share of a sale
SHARE_SATS = 2000
NO = b'{"status": "ERROR", "reason": "not\\ntoday"}'

Maker = Callable[[int], str]


@dataclass
class Business:
    """A machine whose commission goes to targets outside, and the wallet of one who is honest."""

    engine: Engine
    lease: Lease
    operator: User
    ella: Wallet
    lnbits: InProcessHost
    links: PayLinks

    def maker(self, wallet: Wallet) -> Maker:
        """Makes invoices that LNbits can pay; called by the threads of the server of links."""
        loop = asyncio.get_running_loop()

        def make(amount_msat: int) -> str:
            made = create_invoice(
                wallet_id=wallet.id,
                amount=amount_msat // 1000,
                memo="",
                unhashed_description=METADATA.encode(),
            )
            return str(asyncio.run_coroutine_threadsafe(made, loop).result(10).bolt11)

        return make

    async def split_over(self, targets: list[tuple[TargetKind, str]]) -> None:
        """The whole commission in equal shares."""
        each, rest = divmod(1_000_000, len(targets))
        rules = [
            SplitRule(
                position=position, target=target, target_kind=kind, label=f"target {position}",
                wallet_id=target if kind is TargetKind.WALLET else None,
                share_ppm=each + (rest if position == 0 else 0),
            )
            for position, (kind, target) in enumerate(targets)
        ]  # fmt: skip
        async with self.engine.store.transaction("rules", actor=self.operator.id) as books:
            await books.splits.replace(self.operator.id, None, rules, by=self.operator.id)

    async def sold(self, targets: int) -> str:
        """A sale, landed and planned; what is paid at once is paid."""
        payment_hash = await sell(self.operator.wallet.id, commission_sats=SHARE_SATS * targets)
        for _ in range(2):
            await work_once(self.engine.store, self.engine.host, self.lease, lambda: False)
        async with self.engine.store.reading() as books:
            return str(
                await books.sql.value(
                    "SELECT id FROM satmachineadmin.dca_settlements WHERE payment_hash = :hash",
                    hash=payment_hash,
                )
            )

    async def legs(self, settlement_id: str) -> list[dict[str, Any]]:
        async with self.engine.store.reading() as books:
            rows = await books.sql.all(
                """
                SELECT * FROM satmachineadmin.dca_payments
                WHERE settlement_id = :id ORDER BY position, attempt
                """,
                id=settlement_id,
            )
        return [dict(row) for row in rows]

    async def state(self, settlement_id: str) -> str:
        async with self.engine.store.reading() as books:
            settlement = await books.settlements.get(settlement_id)
        assert settlement is not None
        return str(settlement.state)


@pytest.fixture(scope="module")
def links() -> Iterator[PayLinks]:
    with PayLinks() as links:
        yield links


@pytest.fixture
async def business(lnbits: InProcessHost, engine: Engine, links: PayLinks) -> AsyncIterator[Business]:
    """A machine without platform fee and LPs."""
    operator, ella = [await lnbits.create_user(f"h{uuid4().hex[:10]}") for _ in range(2)]
    async with engine.store.transaction("setup", actor=operator.id) as books:
        await books.platform.change(super_fee_pct="0")
        fields = machine_fields(operator.wallet.id, operator_user_id=operator.id)
        machine_id = await books.machines.add(fields, scan_from=books.now - 60)
    lease = await engine.lease()
    yield Business(
        engine=engine, lease=lease, operator=operator, ella=ella.wallet, lnbits=lnbits, links=links
    )
    await engine.forget(machine_id)


def in_turn(*makers: Maker) -> Maker:
    """Each wish is answered by the next of the makers, the last one for good."""
    left = list(makers)
    return lambda amount_msat: (left.pop(0) if len(left) > 1 else left[0])(amount_msat)


def wrong(**how: Any) -> Maker:
    return lambda amount_msat: foreign_invoice(amount_msat, **how)


def quick_links(business: Business) -> dict[str, tuple[Link, str | None]]:
    """Every false answer that is at least quick, with the reason that the leg must give; None: paid."""
    good = business.maker(business.ella)
    machine = business.maker(business.operator.wallet)
    shared: dict[int, str] = {}

    def same(amount_msat: int) -> str:
        return shared.setdefault(amount_msat, good(amount_msat))

    return {
        "honest": (Link(invoice=good), None),
        "one msat more": (Link(invoice=lambda msat: foreign_invoice(msat + 1)), "invoice_amount"),
        "one msat less": (Link(invoice=lambda msat: foreign_invoice(msat - 1)), "invoice_amount"),
        "one sat more, and payable": (Link(invoice=lambda msat: good(msat + 1000)), "invoice_amount"),
        "no amount": (Link(invoice=lambda _msat: foreign_invoice(None)), "invoice_amount"),
        "expired": (Link(invoice=wrong(expires_in=-1)), "invoice_expired"),
        "another network": (Link(invoice=wrong(network="tb")), "invoice_network"),
        "the machine's own": (Link(invoice=machine), "invoice_ours"),
        "redirect loop": (Link(terms_answer=redirects("redirect-loop")), "target_unusable"),
        "redirect to loopback": (
            Link(terms_answer=redirects(business.links.url("honest"))),
            "target_unusable",
        ),
        "redirect to another scheme": (Link(terms_answer=redirects("file:///etc/passwd")), "target_unusable"),
        "redirect of the invoice": (
            Link(invoice_answer=redirects(business.links.url("honest"))),
            "target_unusable",
        ),
        "ten megabytes": (Link(terms_answer=says(200, b" " * 10_000_000)), "target_unusable"),
        "200 with an error": (Link(terms_answer=says(200, NO)), "target_refused"),
        "an error instead of the invoice": (Link(invoice_answer=says(200, NO)), "target_refused"),
        "500": (Link(terms_answer=says(500, b"{}")), "target_silent"),
        "no JSON": (Link(terms_answer=says(200, b"<html>hello</html>")), "target_unusable"),
        "wrong tag": (Link(tag="withdrawRequest"), "target_unusable"),
        "min above the amount": (Link(invoice=good, min_msat=10**9), "below_minimum"),
        "max below the amount": (Link(invoice=good, max_msat=1000), "above_maximum"),
        "swapped on the second call": (
            Link(invoice=in_turn(good, lambda msat: good(msat + 5000))),
            "invoice_amount",
        ),
        "one invoice for two": (Link(invoice=same), None),
        "one invoice for two again": (Link(invoice=same), "invoice_used"),
        "wrong description hash": (Link(invoice=wrong(description_hash="ab" * 32)), "invoice_description"),
        "an invoice of nobody": (Link(invoice=wrong()), "payment_failed"),
        "nonsense for an invoice": (Link(invoice=lambda _msat: "lnbc1nonsense"), "target_unusable"),
    }


async def test_no_false_answer_is_overpaid_and_each_is_decided_with_its_reason(business: Business) -> None:
    """Twenty-six targets of one sale: the two good invoices are paid, nothing else leaves the wallet."""
    cases = quick_links(business)
    urls = {name: business.links.add(name.replace(" ", "-"), link) for name, (link, _) in cases.items()}
    await business.split_over([(TargetKind.LNURL, url) for url in urls.values()])
    settlement_id = await business.sold(len(cases))
    host = business.engine.host
    before = await host.history.balance_msat(business.operator.wallet.id)

    longest_s = 0.0
    for _ in cases:
        started = time.monotonic()
        assert await work_outside(business.engine.store, host, business.lease, lambda: False) is not None
        longest_s = max(longest_s, time.monotonic() - started)

    assert longest_s < DEADLINE_S
    legs = await business.legs(settlement_id)
    first = {leg["target"]: leg for leg in reversed(legs)}
    got = {name: first[url]["error_code"] for name, url in urls.items()}
    # Below the minimum is no failure: that leg is voided, and gathers anew beside it.
    (gathers,) = [leg for leg in legs if leg["state"] == "skipped" and leg["target"]]
    assert gathers["target"] == urls["min above the amount"]
    got["min above the amount"] = gathers["reason"]
    assert got == {name: code for name, (_, code) in cases.items()}
    for name, (_, code) in cases.items():
        expected = {"completed"} if code is None else {"failed", "voided"}
        assert first[urls[name]]["state"] in expected, name
    assert "\n" not in first[urls["200 with an error"]]["error_message"]

    paid = [leg for leg in legs if leg["state"] == "completed" and leg["target"]]
    arrived = await host.history.balance_msat(business.ella.id)
    left = before - await host.history.balance_msat(business.operator.wallet.id)
    assert len(paid) == 2
    assert arrived == left == sum(leg["sent_msat"] for leg in paid) == 2 * SHARE_SATS * 1000


SLOW = {
    "one byte a second": Link(terms_answer=drips),
    "never answers": Link(terms_answer=never),
    "never makes the invoice": Link(invoice_answer=never),
}


async def test_slow_targets_are_given_up_soon_and_hold_up_nobody(business: Business) -> None:
    """The runner talks to one after the other; side by side here, the three cost the time of one.

    Another sale lands and is paid while they are still waited for.
    """
    engine, lease = business.engine, business.lease
    urls = {name: business.links.add(name.replace(" ", "-"), link) for name, link in SLOW.items()}
    await business.split_over(
        [(TargetKind.WALLET, business.ella.id), *((TargetKind.LNURL, url) for url in urls.values())]
    )
    first = await business.sold(4)
    assert await engine.host.history.balance_msat(business.ella.id) == SHARE_SATS * 1000
    async with engine.store.reading() as books:
        slow = [leg for leg in await books.legs.of(first) if leg.target in urls.values()]
        errands = [await MAKERS[leg.leg_type](books, leg) for leg in slow]

    async def timed(work: Awaitable[object]) -> float:
        started = time.monotonic()
        await work
        return time.monotonic() - started

    talking = [
        asyncio.create_task(timed(run_errand(engine.store, engine.host, errand, lease, lambda: False)))
        for errand in errands
    ]
    await asyncio.sleep(1)
    await business.split_over([(TargetKind.WALLET, business.ella.id)])
    second = await business.sold(1)

    assert await business.state(second) == "processed"
    assert await engine.host.history.balance_msat(business.ella.id) == 2 * SHARE_SATS * 1000
    assert not any(task.done() for task in talking), "they were still waited for"
    assert max(await asyncio.gather(*talking)) < DEADLINE_S
    codes = {leg["target"]: leg["error_code"] for leg in reversed(await business.legs(first))}
    assert {codes[url] for url in urls.values()} == {"target_silent"}


async def test_a_target_outside_is_saved_and_shown_in_one_readable_form(
    business: Business, lnbits: InProcessHost
) -> None:
    """What was typed comes back; keys never."""
    client, path = lnbits.client(business.operator), "/satmachineadmin/api/v1/dca/commission-splits"
    splits = [
        {"target": "Ella@Example.COM", "share_pct": "60"},
        {"target": "lnurlp://pay.example.com/p/1", "share_pct": "40"},
    ]
    (await client.put(path, json={"splits": splits})).raise_for_status()

    saved = (await client.get(path)).raise_for_status().json()["splits"]

    assert [(line["target"], line["target_kind"], line["label"]) for line in saved] == [
        ("ella@example.com", "ln_address", "ella@example.com"),
        ("https://pay.example.com/p/1", "lnurl", "pay.example.com"),
    ]
