"""What a person puts right afterwards."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from satmachineadmin.usecases import (
    adopting,
    correcting,
    refunds,
    revising,
    settlements,
    settling,
    supplying,
    sweeping,
)
from tests.unit.engine.rig import OPERATOR

from .people import ELLA, PARTNERS, PURSE, hex_id
from .run import CASH, NUDGE, OPEN, WHICH, Row, Run, happens


class Revising(Run):
    """Corrections of sales, and balances paid off."""

    # Corrections ---------------------------------------------------------------------------------

    @happens(when=lambda self: self.has("held"), which=WHICH)
    def releases_sale(self, which: int) -> None:
        sale = self.sale(which, "held")
        self.does(
            f"Olga releases {self.name(sale)}",
            lambda: settlements.release_settlement(self.w.store, OPERATOR, sale["id"], as_real_sale=True),
        )

    @happens(when=lambda self: self.unpaid(), which=WHICH, quarters=st.integers(0, 3), in_sats=st.booleans())
    def dispenses_in_part(self, which: int, quarters: int, in_sats: bool) -> None:
        rows = self.unpaid()
        sale = rows[which % len(rows)]
        sats = sale["wire_sats"] * quarters // 4
        part = revising.DispensedPart(
            fraction=None if in_sats else Fraction(quarters, 4), sats=sats if in_sats else None
        )

        async def dispense() -> None:
            self.w.books.asked_part = (sats, sale["wire_sats"]) if in_sats else (quarters, 4)
            await revising.dispense_in_part(self.w.store, OPERATOR, sale["id"], part, "jam")

        self.does(
            f"Only {f'{sats} sats' if in_sats else f'{quarters}/4'} of {self.name(sale)} came out", dispense
        )

    def unpaid(self) -> list[Row]:
        paid = {leg["settlement_id"] for leg in self.rows("legs", "completed", "paying", "unresolved")}
        rows = self.rows("settlements", "held", "pending", "processing", "errored")
        return [row for row in rows if row["id"] not in paid and row["tx_type"] == "cash_out"]

    @happens(14, when=lambda self: self.has("errored"), which=WHICH)
    def retries(self, which: int) -> None:
        sale = self.sale(which, "errored")
        self.does(
            f"Olga retries {self.name(sale)}",
            lambda: revising.retry_settlement(self.w.store, self.w.host, OPERATOR, sale["id"], None),
        )

    @happens(8, when=lambda self: self.failed_legs(), which=WHICH, to=st.sampled_from([None, "pedro", ELLA]))
    def retries_leg(self, which: int, to: str | None) -> None:
        legs = self.failed_legs()
        leg = legs[which % len(legs)]
        wish = hex_id(to) if to in PARTNERS else to
        self.does(
            f"Olga retries {leg['leg_key']}, to {to}",
            lambda: revising.retry_settlement(
                self.w.store, self.w.host, OPERATOR, leg["settlement_id"], {leg["id"]: wish}
            ),
        )

    def failed_legs(self) -> list[Row]:
        return [leg for leg in self.rows("legs", "failed") if leg["settlement_id"]]

    @happens(8, when=lambda self: self.failed_legs(), which=WHICH)
    def releases_leg(self, which: int) -> None:
        legs = self.failed_legs()
        leg = legs[which % len(legs)]
        self.does(
            f"Olga gives {leg['leg_key']} up",
            lambda: revising.release_leg(self.w.store, OPERATOR, leg["id"], "gone"),
        )

    @happens(when=lambda self: self.has(*OPEN), which=WHICH, minutes=st.sampled_from([5, 6, 30]))
    def resets(self, which: int, minutes: int) -> None:
        sale = self.sale(which, *OPEN)
        self.does(
            f"Olga takes {self.name(sale)} out of the engine's hands, if it is {minutes} minutes old",
            lambda: revising.force_reset(
                self.w.store, OPERATOR, sale["id"], threshold_minutes=minutes, reason="stuck"
            ),
        )

    @happens(when=lambda self: self.kept(), which=WHICH)
    def sweeps(self, which: int) -> None:
        rows = self.kept()
        sale = rows[which % len(rows)]
        self.does(
            f"Olga sweeps {self.name(sale)}",
            lambda: sweeping.sweep(self.w.store, self.w.host, OPERATOR, sale["id"], None),
        )

    def kept(self) -> list[Row]:
        stays = ("released", "below_minimum", "undispensed", "dust")
        legs = [leg for leg in self.rows("legs", "skipped") if leg["reason"] not in stays]
        kept = {leg["settlement_id"] for leg in legs}
        return [row for row in self.rows("settlements", "processed", "errored") if row["id"] in kept]

    @happens(
        16,
        when=lambda self: self.owed(),
        which=WHICH,
        how=st.sampled_from(["keep", "open", "open", "claim", "claim", "cancel"]),
    )
    def refunds(self, which: int, how: str) -> None:
        legs = self.owed()
        leg = legs[which % len(legs)]
        sale = leg["settlement_id"]

        async def act() -> None:
            if how == "keep":
                await revising.keep_leg(self.w.store, OPERATOR, leg["id"], "forgotten")
            elif how == "open":
                late = self.w.books.links.get(sale)
                if late is None or late.state not in ("open", "claimed"):
                    await refunds.make_refund_link(self.w.store, self.w.host, OPERATOR, sale, "jam", None)  # type: ignore[arg-type]
            elif how == "cancel":
                await refunds.take_back_refund_link(self.w.store, OPERATOR, sale)
            else:
                await self.w.claim(sale)

        self.does(f"Refund of {leg['sats']} sats that were not dispensed: {how}", act)

    def owed(self) -> list[Row]:
        return self.rows("legs", "skipped", reason="undispensed", kept_at=None)

    @happens(10, when=lambda self: self.without_rate(), which=WHICH, nudge=NUDGE)
    def supplies_rate(self, which: int, nudge: int) -> None:
        rows = self.without_rate()
        sale = rows[which % len(rows)]
        rate = self.rate(self.w.machines.index(sale["machine_id"]), nudge)
        self.does(
            f"Olga says that {self.name(sale)} was at {rate}",
            lambda: supplying.supply_rate(
                self.w.store,
                self.w.host,
                OPERATOR,
                sale["id"],
                exchange_rate=rate,
                fiat_minor=None,
                confirm=True,
            ),
        )

    def without_rate(self) -> list[Row]:
        rows = self.rows("settlements", "held", "pending", "processing", "processed", "errored")
        return [row for row in rows if row["exchange_rate"] is None]

    @happens(
        when=lambda self: self.has("rejected", "held"),
        which=WHICH,
        is_sale=st.booleans(),
        commission=st.integers(0, 50),
    )
    def judges_payment(self, which: int, is_sale: bool, commission: int) -> None:
        if not (is_sale and self.has("rejected")):
            sale = self.sale(which, "rejected", "held")
            self.does(
                f"Olga dismisses {self.name(sale)}",
                lambda: adopting.dismiss_settlement(
                    self.w.store, OPERATOR, sale["id"], reason="no sale", remember_payer=False
                ),
            )
            return
        sale = self.sale(which, "rejected")
        commission = min(commission, sale["wire_sats"])
        sign = -1 if sale["tx_type"] == "cash_out" else 1
        supplied = adopting.Supplied(
            principal_sats=sale["wire_sats"] + sign * commission, commission_sats=commission, fiat_minor=None,
            exchange_rate=self.rate(self.w.machines.index(sale["machine_id"]), 0),
        )  # fmt: skip
        self.does(
            f"Olga adopts {self.name(sale)} with {commission} sats of commission",
            lambda: adopting.adopt_settlement(
                self.w.store, self.w.host, OPERATOR, sale["id"], supplied, confirm=True
            ),
        )

    @happens(when=lambda self: self.drawn(), which=WHICH, nudge=st.sampled_from([-40, 13, 100, -100]))
    def corrects(self, which: int, nudge: int) -> None:
        rows = self.drawn()
        sale = rows[which % len(rows)]
        rate = self.rate(self.w.machines.index(sale["machine_id"]), nudge)
        self.does(
            f"Olga corrects the rate of {self.name(sale)} to {rate}",
            lambda: correcting.correct_settlement(self.w.store, OPERATOR, sale["id"], rate, "typo"),
        )

    def drawn(self) -> list[Row]:
        paid = {leg["settlement_id"] for leg in self.rows("legs", "completed", leg_type="dca")}
        return [row for row in self.rows("settlements", "processed") if row["id"] in paid]

    # Balances paid off ---------------------------------------------------------------------------

    @happens(when=lambda self: self.with_cash(), which=WHICH, minor=st.one_of(st.none(), CASH), nudge=NUDGE)
    def settles(self, which: int, minor: int | None, nudge: int) -> None:
        enrolments = self.with_cash()
        enrolment = enrolments[which % len(enrolments)]
        lp = self.w.books.lps[enrolment]
        rate = self.rate(self.w.machines.index(lp.machine), nudge)
        asked = settling.Asked(funding_wallet_id=PURSE, exchange_rate=rate, fiat_minor=minor)
        self.does(
            f"Olga pays {'all' if minor is None else minor} of {lp.user}'s cash off at {rate}",
            lambda: settling.settle_balance(
                self.w.store, self.w.host, OPERATOR, enrolment, asked, confirm=True, notes=""
            ),
        )

    def with_cash(self) -> list[str]:
        return [one for one, lp in self.w.books.lps.items() if lp.confirmed > self.w.books.used(one)]

    @happens(30, when=lambda self: self.failed_payoffs(), which=WHICH, is_again=st.booleans())
    def decides_on_payoff(self, which: int, is_again: bool) -> None:
        rows = self.failed_payoffs()
        leg = rows[which % len(rows)]

        async def act() -> None:
            if is_again:
                await settling.retry_payoff(self.w.store, self.w.host, OPERATOR, leg["client_id"], leg["id"])
            else:
                await settling.release_payoff(self.w.store, OPERATOR, leg["client_id"], leg["id"])

        self.does(f"Olga {'retries' if is_again else 'gives up'} a payoff of {leg['sats']} sats", act)

    def failed_payoffs(self) -> list[Row]:
        return self.rows("legs", "failed", leg_type="settlement")
