"""Enrolments: an operator invites an LP by name; the LP accepts through its own extension."""

from __future__ import annotations

from ..core.errors import AlreadyExists, ArrowNotAllowed, CashLeft, LpNotOnboarded, NotFound, UnknownUser
from ..core.states import EnrolmentStatus
from ..core.units import format_fiat
from ..host import accounts
from ..store import rows
from ..store.books import Store
from ..store.sql import Row
from .permissions import may

#: What an operator may do to an enrolment; becoming active the first time is the LP's own act.
_OPERATOR_ARROWS = frozenset(
    {
        (EnrolmentStatus.INVITED, EnrolmentStatus.ENDED),
        (EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED),
        (EnrolmentStatus.ACTIVE, EnrolmentStatus.ENDED),
        (EnrolmentStatus.PAUSED, EnrolmentStatus.ACTIVE),
        (EnrolmentStatus.PAUSED, EnrolmentStatus.ENDED),
    }
)


async def invite_lp(store: Store, user_id: str, machine_id: str, username: str, shown_as: str | None) -> str:
    """Invite the user with exactly this name to a machine. Raises UnknownUser, AlreadyExists."""
    lp_user_id = await accounts.find_user_id(username)
    async with store.transaction("enrolment", actor=user_id) as books:
        may(user_id, "enrol", await books.machines.row(machine_id), "machine")
        if lp_user_id is None:
            raise UnknownUser(username=username)
        if await books.lps.is_enrolled(machine_id, lp_user_id):
            raise AlreadyExists(what="enrolment")
        return books.made(
            await books.lps.enrol(
                machine_id=machine_id,
                operator_user_id=user_id,
                user_id=lp_user_id,
                username=shown_as or username,
            )
        )


async def change_enrolment(
    store: Store, user_id: str, enrolment_id: str, *, username: str | None, status: EnrolmentStatus | None
) -> None:
    """Change the display name or the status. Ending one with cash left is refused: return it first."""
    async with store.transaction("enrolment", actor=user_id) as books:
        enrolment = may(user_id, "change", await books.lps.enrolment(enrolment_id), "LP")
        if username is not None and username != enrolment["username"]:
            await books.lps.rename(enrolment, username)
        before = EnrolmentStatus(enrolment["status"])
        if status is None or status is before:
            return
        if (before, status) not in _OPERATOR_ARROWS:
            raise ArrowNotAllowed(thing="enrolment", before=before, after=status)
        if status is EnrolmentStatus.ENDED:
            machine = await books.machines.row(enrolment["machine_id"])
            _require_empty(enrolment, machine["currency"] if machine else "")
        await books.lps.set_status(enrolment, status)


async def accept_invitation(store: Store, user_id: str, enrolment_id: str) -> None:
    """The LP's own act. Raises NotFound, ArrowNotAllowed, and LpNotOnboarded before a wallet is chosen."""
    async with store.transaction("lp", actor=user_id) as books:
        row = await books.lps.enrolment(enrolment_id)
        if row is None or row["user_id"] != user_id:
            raise NotFound(what="invitation")
        if await books.lps.preferences(user_id) is None:
            raise LpNotOnboarded(username="You")
        if row["status"] != EnrolmentStatus.INVITED:
            raise ArrowNotAllowed(thing="enrolment", before=row["status"], after=EnrolmentStatus.ACTIVE)
        await books.lps.set_status(row, EnrolmentStatus.ACTIVE)


def _require_empty(enrolment: Row, currency: str) -> None:
    cash = rows.balance(enrolment)
    left = cash.remaining_minor + cash.reserved_minor + cash.pending_minor
    if left:
        raise CashLeft(left=format_fiat(left, currency), currency=currency)
