"""What every Host promises of payments that may leave it: paid once, and the truth when it is asked.

The modules that import these tests bring a fixture `bench`, as for contract.py.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

import pytest

from satmachineadmin.core.outside import Invoice, OutsideCode
from satmachineadmin.ports import Host, HostRefused
from satmachineadmin.ports.lightning import Outcome, OutsidePayment, TargetRefused, Verdict

pytestmark = pytest.mark.anyio


class OutsideBench(Protocol):
    """A host and invoices for it to pay."""

    @property
    def host(self) -> Host: ...
    async def wallet(self, sats: int = 0) -> str: ...
    async def balance_sats(self, wallet_id: str) -> int: ...
    async def outside_invoice(self, sats: int, *, is_payable: bool) -> Invoice:
        """An invoice of somebody outside, whom the host's node reaches or does not."""

    async def own_invoice(self, wallet_id: str, sats: int) -> Invoice:
        """An invoice of a wallet of this host."""

    def set_ending(self, *, is_payable: bool) -> None:
        """For hosts whose node is told what becomes of the next payment."""


def payment(payer: str, invoice: Invoice, mark: str | None = None) -> OutsidePayment:
    return OutsidePayment(
        payer_wallet_id=payer,
        payment_hash=invoice.payment_hash,
        bolt11=invoice.bolt11,
        memo="Plaza: commission share",
        extra={"tag": "satmachine:m1", "leg_type": "operator_split"},
        external_id=mark or f"sm1:{uuid4().hex}:split:0:1",
        extension="satmachineadmin",
    )


async def test_a_payment_that_leaves_is_debited_once_and_found_by_its_hash(bench: OutsideBench) -> None:
    """With memo, tag and mark; handed over again it is refused, and nothing more is debited."""
    payer = await bench.wallet(1000)
    sent = payment(payer, await bench.outside_invoice(300, is_payable=True))
    bench.set_ending(is_payable=True)

    await bench.host.lightning.pay(sent)

    assert await bench.host.lightning.look_up(sent) == Outcome(verdict=Verdict.COMPLETED, fee_msat=0)
    assert await bench.balance_sats(payer) == 700
    (debit,) = await bench.host.history.with_hashes(payer, [sent.payment_hash])
    assert (debit.amount_msat, debit.status, debit.external_id) == (-300_000, "success", sent.external_id)
    assert (debit.tag, debit.memo) == ("satmachine:m1", "Plaza: commission share")
    with pytest.raises(HostRefused):
        await bench.host.lightning.pay(sent)
    assert await bench.balance_sats(payer) == 700


async def test_a_payment_that_the_node_cannot_make_is_refused_and_known_as_failed(
    bench: OutsideBench,
) -> None:
    payer = await bench.wallet(1000)
    sent = payment(payer, await bench.outside_invoice(300, is_payable=False))
    bench.set_ending(is_payable=False)

    with pytest.raises(HostRefused, match=r"."):
        await bench.host.lightning.pay(sent)

    assert (await bench.host.lightning.look_up(sent)).verdict is Verdict.FAILED
    assert await bench.balance_sats(payer) == 1000


async def test_an_invoice_of_a_wallet_here_is_paid_without_leaving(bench: OutsideBench) -> None:
    payer, payee = await bench.wallet(1000), await bench.wallet()
    sent = payment(payer, await bench.own_invoice(payee, 1000))

    await bench.host.lightning.pay(sent)

    assert await bench.host.lightning.look_up(sent) == Outcome(verdict=Verdict.COMPLETED, fee_msat=0)
    assert (await bench.balance_sats(payer), await bench.balance_sats(payee)) == (0, 1000)


async def test_what_was_never_handed_over_is_not_there(bench: OutsideBench) -> None:
    payer = await bench.wallet(1000)
    sent = payment(payer, await bench.outside_invoice(300, is_payable=True))

    assert (await bench.host.lightning.look_up(sent)).verdict is Verdict.NOT_THERE


async def test_a_wallet_that_is_short_leaves_no_trace(bench: OutsideBench) -> None:
    payer = await bench.wallet(100)
    sent = payment(payer, await bench.outside_invoice(300, is_payable=True))

    with pytest.raises(HostRefused, match="Insufficient balance"):
        await bench.host.lightning.pay(sent)

    assert (await bench.host.lightning.look_up(sent)).verdict is Verdict.NOT_THERE
    assert await bench.balance_sats(payer) == 100


async def test_the_legs_that_went_with_a_payment_are_found_by_their_names(bench: OutsideBench) -> None:
    """From the wallet that paid, since an instant; those of a payment that failed went nowhere."""
    payer, other = await bench.wallet(1000), await bench.wallet(1000)
    went, stayed = f"sm1:{uuid4().hex}:split:0:2", f"sm1:{uuid4().hex}:split:0:2"
    for name, is_payable in ((went, True), (stayed, False)):
        sent = payment(payer, await bench.outside_invoice(300, is_payable=is_payable))
        bench.set_ending(is_payable=is_payable)
        with contextlib.suppress(HostRefused):
            await bench.host.lightning.pay(replace(sent, extra={**sent.extra, "carries": [name]}))

    assert await bench.host.lightning.carried(payer, 0) == {went}
    assert await bench.host.lightning.carried(payer, 4 * 10**9) == frozenset()
    assert await bench.host.lightning.carried(other, 0) == frozenset()


async def test_somebody_elses_payment_of_the_same_invoice_is_not_ours(bench: OutsideBench) -> None:
    """The same hash, even from the same wallet, under another mark."""
    payer, payee = await bench.wallet(1000), await bench.wallet()
    invoice = await bench.own_invoice(payee, 300)
    await bench.host.lightning.pay(payment(payer, invoice, "the-operators-own"))

    ours = payment(payer, invoice)
    with pytest.raises(HostRefused):
        await bench.host.lightning.pay(ours)

    assert (await bench.host.lightning.look_up(ours)).verdict is Verdict.NOT_THERE
    assert await bench.balance_sats(payer) == 700


async def test_an_invoice_is_read_as_it_was_made(bench: OutsideBench) -> None:
    invoice = await bench.outside_invoice(300, is_payable=True)

    assert bench.host.lightning.read(invoice.bolt11) == invoice
    assert (invoice.amount_msat, invoice.network) == (300_000, "bc")


async def test_a_target_that_nobody_serves_is_silent(bench: OutsideBench) -> None:
    with pytest.raises(TargetRefused) as refused:
        await bench.host.lightning.terms("http://127.0.0.1:9/pay")

    assert refused.value.code is OutsideCode.TARGET_SILENT
