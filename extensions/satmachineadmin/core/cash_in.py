"""Cash-in: banknotes one by one, how many more may be taken, and why a customer waits for its sats.

What can go wrong: a note counted twice, or taken although there are no sats for it. So a note has an id of
the machine's choice and counts once, whatever is posted again; and how much may be taken is said before the
first note. What is posted is in the machine all the same: it is recorded, also beyond every limit, and then
a person decides.

Fiat is in minor units of the machine's currency.
"""

from __future__ import annotations

from collections.abc import Mapping

from .errors import InvalidInput
from .host_facts import HostLimits
from .machine_limits import Left, Limits
from .outside import ask_for
from .rates import minor_of_sats
from .transactions import HeldFor, check_news
from .units import MAX_MINOR

#: Without a post for so long, the server offers what was taken.
LEFT_SECONDS = 900
#: Notes of one transaction.
MOST_NOTES = 1000

#: Which limit was exceeded → why the customer waits.
_BEYOND = {
    "transaction": HeldFor.ABOVE_TRANSACTION_LIMIT,
    "hour": HeldFor.ABOVE_HOUR_LIMIT,
    "day": HeldFor.ABOVE_DAY_LIMIT,
}


def new_notes(
    *,
    known_version: int,
    version: int,
    constants: Mapping[str, tuple[object, object]],
    known: Mapping[str, int],
    posted: Mapping[str, int],
) -> dict[str, int] | None:
    """The notes (id → value) that a post adds; None where it says nothing new.

    A note that is known stays what it is, and stays. Raises Stale, Ratchet.
    """
    still_there = known.keys() & posted.keys()
    is_missing = len(still_there) < len(known)
    is_news = check_news(
        known_version=known_version,
        version=version,
        constants={
            **constants,
            "notes": ({one: known[one] for one in still_there}, {one: posted[one] for one in still_there}),
        },
        growing={"notes": (len(known), len(still_there) if is_missing else len(posted))},
    )
    return {one: posted[one] for one in posted if one not in known} if is_news else None


def sum_of(notes: Mapping[str, int]) -> int:
    """What notes are worth. Raises InvalidInput for more than any machine holds."""
    total = sum(notes.values())
    if total > MAX_MINOR:
        raise InvalidInput(field="notes", problem="they are worth more than this system keeps")
    return total


def most_by_sats(free_sats: int, limits: HostLimits, exchange_rate: str, currency: str) -> int:
    """The most fiat that so many free sats buy at a rate, rounded down.

    What leaves takes the network's fee along; the commission is paid from the same wallet. So it is the
    whole principal that has to be there, and not the customer's part of it.
    """
    sats = ask_for(max(0, free_sats), limits, is_internal=False).sent_msat // 1000
    if limits.max_outgoing_sats is not None:
        sats = min(sats, limits.max_outgoing_sats)
    return min(MAX_MINOR, minor_of_sats(sats, exchange_rate, currency))


def most_fiat(by_sats: int, left: Left) -> int:
    """The most that one transaction may take in all."""
    return by_sats if left.most_minor is None else min(by_sats, left.most_minor)


def is_too_few(by_sats: int, limits: Limits, left: Left) -> bool:
    """Whether the wallet holds too few sats to begin: for what the limit of one transaction lets through,
    or for anything at all where there is none."""
    if limits.transaction_minor is None:
        return by_sats == 0
    return by_sats < min(limits.transaction_minor, left.most_minor or 0)


def why_held(fiat_minor: int, limits: Limits, left: Left, *, is_plausible: bool) -> HeldFor | None:
    """The first reason why the operator decides: what looks wrong comes before what was ordered."""
    if not is_plausible:
        return HeldFor.IMPLAUSIBLE_RATE
    exceeded = left.exceeded_by(fiat_minor)
    if exceeded is not None:
        return _BEYOND[exceeded[0]]
    threshold = limits.hold_above_minor
    return HeldFor.ABOVE_THRESHOLD if threshold is not None and fiat_minor > threshold else None
