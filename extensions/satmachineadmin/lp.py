"""What the LP extension calls. Every function takes the LP's user id and sees that LP's things only.

The LP extension finds this module by name at each call, so an upgrade of one extension does not strand
the other. It passes plain values and gets plain values; refusals come as `Refusal`, with `status` and
`body()` ready for the wire. Preferences are written here and nowhere else: nobody but the LP itself
decides where its sats go.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

from .core.chart import Span
from .core.errors import AddressRefused, NotFound, Refusal
from .core.lp_notices import of_address
from .core.months import Month
from .core.states import CashEntryKind, CashEntryStatus, LegState, LegType
from .host import accounts, people
from .ports.lightning import TargetRefused
from .present import lp as present_lp
from .present import lp_files
from .present import moving as present_moving
from .services import current
from .store import lists
from .store.books import Store
from .store.earlier_lists import EARLIER_PAYOUTS
from .store.sql import Row
from .usecases import disputes, lp_views, statements
from .usecases import enrolments as enrolling
from .usecases import once as act
from .usecases import preferences as chosen
from .usecases.lp_files import open_file
from .usecases.lp_views import Filter, one_of

__all__ = [
    "Refusal",
    "accept_enrolment",
    "accept_invitation",
    "address_terms",
    "begin",
    "cash_csv",
    "cash_entries",
    "chart",
    "check_statement",
    "choose_preferences",
    "confirm_address",
    "dispute_cash_entry",
    "earlier",
    "earlier_csv",
    "end",
    "enrolments",
    "keep",
    "koinly_csv",
    "look_at_invitation",
    "positions",
    "preferences",
    "preferences_history",
    "statement",
    "statements_known",
    "summary",
    "transactions",
    "transactions_csv",
    "withdraw_dispute",
]


def _store() -> Store:
    return current().store


async def begin(
    user_id: str, *, keys: list[str], method: str, path: str, query: str, body: bytes
) -> tuple[int, bytes] | None:
    """Take up a request that came with `Idempotency-Key` headers; status and body of its first answer, if
    there is one. Raises InvalidInput, RequestReused, RequestRunning."""
    answer = await act.begin(_store(), user_id, keys=keys, method=method, path=path, query=query, body=body)
    return None if answer is None else (answer.status, answer.body)


async def keep(status: int, body: bytes) -> None:
    """Store the answer of the request that `begin` took up, before it is sent."""
    await act.keep(_store(), act.Answer(status=status, body=body))


def end() -> None:
    """The request is over, whatever came of it."""
    act.end()


async def preferences(user_id: str) -> dict[str, Any]:
    """The LP's own choices; `onboarded` is false before the first invitation is accepted."""
    async with _store().reading() as books:
        gathering = await books.forwards.gathered_sats(user_id)
        row = await books.lps.preferences(user_id)
    return present_lp.preferences(
        row,
        gathering,
        channels=await people.channels(user_id),
        has_password=await accounts.has_password(user_id),
    )


async def choose_preferences(user_id: str, **choices: object) -> dict[str, Any]:
    """Choose where the sats arrive, how fast, and where they go on to; what is not given stays.

    `dca_wallet_id`, `default_dca_mode` (`flow`, `fixed`), `fixed_mode_daily_limit` (decimal text) with
    `fixed_mode_currency`, `autoforward_ln_address`, `autoforward_enabled`, `autoforward_min_sats`,
    `time_zone`, `notifications`. A new address waits, and the LP is told of it.
    Raises NoInvitationAccepted, WalletNotYours, SharedWallet, MachineWalletRefused, UnknownTimeZone,
    InvalidInput.
    """
    await act.once(_choose(user_id, choices))
    return await preferences(user_id)


async def _choose(user_id: str, choices: dict[str, object]) -> None:
    used_from = await chosen.choose_preferences(_store(), user_id, choices)
    if used_from is not None:
        await current().host.notify(user_id, of_address(used_from))


