"""DECIDE on an import: every row beside what is there and beside the rows before it.

What can go wrong: cash is booked twice because a file is read again, or at another LP of the same name.
So what is there already is left as it is, a second opening balance of an LP is refused, and a name that
fits more than one thing fits none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ..errors import Refusal
from ..model import SplitRule
from ..states import EnrolmentStatus
from ..units import WHOLE_PPM, format_fiat, format_percent, parse_fiat
from .decisions import Decision, ImportOutcome
from .known import Known, KnownEnrolment
from .rows import Draft, LpDraft, MachineDraft, OpeningDraft, SplitDraft
from .tables import Fault


@dataclass(frozen=True, kw_only=True)
class _Machine:
    """A machine that rows may name: one that is there, or one that these files bring."""

    name: str
    currency: str
    id: str | None


@dataclass(kw_only=True)
class _Lp:
    """The same for an LP."""

    name: str
    enrolment: KnownEnrolment | None
    has_opening: bool


class _Wrong(Exception):
    def __init__(self, column: str | None, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


def decide(drafts: Sequence[Draft], faults: Sequence[Fault], known: Known) -> list[Decision]:
    """What becomes of each draft, in their order: machines, LPs, opening balances, splits."""
    deciding = _Deciding(known)
    decisions = [deciding.on(draft) for draft in drafts if not isinstance(draft, SplitDraft)]
    splits = [draft for draft in drafts if isinstance(draft, SplitDraft)]
    unread = {fault.place.file for fault in faults if fault.place.kind is not None}
    return decisions + _decide_splits(deciding, splits, unread)


@dataclass(kw_only=True)
class _Seen:
    """What rows before have brought."""

    wallets: set[str] = field(default_factory=set)
    npubs: set[str] = field(default_factory=set)
    users: set[tuple[str, str]] = field(default_factory=set)


class _Deciding:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._seen = _Seen()
        self._machines: dict[str, list[_Machine]] = {}
        for one in known.machines:
            machine = _Machine(name=one.name, currency=one.currency, id=one.id)
            self._machines.setdefault(one.name, []).append(machine)
        ids = {one.id: one.name for one in known.machines}
        self._lps: dict[tuple[str, str], list[_Lp]] = {}
        for enrolment in known.enrolments:
            if enrolment.status is EnrolmentStatus.ENDED:
                continue
            lp = _Lp(name=enrolment.name, enrolment=enrolment, has_opening=enrolment.has_opening)
            self._lps.setdefault((ids.get(enrolment.machine_id, ""), enrolment.name), []).append(lp)

    def on(self, draft: Draft) -> Decision:
        """The decision on one row; what it brings is there for the rows after it."""
        try:
            if isinstance(draft, MachineDraft):
                return self._on_machine(draft)
            if isinstance(draft, LpDraft):
                return self._on_lp(draft)
            if isinstance(draft, OpeningDraft):
                return self._on_opening(draft)
            return self._on_split(draft)
        except _Wrong as wrong:
            return Decision(
                place=draft.place,
                outcome=ImportOutcome.WRONG,
                column=wrong.column,
                sentence=wrong.sentence,
                draft=draft,
            )

    def machine(self, name: str) -> _Machine:
        found = self._machines.get(name, [])
        if not found:
            raise _Wrong("machine", f"You have no machine “{name}”, and these files bring none.")
        if len(found) > 1:
            raise _Wrong("machine", f"More than one machine is called “{name}”.")
        return found[0]

    def _on_machine(self, draft: MachineDraft) -> Decision:
        words = {"machine": draft.name, "currency": draft.fields["currency"], "wallet": draft.wallet}
        there = self._machines.get(draft.name, [])
        if any(one.id is None for one in there):
            raise _Wrong("machine", f"A row before this one brings “{draft.name}” already.")
        if there:
            return Decision(
                place=draft.place,
                outcome=ImportOutcome.SAME,
                words=words,
                draft=draft,
                machine_id=there[0].id,
            )
        wallet_id = self._wallet(draft.wallet)
        npub = draft.fields["npub"]
        if npub in self._known.npubs or npub in self._seen.npubs:
            raise _Wrong("npub", self._known.npubs.get(npub, "Some machine has this key already."))
        self._seen.wallets.add(wallet_id)
        if npub is not None:
            self._seen.npubs.add(npub)
        machine = _Machine(name=draft.name, currency=draft.fields["currency"], id=None)
        self._machines[draft.name] = [machine]
        return Decision(
            place=draft.place,
            outcome=ImportOutcome.ADD,
            words={**words, "wallet": self._known.wallets[wallet_id]},
            draft=draft,
            wallet_id=wallet_id,
        )

    def _wallet(self, text: str) -> str:
        """The operator's wallet of this id, or of this name. Raises _Wrong."""
        named = [wallet_id for wallet_id, name in self._known.wallets.items() if name == text]
        ids = [text] if text in self._known.wallets else named
        if len(ids) > 1:
            raise _Wrong("wallet", f"More than one of your wallets is called “{text}”: write its id.")
        if not ids:
            raise _Wrong("wallet", f"None of your own wallets is “{text[:12]}”, by its id or its name.")
        (wallet_id,) = ids
        if wallet_id in self._known.unfree_wallets:
            raise _Wrong("wallet", self._known.unfree_wallets[wallet_id])
        if wallet_id in self._seen.wallets:
            raise _Wrong("wallet", "A row before this one gives this wallet to another machine.")
        return wallet_id

    def _on_lp(self, draft: LpDraft) -> Decision:
        machine = self.machine(draft.machine)
        words = {"machine": machine.name, "lp": draft.name, "username": draft.username or ""}
        key = (machine.name, draft.name)
        there = self._lps.get(key, [])
        if any(one.enrolment is None for one in there):
            raise _Wrong("lp", f"A row before this one brings “{draft.name}” to “{machine.name}” already.")
        if there:
            return Decision(place=draft.place, outcome=ImportOutcome.SAME, words=words, draft=draft)
        user_id = None if draft.username is None else self._user(machine, draft.username)
        self._lps[key] = [_Lp(name=draft.name, enrolment=None, has_opening=False)]
        return Decision(
            place=draft.place,
            outcome=ImportOutcome.ADD,
            words=words,
            draft=draft,
            machine_id=machine.id,
            user_id=user_id,
        )

    def _user(self, machine: _Machine, username: str) -> str:
        user_id = self._known.users.get(username)
        if user_id is None:
            sentence = f"There is no user with the name {username}. Leave it empty to invite by a link."
            raise _Wrong("username", sentence)
        is_there = any(
            one.user_id == user_id and one.machine_id == machine.id for one in self._known.enrolments
        )
        if is_there or (machine.name, user_id) in self._seen.users:
            raise _Wrong("username", f"{username} is an LP of “{machine.name}” already, by another name.")
        self._seen.users.add((machine.name, user_id))
        return user_id

    def _on_opening(self, draft: OpeningDraft) -> Decision:
        machine = self.machine(draft.machine)
        found = self._lps.get((machine.name, draft.lp), [])
        if not found:
            sentence = f"“{machine.name}” has no LP “{draft.lp}”, and these files bring none."
            raise _Wrong("lp", sentence)
        if len(found) > 1:
            raise _Wrong("lp", f"More than one LP of “{machine.name}” is called “{draft.lp}”.")
        (lp,) = found
        if lp.has_opening:
            sentence = f"“{draft.lp}” has an opening balance at “{machine.name}” already."
            raise _Wrong("amount", sentence)
        amount_minor = self._amount(draft.amount, machine.currency)
        # A day ahead may be today where the cash is.
        if draft.cash_date is not None and draft.cash_date > self._known.today + timedelta(days=1):
            raise _Wrong("cash_date", "It lies in the future.")
        lp.has_opening = True
        enrolment = lp.enrolment
        return Decision(
            place=draft.place,
            outcome=ImportOutcome.ADD,
            words={
                "machine": machine.name,
                "lp": draft.lp,
                "amount": format_fiat(amount_minor, machine.currency),
                "currency": machine.currency,
            },
            draft=draft,
            machine_id=machine.id,
            enrolment_id=None if enrolment is None else enrolment.id,
            amount_minor=amount_minor,
            waits_for_lp=enrolment is None or not enrolment.has_accepted,
        )

    @staticmethod
    def _amount(text: str, currency: str) -> int:
        try:
            minor = parse_fiat(text, currency)
        except Refusal as refusal:
            raise _Wrong("amount", refusal.sentence()) from refusal
        if minor == 0:
            raise _Wrong("amount", "Nobody hands over nothing: leave the row out.")
        return minor

    def _on_split(self, draft: SplitDraft) -> Decision:
        machine = self.machine(draft.machine) if draft.machine else None
        found = self._known.targets[draft.target]
        if isinstance(found, str):
            raise _Wrong("target", found)
        new_wallets = self._seen.wallets | set(self._known.machine_wallets)
        if found.wallet_id is not None and found.wallet_id in new_wallets:
            raise _Wrong("target", "It is a machine's wallet and cannot receive payouts.")
        rule = replace(found, label=draft.label or found.label, share_ppm=draft.share_ppm)
        return Decision(
            place=draft.place,
            outcome=ImportOutcome.ADD,
            words={
                "machine": machine.name if machine else "",
                "target": rule.label,
                "share_pct": format_percent(rule.share_ppm),
            },
            draft=draft,
            machine_id=machine.id if machine else None,
            rule=rule,
        )

    def rules_in_force(self, machine_id: str | None) -> tuple[SplitRule, ...]:
        return self._known.splits.get(machine_id or "", ())


