"""The operator's books as a journal that hledger and Beancount read: docs/reference/journal.md.

What can go wrong: a journal that is not what the books say. So what it asserts at its end is not its own
sum: an LP's account is held against the totals that the books keep of its cash, a wallet's against its
proof. Both are read before and after; where they moved meanwhile, or where the journal ends before today,
nothing but the journal's own sum can be asserted.

Nothing holds a connection while text is on its way: everything is read in slices (store/journal.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date

from loguru import logger

from ..core import journal
from ..core.days import day_of
from ..core.journal import SAT, Amounts, Entry, Party
from ..core.journal_text import Format
from ..core.proof import ProofLine, lines_of
from ..core.states import CashEntryKind, TxType
from ..engine.land import BoundWallet
from ..engine.prove import history_of
from ..ports import Host
from ..store import journal as stored
from ..store import rows
from ..store.books import Store
from ..store.sql import Row

#: Sales, entries or payoffs that are read together.
SLICE = 200
END, INCOMPLETE = "END", "INCOMPLETE"
_WHAT = {TxType.CASH_OUT: "Cash-out", TxType.CASH_IN: "Cash-in"}
_LINES = {
    ProofLine.OPENING: "What the wallet held before it was the machine's",
    ProofLine.TOP_UPS: "Top-up",
    ProofLine.OTHER_IN: "Other payment received",
    ProofLine.OTHER_OUT: "Other payment made",
    ProofLine.SALES_IN: "Part of a sat of a payment",
    ProofLine.SALES_OUT: "Part of a sat of a payment",
    ProofLine.FEES: "Network fee of a cash-in",
    ProofLine.ON_THE_WAY: "Payment under way",
    ProofLine.NOT_LANDED: "Payment that was not looked at yet",
    ProofLine.UNKNOWN: "Payment of a payout that these books do not know",
}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the books keep of balances, read at one instant."""

    time_zone: str
    today: str
    machines: dict[str, Party]
    lps: dict[str, Party]
    wallets: tuple[Row, ...]
    enrolments: tuple[Row, ...]


@dataclass(kw_only=True)
class _Sums:
    """What the journal has come to so far."""

    since: str
    until: str
    entries: int = 0
    first_day: str = "9999-12-31"
    last_day: str = ""
    balances: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    opening: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    #: machine id → rows of its wallets' histories
    rows: dict[str, int] = field(default_factory=dict)

    def take(self, entry: Entry) -> bool:
        """Count an entry; whether it is one of the days that are wanted."""
        if not entry.amounts or entry.day > self.until:
            return False
        is_before = entry.day < self.since
        for place, amount in entry.amounts.items():
            self.balances[place] += amount
            if is_before:
                self.opening[place] += amount
        self.first_day = min(self.first_day, max(entry.day, self.since))
        self.last_day = max(self.last_day, entry.day)
        self.entries += not is_before
        return not is_before


async def read_kept(store: Store, user_id: str) -> Kept:
    """Machines, LPs and what is kept of their balances, at one instant."""
    async with store.reading(at_one_instant=True) as books:
        settings = await books.operators.settings(user_id)
        machines = await stored.machines(books.sql, user_id)
        enrolments = await stored.enrolments(books.sql, user_id)
        wallets = await stored.wallets(books.sql, user_id)
        today = await books.operators.day(user_id)
    return Kept(
        time_zone=settings["time_zone"],
        today=today,
        machines={row["id"]: Party(id=row["id"], name=row["name"]) for row in machines},
        lps={row["id"]: Party(id=row["id"], name=row["username"]) for row in enrolments},
        wallets=tuple(dict(row) for row in wallets),
        enrolments=tuple(dict(row) for row in enrolments),
    )


