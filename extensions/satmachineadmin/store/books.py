"""The books: every aggregate inside one transaction, with one actor and one instant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from ..core.errors import InvariantViolated, ensure
from ..core.lease import Lease
from ..core.model import PlanInput, Settlement
from ..core.trail import Mark, TrailVerdict
from . import audit, lease
from .acts import Acts, act_of
from .audit import Audit
from .cash import Cash
from .cash_units import CashUnits
from .database import Database
from .figures import DailyFigures
from .forwards import Forwards
from .funds import Funds
from .imports import Imports
from .invitations import Invitations
from .legs import Legs
from .lp_notices import LpNotices
from .lps import Lps
from .machine_reports import MachineReports
from .machine_wallets import MachineWallets
from .machines import Machines
from .months import Months
from .moving import Moving
from .operators import Operators
from .outside import OutsideLegs
from .pairings import Pairings
from .payers import Payers
from .payoffs import Payoffs
from .platform import Platform
from .reconcile import Reconcile
from .scan import Scan
from .settlements import Settlements
from .splits import Splits
from .sql import Sql
from .standings import Standings
from .transactions import Transactions
from .unknown import UnknownPayments
from .withdrawals import Withdrawals
from .worklist import Worklist

#: Who acts when no person does.
ENGINE = "engine"


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class Books:
    """The aggregates on one connection. Written events are flushed when the transaction ends."""

    def __init__(self, sql: Sql, *, now: int, actor: str) -> None:
        self.sql = sql
        self.now = now
        self.audit = Audit(sql, now=now, actor=actor)
        self.acts = Acts(sql, now)
        #: the id of what a person's act made here, which its answer is about
        self.made_id: str | None = None
        self.platform = Platform(sql, self.audit, now)
        self.machines = Machines(sql, self.audit, now)
        self.machine_reports = MachineReports(sql, self.audit, now)
        self.machine_wallets = MachineWallets(sql, self.audit, now)
        self.standings = Standings(sql, self.audit, now, self.platform)
        self.operators = Operators(sql, self.audit, now)
        self.lps = Lps(sql, self.audit, now)
        self.lp_notices = LpNotices(sql, now)
        self.invitations = Invitations(sql, self.audit, now)
        self.cash = Cash(sql, self.audit, now)
        self.cash_units = CashUnits(sql, self.audit, now)
        self.splits = Splits(sql, self.audit, now)
        self.settlements = Settlements(sql, self.audit, now)
        self.legs = Legs(sql, self.audit, now, self.operators)
        self.outside = OutsideLegs(sql, now)
        self.forwards = Forwards(sql, self.legs, now)
        self.scan = Scan(sql, now)
        self.payoffs = Payoffs(sql, self.audit, now, self.operators)
        self.imports = Imports(sql, self.audit, now)
        self.payers = Payers(sql, self.audit, now)
        self.pairings = Pairings(sql, self.audit, now)
        self.transactions = Transactions(sql, self.audit, now)
        self.withdrawals = Withdrawals(sql, self.audit, now)
        self.funds = Funds(sql)
        self.figures = DailyFigures(sql, self.audit, now)
        self.worklist = Worklist(sql, self.audit, now)
        self.reconcile = Reconcile(sql, now)
        self.unknown = UnknownPayments(sql, now)
        self.months = Months(sql, self.audit, now)
        self.moving = Moving(sql, self.audit, now)

    def made(self, thing_id: str) -> str:
        """Say what this transaction made: told again when its request is repeated."""
        self.made_id = thing_id
        return thing_id

    async def plan_input(self, settlement: Settlement) -> PlanInput:
        """Everything that a plan of this settlement depends on."""
        day = await self.operators.day(settlement.operator_user_id)
        return PlanInput(
            settlement=settlement,
            platform_wallet_id=await self.platform.wallet_id(),
            split_set=await self.splits.in_force(settlement.operator_user_id, settlement.machine_id),
            stakes=await self.lps.stakes(settlement.machine_id, settlement.currency, day),
        )

    async def require_lease(self, held: Lease) -> None:
        """Raise LeaseLost unless this process may still pay."""
        await lease.require(self.sql, held)

    async def take_lease(self, name: str, *, previous_is_gone: bool) -> Lease | None:
        """The right to pay if it is free, lapsed, or its holder is known to be dead."""
        return await lease.take(self.sql, name, previous_is_gone=previous_is_gone)

    async def renew_lease(self, held: Lease) -> None:
        """Hold the right to pay for another while; raises LeaseLost."""
        await lease.renew(self.sql, held)

    async def release_lease(self, held: Lease) -> None:
        """Give the right to pay back."""
        await lease.release(self.sql, held)

    async def verify_trail(self) -> TrailVerdict:
        """Whether the audit trail is the one that was written; reads it all, in slices."""
        return await audit.verify(self.sql)

    async def events_of(self, operator_user_id: str, *, until: int) -> int:
        """How many events of the trail, up to one, are of what is an operator's."""
        return await audit.events_of(self.sql, operator_user_id, until=until)

    async def mark_trail(self, sound_until: Mark) -> None:
        """Remember how far it was, so that a later verification notices a shorter or another one."""
        await audit.set_mark(self.sql, sound_until, self.now)

    async def lease_holder(self) -> lease.LeaseHolder | None:
        """Who holds the right to pay, lapsed or not."""
        return await lease.holder(self.sql)


class Store:
    """Opens the books: to read, or to write in a transaction."""

    def __init__(
        self, database: Database, clock: Clock, tell: Callable[[Collection[str]], None] | None = None
    ) -> None:
        self.database = database
        self._clock = clock
        self._tell = tell

    def committed(self, books: Books) -> None:
        """Tell whose pages show something else now: a hint that nothing waits for or depends on."""
        if self._tell is not None and books.audit.concerned:
            self._tell(books.audit.concerned)

    def books(self, sql: Sql, actor: str = ENGINE) -> Books:
        """The books on a connection that somebody else opened and commits."""
        return Books(sql, now=int(self._clock.now().timestamp()), actor=actor)

    @asynccontextmanager
    async def reading(self, *, at_one_instant: bool = False) -> AsyncIterator[Books]:
        """Books to read from; an event noted here would be lost, so it is refused.

        `at_one_instant` is for what must fit together: a few statements, and nothing of the host.
        """
        async with self.database.reading(at_one_instant=at_one_instant) as sql:
            books = self.books(sql)
            yield books
            if books.audit.is_waiting:
                raise InvariantViolated("nothing is written while reading")

    @asynccontextmanager
    async def transaction(self, place: str, actor: str = ENGINE) -> AsyncIterator[Books]:
        """Books to write in: everything, its events included, commits together or not at all.

        What a person changes is an event, or is not changed; with it the key of the person's request is
        written, if it came with one. Raises RequestReused, RequestRunning where somebody else was first.
        """
        act = act_of(actor)
        async with self.database.transaction(place) as sql:
            books = self.books(sql, actor)
            if act is not None and not act.is_recorded:
                await books.acts.require_new(act)
            yield books
            has_changed = books.audit.is_waiting
            is_unnoted = actor != ENGINE and sql.has_written and not has_changed
            ensure(not is_unnoted, f"what a person changes is an event ({place})")
            await books.audit.flush()
            if act is not None and has_changed:
                await books.acts.record(act, books.made_id)
        self.committed(books)
        if act is not None and has_changed:
            act.is_recorded, act.made_id = True, books.made_id
