"""An operator takes over its books from elsewhere: looked at row by row, then written in one transaction.

What can go wrong: what is written is not what was seen, or half of it. So the confirmation names the
preview, everything is decided anew inside the transaction that writes, and another outcome than the one
that was seen writes nothing. What only LNbits knows (wallets, users, receivers) is asked before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..core import imports
from ..core.errors import InvalidInput, PreviewOutdated, Refusal
from ..core.imports import (
    Decision,
    Draft,
    Fault,
    ImportKind,
    ImportOutcome,
    Known,
    LpDraft,
    MachineDraft,
    SplitDraft,
)
from ..core.model import SplitRule
from ..core.states import EnrolmentStatus
from ..host import accounts
from ..store.books import Books, Store
from ..store.sql import Row
from .import_writing import Writing
from .permissions import may
from .splits import DraftRule, resolve_rule
from .wallets import ask_arrivals

Files = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would become of each row."""

    decisions: Sequence[Decision]
    confirmation: str

    def counts(self) -> dict[str, int]:
        """How many rows of each kind would be written."""
        written = [one.place.kind for one in self.decisions if one.outcome is ImportOutcome.ADD]
        return {kind.value: written.count(kind) for kind in ImportKind}


@dataclass(frozen=True, kw_only=True)
class _Read:
    """The files as they were understood, before anything is looked up."""

    files: Files
    drafts: Sequence[Draft]
    faults: Sequence[Fault]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What LNbits says about the things that the files name."""

    wallets: Mapping[str, str]
    users: Mapping[str, str | None]
    targets: Mapping[str, SplitRule | str]
    #: keys that people log in with
    logins: Collection[str]


async def preview_import(store: Store, user_id: str, files: Files) -> Preview:
    """What would happen; nothing is written."""
    read = _read(files)
    asked = await _ask_lnbits(user_id, read)
    async with store.reading(at_one_instant=True) as books:
        return await _decide(books, user_id, read, asked)


async def import_files(
    store: Store, user_id: str, files: Files, confirmation: str, new_token: Callable[[], str]
) -> str:
    """Write what was previewed, all of it or nothing; the import's id.

    `new_token` makes the secrets of the invitations, in the order of the import's LPs. Raises
    PreviewOutdated, OperatorNotApproved, and InvalidInput where there is nothing to write.
    """
    read = _read(files)
    asked = await _ask_lnbits(user_id, read)
    arrivals = await ask_arrivals(store, _wallets(read, asked))
    name = await accounts.user_name(user_id)
    async with store.transaction("import", actor=user_id) as books:
        preview = await _decide(books, user_id, read, asked)
        if preview.confirmation != confirmation:
            raise PreviewOutdated()
        counts = preview.counts()
        if not any(counts.values()):
            raise InvalidInput(field="files", problem="nothing in them would be written")
        await books.standings.require(user_id)
        if counts[ImportKind.MACHINES]:
            await books.standings.welcome(user_id, name)
        writing = Writing(books, user_id, arrivals, new_token)
        await writing.all(preview.decisions)
        return books.made(
            await books.imports.record(
                user_id,
                digest=preview.confirmation,
                files=[file for file, _text in files],
                counts=counts,
                client_ids=writing.invited,
            )
        )


async def own_import(books: Books, user_id: str, import_id: str) -> Row:
    """Raises NotFound for another operator's."""
    return may(user_id, "read", await books.imports.get(import_id), "import")


def _read(files: Files) -> _Read:
    records, faults = imports.read_files(files)
    drafts, more = imports.read_rows(records)
    return _Read(files=files, drafts=drafts, faults=[*faults, *more])


async def _ask_lnbits(user_id: str, read: _Read) -> _Asked:
    """One question for each thing that is named; a receiver that cannot be used says why."""
    usernames = sorted({one.username for one in read.drafts if isinstance(one, LpDraft) and one.username})
    named = sorted({one.target for one in read.drafts if isinstance(one, SplitDraft)})
    has_machines = any(isinstance(one, MachineDraft) for one in read.drafts)
    return _Asked(
        wallets=await accounts.ordinary_wallets(user_id) if has_machines else {},
        users={username: await accounts.find_user_id(username) for username in usernames},
        targets={target: await _target(target) for target in named},
        logins=await accounts.logins_among(_npubs(read)),
    )


async def _target(text: str) -> SplitRule | str:
    # A file may name hundreds: others have their turn between them.
    await asyncio.sleep(0)
    try:
        return await resolve_rule(0, DraftRule(target=text, label="", share_ppm=0))
    except Refusal as refusal:
        return refusal.sentence()


def _npubs(read: _Read) -> set[str]:
    """The keys that new machines would have."""
    return {one.fields["npub"] for one in read.drafts if isinstance(one, MachineDraft)} - {None}


def _wallets(read: _Read, asked: _Asked) -> list[str]:
    """The wallets that new machines may get."""
    texts = {one.wallet for one in read.drafts if isinstance(one, MachineDraft)}
    return [wallet_id for wallet_id, name in asked.wallets.items() if {wallet_id, name} & texts]


async def _decide(books: Books, user_id: str, read: _Read, asked: _Asked) -> Preview:
    known = await _known(books, user_id, read, asked)
    decisions = imports.decide(read.drafts, read.faults, known)
    wrong = [imports.fault_decision(fault) for fault in read.faults]
    in_order = _by_place([*decisions, *wrong], read.files)
    return Preview(decisions=in_order, confirmation=imports.digest(read.files, in_order))


def _by_place(decisions: Sequence[Decision], files: Files) -> list[Decision]:
    """As a person reads the files."""
    order = {name: position for position, (name, _text) in enumerate(files)}
    return sorted(decisions, key=lambda one: (order[one.place.file], one.place.line))


async def _known(books: Books, user_id: str, read: _Read, asked: _Asked) -> Known:
    """What the books hold of the things that the files name."""
    names = {one.name if isinstance(one, MachineDraft) else one.machine for one in read.drafts}
    machines = [
        may(user_id, "import", row, "machine") for row in await books.imports.machines_called(user_id, names)
    ]
    enrolments = await books.imports.enrolments_at({row["id"] for row in machines})
    held, paid = await books.imports.unfree_wallets(_wallets(read, asked))
    sets = await books.splits.all_in_force(user_id)
    return Known(
        wallets=asked.wallets,
        users=asked.users,
        targets=asked.targets,
        machines=[
            imports.KnownMachine(id=row["id"], name=row["name"], currency=row["currency"]) for row in machines
        ],
        enrolments=[_enrolment(row) for row in enrolments],
        unfree_wallets={
            **dict.fromkeys(paid, "It receives payouts, so it can be no machine's wallet."),
            **dict.fromkeys(held, "It belongs to a machine already."),
        },
        npubs={
            **dict.fromkeys(asked.logins, "Somebody logs in with this key: a machine has one of its own."),
            **dict.fromkeys(
                await books.imports.npubs_among(_npubs(read)), "Some machine has this key already."
            ),
        },
        machine_wallets=await books.machines.all_wallet_ids(),
        splits={one.machine_id or "": one.rules for one in sets},
        today=date.fromisoformat(await books.operators.day(user_id)),
    )


def _enrolment(row: Row) -> imports.KnownEnrolment:
    return imports.KnownEnrolment(
        id=row["id"],
        machine_id=row["machine_id"],
        name=row["username"],
        status=EnrolmentStatus(row["status"]),
        has_accepted=row["status"] != EnrolmentStatus.INVITED,
        has_opening=bool(row["has_opening"]),
        user_id=row["user_id"],
    )
