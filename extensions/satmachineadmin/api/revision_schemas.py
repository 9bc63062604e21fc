"""Bodies of what a person corrects about a sale or a balance."""

from __future__ import annotations

from pydantic import ConstrainedInt, Field, StrictBool, StrictStr

from ..core.units import MAX_SATS
from .schemas import Body


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
    request_id: StrictStr | None = Field(None, min_length=8, max_length=64)


class RateCorrection(Body):
    exchange_rate: StrictStr = Field(max_length=64)


class RateCorrected(RateCorrection):
    reason: StrictStr = Field(min_length=1, max_length=500)
