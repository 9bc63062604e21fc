"""What the server answers to a machine, read once and checked on the way in.

A machine acts on `paid` with banknotes, so it reads exactly what is there: a field that is missing or of
another kind is an error, never a default. Fields that are not known are passed over: servers grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

#: States from which no payment comes any more.
OVER_STATES = frozenset({"expired", "cancelled"})


class NotUnderstood(ValueError):
    """An answer that does not read as the machine interface says."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the operator allows in one direction; None where there is no limit."""

    fee_pct: Decimal
    most_per_transaction: str | None
    left_this_hour: str | None
    left_today: str | None


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the operator configured."""

    machine_id: str
    name: str
    location: str
    npub: str
    currency: str
    version: int
    active: bool
    maintenance: bool
    cash_out: Terms
    cash_in: Terms
    quote_seconds: int
    heartbeat_seconds: int
    server_time: int


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One customer's business, as the server has it."""

    txid: str
    tx_type: str
    version: int
    config_version: int
    state: str
    fiat_amount: str
    principal_sats: int
    fee_sats: int
    wire_sats: int
    invoice: str | None
    payment_hash: str | None
    lnurl: str | None
    expires_at: datetime | None
    paid: bool
    dispense: str | None
    most_fiat_amount: str | None
    waits_for: str | None
    #: of a cash-in: the notes that the server knows of, by the machine's own ids
    note_ids: frozenset[str]

    @property
    def is_over(self) -> bool:
        """Nobody can pay any more."""
        return self.state in OVER_STATES and not self.paid


def read_config(answer: Mapping[str, Any]) -> Config:
    """The Config of an answer; raises NotUnderstood."""
    return Config(
        machine_id=_text(answer, "machine_id"),
        name=_text(answer, "name"),
        location=_text_or_none(answer, "location") or "",
        npub=_text_or_none(answer, "npub") or "",
        currency=_text(answer, "currency"),
        version=_whole(answer, "version"),
        active=_flag(answer, "active"),
        maintenance=_flag(answer, "maintenance"),
        cash_out=_terms(answer, "cash_out"),
        cash_in=_terms(answer, "cash_in"),
        quote_seconds=_whole(answer, "quote_seconds"),
        heartbeat_seconds=_whole(answer, "heartbeat_seconds"),
        server_time=_whole(answer, "server_time"),
    )


def read_transaction(answer: Mapping[str, Any]) -> Transaction:
    """The Transaction of an answer; raises NotUnderstood."""
    return Transaction(
        txid=_text(answer, "txid"),
        tx_type=_text(answer, "tx_type"),
        version=_whole(answer, "version"),
        config_version=_whole(answer, "config_version"),
        state=_text(answer, "state"),
        fiat_amount=_text(answer, "fiat_amount"),
        principal_sats=_whole(answer, "principal_sats"),
        fee_sats=_whole(answer, "fee_sats"),
        wire_sats=_whole(answer, "wire_sats"),
        invoice=_text_or_none(answer, "invoice"),
        payment_hash=_text_or_none(answer, "payment_hash"),
        lnurl=_text_or_none(answer, "lnurl"),
        expires_at=instant_or_none(_text_or_none(answer, "expires_at")),
        paid=_flag(answer, "paid"),
        dispense=_text_or_none(answer, "dispense"),
        most_fiat_amount=_text_or_none(answer, "most_fiat_amount"),
        waits_for=_text_or_none(answer, "waits_for"),
        note_ids=_note_ids(answer.get("notes")),
    )


def instant_or_none(text: str | None) -> datetime | None:
    """An ISO 8601 time in UTC; Python 3.10 does not read the Z."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise NotUnderstood(f"{text!r} is not a time") from None
    return when if when.tzinfo is not None else when.replace(tzinfo=timezone.utc)


def _note_ids(notes: Any) -> frozenset[str]:
    if notes is None:
        return frozenset()
    if not isinstance(notes, list) or not all(isinstance(note, Mapping) for note in notes):
        raise NotUnderstood("notes is no list of notes")
    return frozenset(_text(note, "id") for note in notes)


def _terms(answer: Mapping[str, Any], name: str) -> Terms:
    terms = answer.get(name)
    if not isinstance(terms, Mapping):
        raise NotUnderstood(f"{name} is missing")
    try:
        fee_pct = Decimal(_text(terms, "fee_pct"))
    except InvalidOperation:
        raise NotUnderstood("fee_pct is not a decimal number") from None
    return Terms(
        fee_pct=fee_pct,
        most_per_transaction=_text_or_none(terms, "most_per_transaction"),
        left_this_hour=_text_or_none(terms, "left_this_hour"),
        left_today=_text_or_none(terms, "left_today"),
    )


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise NotUnderstood(f"{name} is not a text")
    return value


def _text_or_none(answer: Mapping[str, Any], name: str) -> str | None:
    return None if answer.get(name) is None else _text(answer, name)


def _whole(answer: Mapping[str, Any], name: str) -> int:
    value = answer.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotUnderstood(f"{name} is not a whole number")
    return value


def _flag(answer: Mapping[str, Any], name: str) -> bool:
    value = answer.get(name)
    if not isinstance(value, bool):
        raise NotUnderstood(f"{name} is neither true nor false")
    return value
