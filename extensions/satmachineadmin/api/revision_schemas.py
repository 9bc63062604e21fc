"""What comes in over the wire to change a settlement or a balance after it landed."""

from __future__ import annotations

from pydantic import ConstrainedInt, Field, StrictBool, StrictInt, StrictStr, validator

from ..core.revising import LEAST_STUCK_MINUTES
from ..core.units import MAX_SATS
from .schemas import Body, Reasoned


class Sats(ConstrainedInt):
    """A whole number of sats, written as one."""

    strict = True
    ge = 0
    le = MAX_SATS


class SweepAsked(Body):
    leg_id: StrictStr | None = None


class RateGiven(Body):
    exchange_rate: StrictStr = Field(max_length=64)
    fiat_amount: StrictStr | None = Field(None, max_length=32)


class RateSupplied(RateGiven):
    confirm: StrictBool = False


class FactsGiven(Body):
    principal_sats: Sats
    fee_sats: Sats
    fiat_amount: StrictStr | None = Field(None, max_length=32)
    exchange_rate: StrictStr | None = Field(None, max_length=64)


class FactsSupplied(FactsGiven):
    confirm: StrictBool = False


class Dismissed(Body):
    reason: StrictStr = Field(min_length=1, max_length=500)
    remember_payer: StrictBool = False


class PayoffAsked(Body):
    funding_wallet_id: StrictStr = Field(min_length=1, max_length=64)
    exchange_rate: StrictStr = Field(max_length=64)
    amount_fiat: StrictStr | None = Field(None, max_length=32)


class PayoffOrdered(PayoffAsked):
    notes: StrictStr = Field("", max_length=2000)
    confirm: StrictBool = False


class RateCorrection(Body):
    exchange_rate: StrictStr = Field(max_length=64)


class RateCorrected(RateCorrection):
    reason: StrictStr = Field(min_length=1, max_length=500)


#: After so long without an end, something is wrong.
STUCK_MINUTES = 30
MOST_STUCK_MINUTES = 100_000


def _within(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise ValueError(f"it is a whole number from {least} to {most}")
    return value


class RetriedLeg(Body):
    leg_id: StrictStr = Field(min_length=1, max_length=64)
    target: StrictStr | None = Field(None, min_length=1, max_length=2000)


class RetryAsked(Body):
    legs: list[RetriedLeg] | None = Field(None, min_items=1, max_items=200)


class ForceReset(Reasoned):
    threshold_minutes: StrictInt = STUCK_MINUTES

    @validator("threshold_minutes")
    def _is_long_enough(cls, value: int) -> int:
        return _within(value, LEAST_STUCK_MINUTES, MOST_STUCK_MINUTES)


class Dispensed(Body):
    dispensed_fraction: StrictStr | None = Field(None, max_length=40)
    dispensed_sats: StrictInt | None = None

    @validator("dispensed_sats")
    def _is_an_amount(cls, value: int | None) -> int | None:
        return None if value is None else _within(value, 0, MAX_SATS)


class DispensedInPart(Dispensed):
    notes: StrictStr = Field(min_length=1, max_length=2000)


class NoteAdded(Body):
    text: StrictStr = Field(min_length=1, max_length=2000)


class RefundAsked(Reasoned):
    """A refund; from a wallet of the operator's where the sale was paid out already."""

    wallet_id: StrictStr | None = Field(None, min_length=1, max_length=64)
