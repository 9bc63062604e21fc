"""What becomes of a difference: a row in the worklist, and a machine whose payouts stand still.

One row a matter, however often it is found. What a person accepted with these very figures is not
opened again. Landing goes on, and so do all other machines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from ..core.reconcile import Difference, DifferenceKind
from ..ports import Books, Store

#: Differences of one machine that become rows; more of them say nothing more.
MOST = 100
_KINDS = tuple(DifferenceKind)


async def report(store: Store, differences: Sequence[Difference]) -> None:
    """Open a matter for each new difference and pause its machine."""
    by_machine: dict[str, list[Difference]] = defaultdict(list)
    for one in differences:
        by_machine[one.machine_id].append(one)
    for machine_id, found in by_machine.items():
        async with store.transaction("reconcile_report") as books:
            await _open(books, machine_id, found)


async def close_gone(store: Store, machine_id: str, differences: Collection[Difference]) -> None:
    """After a whole look at a machine: what was not found again is gone, and payouts go on if all is."""
    found = {(one.kind.value, one.subject_id) for one in differences}
    async with store.reading() as books:
        waiting = await books.worklist.open_of_machine(machine_id, _KINDS)
        machine = await books.machines.get(machine_id)
    is_paused = machine is not None and machine.payouts_paused_reason is not None
    gone = [row for row in waiting if (row["kind"], row["subject_id"]) not in found]
    if not gone and (waiting or not is_paused):
        return
    async with store.transaction("reconcile_gone") as books:
        for row in gone:
            await books.worklist.close(row["kind"], row["subject_id"])
        await resume_if_clear(books, machine_id)


async def resume_if_clear(books: Books, machine_id: str) -> None:
    """Payouts of a machine go on when no difference is left open."""
    if not await books.worklist.open_of_machine(machine_id, _KINDS):
        await books.machines.resume_payouts(machine_id)


async def _open(books: Books, machine_id: str, found: Sequence[Difference]) -> None:
    """A matter for each that nobody has accepted."""
    machine = await books.machines.get(machine_id)
    accepted = await books.worklist.accepted([one.fingerprint for one in found])
    standing = [one for one in found if one.fingerprint not in accepted][:MOST]
    if machine is None or not standing:
        return
    for one in standing:
        await books.worklist.open(
            one.kind,
            one.subject_id,
            operator_user_id=machine.operator_user_id,
            machine_id=machine_id,
            detail=one.sentence,
            figures={**one.figures, **one.moving},
            fingerprint=one.fingerprint,
        )
    await books.machines.pause_payouts(machine_id, "these books and LNbits' history disagree.")
