"""An LP's own choices: where its sats arrive and how fast. Called through lp.py alone.

What is not given stays as it was. Everything is checked against what would stand afterwards, inside
the transaction that writes it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.errors import InvalidInput, InvalidTarget, Refusal
from ..core.limits import Pace
from ..core.states import DcaMode
from ..core.units import MAX_SATS, currency_digits, parse_fiat
from ..engine.forward import call_off, try_gathered
from ..host.targets import read_target
from ..store import rows
from ..store.books import Store
from ..store.sql import Row
from .wallets import own_wallet, refuse_machine_wallet

_FIXED = ("fixed_mode_daily_limit", "fixed_mode_currency")
_ADDRESS, _ENABLED, _LEAST = "autoforward_ln_address", "autoforward_enabled", "autoforward_min_sats"
_FORWARD = (_ADDRESS, _ENABLED, _LEAST)
FIELDS = ("dca_wallet_id", "default_dca_mode", *_FIXED, *_FORWARD)
#: What `null` takes away.
_NULLABLE = (*_FIXED, _ADDRESS)


async def choose_preferences(store: Store, user_id: str, choices: Mapping[str, object]) -> None:
    """Write what the LP chose. Raises WalletNotYours, SharedWallet,
    MachineWalletRefused, InvalidInput."""
    for name in choices:
        if name not in FIELDS:
            raise InvalidInput(field=name, problem="there is no such choice")
        if choices[name] is None and name not in _NULLABLE:
            raise InvalidInput(field=name, problem="it cannot be empty")
    fields: dict[str, object] = {**_mode(choices), **_limit(choices), **_forwarding(choices)}
    if "dca_wallet_id" in choices:
        fields["dca_wallet_id"] = (await own_wallet(user_id, str(choices["dca_wallet_id"]))).id
    async with store.transaction("lp", actor=user_id) as books:
        before = await books.lps.preferences(user_id)
        if before is None and "dca_wallet_id" not in fields:
            raise InvalidInput(field="dca_wallet_id", problem="choose where your sats arrive first")
        if "dca_wallet_id" in fields:
            await refuse_machine_wallet(books, str(fields["dca_wallet_id"]))
        if before is None:
            fields = {"default_dca_mode": DcaMode.FLOW, **fields}
        after = {**_NOTHING_CHOSEN, **(before or {}), **fields}
        _require_limit(rows.pace(after))
        if after[_ENABLED] and after[_ADDRESS] is None:
            raise InvalidInput(field=_ADDRESS, problem="choose the address where your sats go on to")
        was_enabled = bool(before and before[_ENABLED])
        if after[_ENABLED] and not was_enabled:
            # What arrived before the LP consented stays where it is.
            fields |= {"autoforward_since": books.now, "forwarded_until": books.now}
        await books.lps.choose_preferences(user_id, fields)
        if before and before["dca_wallet_id"] != after["dca_wallet_id"]:
            await books.lps.look_again(user_id)
        if was_enabled and not after[_ENABLED]:
            await call_off(books, user_id)
        elif was_enabled and any(before and before[name] != after[name] for name in (_ADDRESS, _LEAST)):
            await try_gathered(books, user_id, int(str(after[_LEAST])))


_NOTHING_CHOSEN: Row = {**dict.fromkeys(_NULLABLE), _ENABLED: False, _LEAST: 0}


def _mode(choices: Mapping[str, object]) -> dict[str, object]:
    if "default_dca_mode" not in choices:
        return {}
    try:
        return {"default_dca_mode": DcaMode(str(choices["default_dca_mode"]))}
    except ValueError:
        raise InvalidInput(field="default_dca_mode", problem='choose "flow" or "fixed"') from None


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
    fields: dict[str, object] = {name: choices[name] for name in _FORWARD if name in choices}
    if fields.get(_ADDRESS) is not None:
        try:
            _kind, fields[_ADDRESS] = read_target(str(fields[_ADDRESS]))
        except InvalidTarget:
            problem = "write a Lightning address such as name@example.com, or an LNURL that takes payments"
            raise InvalidInput(field=_ADDRESS, problem=problem) from None
    least = fields.get(_LEAST, 0)
    if not isinstance(least, int) or not 0 <= least <= MAX_SATS:
        raise InvalidInput(field=_LEAST, problem="write whole sats, 0 for no least amount")
    return fields


def _require_limit(pace: Pace) -> None:
    if pace.mode is DcaMode.FIXED and pace.daily_limit_minor is None:
        raise InvalidInput(field=_FIXED[0], problem="fixed mode needs a daily limit and its currency")
