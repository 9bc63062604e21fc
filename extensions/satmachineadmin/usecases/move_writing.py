"""WRITE what is taken over, inside of its one transaction: by the same steps as when people do it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..core.choices import HowChanged
from ..core.days import day_of
from ..core.errors import Refusal, ensure
from ..core.predecessor import records, telling
from ..core.predecessor.columns import DEPOSITS, ENROLMENTS, MACHINES, PREFERENCES, SPLITS
from ..core.predecessor.found import Found
from ..core.predecessor.moves import (
    ChoicesMove,
    EnrolmentMove,
    Entry,
    MachineMove,
    MoveOutcome,
    Plan,
    SplitMove,
)
from ..core.states import CashEntryKind, DcaMode, EnrolmentStatus, MatterKind
from ..core.units import parse_rate, round_half_up
from ..host.targets import read_target
from ..store import rows
from ..store.books import Books
from ..store.moving import MovedRow
from .machines import write_machine
from .move_history import History, Written
from .wallets import Arrivals

#: What an LP is called whose name nobody kept.
NAMELESS = "LP"
_RATE_TOLERANCE_PCT = "10"
_LOOKS_LIKE_A_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(kw_only=True)
class MoveWriting:
    """Writes what was decided; what a row brings is there for the rows that name it."""

    books: Books
    found: Found
    move_id: str
    #: the platform's owner, who does it
    by: str
    #: user of this LNbits → what it is called
    names: Mapping[str, str]
    arrivals: Arrivals
    #: every row as it was
    texts: Mapping[tuple[str, str], str]
    #: the predecessor's machine or enrolment → ours
    _machines: dict[str, str] = field(default_factory=dict)
    _enrolments: dict[str, str] = field(default_factory=dict)
    _written: list[Written] = field(default_factory=list)

    async def all(self, plan: Plan) -> None:
        """Machines, LPs with their cash, what LPs had chosen, splits, history; then every row as it was."""
        self._places = {one.id: one for one in self.found.machines}
        self._zones = {
            user: await self.books.operators.time_zone(user)
            for user in {one.operator_user_id for one in self.found.machines}
        }
        for machine in plan.machines:
            await self._machine(machine)
        for enrolment in plan.enrolments:
            await self._enrolment(enrolment)
        for choices in plan.choices:
            await self._choices(choices)
        for split in plan.splits:
            await self._split(split)
        history = History(
            books=self.books,
            found=self.found,
            machines=self._machines,
            enrolments=self._enrolments,
            platform_user_id=self.by,
            users=self.names,
            labels={rule.target: rule.label for split in plan.splits for rule in split.rules},
        )
        await history.write(plan.sales, plan.loose_legs)
        await self._keep([*self._written, *history.written], plan.strays)

    async def _machine(self, move: MachineMove) -> None:
        old, machine_id = move.old, move.machine_id
        if move.outcome is MoveOutcome.ADD:
            await self.books.standings.welcome(old.operator_user_id, self.names[old.operator_user_id])
            fields = {
                "name": old.name,
                "location": old.location,
                "npub": move.npub,
                "wallet_id": old.wallet_id,
                "currency": old.currency,
                "cash_out_fee_pct": records.percent_of(old.cash_out_fee),
                "cash_in_fee_pct": records.percent_of(old.cash_in_fee),
                "reference_rate": self._last_rate(old),
                "rate_tolerance_pct": _RATE_TOLERANCE_PCT,
                "active": old.is_active,
            }
            machine_id = await write_machine(self.books, old.operator_user_id, fields, self.arrivals)
            if move.unrecorded:
                await self.books.worklist.open(
                    MatterKind.UNFINISHED_BEFORE,
                    machine_id,
                    operator_user_id=old.operator_user_id,
                    machine_id=machine_id,
                    detail=telling.unrecorded(move.unrecorded),
                )
        if machine_id:
            self._machines[old.id] = machine_id
        self._note(MACHINES, old.id, machine_id or None, move.problem)

    def _last_rate(self, old: records.OldMachine) -> str | None:
        """What its last sale was made at: what the first one here is compared with."""
        sales = [
            one
            for one in self.found.sales
            if one.machine_id == old.id and one.rate is not None and one.currency in ("", old.currency)
        ]
        if not sales:
            return None
        try:
            return parse_rate(f"{max(sales, key=lambda one: (one.paid_at, one.id)).rate:f}")
        except Refusal:
            return None

    async def _enrolment(self, move: EnrolmentMove) -> None:
        old, enrolment_id = move.old, move.enrolment_id
        if move.outcome is MoveOutcome.ADD:
            enrolment_id = await self._enrol(old)
        for row in (old, *move.merged):
            if enrolment_id:
                self._enrolments[row.id] = enrolment_id
            self._note(ENROLMENTS, row.id, enrolment_id or None, move.problem or move.cash_problem)
        if move.takes_cash:
            await self._cash(move, enrolment_id)

    async def _enrol(self, old: records.OldEnrolment) -> str:
        lps = self.books.lps
        enrolment_id = await lps.enrol(
            machine_id=self._machines[old.machine_id],
            operator_user_id=self._places[old.machine_id].operator_user_id,
            user_id=old.user_id,
            username=old.name or self.names.get(old.user_id) or NAMELESS,
        )
        await self._set_status(enrolment_id, EnrolmentStatus.ACTIVE)
        if old.status is EnrolmentStatus.PAUSED:
            await self._set_status(enrolment_id, EnrolmentStatus.PAUSED)
        return enrolment_id

    async def _set_status(self, enrolment_id: str, status: EnrolmentStatus) -> None:
        row = await self.books.lps.enrolment(enrolment_id)
        ensure(row is not None, "an enrolment that was written is there")
        if row is not None:
            await self.books.lps.set_status(row, status)

    async def _cash(self, move: EnrolmentMove, enrolment_id: str) -> None:
        """Its deposits with their days, and what sales had taken of them: the balance is as it was."""
        for entry in move.entries:
            if entry.minor <= 0 or not (entry.counts or entry.is_pending):
                self._note(DEPOSITS, entry.old.id, enrolment_id, "It counted for nothing.")
                continue
            entry_id = await self._book(move, enrolment_id, entry)
            if entry.counts:
                await self._confirm(entry_id)
            self._note(DEPOSITS, entry.old.id, entry_id)
        if move.drawn_minor:
            await self._confirm(await self._book(move, enrolment_id, None))

    async def _book(self, move: EnrolmentMove, enrolment_id: str, entry: Entry | None) -> str:
        """A deposit, or (None) what had been turned into sats of all of them."""
        place = self._places[move.old.machine_id]
        zone = self._zones[place.operator_user_id]
        made_at = entry.old.made_at if entry else 0
        said = f"Before the move: {move.received_sats} sat in {move.fills} payouts."
        return await self.books.cash.add(
            {
                "client_id": enrolment_id,
                "machine_id": self._machines[place.id],
                "operator_user_id": place.operator_user_id,
                "kind": CashEntryKind.DEPOSIT if entry else CashEntryKind.EARLIER,
                "amount_minor": entry.minor if entry else -move.drawn_minor,
                "currency": place.currency,
                "cash_date": day_of(rows.instant(made_at or self.books.now), zone),
                "notes": entry.old.notes if entry else said,
                "created_by": self.by,
            }
        )

    async def _confirm(self, entry_id: str) -> None:
        entry = await self.books.cash.get(entry_id)
        ensure(entry is not None, "a cash entry that was written is there")
        if entry is not None:
            await self.books.cash.confirm(entry, by=self.by)

    async def _choices(self, move: ChoicesMove) -> None:
        old, is_here = move.old, move.outcome is not MoveOutcome.LEFT
        if move.outcome is MoveOutcome.ADD:
            fields: dict[str, object] = {"dca_wallet_id": old.wallet_id, "default_dca_mode": old.mode}
            if old.mode is DcaMode.FIXED and move.limit is not None:
                fields["fixed_mode_daily_limit"] = round_half_up(move.limit)
                fields["fixed_mode_currency"] = move.currency
            fields |= _forwarding(old, self.books.now)
            await self.books.lps.choose_preferences(old.user_id, fields, HowChanged.MOVED)
        if old.table == PREFERENCES:
            self._note(PREFERENCES, old.row_id, old.user_id if is_here else None, move.problem)

    async def _split(self, move: SplitMove) -> None:
        old = move.old
        machine_id = self._machines.get(old.machine_id) if old.machine_id else None
        if move.outcome is MoveOutcome.ADD:
            await self.books.splits.replace(old.operator_user_id, machine_id, move.rules, by=self.by)
        became = None if move.outcome is MoveOutcome.LEFT else machine_id or old.operator_user_id
        for row_id in old.row_ids:
            self._note(SPLITS, row_id, became, move.problem)

    def _note(self, table: str, row_id: str, became_id: str | None, problem: str = "") -> None:
        self._written.append(Written(table=table, row_id=row_id, became_id=became_id, problem=problem))

    async def _keep(self, written: Sequence[Written], strays: Sequence[records.Unread]) -> None:
        """Every row as it was: also those that could not be read, and those that nothing has named."""
        known = {(one.table, one.row_id): one for one in written}
        for stray in strays:
            table, row_id = stray.table, stray.row_id
            nothing = Written(table=table, row_id=row_id, became_id=None, problem=stray.problem)
            known.setdefault((table, row_id), nothing)
        kept = []
        for (table, row_id), body in self.texts.items():
            unnamed = Written(table=table, row_id=row_id, became_id=None, problem="It is kept as it is.")
            one = known.get((table, row_id), unnamed)
            kept.append(
                MovedRow(table=table, row_id=row_id, became_id=one.became_id, problem=one.problem, body=body)
            )
        await self.books.moving.keep(self.move_id, kept)


def raw_texts(found: Found) -> dict[tuple[str, str], str]:
    """Every row that was found, by table and id, as JSON."""
    return {
        place: json.dumps(_without_keys(place[0], records.raw_json(row)), sort_keys=True)
        for place, row in found.raw.items()
    }


def _without_keys(table: str, body: Mapping[str, object]) -> Mapping[str, object]:
    """A split may name an invoice key, and keys are stored nowhere: what may be one is cut."""
    if table != SPLITS:
        return body
    return {
        name: f"{value[:4]}…" if isinstance(value, str) and _is_target(name, value) else value
        for name, value in body.items()
    }


def _is_target(column: str, value: str) -> bool:
    return column in ("target", "wallet_id") and _LOOKS_LIKE_A_KEY.fullmatch(value) is not None


def _forwarding(old: records.OldChoices, now: int) -> dict[str, object]:
    """Passing on goes on for what arrives from now on; an address that nobody can be paid at is left out."""
    if not old.ln_address:
        return {}
    try:
        _kind, address = read_target(old.ln_address)
    except Refusal:
        return {}
    return {
        "autoforward_ln_address": address,
        "autoforward_enabled": old.forwards,
        "autoforward_since": now,
        "forwarded_until": now,
    }
