"""What the LP extension calls. Every function takes the LP's user id and sees that LP's things only.

The LP extension finds this module by name at each call, so an upgrade of one extension does not strand
the other. It passes plain values and gets plain values; refusals come as `Refusal`, with `status` and
`body()` ready for the wire. Preferences are written here and nowhere else: nobody but the LP itself
decides where its sats go.
"""

from __future__ import annotations

import re
from typing import Any

from .core.errors import NotFound, Refusal
from .core.states import LegType
from .host import accounts
from .present import lp as present_lp
from .services import current
from .store import fills, lists, lp_figures
from .store.books import Store
from .store.sql import Row
from .usecases import disputes
from .usecases import enrolments as enrolling
from .usecases import once as act
from .usecases import preferences as chosen

__all__ = [
    "Refusal",
    "accept_enrolment",
    "accept_invitation",
    "begin",
    "cash_entries",
    "choose_preferences",
    "dispute_cash_entry",
    "end",
    "enrolments",
    "keep",
    "look_at_invitation",
    "positions",
    "preferences",
    "transactions",
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
    """The LP's own choices; `onboarded` is false before the first."""
    async with _store().reading() as books:
        gathering = await books.forwards.gathered_sats(user_id)
        return present_lp.preferences(await books.lps.preferences(user_id), gathering)


async def choose_preferences(user_id: str, **choices: object) -> dict[str, Any]:
    """Choose where the sats arrive, how fast, and where they go on to; what is not given stays.

    `dca_wallet_id`, `default_dca_mode` (`flow`, `fixed`), `fixed_mode_daily_limit` (decimal text) with
    `fixed_mode_currency`, `autoforward_ln_address`, `autoforward_enabled`, `autoforward_min_sats`.
    Raises WalletNotYours, SharedWallet, MachineWalletRefused, InvalidInput.
    """
    await act.once(chosen.choose_preferences(_store(), user_id, choices))
    return await preferences(user_id)


async def enrolments(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """The LP's invitations and enrolments."""
    rows, total = await _enrolment_rows(user_id, lists.Page(limit=limit, offset=offset))
    names = {row["operator_user_id"]: "" for row in rows}
    for operator in names:
        names[operator] = await accounts.user_name(operator)
    return {
        "data": [present_lp.enrolment(row, names[row["operator_user_id"]]) for row in rows],
        "total": total,
    }


async def accept_enrolment(user_id: str, enrolment_id: str) -> dict[str, Any]:
    """Accept an invitation by name; raises LpNotOnboarded before a payout wallet is chosen."""
    _require_id(enrolment_id, "invitation")
    await act.once(enrolling.accept_enrolment(_store(), user_id, enrolment_id))
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


async def accept_invitation(user_id: str, token: str) -> dict[str, Any]:
    """Accept what a link offers, once. Raises what looking raises, LpNotOnboarded, AlreadyExists."""
    return await _enrolment(user_id, await act.once(enrolling.accept_invitation(_store(), user_id, token)))


async def positions(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """What became of the LP's cash, machine by machine."""
    rows, total = await _enrolment_rows(user_id, lists.Page(limit=limit, offset=offset))
    operators = {row["operator_user_id"] for row in rows}
    async with _store().reading() as books:
        days = await books.operators.days(operators)
        limited_in = rows[0]["fixed_mode_currency"] if rows else None
        drawn = await books.lps.drawn([user_id], limited_in, days.values()) if limited_in else {}
    drawn_today = [drawn.get((user_id, days[row["operator_user_id"]]), 0) for row in rows]
    shown = [present_lp.position(row, minor) for row, minor in zip(rows, drawn_today, strict=True)]
    return {"data": shown, "total": total}


async def cash_entries(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """Every entry of the LP's cash that an operator made, the newest first."""
    page = lists.Page(limit=limit, offset=offset, equals={"client.user_id": user_id})
    async with _store().reading() as books:
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


async def transactions(user_id: str, *, limit: int, offset: int) -> dict[str, Any]:
    """What the LP got for its cash, from sales and balances paid off, and what was passed on of it."""
    async with _store().reading() as books:
        rows, total = await fills.page(books.sql, user_id, limit=limit, offset=offset)
        forwards = [row["id"] for row in rows if row["leg_type"] == LegType.AUTOFORWARD]
        gathered = await lp_figures.gathered_with(books.sql, forwards)
    parts: dict[str, list[Row]] = {leg_id: [] for leg_id in forwards}
    for part in gathered:
        parts[part["leg_id"]].append(part)
    return {"data": [present_lp.fill(row, parts.get(row["id"], [])) for row in rows], "total": total}


def _require_id(text: str, what: str) -> None:
    """What cannot be an id is not there; PostgreSQL would choke on some of it."""
    if not re.fullmatch("[0-9a-f]{32}", text):
        raise NotFound(what=what)


async def _enrolment(user_id: str, enrolment_id: str) -> dict[str, Any]:
    rows, _total = await _enrolment_rows(user_id, lists.Page(equals={"client.id": enrolment_id}))
    return present_lp.enrolment(rows[0], await accounts.user_name(rows[0]["operator_user_id"]))


async def _cash_entry(user_id: str, entry_id: str) -> dict[str, Any]:
    page = lists.Page(equals={"entry.id": entry_id, "client.user_id": user_id})
    async with _store().reading() as books:
        rows, _total = await lists.page(books.sql, lists.DEPOSITS, page)
    return present_lp.cash_entry(rows[0])


async def _enrolment_rows(user_id: str, page: lists.Page) -> tuple[list[Row], int]:
    async with _store().reading() as books:
        return await lists.page(books.sql, lists.CLIENTS, page.only({"client.user_id": user_id}))
