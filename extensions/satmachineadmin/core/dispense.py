"""Partial dispense: the figures of a sale of which only some notes came out. Pure and exact.

What can go wrong: scaling what was scaled already, a platform share computed with today's fee, a customer
who is shown less than was paid. So everything is scaled from what *landed*, `wire_sats` is a fact that is
never scaled, the platform keeps the ratio that is stored on the settlement (DESIGN §4.5), and what is left
of the wire is one leg that is owed to the customer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from .commission import absorb_host_fee
from .errors import InvalidFraction, ensure
from .model import Landed, Settlement
from .units import round_half_up

_FRACTION = re.compile(r"0(?:\.[0-9]{1,12})?")


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """What a settlement's columns say after a partial dispense; named as they are."""

    principal_sats: int
    commission_sats: int
    platform_fee_sats: int
    operator_fee_sats: int
    host_fee_from_commission_sats: int
    host_fee_from_principal_sats: int
    fiat_minor: int | None
    #: the part of the wire whose notes came out
    dispensed_sats: int


def parse_fraction(text: str) -> Fraction:
    """The exact part of the whole: "0.5" is a half. From 0 to below 1."""
    if _FRACTION.fullmatch(text) is None:
        raise InvalidFraction(text=text[:40])
    return Fraction(text)


def landed_figures(settlement: Settlement) -> Landed:
    """The sale as it landed, whatever it was scaled to since."""
    if settlement.landed is not None:
        return replace(settlement.landed, fiat_minor=_landed_fiat(settlement, settlement.landed))
    return Landed(
        principal_sats=settlement.principal_sats,
        commission_sats=settlement.commission_sats,
        platform_fee_sats=settlement.platform_fee_sats,
        fiat_minor=settlement.fiat_minor,
    )


def _landed_fiat(settlement: Settlement, landed: Landed) -> int | None:
    """The fiat of a sale whose rate was supplied only after it had been scaled: of all of its principal."""
    if landed.fiat_minor is not None or settlement.fiat_minor is None or settlement.principal_sats == 0:
        return landed.fiat_minor
    return round_half_up(Fraction(settlement.fiat_minor * landed.principal_sats, settlement.principal_sats))


def scale_by_fraction(settlement: Settlement, fraction: Fraction) -> Scaled:
    """The figures where this part of the notes came out."""
    return _scale(settlement, fraction, round_half_up(settlement.wire_sats * fraction))


def scale_by_sats(settlement: Settlement, dispensed_sats: int) -> Scaled:
    """The figures where notes for this part of the wire came out; it is stored as it was given."""
    return _scale(settlement, Fraction(dispensed_sats, settlement.wire_sats), dispensed_sats)


def undispensed_sats(settlement: Settlement, scaled: Scaled) -> int:
    """What is owed to the customer before a host fee that nothing else could bear."""
    return settlement.wire_sats - scaled.principal_sats - scaled.commission_sats


def _scale(settlement: Settlement, fraction: Fraction, dispensed_sats: int) -> Scaled:
    ensure(0 <= fraction < 1, "less than everything was dispensed, and not less than nothing")
    landed = landed_figures(settlement)
    principal_sats = round_half_up(landed.principal_sats * fraction)
    commission_sats = round_half_up(landed.commission_sats * fraction)
    platform_sats = 0
    if landed.commission_sats:
        platform_sats = round_half_up(
            Fraction(commission_sats * landed.platform_fee_sats, landed.commission_sats)
        )
    # What the host took of the wire is a fact as well; what exceeds the scaled parts the rest bears.
    absorbed = absorb_host_fee(
        host_fee_msat=min(settlement.host_fee_msat, 1000 * (principal_sats + commission_sats)),
        principal_sats=principal_sats,
        commission_sats=commission_sats,
        platform_fee_sats=platform_sats,
    )
    fiat_minor = None if landed.fiat_minor is None else round_half_up(landed.fiat_minor * fraction)
    return Scaled(
        principal_sats=principal_sats,
        commission_sats=commission_sats,
        platform_fee_sats=absorbed.platform_fee_sats,
        operator_fee_sats=commission_sats - absorbed.platform_fee_sats,
        host_fee_from_commission_sats=absorbed.from_commission_sats,
        host_fee_from_principal_sats=absorbed.from_principal_sats,
        fiat_minor=fiat_minor,
        dispensed_sats=dispensed_sats,
    )
