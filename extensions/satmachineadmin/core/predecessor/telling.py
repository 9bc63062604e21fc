"""What a person is told of what the predecessor did not finish, or did not write down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from .moves import SaleMove, Unrecorded
from .records import OldLeg

_WHAT = {"super_fee": "the platform", "operator_split": "a partner", "autoforward": "an LP's own address"}
_NOBODY_PAYS = "Nothing here pays any of it: look into the wallet's history, and pay by hand what is owed."
_LONGEST_ERROR = 200
#: Payments that are named one by one.
_MOST_NAMED = 5


def unfinished(move: SaleMove, names: Mapping[str, str]) -> str:
    """What was already paid of a sale, what was not, and that nothing here pays the rest."""
    paid = [leg for leg in move.legs if leg.is_paid]
    left = [leg for leg in move.legs if leg.is_open]
    state = move.old.status or "without a state"
    parts = [
        f"The predecessor left this sale of {move.old.wire_sats} sat of {_day(move.old.paid_at)} “{state}”.",
        f"Already paid: {_list(paid, names)}." if paid else "Nothing of it is known to be paid.",
    ]
    if left:
        parts.append(f"Not known to be paid: {_list(left, names, has_state=True)}.")
    if move.old.error:
        parts.append(_said(move.old.error))
    if move.here:
        parts.append(
            f"The same payment is a settlement here, “{move.here}”: what was paid of it there must not be "
            "paid here once more, and what is paid twice by now is for you to see to."
        )
        return " ".join(parts)
    return " ".join([*parts, _NOBODY_PAYS])


def unfinished_leg(leg: OldLeg, names: Mapping[str, str]) -> str:
    """The same of a payment that belonged to no sale."""
    what = f"The predecessor left a payment of no sale unfinished: {_list([leg], names, has_state=True)}."
    said = [_said(leg.error)] if leg.error else []
    return " ".join([what, *said, _NOBODY_PAYS])


def unrecorded(payments: Sequence[Unrecorded]) -> str:
    """What came in at a machine since about the last sale that the predecessor wrote down, and is none."""
    sats = sum(one.sats for one in payments)
    hashes = ", ".join(f"{one.payment_hash[:12]}… ({one.sats} sat)" for one in payments[:_MOST_NAMED])
    more = f" and {len(payments) - _MOST_NAMED} more" if len(payments) > _MOST_NAMED else ""
    one = len(payments) == 1
    came = f"1 payment of {sats} sat" if one else f"{len(payments)} payments of {sats} sat together"
    return (
        f"{came} came into this machine's wallet since an hour before the last sale that the predecessor "
        f"wrote down, and {'is' if one else 'are'} no sale of it: {hashes}{more}. {_NOBODY_PAYS}"
    )


def _said(error: str) -> str:
    return f"It said: “{error[:_LONGEST_ERROR]}”."


def _list(legs: Sequence[OldLeg], names: Mapping[str, str], *, has_state: bool = False) -> str:
    def one(leg: OldLeg) -> str:
        who = names.get(leg.enrolment_id) or (
            "an LP" if leg.enrolment_id else _WHAT.get(leg.leg_type, "somebody")
        )
        return f"{leg.sats} sat to {who}" + (f" ({leg.status})" if has_state else "")

    return ", ".join(one(leg) for leg in legs)


def _day(seconds: int) -> str:
    if not seconds:
        return "an unknown day"
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
