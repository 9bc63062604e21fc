"""An LP's own choices: where its sats arrive and how fast. Called through lp.py alone.

What is not given stays as it was. Everything is checked against what would stand afterwards, inside
the transaction that writes it.

What can go wrong: a stolen login that sends the sats elsewhere. So a new address to pass sats on to waits
for a day, while the LP is told of it, or until the LP has confirmed it with its password.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.choices import HowChanged, Notifications
from ..core.days import parse_time_zone
from ..core.errors import (
    InvalidInput,
    InvalidTarget,
    NoAddressWaits,
    NoInvitationAccepted,
    NoPassword,
    Refusal,
    StateMoved,
    TooManyTries,
    WrongPassword,
)
from ..core.limits import Pace
from ..core.states import DcaMode
from ..core.units import MAX_SATS, currency_digits, parse_fiat
from ..engine.forward import call_off, take_up_address, try_gathered
from ..host import accounts
from ..host.targets import read_target
from ..store import rows
from ..store.books import Books, Store
from ..store.sql import Row
from .wallets import own_wallet, refuse_machine_wallet

_FIXED = ("fixed_mode_daily_limit", "fixed_mode_currency")
_ADDRESS, _ENABLED, _LEAST = "autoforward_ln_address", "autoforward_enabled", "autoforward_min_sats"
_NEXT, _NEXT_AT = "autoforward_next_address", "autoforward_next_at"
FIELDS = (
    "dca_wallet_id",
    "default_dca_mode",
    *_FIXED,
    _ADDRESS,
    _ENABLED,
    _LEAST,
    "time_zone",
    "notifications",
)
#: Since when what arrives is passed on, and how far that was looked at; never without an address.
_CURSORS = ("autoforward_since", "forwarded_until")
#: What `null` takes away.
_NULLABLE = (*_FIXED, _ADDRESS)
#: For so long a new address waits.
WAITING_SECONDS = 24 * 3600
#: So many wrong passwords in a row are looked at, and then none for so long.
MOST_TRIES = 5
LOCKED_SECONDS = 3600


async def choose_preferences(store: Store, user_id: str, choices: Mapping[str, object]) -> int | None:
    """Write what the LP chose; from when on a new address is used, if this chose one.

    Raises NoInvitationAccepted, WalletNotYours, SharedWallet, MachineWalletRefused, UnknownTimeZone,
    InvalidInput.
    """
    for name in choices:
        if name not in FIELDS:
            raise InvalidInput(field=name, problem="there is no such choice")
        if choices[name] is None and name not in _NULLABLE:
            raise InvalidInput(field=name, problem="it cannot be empty")
    fields = {**_mode(choices), **_limit(choices), **_forwarding(choices), **_being_told(choices)}
    if "dca_wallet_id" in choices:
        fields["dca_wallet_id"] = (await own_wallet(user_id, str(choices["dca_wallet_id"]))).id
    async with store.transaction("lp", actor=user_id) as books:
        before = await books.lps.preferences(user_id)
        if before is None:
            raise NoInvitationAccepted()
        if "dca_wallet_id" in fields:
            await refuse_machine_wallet(books, str(fields["dca_wallet_id"]))
        fields |= _new_address(before, fields, books.now)
        after = {**before, **fields}
        _require_limit(rows.pace(after))
        _require_address(after)
        if after[_ADDRESS] is None and before["autoforward_since"] is not None:
            fields |= dict.fromkeys(_CURSORS)
        elif after[_ADDRESS] is not None and after[_ENABLED] and not before[_ENABLED]:
            # What arrived before the LP consented stays where it is.
            fields |= dict.fromkeys(_CURSORS, books.now)
        if after["notifications"] != before["notifications"]:
            # Nobody is told of what came before it wanted to be.
            fields["told_until"] = books.now
        await books.lps.choose_preferences(user_id, fields)
        await _carry_out(books, before, after)
    is_new = after[_NEXT] is not None and after[_NEXT] != before[_NEXT]
    return int(after[_NEXT_AT]) if is_new else None


async def begin_preferences(books: Books, user_id: str, wallet_id: str | None, time_zone: str | None) -> None:
    """The LP accepts its first invitation: its preferences come into being. The wallet was found its own.

    Raises InvalidInput without a wallet, or with another one where the LP has chosen already.
    """
    before = await books.lps.preferences(user_id)
    if before is not None:
        if wallet_id not in (None, before["dca_wallet_id"]):
            problem = "your sats arrive in another wallet already; change that in your preferences"
            raise InvalidInput(field="dca_wallet_id", problem=problem)
        return
    if wallet_id is None:
        raise InvalidInput(field="dca_wallet_id", problem="choose where your sats arrive")
    await refuse_machine_wallet(books, wallet_id)
    chosen: dict[str, object] = {"dca_wallet_id": wallet_id, "default_dca_mode": DcaMode.FLOW}
    if time_zone is not None:
        chosen["time_zone"] = time_zone
    await books.lps.choose_preferences(user_id, chosen)


async def confirm_address(store: Store, user_id: str, address: str, password: str) -> None:
    """Use the new address now, if it is the one that the LP has seen: whoever stole its login may have
    chosen another one since. Raises NoAddressWaits, StateMoved, NoPassword, WrongPassword, TooManyTries."""
    async with store.reading() as books:
        _waiting(await books.lps.preferences(user_id), address)
    if not await accounts.has_password(user_id):
        raise NoPassword()
    tries = await _count_try(store, user_id, address)
    if not await accounts.is_password(user_id, password):
        raise WrongPassword(left=MOST_TRIES - tries)
    async with store.transaction("lp", actor=user_id) as books:
        owner = _waiting(await books.lps.preferences(user_id), address)
        await books.lps.count_password_try(user_id, 0)
        await take_up_address(books, owner, how=HowChanged.CONFIRMED)


def _waiting(before: Row | None, address: str) -> Row:
    """The preferences of an LP with this address waiting."""
    if before is None or before[_NEXT] is None:
        raise NoAddressWaits()
    if before[_NEXT] != address:
        raise StateMoved(thing="address")
    return before


async def _count_try(store: Store, user_id: str, address: str) -> int:
    """How many tries there were with this one, which is counted before anybody looks at it.

    It is the guard that counts, not the LP: a request that is refused has done nothing.
    """
    async with store.transaction("password_try") as books:
        row = _waiting(await books.lps.preferences(user_id), address)
        seconds = LOCKED_SECONDS - (books.now - (row["password_failed_at"] or 0))
        if seconds <= 0:
            tries = 1
        elif row["password_failures"] >= MOST_TRIES:
            raise TooManyTries(minutes=-(-seconds // 60))
        else:
            tries = int(row["password_failures"]) + 1
        await books.lps.count_password_try(user_id, tries)
    return tries


async def _carry_out(books: Books, before: Row, after: Row) -> None:
    """What the new choices do to what is under way."""
    user_id = str(before["user_id"])
    if before["dca_wallet_id"] != after["dca_wallet_id"]:
        await books.lps.look_again(user_id)
    if before[_ENABLED] and not after[_ENABLED]:
        await call_off(books, user_id)
    elif before[_ENABLED] and before[_LEAST] != after[_LEAST]:
        await try_gathered(books, user_id, int(str(after[_LEAST])))


def _new_address(before: Row, fields: Mapping[str, object], now: int) -> dict[str, object]:
    """A new address waits beside the one in use; to give that one, or none, takes the new one back."""
    if _ADDRESS not in fields:
        return {}
    given = fields[_ADDRESS]
    if given is None or given == before[_ADDRESS]:
        return {_NEXT: None, _NEXT_AT: None}
    waits = {_ADDRESS: before[_ADDRESS]}
    if given == before[_NEXT]:
        return waits
    return {**waits, _NEXT: given, _NEXT_AT: now + WAITING_SECONDS}


def _require_address(after: Mapping[str, object]) -> None:
    if after[_ENABLED] and after[_ADDRESS] is None and after[_NEXT] is None:
        raise InvalidInput(field=_ADDRESS, problem="choose the address where your sats go on to")


def _mode(choices: Mapping[str, object]) -> dict[str, object]:
    if "default_dca_mode" not in choices:
        return {}
    try:
        return {"default_dca_mode": DcaMode(str(choices["default_dca_mode"]))}
    except ValueError:
        raise InvalidInput(field="default_dca_mode", problem='choose "flow" or "fixed"') from None


def _being_told(choices: Mapping[str, object]) -> dict[str, object]:
    """The clock that the LP reads, and what it is told of."""
    fields: dict[str, object] = {}
    if "time_zone" in choices:
        fields["time_zone"] = parse_time_zone(str(choices["time_zone"]))
    if "notifications" in choices:
        try:
            fields["notifications"] = Notifications(str(choices["notifications"]))
        except ValueError:
            words = ", ".join(f'"{word}"' for word in Notifications)
            raise InvalidInput(field="notifications", problem=f"choose one of {words}") from None
    return fields


def _limit(choices: Mapping[str, object]) -> dict[str, object]:
    """Limit and currency belong together: an amount without its currency is no amount."""
    given = [name for name in _FIXED if name in choices]
    if not given:
        return {}
    limit, currency = (choices.get(name) for name in _FIXED)
    if len(given) == 1 or (limit is None) != (currency is None):
        missing = _FIXED[0] if limit is None else _FIXED[1]
        raise InvalidInput(field=missing, problem="a daily limit and its currency are chosen together")
    if limit is None or currency is None:
        return dict.fromkeys(_FIXED)
    try:
        currency_digits(str(currency))
    except Refusal as refusal:
        raise InvalidInput(field=_FIXED[1], problem=refusal.sentence().rstrip(".")) from None
    try:
        minor = parse_fiat(str(limit), str(currency))
    except Refusal as refusal:
        raise InvalidInput(field=_FIXED[0], problem=refusal.sentence().rstrip(".")) from None
    if minor == 0:
        raise InvalidInput(field=_FIXED[0], problem="a limit of nothing buys nothing; write more than 0")
    return {_FIXED[0]: minor, _FIXED[1]: str(currency)}


def _forwarding(choices: Mapping[str, object]) -> dict[str, object]:
    fields = {name: choices[name] for name in (_ADDRESS, _ENABLED, _LEAST) if name in choices}
    if fields.get(_ADDRESS) is not None:
        fields[_ADDRESS] = read_address(_ADDRESS, str(fields[_ADDRESS]))[1]
    least = fields.get(_LEAST, 0)
    if not isinstance(least, int) or not 0 <= least <= MAX_SATS:
        raise InvalidInput(field=_LEAST, problem="write whole sats, 0 for no least amount")
    return fields


def read_address(field: str, text: str) -> tuple[str, str]:
    """Kind and canonical text of an address that an LP wrote. Raises InvalidInput."""
    try:
        kind, address = read_target(text)
    except InvalidTarget:
        problem = "write a Lightning address such as name@example.com, or an LNURL that takes payments"
        raise InvalidInput(field=field, problem=problem) from None
    return kind.value, address


def _require_limit(pace: Pace) -> None:
    if pace.mode is DcaMode.FIXED and pace.daily_limit_minor is None:
        raise InvalidInput(field=_FIXED[0], problem="fixed mode needs a daily limit and its currency")