async def preferences_history(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """Every change of the LP's choices, the newest first."""
    async with _store().reading() as books:
        rows, total = await books.lps.changes(user_id, limit=limit, offset=offset)
    return {"data": [present_lp.change(row) for row in rows], "total": total}


async def address_terms(user_id: str, address: str) -> dict[str, Any]:
    """Ask an address what it takes; nothing is paid. Raises InvalidInput, AddressRefused."""
    kind, target = chosen.read_address("address", address)
    try:
        terms = await current().host.lightning.terms(target)
    except TargetRefused as refused:
        raise AddressRefused(problem=str(refused)) from None
    return present_lp.address_terms(kind, target, terms)


async def confirm_address(user_id: str, address: str, password: str) -> dict[str, Any]:
    """Use the address that waits, now; it has to be this one. Raises NoAddressWaits, StateMoved,
    NoPassword, WrongPassword, TooManyTries."""
    await act.once(chosen.confirm_address(_store(), user_id, address, password))
    return await preferences(user_id)


async def enrolments(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """The LP's invitations and enrolments."""
    rows, total = await _enrolment_rows(user_id, lists.Page(limit=limit, offset=offset))
    names = await _names(rows)
    return {
        "data": [present_lp.enrolment(row, names[row["operator_user_id"]]) for row in rows],
        "total": total,
    }


async def accept_enrolment(
    user_id: str, enrolment_id: str, *, wallet_id: str | None, time_zone: str | None
) -> dict[str, Any]:
    """Accept an invitation by name; the first time with the wallet where the sats arrive.

    Raises NotFound, ArrowNotAllowed, WalletNotYours, SharedWallet, MachineWalletRefused,
    UnknownTimeZone, InvalidInput.
    """
    _require_id(enrolment_id, "invitation")
    beginning = enrolling.Beginning(wallet_id=wallet_id, time_zone=time_zone)
    await act.once(enrolling.accept_enrolment(_store(), user_id, enrolment_id, beginning))
    return await _enrolment(user_id, enrolment_id)


async def look_at_invitation(user_id: str, token: str) -> dict[str, Any]:
    """Who offers what to this user by a link. Raises NotFound, InvitationClosed, InvitationNotYours."""
    enrolment = await enrolling.look_at_invitation(_store(), user_id, token)
    async with _store().reading() as books:
        page = lists.Page(equals={"client.id": enrolment["id"]})
        rows, _total = await lists.page(books.sql, lists.CLIENTS, page)
        onboarded = await books.lps.preferences(user_id) is not None
    operator_name = await accounts.user_name(enrolment["operator_user_id"])
    return present_lp.offer(rows[0], operator_name, onboarded=onboarded)


async def accept_invitation(
    user_id: str, token: str, *, wallet_id: str | None, time_zone: str | None
) -> dict[str, Any]:
    """Accept what a link offers, once. Raises what looking and `accept_enrolment` raise, AlreadyExists."""
    beginning = enrolling.Beginning(wallet_id=wallet_id, time_zone=time_zone)
    accepted = await act.once(enrolling.accept_invitation(_store(), user_id, token, beginning))
    return await _enrolment(user_id, accepted)


async def summary(user_id: str) -> dict[str, Any]:
    """All of the LP's machines together, and what is under way or failed."""
    services = current()
    page = lists.Page(limit=lists.MAX_LIMIT)
    places, _total = await lp_views.places(services.store, services.host, user_id, page)
    waiting, total = await lp_views.waiting(services.store, user_id)
    channel = services.live.lp_channel_of(user_id, [row["id"] for row in places.rows])
    return present_lp.summary(places, waiting, total, channel)


async def positions(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """What became of the LP's cash, machine by machine."""
    services = current()
    page = lists.Page(limit=limit, offset=offset)
    places, total = await lp_views.places(services.store, services.host, user_id, page)
    names = await _names(places.rows)
    shown = [
        present_lp.position(
            row,
            names[row["operator_user_id"]],
            places.drawn[row["id"]],
            places.rates[row["currency"]],
            places.drawn_today[row["id"]],
        )
        for row in places.rows
    ]
    return {"data": shown, "total": total}


async def chart(user_id: str, period: str) -> dict[str, Any]:
    """What the LP had got, what cash was left, and what each fill cost. Raises InvalidInput."""
    span = one_of(Span, "period", period)
    return present_lp.chart(await lp_views.chart(_store(), user_id, span or Span.MONTH))


async def cash_entries(
    user_id: str,
    *,
    enrolment_id: str | None,
    kind: str | None,
    status: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    offset: int,
) -> dict[str, Any]:
    """The entries of the LP's cash that operators made, the newest first. Raises NotFound, InvalidInput."""
    equals = {
        "client.user_id": user_id,
        "entry.client_id": enrolment_id,
        "entry.kind": one_of(CashEntryKind, "kind", kind),
        "entry.status": one_of(CashEntryStatus, "status", status),
    }
    async with _store().reading() as books:
        zone = await lp_views.time_zone(books, user_id)
        span, _ids = await lp_views.narrowed(books, user_id, Filter.read(enrolment_id, since, until), zone)
        page = lists.Page(limit=limit, offset=offset, equals=equals)
        page = page.within("entry.created_at", span.since, span.until)
        rows, total = await lists.page(books.sql, lists.DEPOSITS, page)
    return {"data": [present_lp.cash_entry(row) for row in rows], "total": total}


async def dispute_cash_entry(user_id: str, entry_id: str, reason: str) -> dict[str, Any]:
    """Say that an entry that is not confirmed yet is wrong; the operator is told. Raises StateMoved."""
    _require_id(entry_id, "cash entry")
    await act.once(disputes.dispute_cash(_store(), user_id, entry_id, reason))
    return await _cash_entry(user_id, entry_id)


async def withdraw_dispute(user_id: str, entry_id: str) -> dict[str, Any]:
    """Stand by an entry after all. Raises StateMoved."""
    _require_id(entry_id, "cash entry")
    await act.once(disputes.withdraw_dispute(_store(), user_id, entry_id))
    return await _cash_entry(user_id, entry_id)


async def transactions(
    user_id: str,
    *,
    enrolment_id: str | None,
    leg_type: str | None,
    state: str | None,
    since: str | None,
    until: str | None,
    search: str | None,
    limit: int,
    offset: int,
) -> dict[str, Any]:
    """What the LP got for its cash, from sales and balances paid off, and what was passed on of it, the
    newest first. Raises NotFound, InvalidInput."""
    found, total = await lp_views.transactions(
        _store(),
        user_id,
        Filter.read(enrolment_id, since, until),
        leg_type=one_of(LegType, "leg_type", leg_type),
        state=one_of(LegState, "state", state),
        search=search,
        limit=limit,
        offset=offset,
    )
    return {"data": [present_lp.fill(one) for one in found], "total": total}


async def transactions_csv(
    user_id: str, *, enrolment_id: str | None, since: str | None, until: str | None
) -> AsyncIterator[str]:
    """The same as a file, the oldest first. Raises NotFound, InvalidInput before the first line."""
    file = await open_file(_store(), user_id, Filter.read(enrolment_id, since, until))
    return lp_files.transactions(file.fills(), file.time_zone)


async def cash_csv(
    user_id: str, *, enrolment_id: str | None, since: str | None, until: str | None
) -> AsyncIterator[str]:
    """The LP's cash as a file, the oldest first. Raises NotFound, InvalidInput before the first line."""
    file = await open_file(_store(), user_id, Filter.read(enrolment_id, since, until))
    return lp_files.cash(file.cash(), file.time_zone)


async def earlier(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """What the LP got before these books were moved over, the newest first: history, no part of any sum."""
    page = lists.Page(limit=limit, offset=offset, equals={"client.user_id": user_id})
    async with _store().reading() as books:
        rows, total = await lists.page(books.sql, EARLIER_PAYOUTS, page)
    return {"data": [present_moving.earlier_payout(row) for row in rows], "total": total}


async def earlier_csv(
    user_id: str, *, enrolment_id: str | None, since: str | None, until: str | None
) -> AsyncIterator[str]:
    """The same as a file, the oldest first. Raises NotFound, InvalidInput before the first line."""
    file = await open_file(_store(), user_id, Filter.read(enrolment_id, since, until))
    return lp_files.earlier(file.earlier(), file.time_zone)


async def koinly_csv(
    user_id: str, *, enrolment_id: str | None, since: str | None, until: str | None
) -> AsyncIterator[str]:
    """Cash and what became of it for Koinly. It has no line of ours: a file that breaks off is none.

    Raises NotFound, InvalidInput before the first line.
    """
    file = await open_file(_store(), user_id, Filter.read(enrolment_id, since, until))
    return lp_files.koinly(file.cash(), file.fills())


async def statements_known(user_id: str) -> dict[str, Any]:
    """The months that there are statements of, the newest first."""
    months = await statements.list_statements(_store(), user_id)
    return {
        "data": [{"month": month.name, "is_over": is_over} for month, is_over in months],
        "total": len(months),
    }


async def statement(user_id: str, month: str) -> dict[str, Any]:
    """The LP's month. Raises NoInvitationAccepted, InvalidInput."""
    found = await statements.month_statement(_store(), user_id, Month.parse(month))
    return present_lp.statement(found)


async def check_statement(user_id: str, text: str) -> dict[str, Any]:
    """Whether the books still say what the text of a statement says. Raises StatementUnreadable."""
    return present_lp.checked(await statements.check_statement(_store(), user_id, text))


def _require_id(text: str, what: str) -> None:
    """What cannot be an id is not there; PostgreSQL would choke on some of it."""
    if not re.fullmatch("[0-9a-f]{32}", text):
        raise NotFound(what=what)


async def _enrolment(user_id: str, enrolment_id: str) -> dict[str, Any]:
    rows, _total = await _enrolment_rows(user_id, lists.Page(equals={"client.id": enrolment_id}))
    return present_lp.enrolment(rows[0], await accounts.user_name(rows[0]["operator_user_id"]))


async def _names(rows: Sequence[Row]) -> dict[str, str]:
    """What the operators of some enrolments are called."""
    return {one: await accounts.user_name(one) for one in {str(row["operator_user_id"]) for row in rows}}


async def _cash_entry(user_id: str, entry_id: str) -> dict[str, Any]:
    page = lists.Page(equals={"entry.id": entry_id, "client.user_id": user_id})
    async with _store().reading() as books:
        rows, _total = await lists.page(books.sql, lists.DEPOSITS, page)
    return present_lp.cash_entry(rows[0])


async def _enrolment_rows(user_id: str, page: lists.Page) -> tuple[list[Row], int]:
    async with _store().reading() as books:
        return await lists.page(books.sql, lists.CLIENTS, page.only({"client.user_id": user_id}))