async def journal_text(
    store: Store, host: Host, user_id: str, form: Format, *, since: date | None, until: date | None
) -> AsyncIterator[str]:
    """The journal of these days, both included, with its opening balances; its last line says whether it
    is whole."""
    written = 0
    try:
        before = await read_kept(store, user_id)
        last = min(until.isoformat(), before.today) if until else before.today
        sums = _Sums(since=since.isoformat() if since else "", until=last)
        yield form.head(f"Satoshi Machine, {since or 'from the beginning'} to {last} ({before.time_zone})")
        async for entry in entries(store, host, user_id, before, sums.rows):
            if sums.take(entry):
                yield form.entry(entry)
        written = sums.entries
        yield _closing(form, sums, before, await read_kept(store, user_id))
    except Exception as trouble:  # noqa: BLE001 - the outermost loop of a stream: the status is sent already
        logger.exception(f"satmachineadmin: a journal ends early: {trouble!r}")
        yield form.note(f"{INCOMPLETE} something went wrong on the server: load it again")
        return
    yield form.note(f"{END} {written}")


def _closing(form: Format, sums: _Sums, before: Kept, after: Kept) -> str:
    """Opening balances, the names of all accounts, and what each of them holds."""
    opening = {place: amount for place, amount in sums.opening.items() if amount}
    text = form.entry(Entry(day=sums.since, text="Opening balances", amounts=opening)) if opening else ""
    asserted = dict(sums.balances)
    for machine in before.machines.values():
        wallet = journal.wallet_of(machine)
        held = sum(
            amount for (account, _), amount in sums.balances.items() if account.startswith(f"{wallet}:")
        )
        asserted[wallet, SAT] = held
    if sums.until >= before.today:
        asserted |= _kept_balances(sums, before, after)
    accounts = {account for account, _commodity in asserted}
    commodities = {commodity for _account, commodity in asserted}
    if not asserted:
        return text
    first_day = min(sums.first_day, sums.until)
    last_day = max(sums.last_day, sums.until)
    return text + form.declare(accounts, commodities, first_day) + form.assertions(asserted, last_day)


def _kept_balances(sums: _Sums, before: Kept, after: Kept) -> Amounts:
    """What stands elsewhere of the balances, where it has not moved meanwhile."""
    kept: dict[tuple[str, str], int] = {}
    for row, later in zip(before.enrolments, after.enrolments, strict=False):
        if row == later:
            account = journal.lp_account(before.machines[row["machine_id"]], before.lps[row["id"]])
            cash = rows.balance(row)
            # Cash that is about to be taken out is the LP's until that is confirmed.
            kept[account, row["currency"]] = -(cash.remaining_minor + cash.leaving_minor)
    for machine_id, machine in before.machines.items():
        own = [row for row in before.wallets if row["machine_id"] == machine_id]
        is_quiet = own == [row for row in after.wallets if row["machine_id"] == machine_id]
        is_proved = all(row["host_rows"] is not None for row in own)
        if is_quiet and is_proved and sum(row["host_rows"] for row in own) == sums.rows.get(machine_id, 0):
            kept[journal.wallet_of(machine), SAT] = sum(row["balance_msat"] for row in own)
    return kept


async def entries(
    store: Store, host: Host, user_id: str, kept: Kept, rows_of: dict[str, int] | None = None
) -> AsyncIterator[Entry]:
    """Everything, by its kind: journals are put in order of their days by who reads them. `rows_of` counts
    the rows of each machine's wallets' histories."""
    async for entry in _cash(store, user_id, kept):
        yield entry
    async for entry in _sales(store, user_id, kept):
        yield entry
    async for entry in _payoffs(store, user_id, kept):
        yield entry
    for row in kept.wallets:
        async for entry in _others(store, host, row, kept, {} if rows_of is None else rows_of):
            yield entry


def _day(seconds: int, kept: Kept) -> str:
    return day_of(rows.instant(seconds), kept.time_zone)


