"""The worklist: what a person decides about what the program noticed."""

from __future__ import annotations

from ..core.reconcile import Difference, DifferenceKind
from ..core.states import MatterKind
from ..engine.differ import resume_if_clear
from ..engine.reconcile import check_machine
from ..engine.revise.restored import accept_as_paid
from ..ports import Host
from ..store.books import Store
from ..store.sql import Row
from .permissions import may


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
    return await _matter(store, user_id, matter_id)


async def accept_matter(store: Store, host: Host, user_id: str, matter_id: str, reason: str) -> Row:
    """Take a matter as it is, with a reason. Payouts of its machine go on when none is left open.

    What the host has paid of a sale is looked at anew first. Raises StateMoved when it is closed already.
    """
    async with store.reading() as books:
        matter = may(user_id, "accept", await books.worklist.row(matter_id), "matter")
    if matter["kind"] == MatterKind.RESTORED and matter["closed_at"] is None:
        await check_machine(store, host, matter["machine_id"])
    async with store.transaction("accept", actor=user_id) as books:
        matter = may(user_id, "accept", await books.worklist.row(matter_id), "matter")
        await books.worklist.accept(matter, by=user_id, reason=reason)
        if matter["kind"] == DifferenceKind.UNKNOWN_PAYMENTS:
            await books.unknown.accept(matter["machine_id"])
        elif matter["kind"] == DifferenceKind.OPENING_CHANGED:
            await books.reconcile.take_opening(matter["subject_id"])
        elif matter["kind"] == MatterKind.RESTORED:
            await accept_as_paid(books, matter["subject_id"])
        await resume_if_clear(books, matter["machine_id"])
    return await _matter(store, user_id, matter_id)


async def _matter(store: Store, user_id: str, matter_id: str) -> Row:
    async with store.reading() as books:
        return may(user_id, "read", await books.worklist.row(matter_id), "matter")
