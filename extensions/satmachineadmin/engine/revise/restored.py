"""Accept as paid, or not: what is in the host's history but not in these books.

The books were restored from an older copy, or are new. Nothing is paid here. Where each of the host's
payments is one of the legs as planned now (books that are a few minutes old plan the same again), those
legs are booked by these very payments: as paid, or, if they leave this LNbits, as handed over, and what
became of them is looked up as ever. A leg that the host knows nothing of has failed, and a person may try
it again. Where they do not match (the LPs or the rules were others then), the legs are taken out of the
books, the LPs' cash is theirs again, and the sale is put aside.

A balance that was paid off is one leg: it is booked as paid by the host's payment of just its sats, or
given up, and the LP's cash is its own again. It is never tried again under its old mark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...core.errors import InvariantViolated, NoSuchPayment, StateMoved
from ...core.model import HostPayment, Leg, Settlement
from ...core.outside import attempt_of, mark_of
from ...core.states import LegState, PayWay, SettlementState
from ...ports import Books, Found, Host
from .. import payout as steps
from ..errands import Share, share_of
from ..payoff import Payoff
from ..write_down import HandedOver, hand_over, take_back
from . import conclude, leave_errored, void

#: Of an internal payment, the host's service fee leaves less than two sats unused.
_LEAST_UNPAID_MSAT = 2000
_UNPAID = (LegState.PENDING, LegState.SKIPPED, LegState.VOIDED)


@dataclass(frozen=True, kw_only=True)
class _Match:
    """A pending leg, the host's payment of it, and the legs that went with that payment."""

    leg: Leg
    payment: Mapping[str, Any]
    #: which attempt the payment is of: earlier ones have failed, and these books do not know it
    attempt: int
    carried: tuple[Share, ...]

    @property
    def taken_msat(self) -> int:
        return int(-self.payment["amount_msat"] + self.payment["fee_msat"])

    @property
    def is_plausible(self) -> bool:
        """Whether it is the legs' payment: of what leaves this LNbits a part was kept back for fees."""
        whole_msat = 1000 * (self.leg.sats + sum(share.leg.sats for share in self.carried))
        return whole_msat == self.taken_msat or (self.leg.is_external and 0 < self.taken_msat < whole_msat)


async def accept_as_paid(books: Books, settlement_id: str) -> None:
    """Take the host's payments of a stopped settlement as what was paid of it."""
    settlement = await books.settlements.get(settlement_id)
    if settlement is None or settlement.state is not SettlementState.ERRORED:
        return
    legs = await books.legs.of(settlement_id)
    pending = [leg for leg in legs if leg.state is LegState.PENDING]
    payments = {
        mark_of(row["external_id"]): row
        for row in await books.unknown.of_sale(f"sm1:{settlement.payment_hash}:")
    }
    found = [await _match(books, leg, payments.get(mark_of(leg.external_id))) for leg in pending]
    matches = [match for match in found if match is not None]
    if len(matches) < len(payments) and all(leg.state in _UNPAID for leg in legs):
        for leg in pending:
            await void(books, settlement, leg)
        await leave_errored(books, settlement, SettlementState.DISMISSED, reason="accepted_as_paid")
        return
    for match in matches:
        await _book(books, settlement, match)
    await _refuse_rest(books, settlement, pending, matches)
    states = {leg.state for leg in await books.legs.of(settlement_id)}
    if LegState.PAYING in states and LegState.PENDING not in states:
        await leave_errored(books, settlement, SettlementState.PROCESSING)
    else:
        await conclude(books, settlement)


async def _match(books: Books, leg: Leg, payment: Mapping[str, Any] | None) -> _Match | None:
    attempt = attempt_of(payment["external_id"]) if payment else None
    if payment is None or attempt is None:
        return None
    carried = []
    for external_id in json.loads(payment["carries"]):
        other = await books.unknown.unpaid_leg(external_id)
        if other is None:
            return None
        carried.append(await share_of(books, other))
    match = _Match(leg=leg, payment=payment, attempt=attempt, carried=tuple(carried))
    return match if match.is_plausible else None


async def _refuse_rest(
    books: Books, settlement: Settlement, pending: Sequence[Leg], matches: Sequence[_Match]
) -> None:
    """What the host has no payment of; what went with another sale's payment waits until that is accepted."""
    booked = {match.leg.id for match in matches}
    carried = {mark_of(one) for one in await books.unknown.carried(settlement.machine_id)}
    for leg in pending:
        if leg.id not in booked and mark_of(leg.external_id) not in carried:
            await books.legs.move(
                settlement,
                leg,
                LegState.FAILED,
                error_code="restored",
                error_message="LNbits' history does not say that this was paid.",
            )


