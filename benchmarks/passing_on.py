"""One LP of full books passes on what it gets: the legs that do so, balances paid off, and its own choices.

Most arrivals go at once, two of eight gather and go with the next one, a few took a second try or failed for
good, and the newest ones wait. What arrived before the LP wanted it is not passed on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from tests.harness import LnbitsServer

from . import bulk
from .bulk import Row, word

#: Of so many arrivals the first came before the LP wanted its sats passed on.
_BEFORE_CONSENT = 20
#: The last of so many arrivals takes with it the two before it.
_TOGETHER = 8
_PAYOFFS, _CHANGES = 40, 300
_ADDRESS = "lp0@home.example"
_SILENT = {"error_code": "target_silent", "error_message": "The target did not answer in time."}
_GATHERS = "It goes when at least 10000 sats have gathered."


class Fate(str, Enum):
    """What became of an arrival."""

    SENT = "sent"
    SENT_AT_SECOND_TRY = "sent at the second try"
    #: it gathered, and went with the payment of a later one
    CARRIED = "carried"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WAITS = "waits"
    GATHERS = "gathers"

    @classmethod
    def of(cls, number: int, total: int) -> Fate:
        """By the number of the arrival; of the newest ones nothing is decided yet."""
        newest = (cls.GATHERS, cls.GATHERS, cls.GATHERS, cls.WAITS, cls.WAITS, cls.WAITS, cls.UNKNOWN)
        if total - number <= len(newest):
            return newest[total - number - 1]
        if number % 1000 == 2:
            return cls.FAILED
        if number % 40 == 1:
            return cls.SENT_AT_SECOND_TRY
        is_small = number % _TOGETHER in (5, 6)
        return cls.CARRIED if is_small and _carrier(number) < total - len(newest) else cls.SENT


def _carrier(number: int) -> int:
    """The arrival that takes this one with it."""
    return number // _TOGETHER * _TOGETHER + _TOGETHER - 1


@dataclass(frozen=True, kw_only=True)
class Lp:
    """Who passes sats on."""

    user_id: str
    operator_id: str
    operator_wallet_id: str
    #: enrolment → its machine
    places: Mapping[str, str]
    wallet_id: str

    def watched(self, legs: Iterable[Row], arrived: list[Row]) -> Iterator[Row]:
        """The legs as they come; those that arrived at this LP are noted."""
        for leg in legs:
            if leg["client_id"] in self.places and leg["state"] == "completed":
                arrived.append(leg)
            yield leg


def fill(server: LnbitsServer, lp: Lp, arrived: Sequence[Row], *, began: int, now: int) -> None:
    """Write everything of this LP that is not a sale's."""
    payoffs = list(_payoffs(lp, began, now))
    bulk.insert(server, "dca_payments", payoffs)
    all_of_it = sorted([*arrived, *payoffs], key=lambda leg: (leg["completed_at"], leg["id"]))
    passed_on = all_of_it[len(all_of_it) // _BEFORE_CONSENT :]
    bulk.insert(server, "dca_payments", _forwards(lp, passed_on, now))
    bulk.insert(server, "leg_sources", _sources(passed_on))
    bulk.insert(server, "lp_changes", _changes(lp, began, now))
    server.sql(
        """
        UPDATE satmachineadmin.dca_lp SET autoforward_ln_address = :address, autoforward_enabled = true,
            autoforward_min_sats = 10000, autoforward_since = :since, forwarded_until = :now,
            default_dca_mode = 'fixed', fixed_mode_daily_limit = 100000000, fixed_mode_currency = 'EUR',
            time_zone = 'Europe/Berlin', notifications = 'daily'
        WHERE user_id = :user
        """,
        address=_ADDRESS,
        since=passed_on[0]["completed_at"] - 1,
        now=now,
        user=lp.user_id,
    )


def _payoffs(lp: Lp, began: int, now: int) -> Iterator[Row]:
    """Balances that the operator paid off: legs of no sale."""
    places = sorted(lp.places.items())
    for number in range(_PAYOFFS):
        enrolment_id, machine_id = places[number % len(places)]
        leg_id = word("payoff", number)[:32]
        at = now - 7_200 - (now - began) * (_PAYOFFS - number) // _PAYOFFS
        sats = 100_000 + 1_500 * number
        yield {
            "id": leg_id,
            "settlement_id": "",
            "machine_id": machine_id,
            "operator_user_id": lp.operator_id,
            "leg_type": "settlement",
            "leg_key": f"balance:{leg_id}",
            "plan_version": 1,
            "attempt": 1,
            "position": 0,
            "state": "completed",
            "sats": sats,
            "sent_msat": 1000 * sats,
            "fee_msat": 0,
            "fee_unused_msat": 0,
            "fiat_minor": sats // 15,
            "currency": "EUR",
            "exchange_rate": "1500",
            "client_id": enrolment_id,
            "drawn_on": time.strftime("%Y-%m-%d", time.gmtime(at)),
            "destination_wallet_id": lp.wallet_id,
            "label": "an LP",
            "external_id": f"sm1:balance:{leg_id}:1",
            "payment_hash": word("payoff hash", number),
            "payer_wallet_id": lp.operator_wallet_id,
            "way": "fast",
            "created_at": at,
            "updated_at": at + 1,
            "completed_at": at + 1,
        }


def _forwards(lp: Lp, arrived: Sequence[Row], now: int) -> Iterator[Row]:
    """The legs of every arrival, one an attempt."""
    total = len(arrived)
    for number, arrival in enumerate(arrived):
        fate = Fate.of(number, total)
        first = _leg(lp, arrival, number, attempt=1)
        second = _leg(lp, arrival, number, attempt=2)
        if fate is Fate.SENT:
            yield _sent(first, number)
        elif fate is Fate.SENT_AT_SECOND_TRY:
            yield {**first, **_SILENT, "state": "voided"}
            yield _sent(second, number)
        elif fate is Fate.CARRIED:
            carrier = _carrier(number)
            goes_at = arrived[carrier]["completed_at"] + 1
            yield {**first, "state": "voided", "reason": "below_minimum", "error_message": _GATHERS}
            gone = {**second, "created_at": goes_at, "carrier_id": _id(carrier, 1)}
            yield {**_sent(gone, carrier), "payment_hash": None, "destination_ln_address": None}
        else:
            yield {**first, **_undecided(first, fate, number, now)}


def _undecided(leg: Row, fate: Fate, number: int, now: int) -> Row:
    """What is different about a leg that is not paid."""
    if fate is Fate.FAILED:
        why = "The Lightning address is not there any more."
        return {"state": "failed", "error_code": "target_unusable", "error_message": why}
    if fate is Fate.GATHERS:
        return {"state": "skipped", "reason": "below_minimum", "error_message": _GATHERS}
    if fate is Fate.WAITS:
        return {**_SILENT, "state": "pending", "next_try_at": now + 900}
    return {**_sent(leg, number), "state": "unresolved", "completed_at": None, "next_try_at": now + 900}


def _id(number: int, attempt: int) -> str:
    return word("forward", number, attempt)[:32]


def _leg(lp: Lp, arrival: Row, number: int, *, attempt: int) -> Row:
    """A leg that passes an arrival on, as it is written."""
    sale_hash, key = arrival["external_id"].split(":")[1], f"forward:{arrival['external_id']}"
    at = arrival["completed_at"] + attempt
    nothing = (
        "reason", "sent_msat", "fee_msat", "fee_unused_msat", "payment_hash", "carrier_id", "error_code",
        "error_message", "next_try_at", "completed_at", "destination_ln_address",
    )  # fmt: skip
    return {
        "id": _id(number, attempt),
        **{name: arrival[name] for name in ("settlement_id", "machine_id", "operator_user_id", "client_id")},
        **{name: arrival[name] for name in ("plan_version", "sats", "currency", "exchange_rate", "label")},
        "leg_type": "autoforward",
        "leg_key": key,
        "attempt": attempt,
        "position": 10_000,
        "state": "pending",
        "external_id": f"sm1:{sale_hash}:{key}:{attempt}",
        "payer_wallet_id": lp.wallet_id,
        "created_at": at,
        "updated_at": at,
        **dict.fromkeys(nothing),
    }


def _sent(leg: Row, number: int) -> Row:
    """It went with a payment of its own: two sats of a thousand were the network's, three stayed."""
    sats, done = leg["sats"], leg["created_at"] + 4
    return {
        **leg,
        "state": "completed",
        "sent_msat": 1000 * sats - 5 * sats,
        "fee_msat": 2 * sats,
        "fee_unused_msat": 3 * sats,
        "payment_hash": word("forward hash", number),
        "destination_ln_address": _ADDRESS,
        "updated_at": done,
        "completed_at": done,
    }


def _sources(arrived: Sequence[Row]) -> Iterator[Row]:
    """Which arrival each first leg passes on."""
    for number, arrival in enumerate(arrived):
        yield {
            "source_leg_id": arrival["id"],
            "leg_id": _id(number, 1),
            "created_at": arrival["completed_at"] + 1,
        }


def _changes(lp: Lp, began: int, now: int) -> Iterator[Row]:
    """The LP changed its mind again and again."""
    for number in range(_CHANGES):
        changes = [{"field": "autoforward_min_sats", "before": 1000 * number, "after": 1000 * number + 1000}]
        yield {
            "id": word("change", number)[:32],
            "user_id": lp.user_id,
            "at": now - 3_600 - (now - began) * (_CHANGES - number) // _CHANGES,
            "how": "chosen",
            "changes": json.dumps(changes),
        }
