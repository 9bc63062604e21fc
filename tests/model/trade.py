"""Customers and LPs at their daily business: sales of every kind, and cash."""

from __future__ import annotations

from hypothesis import strategies as st

from satmachineadmin.core.states import CashEntryKind
from satmachineadmin.core.units import format_fiat
from satmachineadmin.usecases import cash, disputes
from tests.unit.engine.rig import OPERATOR

from . import reference
from .ledger import DIGITS
from .run import AT, CASH, NUDGE, WHICH, WHO, Row, Run, happens


class Trade(Run):
    """Sales and cash entries."""

    # Trade ---------------------------------------------------------------------------------------

    @happens(
        6,
        at=AT,
        fiat=CASH,
        nudge=NUDGE,
        commission=st.integers(0, 400),
        host_fee=st.sampled_from([0, 0, 0, 1500]),
    )
    def sells(self, at: int, fiat: int, nudge: int, commission: int, host_fee: int) -> None:
        self._sell(at, fiat, nudge, commission, host_fee_msat=host_fee)

    @happens(8, at=AT, fiats=st.lists(CASH, min_size=2, max_size=4), commission=st.integers(0, 400))
    def sells_and_engine_works(self, at: int, fiats: list[int], commission: int) -> None:
        for fiat in fiats:
            self._sell(at, fiat, 0, commission)
        self.run(self.w.engine("The engine works", self.w.works))

    @happens(4,
        at=AT, fiat=CASH, commission=st.integers(0, 400),
        how=st.sampled_from(["pending", "wild", "lying", "unstamped", "rateless", "cash_in"]),
    )  # fmt: skip
    def sells_oddly(self, at: int, fiat: int, commission: int, how: str) -> None:
        self._sell(at, fiat, 300 if how == "wild" else 0, commission, how=how)

    def _sell(
        self, at: int, fiat: int, nudge: int, commission: int, *, how: str = "", host_fee_msat: int = 0
    ) -> None:
        currency, rate, wallet = self.w.currencies[at], self.rate(at, nudge), f"machine {at}"
        principal = reference.sats_at(fiat, rate, DIGITS[currency])
        is_out = how != "cash_in"
        wire = principal + commission if is_out else principal - commission
        if wire <= 0 or host_fee_msat > wire * 1000:
            return
        if not is_out:
            self.w.receive(wallet, wire + 10, memo="Admin credit")
        booked = fiat * 2 + 500 if how == "lying" else fiat
        extra: dict[str, object] = {
            "source": "bitspire", "type": "cash_out" if is_out else "cash_in", "principal_sats": principal,
            "fee_sats": commission, "exchange_rate": None if how == "rateless" else rate,
            "currency": currency, "fiat_amount": format_fiat(booked, currency),
        }  # fmt: skip
        status = "pending" if how == "pending" or not is_out else "success"
        row = self.w.receive(wallet, wire, extra={} if how == "unstamped" else extra, status=status)
        is_unstamped = how == "unstamped"
        self.w.books.made[row.payment_hash] = {
            "wallet": wallet, "is_cash_out": is_out, "wire": wire, "principal": principal,
            "commission": commission, "host_fee_msat": host_fee_msat, "settlement": None,
            "fiat": None if is_unstamped else booked,
            "rate": None if how in ("rateless", "unstamped") else rate,
            "is_unstamped": is_unstamped, "is_lying": how == "lying",
            "is_wild": how in ("wild", "rateless", "unstamped"),
        }  # fmt: skip
        if not is_out:
            row = self.w.change(row, amount_msat=-wire * 1000, status="success", fee_msat=700)
        elif host_fee_msat:
            self.w.change(row, fee_msat=host_fee_msat)
        self.w.say(
            f"Sale {len(self.w.books.made)}: {principal} + {commission} sats for "
            f"{format_fiat(fiat, currency)} {currency} at machine {at} {how}"
        )

    @happens(
        4,
        when=lambda self: self.pending_sales(),
        which=WHICH,
        status=st.sampled_from(["success", "success", "failed"]),
    )
    def payment_is_decided(self, which: int, status: str) -> None:
        rows = self.pending_sales()
        row = rows[which % len(rows)]
        self.w.change(row, status=status)
        self.w.say(f"The payment of sale {list(self.w.books.made).index(row.payment_hash) + 1} is a {status}")

    def pending_sales(self) -> list[Row]:
        return list(self.w.unpaid_sales())

    # Cash ----------------------------------------------------------------------------------------

    @happens(6, name=WHO, at=AT, minor=CASH, is_confirmed=st.sampled_from([True, True, False]))
    def hands_over(self, name: str, at: int, minor: int, is_confirmed: bool) -> None:
        self.hand_over(name, at, minor, is_confirmed=is_confirmed)

    @happens(6, when=lambda self: self.entries("pending", "disputed"), which=WHICH, is_good=st.booleans())
    def closes_entry(self, which: int, is_good: bool) -> None:
        entry = self.entry(which, "pending", "disputed")["id"]
        act = cash.confirm_cash if is_good else cash.cancel_cash
        self.does(
            f"Olga {'confirms' if is_good else 'cancels'} a cash entry",
            lambda: act(self.w.store, OPERATOR, entry),
        )

    @happens(3, when=lambda self: self.clients(), which=WHICH, minor=CASH)
    def gives_back(self, which: int, minor: int) -> None:
        lp = self.client(which)
        self.does(
            f"Olga gives {minor} back to {lp['username']}",
            lambda: cash.record_cash(
                self.w.store, OPERATOR, enrolment_id=lp["id"], amount=self.text(lp, minor),
                kind=CashEntryKind.CASH_RETURNED, cash_date=None, notes="",
            ),
        )  # fmt: skip

    @happens(3, when=lambda self: self.clients(), which=WHICH, to=WHICH, minor=CASH)
    def moves_cash(self, which: int, to: int, minor: int) -> None:
        lp, other = self.client(which), self.client(to)
        self.does(
            f"Olga moves {minor} of {lp['username']} to {other['username']}",
            lambda: cash.move_cash(
                self.w.store, OPERATOR, from_id=lp["id"], to_id=other["id"], amount=self.text(lp, minor),
                cash_date=None, notes="",
            ),
        )  # fmt: skip

    @happens(3, when=lambda self: self.entries("confirmed"), which=WHICH, minor=CASH, nothing=st.booleans())
    def corrects_entry(self, which: int, minor: int, nothing: bool) -> None:
        entry = self.entry(which, "confirmed")
        minor = 0 if nothing else minor
        self.does(
            f"Olga corrects a cash entry to {minor}",
            lambda: cash.correct_cash(
                self.w.store, OPERATOR, entry["id"], amount=self.text(entry, minor), reason="a slip"
            ),
        )

    @happens(2, when=lambda self: self.entries("pending", "disputed"), which=WHICH)
    def disputes_entry(self, which: int) -> None:
        entry = self.entry(which, "pending", "disputed")
        lp = self.w.books.lps[entry["client_id"]].user
        if entry["status"] == "pending":
            said = f"{lp} disputes a cash entry"
            self.does(said, lambda: disputes.dispute_cash(self.w.store, lp, entry["id"], "no"))
        else:
            said = f"{lp} stands by a cash entry"
            self.does(said, lambda: disputes.withdraw_dispute(self.w.store, lp, entry["id"]))

    def clients(self) -> list[Row]:
        return [] if self.seen is None else sorted(self.seen.clients, key=lambda row: str(row["id"]))

    def client(self, which: int) -> Row:
        rows = self.clients()
        return rows[which % len(rows)]

    def entries(self, *statuses: str) -> list[Row]:
        rows = [] if self.seen is None else self.seen.entries
        return sorted((row for row in rows if row["status"] in statuses), key=lambda row: str(row["id"]))

    def entry(self, which: int, *statuses: str) -> Row:
        rows = self.entries(*statuses)
        return rows[which % len(rows)]

    def text(self, thing: Row, minor: int) -> str:
        """The amount as it is typed, in the currency of this enrolment or entry."""
        at = self.w.machines.index(thing["machine_id"])
        return format_fiat(minor, self.w.currencies[at])
