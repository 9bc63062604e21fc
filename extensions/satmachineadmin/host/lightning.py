"""LNbits as the port to the world outside: LNURL-pay through its own client, payments through its node.

LNbits' client pins the addresses that it checked, follows only redirects that its settings allow, and
reads at most 256 KiB; how long an answer may take in all is the caller's to say. LNbits waits five
seconds for a payment and then calls it pending; it looks at ten such rows every half hour. So the
node is asked here, and what it says is written to LNbits' row as LNbits itself would.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

import bolt11
from bolt11 import Bolt11Exception
from lnbits.core.crud import get_standalone_payment, get_wallet_payment, update_payment
from lnbits.core.models import Payment, PaymentState
from lnbits.core.models.lnurl import CreateLnurlPayment
from lnbits.core.services import create_invoice as lnbits_create_invoice
from lnbits.core.services import pay_invoice as lnbits_pay_invoice
from lnbits.core.services.lnurl import fetch_lnurl_pay_request, handle
from lnbits.core.services.payments import check_payment_status, update_payment_success_status
from lnbits.exceptions import InvoiceError, PaymentError
from lnbits.settings import settings
from lnbits.wallets.base import PaymentStatus
from lnurl import LnurlErrorResponse, LnurlPayResponse, LnurlResponseException
from lnurl.exceptions import LnurlException
from loguru import logger
from pydantic import ValidationError

from ..core.model import HostPayment
from ..core.outside import Invoice, OutsideCode, TargetTerms, carried_by
from ..failpoints import external_call
from ..ports import Found, HostRefused
from ..ports.lightning import Charge, Outcome, OutsidePayment, TargetRefused, Verdict
from ..uncancelled import to_the_end
from . import slow_payout
from .history import LnbitsHistory

#: LNbits' network where nothing says otherwise.
_MAINNET = "bc"
#: How long one answer of a target may take; the caller bounds the whole conversation.
_ANSWER_SECONDS = 10
#: How long the node is given to say what became of a payment.
_NODE_SECONDS = 8
#: So much of what a stranger says is repeated.
_LONGEST_SAYING = 200
#: What LNbits' client says when nothing came back.
_NO_ANSWER = frozenset({"LNURL request failed.", "LNURL request target could not be resolved."})
#: What it says of an answer that it could not use; anything else is what the target itself said.
_UNUSABLE = (
    "Invalid LNURL response",
    "Invalid LNURL-pay response",
    "Invalid LNURL request URL",
    "LNURL re",
    "Expected Success or Error response",
    "Unknown response",
)


class LnbitsLightning:
    """Lightning over the LNbits that this extension runs in."""

    def __init__(self) -> None:
        self._history = LnbitsHistory()

    @external_call("external.charge")
    async def charge(self, wanted: Charge) -> Invoice:
        try:
            payment = await lnbits_create_invoice(
                wallet_id=wanted.wallet_id,
                amount=wanted.amount_sats,
                memo=wanted.memo,
                expiry=wanted.expiry_seconds,
                extra=dict(wanted.extra),
                external_id=wanted.external_id,
            )
        except (PaymentError, InvoiceError) as refusal:
            raise HostRefused(refusal.message) from refusal
        return read_invoice(payment.bolt11)

    @external_call("external.terms")
    async def terms(self, target: str) -> TargetTerms:
        try:
            answer = await handle(target, user_agent=settings.user_agent, timeout=_ANSWER_SECONDS)
        except (LnurlException, ValidationError, ValueError) as problem:
            raise _refusal(problem) from problem
        if isinstance(answer, LnurlErrorResponse):
            raise _said_no(answer.reason)
        if not isinstance(answer, LnurlPayResponse):
            raise TargetRefused(OutsideCode.TARGET_UNUSABLE, "The target takes no payments over LNURL-pay.")
        return TargetTerms(
            callback=str(answer.callback),
            min_msat=int(answer.minSendable),
            max_msat=int(answer.maxSendable),
            metadata=str(answer.metadata),
            is_here=_is_here(str(answer.callback)),
        )

    @external_call("external.invoice")
    async def invoice(self, terms: TargetTerms, amount_msat: int) -> Invoice:
        try:
            asked = LnurlPayResponse.parse_obj(
                {
                    "callback": terms.callback,
                    "minSendable": terms.min_msat,
                    "maxSendable": terms.max_msat,
                    "metadata": terms.metadata,
                }
            )
            _terms, answer = await fetch_lnurl_pay_request(CreateLnurlPayment(res=asked, amount=amount_msat))
        except (LnurlException, ValidationError, ValueError) as problem:
            raise _refusal(problem) from problem
        return read_invoice(str(answer.pr))

    def read(self, bolt11: str) -> Invoice:
        return read_invoice(bolt11)

    async def network(self, wallet_id: str, payment_hash: str) -> str:
        payment = await to_the_end(get_wallet_payment(wallet_id, payment_hash))
        try:
            return read_invoice(payment.bolt11).network if payment else _MAINNET
        except TargetRefused:
            return _MAINNET

    @external_call("external.pay")
    async def pay(self, payment: OutsidePayment) -> None:
        try:
            await lnbits_pay_invoice(
                wallet_id=payment.payer_wallet_id,
                payment_request=payment.bolt11,
                extra=dict(payment.extra),
                description=payment.memo,
                tag=payment.extension,
                external_id=payment.external_id,
            )
        except (PaymentError, InvoiceError) as refusal:
            raise HostRefused(refusal.message) from refusal
        except ValueError as refusal:
            raise HostRefused(str(refusal)) from refusal

    async def carried(self, payer_wallet_id: str, since: int) -> frozenset[str]:
        rows = await to_the_end(self._history.carriers_since(payer_wallet_id, since))
        return frozenset(external_id for row in rows for external_id in carried_by(row))

    @external_call("external.look_up")
    async def look_up(self, payment: OutsidePayment) -> Outcome:
        row = await self._debit(payment)
        if row is None:
            return Outcome(verdict=Verdict.NOT_THERE)
        if row.checking_id == f"internal_{payment.payment_hash}":
            return await _internal_outcome(row)
        if row.status == PaymentState.SUCCESS.value:
            return Outcome(verdict=Verdict.COMPLETED, fee_msat=row.fee_msat)
        was_failed = row.status == PaymentState.FAILED.value
        if not await _ask_node(row):
            return Outcome(verdict=Verdict.FAILED if was_failed else Verdict.PENDING)
        row = await self._debit(payment)
        if row is None:
            return Outcome(verdict=Verdict.UNKNOWN)
        verdict = {"success": Verdict.COMPLETED, "failed": Verdict.FAILED}.get(row.status, Verdict.PENDING)
        return Outcome(verdict=verdict, fee_msat=row.fee_msat)

    async def _debit(self, payment: OutsidePayment) -> HostPayment | None:
        """Our own row of it: the same hash may have been paid by somebody else, from another wallet."""
        rows = await to_the_end(self._history.with_hashes(payment.payer_wallet_id, [payment.payment_hash]))
        ours = [row for row in rows if row.is_lightning_outbound and row.external_id == payment.external_id]
        return ours[0] if ours else None


def read_invoice(text: str) -> Invoice:
    """What a BOLT 11 text says; raises TargetRefused."""
    try:
        read = bolt11.decode(text)
        return Invoice(
            bolt11=text.lower(),
            payment_hash=read.payment_hash,
            amount_msat=None if read.amount_msat is None else int(read.amount_msat),
            network=read.currency,
            expires_at=read.expiry_time,
            description_hash=read.description_hash,
        )
    except (Bolt11Exception, ValueError, KeyError, IndexError) as problem:
        raise TargetRefused(OutsideCode.INVOICE_UNREADABLE, "The invoice cannot be read.") from problem


async def _internal_outcome(debit: HostPayment) -> Outcome:
    """LNbits paid it to a wallet of its own: two commits, and it may have stopped in between."""
    found = await to_the_end(slow_payout.look_up(debit.payment_hash))
    if found is Found.HALF:
        await to_the_end(slow_payout.complete_half(debit.payment_hash))
        found = await to_the_end(slow_payout.look_up(debit.payment_hash))
    verdict = Verdict.COMPLETED if found is Found.PAID else Verdict.UNKNOWN
    return Outcome(verdict=verdict, fee_msat=debit.fee_msat)


async def _ask_node(row: HostPayment) -> bool:
    """Ask the node what became of a payment and write it to LNbits' row; False when it does not know."""
    payment = await to_the_end(get_standalone_payment(row.checking_id, wallet_id=row.wallet_id))
    if payment is None:
        return False
    try:
        said = await asyncio.wait_for(check_payment_status(payment), _NODE_SECONDS)
    except Exception as trouble:  # noqa: BLE001 - a node's client raises anything; no answer is an answer
        logger.warning(f"satmachineadmin: the node gave no answer about a payment: {trouble!r}")
        return False
    # LNbits' `pending` is true of a failed status as well: seen.
    is_news = said.success or (said.failed and not payment.failed)
    if not is_news:
        return False
    await to_the_end(_write_answer(payment, said))
    return True


