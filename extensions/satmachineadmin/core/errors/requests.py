"""Refusals of a request itself: who asks, for what, in which form."""

from __future__ import annotations

from .base import Refusal


class NotAuthenticated(Refusal):
    """{reason}"""

    code = "not_authenticated"
    status = 401


class NotAllowed(Refusal):
    """{reason}"""

    code = "not_allowed"
    status = 403


class NotFound(Refusal):
    """There is no {what} with this id among yours."""

    code = "not_found"
    status = 404


class NothingHere(NotFound):
    """There is nothing at this address."""


class MethodNotAllowed(Refusal):
    """This address takes {allow}, not {method}."""

    code = "method_not_allowed"
    status = 405


class BodyTooLarge(Refusal):
    """The request is larger than the {limit_bytes} bytes that are read."""

    code = "body_too_large"
    status = 413


class InvalidInput(Refusal):
    """The field {field} is not usable: {problem}."""

    code = "invalid_input"


class InvalidPercent(Refusal):
    """{text} is not a percentage: write a decimal number from 0 to 100 with at most four decimals,
    such as "30" or "2.5"."""

    code = "invalid_percent"


class InvalidFiat(Refusal):
    """{text} is not an amount of {currency}: write a positive decimal number with at most {digits}
    decimals, such as "100"."""

    code = "invalid_fiat"


class InvalidRate(Refusal):
    """{text} is not an exchange rate: write how many sats one unit of the currency costs, as a
    decimal number above zero."""

    code = "invalid_rate"


class UnknownCurrency(Refusal):
    """{currency} is not an ISO 4217 currency code: write three capital letters, such as "EUR"."""

    code = "unknown_currency"


class UnknownTimeZone(Refusal):
    """{time_zone} is no time zone that this host knows: write "UTC" or a name of the IANA database,
    such as "Europe/Zurich"."""

    code = "unknown_time_zone"


class StateMoved(Refusal):
    """The {thing} was changed by somebody else meanwhile; load it again."""

    code = "state_moved"
    status = 409


class AlreadyExists(Refusal):
    """This {what} exists already."""

    code = "already_exists"
    status = 409


class RequestReused(Refusal):
    """This Idempotency-Key belongs to a request with another content. Nothing was done; send what is new
    with a key of its own."""

    code = "request_reused"
    status = 409


class RequestRunning(Refusal):
    """The same request is being worked on at this moment. Send it again in a few seconds, with the same
    Idempotency-Key, and get its answer."""

    code = "request_running"
    status = 409


class TooManyDigits(Refusal):
    """The amount {text} is larger than this system keeps."""

    code = "too_many_digits"
