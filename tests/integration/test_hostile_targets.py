"""Targets that answer falsely, slowly or not at all, against a real LNbits: never overpaid, soon decided."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from tests.harness import LnbitsServer
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
from tests.harness.people import Wallet
from tests.harness.shop import DCA, Shop, check_conservation

#: the longest that one target may keep its own leg undecided
DEADLINE_S = 15
SALE = {"principal_sats": 1000, "fiat_amount": "200.00", "exchange_rate": "5"}


@pytest.fixture(scope="module")
def links() -> Iterator[PayLinks]:
    with PayLinks() as links:
        yield links


@pytest.fixture
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, shares=(), super_fee_pct="0", customer_sats=10_000_000)


def good_invoice(server: LnbitsServer, wallet: Wallet, amount_msat: int) -> str:
    """One that LNbits can pay, with the description hash that LUD-06 asks for."""
    body = {"out": False, "amount": amount_msat // 1000, "unhashed_description": METADATA.encode().hex()}
    made = server.api_with_key(wallet.inkey).post("/api/v1/payments", body)
    return str(made["bolt11"])


def in_turn(*makers: Callable[[int], str]) -> Callable[[int], str]:
    """Each wish is answered by the next of the makers, the last one for good."""
    left = list(makers)
    return lambda amount_msat: (left.pop(0) if len(left) > 1 else left[0])(amount_msat)


def quick_links(shop: Shop, links: PayLinks, ella: Wallet) -> dict[str, tuple[Link, str | None]]:
    """Every false answer that is at least quick, with the reason that the leg must give; None: paid."""
    good = partial(good_invoice, shop.server, ella)
    shared: dict[int, str] = {}

    def same(amount_msat: int) -> str:
        return shared.setdefault(amount_msat, good(amount_msat))

    def wrong(**how: Any) -> Callable[[int], str]:
        return lambda amount_msat: foreign_invoice(amount_msat, **how)

    return {
        "honest": (Link(invoice=good), None),
        "one msat more": (Link(invoice=lambda msat: foreign_invoice(msat + 1)), "invoice_amount"),
        "one msat less": (Link(invoice=lambda msat: foreign_invoice(msat - 1)), "invoice_amount"),
        "one sat more, and payable": (Link(invoice=lambda msat: good(msat + 1000)), "invoice_amount"),
        "no amount": (Link(invoice=lambda _msat: foreign_invoice(None)), "invoice_amount"),
        "expired": (Link(invoice=wrong(expires_in=-1)), "invoice_expired"),
        "another network": (Link(invoice=wrong(network="tb")), "invoice_network"),
        "the machine's own": (
            Link(invoice=partial(good_invoice, shop.server, shop.machine_wallet)),
            "invoice_ours",
        ),
        "redirect loop": (Link(terms_answer=redirects("loop")), "target_unusable"),
        "redirect to loopback": (
            Link(terms_answer=redirects(links.url("honest"))),
            "target_unusable",
        ),
        "redirect to another scheme": (Link(terms_answer=redirects("file:///etc/passwd")), "target_unusable"),
        "ten megabytes": (Link(terms_answer=says(200, b" " * 10_000_000)), "target_unusable"),
        "200 with an error": (
            Link(terms_answer=says(200, b'{"status": "ERROR", "reason": "not\\ntoday"}')),
            "target_refused",
        ),
        "an error instead of the invoice": (
            Link(invoice_answer=says(200, b'{"status": "ERROR", "reason": "no"}')),
            "target_refused",
        ),
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


def split_over(shop: Shop, targets: list[str]) -> None:
    """The whole commission in equal shares; a share in ten-thousandths of a percent, the last one larger."""
    each, rest = divmod(1_000_000, len(targets))
    shares = [each] * (len(targets) - 1) + [each + rest]
    lines = [
        {"target": target, "share_pct": f"{share // 10_000}.{share % 10_000:04}"}
        for target, share in zip(targets, shares, strict=True)
    ]
    shop.api.put(f"{DCA}/commission-splits", {"splits": lines})


def first_attempts(shop: Shop, settlement_id: str) -> dict[str, dict[str, Any]]:
    """What became of the first attempt for each target."""
    rows = shop.server.sql(
        """
        SELECT target, state, reason, error_code, error_message, sats, sent_msat, payment_hash
        FROM satmachineadmin.dca_payments
        WHERE settlement_id = :id AND leg_type = 'operator_split' ORDER BY attempt DESC
        """,
        id=settlement_id,
    )
    return {row["target"]: dict(row) for row in rows}


def settlement_id_of(shop: Shop, sale: Any) -> str:
    found: dict[str, Any] = shop.server.wait_for(lambda: shop.settlement_of(sale), "settlement")
    return str(found["id"])


def test_no_false_answer_is_overpaid_and_each_is_decided_with_its_reason(shop: Shop, links: PayLinks) -> None:
    """Twenty-five targets of one sale: the two good invoices are paid, nothing else leaves the wallet."""
    ella = shop.server.create_user(f"ella{uuid4().hex[:6]}").wallet
    cases = quick_links(shop, links, ella)
    urls = {name: links.add(name.replace(" ", "-"), link) for name, (link, _) in cases.items()}
    split_over(shop, list(urls.values()))
    before = shop.server.balance_msat(shop.machine_wallet)

    sale = shop.sell(**SALE, commission_sats=50_000)
    settlement_id = settlement_id_of(shop, sale)

    def all_decided() -> bool:
        states = [leg["state"] for leg in first_attempts(shop, settlement_id).values()]
        return len(states) == len(cases) and not {"pending", "paying"} & set(states)

    shop.server.wait_for(all_decided, "decision for every target", timeout_s=60)

    legs = first_attempts(shop, settlement_id)
    got = {name: legs[url]["error_code"] or legs[url]["reason"] for name, url in urls.items()}
    # A leg below the minimum is voided for the one that gathers beside it.
    newest = shop.server.sql(
        "SELECT reason FROM satmachineadmin.dca_payments WHERE settlement_id = :id AND state = 'skipped'"
        " AND leg_type = 'operator_split'",
        id=settlement_id,
    )
    got["min above the amount"] = newest[0]["reason"]
    assert got == {name: code for name, (_, code) in cases.items()}
    for name, (_, code) in cases.items():
        expected = {"completed"} if code is None else {"failed", "voided"}
        assert legs[urls[name]]["state"] in expected, name

    paid = [legs[url] for url in urls.values() if legs[url]["state"] == "completed"]
    assert len(paid) == 2
    assert (
        shop.server.balance_msat(ella)
        == sum(leg["sent_msat"] for leg in paid)
        == 1000 * sum(leg["sats"] for leg in paid)
    )
    lps_and_rest = before + 51_000_000 - shop.server.balance_msat(ella)
    assert shop.server.balance_msat(shop.machine_wallet) == lps_and_rest, "nothing else has left"
    settlement = shop.api.get(f"{DCA}/settlements/{settlement_id}")
    check_conservation(settlement)
    assert "\n" not in str(legs[urls["200 with an error"]]["error_message"])


@pytest.mark.parametrize("name", ["one byte a second", "never answers", "never makes the invoice"])
def test_a_slow_target_is_given_up_soon_and_holds_up_nobody(shop: Shop, links: PayLinks, name: str) -> None:
    """Another sale lands and is paid while the target is still waited for."""
    link = {
        "one byte a second": Link(terms_answer=drips),
        "never answers": Link(terms_answer=never),
        "never makes the invoice": Link(invoice_answer=never),
    }[name]
    url = links.add(name.replace(" ", "-"), link)
    ella = shop.server.create_user(f"ella{uuid4().hex[:6]}").wallet
    split_over(shop, [url, ella.id])

    first = settlement_id_of(shop, shop.sell(**SALE, commission_sats=1000))
    second = settlement_id_of(shop, shop.sell(**SALE, commission_sats=1000))
    shop.server.wait_for(lambda: shop.server.balance_sats(ella) == 1000, "both sales paid", timeout_s=30)
    shop.server.wait_for(lambda: first_attempts(shop, first)[url]["error_code"], "decision", timeout_s=90)

    assert first_attempts(shop, first)[url]["error_code"] == "target_silent"
    assert link.first_asked_at is not None
    assert time.monotonic() - link.first_asked_at < DEADLINE_S
    assert first_attempts(shop, second)[ella.id]["state"] == "completed"


def test_a_target_of_this_lnbits_that_is_not_a_machine_is_saved_and_shown(shop: Shop) -> None:
    """What was typed comes back in one readable form; keys never."""
    shop.api.put(
        f"{DCA}/commission-splits",
        {
            "splits": [
                {"target": "Ella@Example.COM", "share_pct": "60"},
                {"target": "lnurlp://pay.example.com/p/1", "share_pct": "40"},
            ]
        },
    )

    saved = shop.api.get(f"{DCA}/commission-splits")["splits"]

    assert [(line["target"], line["target_kind"], line["label"]) for line in saved] == [
        ("ella@example.com", "ln_address", "ella@example.com"),
        ("https://pay.example.com/p/1", "lnurl", "pay.example.com"),
    ]