@external_call("external.answer")
async def _write_answer(payment: Payment, said: PaymentStatus) -> None:
    """As LNbits' own sweep does."""
    if said.success:
        await update_payment_success_status(payment, said)
    else:
        payment.status = PaymentState.FAILED
        await update_payment(payment)


def _is_here(callback: str) -> bool:
    """Whether a callback is this LNbits, by the address that its settings name."""
    return urlsplit(callback).netloc.lower() == urlsplit(settings.lnbits_baseurl).netloc.lower()


def _refusal(problem: Exception) -> TargetRefused:
    """What LNbits' client raised, in our words."""
    text = str(problem) if isinstance(problem, LnurlResponseException) else ""
    if text in _NO_ANSWER:
        return TargetRefused(OutsideCode.TARGET_SILENT, "The target could not be reached.")
    if text == "LNURL service returned an invalid invoice amount.":
        return TargetRefused(
            OutsideCode.INVOICE_AMOUNT, "The target's invoice is over another amount than was asked for."
        )
    if text == "Invalid invoice in LNURL response.":
        return TargetRefused(OutsideCode.INVOICE_UNREADABLE, "The target's invoice cannot be read.")
    if not text or text.startswith(_UNUSABLE):
        sentence = f"The target's answer cannot be used: {_shortened(text) or type(problem).__name__}"
        return TargetRefused(OutsideCode.TARGET_UNUSABLE, sentence)
    return _said_no(text)


def _said_no(reason: str) -> TargetRefused:
    return TargetRefused(OutsideCode.TARGET_REFUSED, f"The target says: {_shortened(reason)}")


def _shortened(text: str) -> str:
    """What a stranger says, on one line and not too long."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\s]+", " ", text).strip()[:_LONGEST_SAYING]


def hash_of_invoice(text: str) -> str | None:
    """The payment hash of a BOLT 11 text; None of what cannot be read."""
    try:
        return read_invoice(text).payment_hash
    except TargetRefused:
        return None
