"""What all rules of the model share: the world of a run, ways to choose in it, and what must always hold.

A failing example prints as a story: each rule says what happened in one sentence. Numbers that rules draw
choose among what there is, so that most of what is tried is possible, and the rest is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from satmachineadmin.core.states import CashEntryKind
from satmachineadmin.core.units import format_fiat
from satmachineadmin.engine.reconcile import full_audit
from satmachineadmin.store.invitations import new_token
from satmachineadmin.usecases import cash, enrolments, machines, splits
from tests.judge import Snapshot, complaints
from tests.unit.engine.rig import OPERATOR

from .ledger import IN_FLIGHT
from .lp_views import what_an_lp_sees
from .people import ELLA, FRED, GRETA, LPS, PARTNERS, hex_id
from .storage import Storage
from .world import RATES, Command, World

Row = Any

WHICH = st.integers(0, 5)
AT = st.integers(0, 1)
WHO = st.sampled_from(LPS)
#: minor units
CASH = st.one_of(st.integers(1, 60), st.integers(1, 40_000))
PERCENT = st.sampled_from(["0", "1.5", "30", "33.3333", "100"])
#: how a rate differs from the machine's own: by so many thousandths
NUDGE = st.sampled_from([0, 0, -40, 13, 40])
SPLITS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("paula", 1_000_000),),
    (("paula", 500_000), ("pedro", 300_000), ("petra", 200_000)),
    ((ELLA, 500_000), ("paula", 500_000)),
    ((FRED, 700_000), (ELLA, 299_999), ("pedro", 1)),
    ((GRETA, 400_000), (FRED, 600_000)),
)
OPEN = ("pending", "processing")


def drafts(split: Sequence[tuple[str, int]]) -> list[splits.DraftRule]:
    """A split as an operator writes it: wallets by their ids, addresses as they are."""
    return [
        splits.DraftRule(target=hex_id(who) if who in PARTNERS else who, label=who, share_ppm=ppm)
        for who, ppm in split
    ]


@dataclass(frozen=True)
class Happening:
    """Something that can happen in a step."""

    weight: int
    when: Callable[[Any], object]
    arguments: st.SearchStrategy[dict[str, Any]]


def happens(
    weight: int = 4, *, when: Callable[[Any], object] = lambda _run: True, **arguments: st.SearchStrategy[Any]
) -> Callable[[_Method], _Method]:
    """Mark a method as something that happens so often, where that is possible."""

    def mark(method: _Method) -> _Method:
        _HAPPENINGS[method.__name__] = Happening(weight, when, st.fixed_dictionaries(arguments))
        return method

    return mark


_Method = TypeVar("_Method", bound=Callable[..., None])
_HAPPENINGS: dict[str, Happening] = {}
#: So many times as often happens what a run is to be about.
_OFTEN = 10


class Run(RuleBasedStateMachine):
    """One run over one database; `storage` and `loop` are set by the test."""

    storage: Storage
    loop: asyncio.AbstractEventLoop
    #: the world of the run that is going on
    current: World
    #: what happens many times as often as it would
    often: Collection[str] = ()

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None
        self.seen: Snapshot | None = None

    @initialize(
        currency=st.sampled_from(["EUR", "JPY", "KWD"]),
        cash=st.tuples(CASH, CASH, CASH),
        policy=st.sampled_from(["at_once", "after_minutes", "on_dispense"]),
        split=st.integers(0, len(SPLITS) - 1),
    )
    def opens(self, currency: str, cash: tuple[int, int, int], policy: str, split: int) -> None:
        note(f"Olga has two machines: one of EUR, one of {currency}.")
        self.world = type(self).current = World(self.storage, ("EUR", currency), note)
        self.run(self.w.open())
        for name, minor, at in (("ana", cash[0], 0), ("ben", cash[1], 0), ("ana", cash[2], 1)):
            self.does(f"{name} joins machine {at}", partial(self.join, name, at))
            self.run(self.w.look())
            self.hand_over(name, at, 10 * minor, is_confirmed=True)
        draft, later = drafts(SPLITS[split]), {"payout_policy": policy, "payout_delay_minutes": 5}
        names = ", ".join(rule.label for rule in draft)
        self.does(
            f"Olga splits over {names}",
            lambda: splits.replace_split(self.w.store, OPERATOR, None, draft),
        )
        self.does(
            f"Olga sets machine 1 to {policy}",
            lambda: machines.change_machine(self.w.store, OPERATOR, self.w.machines[1], later),
        )

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """What happens next. Hypothesis' own choice of rules leaves out whole groups of them in most runs."""
        possible = [
            name
            for name, what in _HAPPENINGS.items()
            if what.when(self)
            for _ in range(what.weight * (_OFTEN if name in self.often else 1))
        ]
        # Of many runs the rest is made as simple as it goes: then what has happened is worked on.
        possible.sort(key=lambda name: name != "works_on_everything")
        name = data.draw(st.sampled_from(possible), "next")
        getattr(self, name)(**data.draw(_HAPPENINGS[name].arguments, "with"))

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            if self.seen is not None:
                self.ends_well()
        finally:
            self.run(self.world.close())

    # Helpers -------------------------------------------------------------------------------------

    @property
    def w(self) -> World:
        assert self.world is not None
        return self.world

    def run(self, step: Any) -> Any:
        return self.loop.run_until_complete(step)

    def does(self, sentence: str, command: Command) -> None:
        self.run(self.w.does(sentence, command))

    def rows(self, kind: str, *states: str, **wanted: object) -> list[Row]:
        """Rows of the books as they stood after the last step, in the order in which they were made."""
        if self.seen is None:
            return []
        rows = [row for row in getattr(self.seen, kind) if not states or row["state"] in states]
        rows = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
        return sorted(rows, key=lambda row: row["id"])

    def name(self, settlement: Row) -> str:
        """`sale 3`: the third that was made."""
        return f"sale {list(self.w.books.made).index(settlement['payment_hash']) + 1}"

    def sale(self, which: int, *states: str) -> Row:
        rows = self.rows("settlements", *states)
        return rows[which % len(rows)]

    def has(self, *states: str) -> bool:
        return bool(self.rows("settlements", *states))

    def has_leg(self, *states: str, **wanted: object) -> bool:
        return bool(self.rows("legs", *states, **wanted))

    def enrolment(self, name: str, at: int) -> str | None:
        for enrolment, lp in self.w.books.lps.items():
            if (lp.user, lp.machine) == (name, self.w.machines[at]):
                return enrolment
        return None

    def rate(self, at: int, nudge: int) -> str:
        rate = Fraction(RATES[self.w.currencies[at]]) * (1000 + nudge) / 1000
        return str(float(rate))

    # What several rules do -----------------------------------------------------------------------

    async def join(self, name: str, at: int) -> None:
        """The LP has a wallet, is invited and accepts."""
        machine = self.w.machines[at]
        is_first = not self.w.books.choices.get(name)
        beginning = enrolments.Beginning(wallet_id=f"{name}'s wallet" if is_first else None)
        token = new_token()
        await enrolments.invite_lp(self.w.store, OPERATOR, machine, name, None, token)
        await enrolments.accept_invitation(self.w.store, name, token, beginning)

    def hand_over(self, name: str, at: int, minor: int, *, is_confirmed: bool) -> None:
        """An LP's cash at a machine, if it is enrolled there."""
        enrolment = self.enrolment(name, at)
        if enrolment is None:
            return
        currency = self.w.currencies[at]
        kinds = (CashEntryKind.DEPOSIT, CashEntryKind.OPENING)

        async def record() -> None:
            entry = await cash.record_cash(
                self.w.store, OPERATOR, enrolment_id=enrolment, amount=format_fiat(minor, currency),
                kind=kinds[minor % 2], cash_date=None, notes="",
            )  # fmt: skip
            if is_confirmed:
                await cash.confirm_cash(self.w.store, OPERATOR, entry)

        paid = "and Olga confirms it" if is_confirmed else "unconfirmed"
        amount = f"{format_fiat(minor, currency)} {currency}"
        self.does(f"{name} hands over {amount} at machine {at}, {paid}", record)

    # What must hold ------------------------------------------------------------------------------

    @invariant()
    def books_are_right(self) -> None:
        if self.world is None:
            return
        self.seen = self.run(self.w.look())
        assert not complaints(self.seen), f"the judge says {complaints(self.seen)}"
        assert self.w.defects == [], f"the engine stumbled: {self.w.defects}"
        self._check_cash(self.seen)
        self._check_legs(self.seen)
        self._check_wallets()
        self.check_more(self.seen)

    def check_more(self, seen: Snapshot) -> None:
        """What else must hold after every step."""

    def end_more(self) -> None:
        """What else must hold in the end."""

    def _check_cash(self, seen: Snapshot) -> None:
        for row in seen.clients:
            lp, used = self.w.books.lps[row["id"]], self.w.books.used(row["id"])
            assert row["status"] == lp.status
            found = (row["confirmed_minor"], row["paid_minor"] + row["reserved_minor"])
            assert found == (lp.confirmed, used), (
                f"{lp.user}'s cash is {found}, it should be {lp.confirmed, used}"
            )
            assert used <= lp.confirmed, f"{lp.user} has given more than it had"

    def _check_legs(self, seen: Snapshot) -> None:
        legs = self.w.books.legs
        assert {row["id"] for row in seen.legs} == set(legs), "legs that nobody decided on"
        for row in seen.legs:
            leg = legs[row["id"]]
            found = (row["state"], row["sats"], row["fiat_minor"], row["client_id"] if leg.lp else leg.lp)
            assert found == (leg.state, leg.sats, leg.fiat, leg.lp), f"{leg} is {found} in the books"

    def _check_wallets(self) -> None:
        """Everybody has what the reference says, but for what is on its way at this moment."""
        on_the_way = [leg for leg in self.w.books.legs.values() if leg.state in IN_FLIGHT]
        claims = [link for link in self.w.books.links.values() if link.is_on_its_way]
        for wallet in self.w.host.wallets:
            held, right = self.w.host.balance_msat(wallet), self.w.books.held_msat[wallet]
            most_out = sum(1000 * leg.sats for leg in on_the_way if leg.payer == wallet)
            most_out += sum(link.most_msat for link in claims if link.payer == wallet)
            most_in = sum(1000 * leg.sats for leg in on_the_way if leg.payee == wallet)
            most_in += sum(link.amount_msat for link in claims if link.payee == wallet)
            assert right - most_out <= held <= right + most_in, (
                f"{wallet} holds {held} msat, it should hold {right} (on the way: -{most_out} +{most_in})"
            )

    def ends_well(self) -> None:
        """All trouble is over: everything is decided, and both books agree to the last millisatoshi."""
        self.w.say("All trouble is over")
        self.run(self.w.mend())
        self.books_are_right()
        assert self.seen is not None
        on_the_way = [leg for leg in self.w.books.legs.values() if leg.state in IN_FLIGHT]
        assert on_the_way == [], "still on the way"
        for row in self.rows("settlements", *OPEN):
            raise AssertionError(f"{self.name(row)} is still {row['state']}: {row['error_message']}")
        self.end_more()
        for name in LPS:
            self.run(what_an_lp_sees(self.w.store, self.w.host, name))
        found = self.run(full_audit(self.w.store, self.w.host))
        assert found == [], f"its own audit finds {[(one.sentence, one.figures) for one in found]}"
