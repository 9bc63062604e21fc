"""What becomes of everything that was found: pure, over what these books and LNbits know.

Nothing is taken over twice: what an earlier run took over, and what is here already by hand, is left as it
is. An LP's balance comes out to the cent as it was: its deposits as entries, and one entry of what sales
had taken of them. Sales and legs are history, and no part of what is ever paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from ..states import EnrolmentStatus
from ..units import MAX_MINOR, round_half_up
from . import records
from .columns import DEPOSITS, ENROLMENTS, LEGS, MACHINES, SALES
from .found import Found
from .moves import (
    ChoicesMove,
    EnrolmentMove,
    Entry,
    Known,
    MachineMove,
    MoveOutcome,
    Plan,
    SaleMove,
    SplitMove,
)
from .records import NotReadable
from .shares import OldSplit

_HOMELESS = "Neither its sale nor its LP was found."


def decide(found: Found, known: Known) -> Plan:
    """What becomes of everything; in the order in which it is written."""
    machines = _machines(found, known)
    places = {move.old.id: move for move in machines}
    enrolments = _enrolments(found, known, places)
    currencies: dict[str, set[str]] = defaultdict(set)
    for move in enrolments:
        if move.outcome is not MoveOutcome.LEFT:
            currencies[move.old.user_id].add(places[move.old.machine_id].old.currency)
    machine_wallets = set(known.machine_wallets) | {move.old.wallet_id for move in machines}
    sales, loose = _sales(found, known, places)
    at_places = {one.id for one in found.enrolments if one.machine_id in places}
    homeless = [leg for leg in loose if leg.enrolment_id not in at_places]
    return Plan(
        machines=machines,
        enrolments=enrolments,
        choices=[
            _choices(one, known, machine_wallets, sorted(currencies[one.user_id]))
            for one in found.choices
            if one.user_id in currencies
        ],
        splits=[_split(one, known, places, machine_wallets) for one in found.splits],
        sales=sales,
        loose_legs=[leg for leg in loose if leg.enrolment_id in at_places],
        strays=[
            *found.unread,
            *(
                records.Unread(table=SALES, row_id=move.old.id, problem=move.problem)
                for move in sales
                if move.outcome is MoveOutcome.LEFT
            ),
            *(records.Unread(table=LEGS, row_id=leg.id, problem=_HOMELESS) for leg in homeless),
        ],
    )


def _machines(found: Found, known: Known) -> list[MachineMove]:
    moves: list[MachineMove] = []
    taken: set[str] = set()
    for old in found.machines:
        moves.append(_machine(old, known, is_taken=old.wallet_id in taken))
        taken.add(old.wallet_id)
    return moves


def _machine(old: records.OldMachine, known: Known, *, is_taken: bool) -> MachineMove:
    moved = known.moved.get((MACHINES, old.id))
    if moved is not None:
        return MachineMove(old=old, outcome=MoveOutcome.THERE, machine_id=moved)
    place = known.machines.get(old.wallet_id)
    if place is not None and (place.operator_user_id, place.currency) == (old.operator_user_id, old.currency):
        return MachineMove(old=old, outcome=MoveOutcome.THERE, machine_id=place.id)
    problem = _why_no_machine(old, known, is_taken=is_taken or place is not None)
    if problem:
        return MachineMove(old=old, outcome=MoveOutcome.LEFT, problem=problem)
    return MachineMove(
        old=old,
        outcome=MoveOutcome.ADD,
        npub=None if old.npub in known.keys else old.npub,
        unrecorded=known.unrecorded.get(old.wallet_id, ()),
    )


def _why_no_machine(old: records.OldMachine, known: Known, *, is_taken: bool) -> str:
    if old.operator_user_id not in known.users:
        return "Its operator has no account in this LNbits."
    if is_taken:
        return "Another machine has its wallet."
    if old.wallet_id not in known.wallets:
        return "Its wallet is not there any more, or is shared from another one."
    if known.wallets[old.wallet_id] != old.operator_user_id:
        return "Its wallet belongs to somebody else than its operator."
    if old.wallet_id in known.receivers:
        return "Its wallet receives payouts, so it can be no machine's."
    return ""


def _enrolments(found: Found, known: Known, places: Mapping[str, MachineMove]) -> list[EnrolmentMove]:
    persons: dict[tuple[str, str], list[records.OldEnrolment]] = defaultdict(list)
    for old in found.enrolments:
        persons[old.machine_id, old.user_id].append(old)
    cash = _Cash(found)
    return [_enrolment(rows, known, places, cash) for _person, rows in sorted(persons.items())]


def _enrolment(
    rows: Sequence[records.OldEnrolment], known: Known, places: Mapping[str, MachineMove], cash: _Cash
) -> EnrolmentMove:
    first = min(rows, key=lambda one: (one.status is not EnrolmentStatus.ACTIVE, one.id))
    merged = [one for one in rows if one is not first]
    place = places.get(first.machine_id)
    moved = next((known.moved[key] for one in rows if (key := (ENROLMENTS, one.id)) in known.moved), None)
    if moved is not None:
        return EnrolmentMove(
            old=first,
            merged=merged,
            outcome=MoveOutcome.THERE,
            enrolment_id=moved,
            has_cash=False,
            cash_problem=cash.since_the_move([one.id for one in rows], known),
        )
    if place is None or place.outcome is MoveOutcome.LEFT or first.user_id not in known.users:
        is_left = place is None or place.outcome is MoveOutcome.LEFT
        problem = "Its machine is not taken over." if is_left else "It has no account in this LNbits."
        return EnrolmentMove(
            old=first, merged=merged, outcome=MoveOutcome.LEFT, problem=problem, has_cash=False
        )
    there = known.enrolments.get((place.machine_id, first.user_id))
    problem, entries, drawn, fills, sats = cash.of([one.id for one in rows], place.old.currency)
    if there is not None and there[1]:
        problem = "It has cash entries here already: what it had before is not added."
    return EnrolmentMove(
        old=first,
        merged=merged,
        outcome=MoveOutcome.ADD if there is None else MoveOutcome.THERE,
        enrolment_id=there[0] if there else "",
        has_cash=not problem,
        cash_problem=problem,
        entries=entries,
        drawn=drawn,
        fills=fills,
        received_sats=sats,
    )


class _Cash:
    """Deposits and draws by enrolment row; those that could not be read spoil a balance."""

    def __init__(self, found: Found) -> None:
        self._deposits: dict[str, list[records.OldDeposit]] = defaultdict(list)
        for deposit in found.deposits:
            self._deposits[deposit.enrolment_id].append(deposit)
        self._legs: dict[str, list[records.OldLeg]] = defaultdict(list)
        for leg in found.legs:
            self._legs[leg.enrolment_id].append(leg)
        self._spoilt = {
            str(found.raw[one.table, one.row_id].get("client_id")): one.problem
            for one in found.unread
            if one.table in (DEPOSITS, LEGS)
        }

    def since_the_move(self, row_ids: Sequence[str], known: Known) -> str:
        """What is told of rows that came when the books had moved already: nothing here counts them."""
        deposits = [(DEPOSITS, one.id) for row_id in row_ids for one in self._deposits.get(row_id, ())]
        legs = [(LEGS, leg.id) for row_id in row_ids for leg in self._legs.get(row_id, ()) if leg.is_draw]
        count = len(set(deposits + legs) - known.moved.keys())
        return (
            f"{count} of its deposits and payouts are not counted here: enter them by hand." if count else ""
        )

    def of(self, row_ids: Sequence[str], currency: str) -> tuple[str, list[Entry], Fraction, int, int]:
        """Why it cannot be taken over (or empty), the entries, and what legs drew: fiat, fills, sats."""
        spoilt = [self._spoilt[row_id] for row_id in row_ids if row_id in self._spoilt]
        if spoilt:
            return f"One of its rows cannot be read: {spoilt[0]}", [], Fraction(0), 0, 0
        try:
            entries = [_entry(one, currency) for row_id in row_ids for one in self._deposits.get(row_id, ())]
            legs = [leg for row_id in row_ids for leg in self._legs.get(row_id, ()) if leg.is_draw]
            drawn = sum((_drawn(leg, currency) for leg in legs), Fraction(0))
        except NotReadable as problem:
            return str(problem), [], Fraction(0), 0, 0
        return "", entries, drawn, len(legs), sum(leg.sats for leg in legs)


def _entry(old: records.OldDeposit, currency: str) -> Entry:
    if old.currency not in ("", currency):
        raise NotReadable(f"A deposit is in {old.currency}, its machine in {currency}.")
    exact = records.exact_minor(old.amount, currency)
    return Entry(old=old, minor=round_half_up(exact), exact=exact)


def _drawn(leg: records.OldLeg, currency: str) -> Fraction:
    if leg.fiat is None:
        raise NotReadable("A payout to it says nothing of the fiat that it drew.")
    return records.exact_minor(leg.fiat, currency)


def _choices(
    old: records.OldChoices, known: Known, machine_wallets: Collection[str], currencies: Sequence[str]
) -> ChoicesMove:
    if old.user_id in known.chosen:
        return ChoicesMove(old=old, outcome=MoveOutcome.THERE)
    problem = ""
    if old.user_id not in known.users:
        problem = "It has no account in this LNbits."
    elif known.wallets.get(old.wallet_id) != old.user_id:
        problem = "Its wallet is not there any more, or not its own: the LP chooses anew."
    elif old.wallet_id in machine_wallets:
        problem = "Its wallet is a machine's: the LP chooses anew."
    elif old.daily_limit is not None and len(currencies) > 1:
        problem = "Its limit of a day was for machines of different currencies: the LP chooses anew."
    move = ChoicesMove(old=old, outcome=MoveOutcome.ADD, currency=currencies[0])
    if not problem and move.limit is not None and round_half_up(move.limit) not in range(1, MAX_MINOR + 1):
        problem = "Its limit of a day is no amount: the LP chooses anew."
    return replace(move, outcome=MoveOutcome.LEFT, problem=problem) if problem else move


def _split(
    old: OldSplit, known: Known, places: Mapping[str, MachineMove], machine_wallets: Collection[str]
) -> SplitMove:
    try:
        return _readable_split(old, known, places, machine_wallets)
    except NotReadable as problem:
        return SplitMove(old=old, outcome=MoveOutcome.LEFT, problem=str(problem))


def _readable_split(
    old: OldSplit, known: Known, places: Mapping[str, MachineMove], machine_wallets: Collection[str]
) -> SplitMove:
    """Raises NotReadable where it cannot be taken over."""
    machine_id: str | None = None
    if old.machine_id is not None:
        place = places.get(old.machine_id)
        if place is None or place.outcome is MoveOutcome.LEFT:
            raise NotReadable("Its machine is not taken over.")
        machine_id = place.machine_id
    is_new_machine = old.machine_id is not None and not machine_id
    if not is_new_machine and (old.operator_user_id, machine_id) in known.splits:
        return SplitMove(old=old, outcome=MoveOutcome.THERE)
    if old.operator_user_id not in known.users:
        raise NotReadable("Its operator has no account in this LNbits.")
    rules = []
    for position, share in enumerate(old.shares):
        found = known.targets[share.target]
        if isinstance(found, str):
            raise NotReadable(f"{share.label or 'A receiver'}: {found}")
        if found.wallet_id in machine_wallets:
            raise NotReadable(f"{share.label or 'A receiver'}: its wallet is a machine's.")
        label = share.label or found.label
        rules.append(replace(found, position=position, label=label, share_ppm=share.share_ppm))
    return SplitMove(old=old, outcome=MoveOutcome.ADD, rules=rules)


def _sales(
    found: Found, known: Known, places: Mapping[str, MachineMove]
) -> tuple[list[SaleMove], list[records.OldLeg]]:
    legs: dict[str, list[records.OldLeg]] = defaultdict(list)
    for leg in found.legs:
        legs[leg.sale_id].append(leg)
    moves = []
    for old in found.sales:
        own = legs.pop(old.id, [])
        if (SALES, old.id) in known.moved:
            moves.append(SaleMove(old=old, legs=own, outcome=MoveOutcome.THERE))
        elif old.machine_id not in places:
            problem = "Its machine is not among the machines that were found."
            moves.append(SaleMove(old=old, legs=own, outcome=MoveOutcome.LEFT, problem=problem))
        else:
            here = known.sales.get((places[old.machine_id].old.wallet_id, old.payment_hash), "")
            moves.append(SaleMove(old=old, legs=own, outcome=MoveOutcome.ADD, here=here))
    loose = [leg for rest in legs.values() for leg in rest if (LEGS, leg.id) not in known.moved]
    return moves, loose
