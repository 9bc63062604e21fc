"""The model has teeth: an engine that is broken in one place does not get through some stories.

Each break is one that somebody could make by mistake. The story that finds it is not made shorter here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase

from satmachineadmin.core import correcting, dispense, planning
from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.model import LpStake, Settlement
from satmachineadmin.core.outside import Ask
from satmachineadmin.core.planning import Draw
from satmachineadmin.core.transactions import Amounts, Transaction, amounts_of
from satmachineadmin.engine import claims, errands, report_dispense
from satmachineadmin.engine.revise import retry
from satmachineadmin.ports import Books, Transfer
from satmachineadmin.ports.withdrawal_book import Link
from satmachineadmin.store.legs import Legs
from satmachineadmin.store.lps import Lps
from satmachineadmin.store.statements import Since
from satmachineadmin.usecases import cash_in
from tests.fakes.host import FakeTransaction

from .test_model import Bench, bench

__all__ = ["bench"]
Break = Callable[[pytest.MonkeyPatch], None]
_draw, _transfer, _try_again = planning.draw, FakeTransaction.transfer, retry.try_again


def a_sat_goes_to_the_wrong_lp(patch: pytest.MonkeyPatch) -> None:
    def draw(fiat_minor: int, principal_sats: int, stakes: Sequence[LpStake]) -> Draw:
        drawn = _draw(fiat_minor, principal_sats, stakes)
        if len(drawn.sats) > 1 and drawn.sats[0] > 1 and drawn.sats[1] > 0:
            return replace(drawn, sats=(drawn.sats[0] - 1, drawn.sats[1] + 1, *drawn.sats[2:]))
        return drawn

    patch.setattr(planning, "draw", draw)


def cash_is_not_reserved(patch: pytest.MonkeyPatch) -> None:
    async def reserve(_lps: Lps, _amounts: object) -> None:
        """Nothing is held back."""

    patch.setattr(Lps, "reserve", reserve)


def a_payment_is_a_sat_short(patch: pytest.MonkeyPatch) -> None:
    async def transfer(payout: FakeTransaction, transfers: Sequence[Transfer]) -> None:
        await _transfer(payout, [replace(one, amount_msat=one.amount_msat - 1000) for one in transfers])

    patch.setattr(FakeTransaction, "transfer", transfer)


def a_retry_pays_more(patch: pytest.MonkeyPatch) -> None:
    async def try_again(*args: Any, **named: Any) -> None:
        await _try_again(*args, **{**named, "sats": args[2].sats + 1})

    patch.setattr(retry, "try_again", try_again)


def a_dispensed_part_is_rounded_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dispense, "round_half_up", lambda value: value.numerator // value.denominator)


def a_correction_forgets_the_one_before(patch: pytest.MonkeyPatch) -> None:
    drawn_by = correcting.drawn_by
    patch.setattr("satmachineadmin.usecases.correcting.drawn_by", lambda legs, _before: drawn_by(legs, {}))


def nothing_is_kept_back_for_the_network(patch: pytest.MonkeyPatch) -> None:
    def ask_for(sats: int, *_limits: object, **_where: object) -> Ask:
        return Ask(sent_msat=1000 * sats, reserve_msat=0)

    patch.setattr(errands, "ask_for", ask_for)


def what_was_passed_on_is_not_counted(patch: pytest.MonkeyPatch) -> None:
    async def forget(_legs: Legs, _leg: object) -> None:
        """It went, and the LP's page does not know."""

    patch.setattr(Legs, "_count_forwarded", forget)


def a_statement_begins_with_what_it_ends_with(patch: pytest.MonkeyPatch) -> None:
    async def nothing(_sql: object, enrolment_ids: list[str], _since: int) -> dict[str, Since]:
        return {key: Since(entered_minor=1, turned_minor=0) for key in enrolment_ids}

    patch.setattr("satmachineadmin.store.statements.sums_since", nothing)


def a_link_opens_again_although_its_payment_is_pending(patch: pytest.MonkeyPatch) -> None:
    async def come_back(books: Books, link: Link, _verdict: object) -> None:
        await claims._come_back(books, link, "It takes so long.")

    patch.setattr(claims, "_stay_undecided", come_back)


def a_report_scales_what_was_scaled_already(patch: pytest.MonkeyPatch) -> None:
    def scale(settlement: Settlement, part: Fraction) -> dispense.Scaled:
        return dispense.scale_by_fraction(replace(settlement, landed=None), part)

    patch.setattr(report_dispense, "scale_by_fraction", scale)


def a_cash_in_pays_the_gross(patch: pytest.MonkeyPatch) -> None:
    def amounts(*facts: Any) -> Amounts:
        net = amounts_of(*facts)
        return replace(net, wire_sats=net.principal_sats)

    patch.setattr(cash_in, "amounts_of", amounts)


def what_went_back_by_its_leg_goes_back_once_more(patch: pytest.MonkeyPatch) -> None:
    """A report after that counts as one of a sale that was paid out for all of its notes."""
    note_late = report_dispense._note_late

    async def forget(books: Books, one: Transaction, sale: Settlement, *said: Any) -> Transaction:
        return await note_late(books, one, replace(sale, fiat_minor=one.fiat_minor), *said)

    patch.setattr(report_dispense, "_note_late", forget)


#: break → what its stories are about: else the one that shows it may be the thousandth
BREAKS: dict[Break, tuple[str, ...]] = {
    a_sat_goes_to_the_wrong_lp: ("sells",),
    cash_is_not_reserved: ("sells",),
    a_payment_is_a_sat_short: ("sells",),
    a_retry_pays_more: ("sells", "host_changes", "retries", "retries_leg"),
    a_dispensed_part_is_rounded_down: ("sells", "dispenses_in_part"),
    a_correction_forgets_the_one_before: ("sells_and_engine_works", "corrects"),
    nothing_is_kept_back_for_the_network: ("sells",),
    what_was_passed_on_is_not_counted: ("sells", "lp_chooses", "works_on_everything"),
    a_statement_begins_with_what_it_ends_with: (),
    a_link_opens_again_although_its_payment_is_pending: (
        "pairs", "network_changes", "brings_cash", "customer_claims", "works_on_everything",
    ),
    a_report_scales_what_was_scaled_already: ("pairs", "asks_for_cash_out", "reports"),
    a_cash_in_pays_the_gross: ("pairs", "brings_cash", "customer_claims"),
    what_went_back_by_its_leg_goes_back_once_more: ("pairs", "asks_for_cash_out", "reports", "refunds_late"),
}  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], scope="module", indirect=True)
@pytest.mark.parametrize("break_it", BREAKS, ids=lambda one: one.__name__)
def test_a_broken_engine_is_found(bench: Bench, monkeypatch: pytest.MonkeyPatch, break_it: Break) -> None:
    break_it(monkeypatch)
    with pytest.raises((AssertionError, InvariantViolated)):
        # It ends with the first story that finds the break.
        bench.run(runs=1000, steps=50, phases=(Phase.generate,), about=BREAKS[break_it])
