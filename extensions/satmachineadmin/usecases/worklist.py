"""The worklist: what a person decides about what the program noticed."""

from __future__ import annotations

from ..core.errors import ActionNotAllowed, StateMoved
from ..core.reconcile import Difference, DifferenceKind
from ..core.states import MatterKind
from ..engine.differ import resume_if_clear
from ..engine.payoff import Payoff, load_payoff
from ..engine.reconcile import check_machine
from ..engine.revise.restored import accept_as_paid, book_payoff, find_payment, give_payoff_up
from ..engine.revise.restored_links import book_links
from ..ports import Host
from ..store import lists
from ..store.books import Books, Store
from ..store.sql import Row
from .permissions import may

#: What stands until it is decided at the thing itself: by the LP or at the entry, or with the cash.
DECIDED_ELSEWHERE = frozenset({MatterKind.CASH_DISPUTED, MatterKind.CASH_IN_HELD})


async def check_now(store: Store, host: Host, user_id: str, machine_id: str) -> list[Difference]:
    """Look at everything of a machine now; what is gone is closed, and payouts go on if all of it is."""
    async with store.reading() as books:
        may(user_id, "check", await books.machines.row(machine_id), "machine")
    return await check_machine(store, host, machine_id)


async def check_matter(store: Store, host: Host, user_id: str, matter_id: str) -> Row:
    """Look again whether a matter still stands; the matter as it is afterwards."""
    async with store.reading() as books:
        matter = may(user_id, "check", await books.worklist.row(matter_id), "matter")
    if matter["closed_at"] is None and matter["machine_id"]:
        await check_machine(store, host, matter["machine_id"])
    return await read_matter(store, user_id, matter_id)


async def accept_matter(store: Store, host: Host, user_id: str, matter_id: str, reason: str) -> None:
    """Take a matter as it is, with a reason. Payouts of its machine go on when none is left open.

    What the host has paid of a sale is looked at anew first. Raises StateMoved when it is closed already,
    NoSuchPayment where a payoff would be taken as paid that LNbits does not hold.
    """
    async with store.reading() as books:
        matter = await _open_matter(books, user_id, "accept", matter_id)
        if matter["kind"] in DECIDED_ELSEWHERE:
            raise ActionNotAllowed(thing="matter", state=matter["kind"], action="accept")
        payoff = await _restored_payoff(books, matter)
        lp = await books.lps.enrolment(payoff.leg.enrolment_id or "") if payoff else None
    if matter["kind"] == MatterKind.RESTORED and payoff is None:
        await check_machine(store, host, matter["machine_id"])
    found = await find_payment(host, payoff, str(lp["user_id"])) if payoff and lp else None
    async with store.transaction("accept", actor=user_id) as books:
        matter = await _open_matter(books, user_id, "accept", matter_id)
        await books.worklist.decide(matter, by=user_id, reason=reason)
        if matter["kind"] == DifferenceKind.UNKNOWN_PAYMENTS:
            await book_links(books, matter["machine_id"])
            await books.unknown.accept(matter["machine_id"])
        elif matter["kind"] == DifferenceKind.OPENING_CHANGED:
            await books.reconcile.take_opening(matter["subject_id"])
        elif payoff is not None and found is not None:
            payment, payee_wallet_id = found
            await book_payoff(books, payoff, payment, payee_wallet_id)
        elif matter["kind"] == MatterKind.RESTORED:
            await accept_as_paid(books, matter["subject_id"])
        await resume_if_clear(books, matter["machine_id"])


async def deny_matter(store: Store, user_id: str, matter_id: str, reason: str) -> None:
    """A restored payoff was not paid: it is given up, and its cash is the LP's again.

    Raises ActionNotAllowed for any other matter, StateMoved when it is closed already.
    """
    async with store.transaction("deny", actor=user_id) as books:
        matter = await _open_matter(books, user_id, "deny", matter_id)
        payoff = await _restored_payoff(books, matter)
        if payoff is None:
            raise ActionNotAllowed(thing="matter", state=matter["kind"], action="deny")
        await books.worklist.decide(matter, by=user_id, reason=reason, is_accepted=False)
        await give_payoff_up(books, payoff, reason)


async def _open_matter(books: Books, user_id: str, action: str, matter_id: str) -> Row:
    matter = may(user_id, action, await books.worklist.row(matter_id), "matter")
    if matter["closed_at"] is not None:
        raise StateMoved(thing="matter")
    return matter


async def _restored_payoff(books: Books, matter: Row) -> Payoff | None:
    """The payoff that a matter is about; None where it is about something else."""
    is_payoff = matter["kind"] == MatterKind.RESTORED and await books.payoffs.row(matter["subject_id"])
    return await load_payoff(books, matter["subject_id"]) if is_payoff else None


async def read_matter(store: Store, user_id: str, matter_id: str) -> Row:
    """A matter with what it is about."""
    one = lists.Page(equals={"matter.id": matter_id})
    async with store.reading() as books:
        rows, _total = await lists.page(books.sql, lists.MATTERS, one)
    return may(user_id, "read", rows[0] if rows else None, "matter")