async def _book(books: Books, settlement: Settlement, match: _Match) -> None:
    """Write down what the host did with a leg."""
    leg = await _at_attempt(books, settlement, match.leg, match.attempt)
    payment = match.payment
    sent_msat, fee_msat = -payment["amount_msat"], payment["fee_msat"]
    if leg.is_external:
        taken = [
            share if share.leg.state is LegState.PENDING else await take_back(books, share)
            for share in match.carried
        ]
        given = HandedOver(payment_hash=payment["payment_hash"], sent_msat=sent_msat, reserve_msat=fee_msat)
        await hand_over(books, (Share(stem=settlement, leg=leg), *taken), given)
        return
    await books.legs.move(
        settlement,
        leg,
        LegState.PAYING,
        way=PayWay.SLOW,
        destination_wallet_id=payment["payee_wallet_id"],
        payment_hash=payment["payment_hash"],
        preimage=None,
        bolt11=None,
        sent_msat=sent_msat,
        fee_msat=fee_msat,
        fee_unused_msat=leg.sats * 1000 - sent_msat - fee_msat,
    )
    (paying,) = [one for one in await books.legs.of(settlement.id) if one.id == leg.id]
    await books.legs.move(settlement, paying, LegState.COMPLETED, completed_at=books.now)
    await books.lps.spend(steps.fills([paying], [await books.legs.sent(leg.id)]))


async def _at_attempt(books: Books, settlement: Settlement, leg: Leg, attempt: int) -> Leg:
    """The leg under the name that its payment bears in the host's books."""
    if leg.attempt == attempt:
        return leg
    if leg.attempt > attempt:
        raise InvariantViolated("a payment that is not known belongs to no attempt that is")
    await books.legs.move(settlement, leg, LegState.VOIDED)
    return await books.legs.write_fresh_attempt(settlement, replace(leg, attempt=attempt - 1), None)


async def find_payment(host: Host, payoff: Payoff, lp_user_id: str) -> tuple[HostPayment, str]:
    """The host's payment of a restored payoff, and the wallet that got it; raises NoSuchPayment.

    Whoever pays can put our mark on any payment of its own. So it must be the only one, of the payoff's
    sats, and have come to the LP.
    """
    leg = payoff.leg
    paid = await host.history.paid_under(leg.payer_wallet_id, payoff.mark)
    if len(paid) == 1 and await host.look_up(paid[0].payment_hash) is Found.HALF:
        await host.complete_half(paid[0].payment_hash)
    sides = await host.history.all_sides([row.payment_hash for row in paid])
    payees = [row.wallet_id for row in sides if row.is_lightning_inbound and not row.is_service_fee]
    users = await host.history.users_of(payees)
    unused_msat = 1000 * leg.sats + sum(row.amount_msat - row.fee_msat for row in paid)
    has_fee = any(row.fee_msat for row in paid)
    is_whole = 0 <= unused_msat < (_LEAST_UNPAID_MSAT if has_fee else 1)
    is_one = [row.status for row in paid] == ["success"]
    if not is_one or not is_whole or [users.get(wallet_id) for wallet_id in payees] != [lp_user_id]:
        raise NoSuchPayment(sats=leg.sats, username=leg.label)
    return paid[0], payees[0]


async def book_payoff(books: Books, payoff: Payoff, payment: HostPayment, payee_wallet_id: str) -> None:
    """Take the host's payment as what paid the balance off; what forwards it follows as ever."""
    leg = await _restored(books, payoff)
    sent_msat, fee_msat = -payment.amount_msat, payment.fee_msat
    await books.legs.move(
        payoff,
        leg,
        LegState.COMPLETED,
        payment_hash=payment.payment_hash,
        external_id=payment.external_id,
        preimage=None,
        bolt11=None,
        destination_wallet_id=payee_wallet_id,
        sent_msat=sent_msat,
        fee_msat=fee_msat,
        fee_unused_msat=leg.sats * 1000 - sent_msat - fee_msat,
        completed_at=books.now,
        error_code=None,
        error_message=None,
    )
    await books.lps.spend(steps.fills([leg], [await books.legs.sent(leg.id)]))


async def give_payoff_up(books: Books, payoff: Payoff, reason: str) -> None:
    """A person says that it was not paid: the LP's cash is its own again."""
    leg = await _restored(books, payoff)
    await books.legs.move(payoff, leg, LegState.FAILED, error_message=reason)
    await books.legs.move(payoff, replace(leg, state=LegState.FAILED), LegState.VOIDED)
    if leg.enrolment_id is not None:
        await books.lps.release({leg.enrolment_id: leg.fiat_minor or 0})


async def _restored(books: Books, payoff: Payoff) -> Leg:
    """The leg as it is now; raises StateMoved when it was decided meanwhile."""
    leg = await books.payoffs.get(payoff.leg.id)
    if leg is None or (leg.state, leg.error_code) != (LegState.UNRESOLVED, "restored"):
        raise StateMoved(thing="leg")
    return leg
