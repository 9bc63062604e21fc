"""Enrolments: an operator invites an LP, by a link or by its exact name; the LP accepts it by itself.

An operator names the LP and says whether it takes part. Where its sats go is the LP's alone to choose.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.days import parse_time_zone
from ..core.errors import (
    AlreadyExists,
    ArrowNotAllowed,
    CashLeft,
    InvalidInput,
    InvitationClosed,
    InvitationNotYours,
    NotFound,
    UnknownUser,
)
from ..core.states import EnrolmentStatus, InvitationState, check_enrolment_arrow
from ..core.units import format_fiat
from ..host import accounts
from ..store import rows
from ..store.books import Books, Store
from ..store.lps import is_nobodys
from ..store.sql import Row
from .permissions import may
from .preferences import begin_preferences
from .wallets import own_wallet

#: The first time, an enrolment becomes active by the LP's own act; a link is made by an act of its own.
_NOT_BY_STATUS = (EnrolmentStatus.INVITED,)


async def invite_lp(
    store: Store, user_id: str, machine_id: str, username: str | None, shown_as: str | None, token: str
) -> str:
    """Invite whoever opens the link, or the user with exactly this name, to a machine. The enrolment's id.

    `token` is the secret of the link. Raises UnknownUser, AlreadyExists, InvalidInput.
    """
    lp_user_id = await accounts.find_user_id(username) if username else None
    async with store.transaction("enrolment", actor=user_id) as books:
        may(user_id, "enrol", await books.machines.row(machine_id), "machine")
        await books.standings.require(user_id)
        if username and lp_user_id is None:
            raise UnknownUser(username=username)
        name = shown_as or username
        if name is None:
            raise InvalidInput(field="display_name", problem="say what you call this LP")
        if lp_user_id is not None and await books.lps.is_enrolled(machine_id, lp_user_id):
            raise AlreadyExists(what="enrolment")
        enrolment_id = await books.lps.enrol(
            machine_id=machine_id, operator_user_id=user_id, user_id=lp_user_id, username=name
        )
        await books.invitations.make(enrolment_id, token)
        return books.made(enrolment_id)


async def renew_invitation(store: Store, user_id: str, enrolment_id: str, token: str) -> None:
    """A new link for an LP that has not accepted; the one before is of no use any more.

    Raises ArrowNotAllowed where the LP has accepted.
    """
    async with store.transaction("enrolment", actor=user_id) as books:
        enrolment = may(user_id, "enrol", await books.lps.enrolment(enrolment_id), "LP")
        await books.standings.require(user_id)
        if enrolment["accepted_at"] is not None:
            raise ArrowNotAllowed(
                thing="enrolment", before=enrolment["status"], after=EnrolmentStatus.INVITED
            )
        if enrolment["status"] == EnrolmentStatus.ENDED:
            await books.lps.set_status(enrolment, EnrolmentStatus.INVITED)
        await books.invitations.renew(enrolment, token)


async def change_enrolment(
    store: Store, user_id: str, enrolment_id: str, *, username: str | None, status: EnrolmentStatus | None
) -> None:
    """Change the display name or the status. One with cash in it is not ended: CashLeft says what to do."""
    async with store.transaction("enrolment", actor=user_id) as books:
        enrolment = may(user_id, "change", await books.lps.enrolment(enrolment_id), "LP")
        if username is not None and username != enrolment["username"]:
            await books.lps.rename(enrolment, username)
        before = EnrolmentStatus(enrolment["status"])
        if status is None or status is before:
            return
        is_first = status is EnrolmentStatus.ACTIVE and enrolment["accepted_at"] is None
        if is_first or status in _NOT_BY_STATUS:
            raise ArrowNotAllowed(thing="enrolment", before=before, after=status)
        check_enrolment_arrow(before, status)
        if status is EnrolmentStatus.ENDED:
            machine = await books.machines.row(enrolment["machine_id"])
            _require_empty(enrolment, machine["currency"] if machine else "")
            await books.invitations.close(enrolment_id, InvitationState.REVOKED)
        await books.lps.set_status(enrolment, status)


def _require_empty(enrolment: Row, currency: str) -> None:
    cash = rows.balance(enrolment)
    left = cash.remaining_minor + cash.reserved_minor + cash.pending_minor
    if left:
        raise CashLeft(left=format_fiat(left, currency), currency=currency)


# What the LP does, through lp.py ---------------------------------------------------------------


async def look_at_invitation(store: Store, user_id: str, token: str) -> Row:
    """The enrolment that a link offers to this user. Raises NotFound, InvitationClosed,
    InvitationNotYours."""
    async with store.reading() as books:
        return await _offered(books, user_id, token)


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What an LP says with its first acceptance: where its sats arrive, and which clock it reads."""

    wallet_id: str | None = None
    time_zone: str | None = None

    async def check(self, user_id: str) -> None:
        """Before the books are opened. Raises WalletNotYours, SharedWallet, UnknownTimeZone."""
        if self.time_zone is not None:
            parse_time_zone(self.time_zone)
        if self.wallet_id is not None:
            await own_wallet(user_id, self.wallet_id)