def _decide_splits(deciding: _Deciding, drafts: Sequence[SplitDraft], unread: set[str]) -> list[Decision]:
    """A set is replaced as a whole, so it is written as a whole or not at all."""
    sets: dict[str, list[Decision]] = {}
    for draft in drafts:
        sets.setdefault(draft.machine, []).append(deciding.on(draft))
    decided = []
    for name, rows in sets.items():
        problem = _wrong_set(rows, unread)
        if problem is not None:
            rows = [_left_out(row, problem) for row in rows]
        elif rows[0].machine_id is not None or not name:
            rules = deciding.rules_in_force(rows[0].machine_id)
            if _written(rows) == [(rule.target, rule.label, rule.share_ppm) for rule in rules]:
                rows = [replace(row, outcome=ImportOutcome.SAME) for row in rows]
        decided += rows
    return decided


def _wrong_set(rows: Sequence[Decision], unread: set[str]) -> str | None:
    if any(row.outcome is ImportOutcome.WRONG for row in rows):
        return "Another row of this split is wrong, and a split is taken over as a whole."
    if any(row.place.file in unread for row in rows):
        return "A row of this file cannot be read, and a split is taken over as a whole."
    total_ppm = sum(row.rule.share_ppm for row in rows if row.rule is not None)
    if total_ppm != WHOLE_PPM:
        return f"The shares of this split sum to {format_percent(total_ppm)} %, not to exactly 100 %."
    return "A split has at most 50 receivers." if len(rows) > _MOST_RULES else None


_MOST_RULES = 50


def _left_out(row: Decision, problem: str) -> Decision:
    if row.outcome is ImportOutcome.WRONG:
        return row
    return replace(row, outcome=ImportOutcome.WRONG, column="share_pct", sentence=problem)


def _written(rows: Sequence[Decision]) -> list[tuple[str, str, int]]:
    return [(row.rule.target, row.rule.label, row.rule.share_ppm) for row in rows if row.rule is not None]
