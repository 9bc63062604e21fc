"""What must be: who owns which sats, and which LP has how much cash left. DESIGN's formulas, once more.

Plain integers, written from the design and not from the program: nothing of it is imported here. Sats and
fiat (minor units) of a sale fall on *lines*; a line is who it is for, why it stays if it stays, its sats,
its fiat. `follow.py` reads in the audit trail what was decided when, and holds it against this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

WHOLE = 1_000_000


class Line(NamedTuple):
    """A part of a sale: for whom, or why it stays in the machine's wallet."""

    kind: str
    who: str
    reason: str | None
    sats: int
    fiat: int | None = None


class Stake(NamedTuple):
    """An LP who takes part: what it has, and the most that one sale may draw of it."""

    name: str
    balance: int
    cap: int


class Part(NamedTuple):
    """What is drawn of one LP, or of nobody."""

    fiat: int
    sats: int


@dataclass
class Sale:
    """The figures of a sale as they stand; `landed` is (principal, commission, platform, fiat) at first."""

    machine: str
    is_cash_out: bool
    wire: int
    principal: int
    commission: int
    #: the platform's share, before a host fee that nothing else could bear
    platform: int
    host_fee_msat: int
    fiat: int | None
    rate: str | None
    state: str
    landed: tuple[int, int, int, int | None]

    def parts(self) -> tuple[int, int, int, int]:
        """Sats for the operator, the LPs, the platform and the customer: the host's fee falls on them in
        this order."""
        undispensed = self.wire - self.principal - self.commission if self.is_cash_out else 0
        parts = [self.commission - self.platform, self.principal, self.platform, undispensed]
        fee = -(-self.host_fee_msat // 1000)
        for place, sats in enumerate(parts):
            parts[place] -= min(fee, sats)
            fee -= min(fee, sats)
        operator, principal, platform, owed = parts
        return operator, principal if self.is_cash_out else 0, platform, owed


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder, ties to the earlier: the sum is exact. §4.2"""
    if total == 0:
        return [0] * len(weights)
    parts = [total * weight // sum(weights) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % sum(weights)))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def sats_at(fiat: int, rate: str, digits: int) -> int:
    """Whole sats for so many minor units; a rate is sats per one unit of fiat."""
    whole, _, decimals = rate.partition(".")
    return half_up(fiat * int(whole + decimals), 10 ** (len(decimals) + digits))


def fiat_at(sats: int, rate: str, digits: int) -> int:
    whole, _, decimals = rate.partition(".")
    return half_up(sats * 10 ** (len(decimals) + digits), int(whole + decimals))


def platform_share(commission: int, principal: int, ppm: int, basis: str) -> int:
    """Half up, of the commission; or of the principal, clipped to the commission. §4.3"""
    return min(commission, half_up((commission if basis == "commission" else principal) * ppm, WHOLE))


def poured(total: int, stakes: Sequence[Stake], caps: Sequence[int]) -> list[int]:
    """Cash in proportion to balance, nobody above its cap; what the full ones leave goes to the others."""
    drawn = [0] * len(stakes)
    thirsty = [i for i, stake in enumerate(stakes) if stake.balance > 0]
    left = min(total, sum(caps[i] for i in thirsty))
    # Whoever is full at the lowest level of the water is full first.
    thirsty.sort(key=lambda i: Fraction(caps[i], stakes[i].balance))
    while thirsty and caps[thirsty[0]] * sum(stakes[i].balance for i in thirsty) <= (
        left * stakes[thirsty[0]].balance
    ):
        full = thirsty.pop(0)
        drawn[full] = caps[full]
        left -= caps[full]
    thirsty.sort()
    for i, part in zip(thirsty, shared(left, [stakes[i].balance for i in thirsty]), strict=True):
        drawn[i] = part
    return drawn


def drawn(fiat: int, sats: int, stakes: Sequence[Stake]) -> tuple[list[Part], Part, Part]:
    """Cash first, then sats: each LP's part, what is uncovered, what is dust. §4.4

    A share of no whole sat draws no cash and is offered to the others.
    """
    caps = [max(0, min(stake.balance, stake.cap)) for stake in stakes]
    dust_room = 0
    while True:
        cash = poured(fiat, stakes, caps)
        rest = fiat - sum(cash)
        dust = min(rest, dust_room)
        *parts, uncovered, dust_sats = shared(sats, [*cash, rest - dust, dust])
        too_poor = [i for i, part in enumerate(parts) if part == 0 and cash[i] > 0]
        if not too_poor:
            each = [Part(*pair) for pair in zip(cash, parts, strict=True)]
            return each, Part(rest - dust, uncovered), Part(dust, dust_sats)
        for i in too_poor:
            dust_room += caps[i]
            caps[i] = 0


def lines_for_lps(fiat: int, sats: int, stakes: Sequence[Stake]) -> list[Line]:
    each, uncovered, dust = drawn(fiat, sats, stakes)
    lines = [Line("dca", s.name, None, p.sats, p.fiat) for s, p in zip(stakes, each, strict=True)]
    lines.append(Line("dca", "", "uncovered", uncovered.sats, uncovered.fiat))
    lines.append(Line("dca", "", "dust", dust.sats, dust.fiat))
    return [line for line in lines if line.sats]


def lines_of_rules(sats: int, rules: Sequence[tuple[str, int]]) -> list[Line]:
    """A commission over (target, ppm); nobody's where there are no rules."""
    if not rules:
        return [Line("operator_split", "", "no_split_rules", sats)] if sats else []
    parts = shared(sats, [ppm for _who, ppm in rules])
    return [
        Line("operator_split", who, None, part)
        for (who, _ppm), part in zip(rules, parts, strict=True)
        if part
    ]


def plan(
    sale: Sale, platform_wallet: str | None, rules: Sequence[tuple[str, int]], stakes: Sequence[Stake]
) -> list[Line]:
    """Every sat of a sale, and whose it is."""
    operator, principal, platform, owed = sale.parts()
    why = None if platform_wallet else "no_platform_wallet"
    lines = [Line("super_fee", "", why, platform), *lines_of_rules(operator, rules)]
    if sale.fiat is None or sale.rate is None:
        lines.append(Line("dca", "", "no_exchange_rate", principal))
    elif not stakes:
        lines.append(Line("dca", "", "no_lp", principal))
    elif all(stake.balance <= 0 for stake in stakes):
        lines.append(Line("dca", "", "no_lp_balance", principal))
    elif sale.fiat == 0:
        lines.append(Line("dca", "", "uncovered", principal))
    elif principal:
        lines += lines_for_lps(sale.fiat, principal, stakes)
    lines.append(Line("dca", "", "undispensed", owed))
    return [line for line in lines if line.sats]


def scaled(sale: Sale, part: int, whole: int) -> tuple[int, int, int, int | None]:
    """A part of what landed: principal, commission, fiat; the platform keeps its stored ratio. §4.5"""
    principal, commission, platform, fiat = sale.landed
    less = half_up(commission * part, whole)
    return (
        half_up(principal * part, whole),
        less,
        half_up(less * platform, commission) if commission else 0,
        None if fiat is None else half_up(fiat * part, whole),
    )


def most_to_send(sats: int) -> int:
    """Whole sats that leave room for what LNbits keeps back for the network: 1 %, at least 2 sats. §7"""
    most = sats
    while most > 0 and most * 1000 + max(2000, most * 1000 // 100) > sats * 1000:
        most -= 1
    return most


def corrected(sats: Sequence[int], rate: str, digits: int) -> list[int]:
    """What each LP should have given for its sats at this rate."""
    return shared(fiat_at(sum(sats), rate, digits), sats)