_AS_BEFORE = Beginning()


async def accept_invitation(store: Store, user_id: str, token: str, beginning: Beginning = _AS_BEFORE) -> str:
    """Become an LP by a link, once; the enrolment's id.

    Raises what looking raises, AlreadyExists, and what `Beginning` and `begin_preferences` do.
    """
    await look_at_invitation(store, user_id, token)
    await beginning.check(user_id)
    async with store.transaction("lp", actor=user_id) as books:
        enrolment = await _offered(books, user_id, token)
        await _accept(books, user_id, enrolment, beginning)
        return books.made(str(enrolment["id"]))


async def accept_enrolment(
    store: Store, user_id: str, enrolment_id: str, beginning: Beginning = _AS_BEFORE
) -> None:
    """Accept an invitation by name. Raises NotFound, ArrowNotAllowed, and what `Beginning` and
    `begin_preferences` do."""
    async with store.reading() as books:
        await _own(books, user_id, enrolment_id)
    await beginning.check(user_id)
    async with store.transaction("lp", actor=user_id) as books:
        enrolment = await _own(books, user_id, enrolment_id)
        await _accept(books, user_id, enrolment, beginning)


async def _own(books: Books, user_id: str, enrolment_id: str) -> Row:
    enrolment = await books.lps.enrolment(enrolment_id)
    if enrolment is None or enrolment["user_id"] != user_id:
        raise NotFound(what="invitation")
    return enrolment


async def _offered(books: Books, user_id: str, token: str) -> Row:
    invitation = await books.invitations.by_token(token)
    enrolment = await books.lps.enrolment(invitation["client_id"]) if invitation else None
    if invitation is None or enrolment is None:
        raise NotFound(what="invitation")
    if not is_nobodys(enrolment) and enrolment["user_id"] != user_id:
        raise InvitationNotYours()
    state = books.invitations.state(invitation)
    if state is not InvitationState.OPEN:
        raise InvitationClosed(state=state)
    return enrolment


async def _accept(books: Books, user_id: str, enrolment: Row, beginning: Beginning) -> None:
    if enrolment["status"] != EnrolmentStatus.INVITED:
        raise ArrowNotAllowed(thing="enrolment", before=enrolment["status"], after=EnrolmentStatus.ACTIVE)
    await begin_preferences(books, user_id, beginning.wallet_id, beginning.time_zone)
    if is_nobodys(enrolment):
        if await books.lps.is_enrolled(enrolment["machine_id"], user_id):
            raise AlreadyExists(what="enrolment")
        await books.lps.give_to(enrolment, user_id)
    await books.invitations.close(enrolment["id"], InvitationState.ACCEPTED)
    await books.lps.set_status(enrolment, EnrolmentStatus.ACTIVE)
