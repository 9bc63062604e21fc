"""WRITE an import: inside of its one transaction, by the same steps as when a person does it by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..core.errors import ensure
from ..core.imports import (
    Decision,
    ImportOutcome,
    LpDraft,
    MachineDraft,
    OpeningDraft,
    SplitDraft,
)
from ..core.model import SplitRule
from ..core.states import CashEntryKind
from ..store.books import Books
from .machines import write_machine
from .wallets import Arrivals


class Writing:
    """Writes what was decided; what a row brings is there for the rows that name it."""

    def __init__(
        self,
        books: Books,
        user_id: str,
        arrivals: Arrivals,
        new_token: Callable[[], str],
    ) -> None:
        self._books = books
        self._user_id = user_id
        self._arrivals = arrivals
        self._new_token = new_token
        self._machines: dict[str, str] = {}
        self._lps: dict[tuple[str, str], str] = {}
        #: enrolments that were written, in their order
        self.invited: list[str] = []

    async def all(self, decisions: Sequence[Decision]) -> None:
        """Machines before their LPs, LPs before their cash."""
        rows = [one for one in decisions if one.outcome is ImportOutcome.ADD]
        for row in rows:
            if isinstance(row.draft, MachineDraft):
                await self._machine(row, row.draft)
        for row in rows:
            if isinstance(row.draft, LpDraft):
                await self._lp(row, row.draft)
        for row in rows:
            if isinstance(row.draft, OpeningDraft):
                await self._opening(row, row.draft)
        sets: dict[str, list[SplitRule]] = {}
        for row in rows:
            if isinstance(row.draft, SplitDraft) and row.rule is not None:
                sets.setdefault(row.draft.machine, []).append(row.rule)
        for name, rules in sets.items():
            await self._split(rows, name, rules)

    async def _machine(self, row: Decision, draft: MachineDraft) -> None:
        fields = {**draft.fields, "name": draft.name, "wallet_id": row.wallet_id}
        self._machines[draft.name] = await write_machine(self._books, self._user_id, fields, self._arrivals)

    async def _lp(self, row: Decision, draft: LpDraft) -> None:
        """An enrolment that its LP has yet to accept, with a link of its own."""
        enrolment_id = await self._books.lps.enrol(
            machine_id=self._machine_id(row, draft.machine),
            operator_user_id=self._user_id,
            user_id=row.user_id,
            username=draft.name,
        )
        await self._books.invitations.make(enrolment_id, self._new_token())
        self._lps[draft.machine, draft.name] = enrolment_id
        self.invited.append(enrolment_id)

    async def _opening(self, row: Decision, draft: OpeningDraft) -> None:
        """A pending entry: the operator confirms it like any other, once the LP has accepted."""
        enrolment_id = row.enrolment_id or self._lps.get((draft.machine, draft.lp))
        ensure(enrolment_id is not None, "an opening balance is an LP's")
        day = draft.cash_date.isoformat() if draft.cash_date else None
        await self._books.cash.add(
            {
                "client_id": enrolment_id,
                "machine_id": self._machine_id(row, draft.machine),
                "operator_user_id": self._user_id,
                "kind": CashEntryKind.OPENING,
                "amount_minor": row.amount_minor,
                "currency": row.words["currency"],
                "cash_date": day or await self._books.operators.day(self._user_id),
                "notes": draft.notes,
                "created_by": self._user_id,
            }
        )

    async def _split(self, rows: Sequence[Decision], name: str, rules: Sequence[SplitRule]) -> None:
        """The next version of a machine's set, or of the default."""
        (any_row, *_others) = [
            row for row in rows if isinstance(row.draft, SplitDraft) and row.draft.machine == name
        ]
        machine_id = self._machine_id(any_row, name) if name else None
        numbered = [replace(rule, position=position) for position, rule in enumerate(rules)]
        await self._books.splits.replace(self._user_id, machine_id, numbered, by=self._user_id)

    def _machine_id(self, row: Decision, name: str) -> str:
        """The machine that was there, or the one that a row before has brought."""
        return row.machine_id or self._machines[name]