async def _cash(store: Store, user_id: str, kept: Kept) -> AsyncIterator[Entry]:
    after = stored.START
    while True:
        async with store.reading() as books:
            found = await stored.cash(books.sql, user_id, after, SLICE)
        for row in found:
            machine, lp = kept.machines.get(row["machine_id"]), kept.lps.get(row["client_id"])
            if machine is None or lp is None:
                continue  # they came after the journal was begun
            kind = CashEntryKind(row["kind"])
            yield Entry(
                day=_day(row["confirmed_at"], kept),
                text=f"{kind.replace('_', ' ').capitalize()} of {lp.name} at {machine.name}",
                marks={"id": row["id"], "cash-date": row["cash_date"]},
                amounts=journal.of_cash(
                    kind,
                    row["amount_minor"],
                    row["currency"],
                    machine,
                    lp,
                    is_of_sale=bool(row["is_of_sale"]),
                ),
            )
        if len(found) < SLICE:
            return
        after = (found[-1]["created_at"], found[-1]["id"])


async def _sales(store: Store, user_id: str, kept: Kept) -> AsyncIterator[Entry]:
    after = stored.START
    while True:
        async with store.reading(at_one_instant=True) as books:
            found = await stored.sales(books.sql, user_id, after, SLICE)
        for row, outcomes in found:
            settlement, machine = rows.settlement(row), kept.machines.get(row["machine_id"])
            is_new = any(one.leg.enrolment_id not in {None, *kept.lps} for one in outcomes)
            if machine is None or is_new or settlement.tx_type is None:
                continue  # it came after the journal was begun, or is no sale
            yield Entry(
                day=_day(row["paid_at"], kept),
                text=f"{_WHAT[settlement.tx_type]} at {machine.name}",
                marks={"id": settlement.id, "state": settlement.state},
                amounts=journal.of_sale(settlement, outcomes, machine, kept.lps),
            )
        if len(found) < SLICE:
            return
        after = (found[-1][0]["paid_at"], found[-1][0]["id"])


async def _payoffs(store: Store, user_id: str, kept: Kept) -> AsyncIterator[Entry]:
    machine_of = {row["wallet_id"]: kept.machines[row["machine_id"]] for row in kept.wallets}
    after = stored.START
    while True:
        async with store.reading() as books:
            found = await stored.payoffs(books.sql, user_id, after, SLICE)
        for row in found:
            machine, lp = kept.machines.get(row["machine_id"]), kept.lps.get(row["client_id"])
            if machine is None or lp is None:
                continue  # they came after the journal was begun
            outcome = stored.outcome(row)
            yield Entry(
                day=_day(row["completed_at"] or row["created_at"], kept),
                text=f"Balance of {lp.name} at {machine.name} paid off",
                marks={"id": row["id"], "state": outcome.leg.state},
                amounts=journal.of_payoff(
                    outcome, row["currency"], machine, lp, machine_of.get(row["payer_wallet_id"])
                ),
            )
        if len(found) < SLICE:
            return
        after = (found[-1]["created_at"], found[-1]["id"])


async def _others(
    store: Store, host: Host, row: Row, kept: Kept, rows_of: dict[str, int]
) -> AsyncIterator[Entry]:
    """What else is in a wallet's history; its life before it was the machine's as one entry."""
    machine = kept.machines[row["machine_id"]]
    bound = BoundWallet(wallet_id=row["wallet_id"], machine_id=row["machine_id"], scan_from=row["scan_from"])
    opening_msat = 0
    async for payments, known in history_of(store, host, bound):
        rows_of[row["machine_id"]] = rows_of.get(row["machine_id"], 0) + len(payments)
        for payment in payments:
            for line, msat in lines_of(payment, known):
                if line is ProofLine.OPENING:
                    opening_msat += msat
                elif msat:
                    yield Entry(
                        day=day_of(payment.created_at, kept.time_zone),
                        text=f"{_LINES[line]}: {machine.name}",
                        marks={"payment-hash": payment.payment_hash},
                        amounts=journal.of_other(line, msat, machine),
                    )
    if opening_msat:
        yield Entry(
            day=_day(row["scan_from"], kept),
            text=f"{_LINES[ProofLine.OPENING]}: {machine.name}",
            amounts=journal.of_other(ProofLine.OPENING, opening_msat, machine),
        )
