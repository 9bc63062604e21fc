"""Rates, quotes and stamps: exact to the last sat, the same on every machine."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from simulator.cash import Notes
from simulator.money import NotAnAmount, format_minor, parse_minor, round_half_up
from simulator.quote import quote_cash_out
from simulator.rates import RATE_DIGITS, RandomWalk, price_of, sats_per_unit
from simulator.stamp import cash_out_stamp


def walk(seed: int = 7, volatility: str = "0.003") -> RandomWalk:
    return RandomWalk(seed, Decimal("66650.00"), Decimal(volatility))


def test_the_walk_is_the_same_for_the_same_seed() -> None:
    """The very prices are pinned: a demo of today can be replayed on another Python."""
    one, other = walk(), walk()
    prices = [(one.step(), one.price) for _ in range(50)]
    assert prices == [(other.step(), other.price) for _ in range(50)]
    assert [str(price) for _, price in prices[:3]] == ["66585.84", "66783.16", "66646.19"]


def test_another_seed_walks_elsewhere() -> None:
    assert [walk(1).step() for _ in range(3)] != [walk(2).step() for _ in range(3)]


def test_a_step_is_never_longer_than_the_volatility() -> None:
    some = walk(volatility="0.01")
    before = some.price
    for _ in range(500):
        some.step()
        assert abs(some.price - before) <= before * Decimal("0.01") + Decimal("0.01")
        before = some.price


def test_a_rate_has_a_bounded_number_of_digits_and_its_price_can_be_found_again() -> None:
    some = walk()
    for _ in range(200):
        rate = some.step()
        assert len(rate.as_tuple().digits) <= RATE_DIGITS
        assert "E" not in format(rate, "f")
        assert abs(price_of(rate) - some.price) <= some.price * Decimal("0.0000001") + Decimal("0.01")


def test_sats_per_unit_of_a_known_price() -> None:
    assert sats_per_unit(Decimal("50000.00")) == 2000


def test_principal_is_fiat_times_rate_within_half_a_sat_and_wire_is_the_sum() -> None:
    some = walk()
    for fiat_minor in range(500, 200_000, 1_337):
        rate = some.step()
        quote = quote_cash_out(
            fiat_minor=fiat_minor, currency="EUR", exchange_rate=rate, fee_pct=Decimal("7.25")
        )
        exact = Fraction(fiat_minor, 100) * Fraction(rate)
        assert abs(quote.principal_sats - exact) <= Fraction(1, 2)
        assert abs(quote.fee_sats - Fraction(quote.principal_sats * 725, 10_000)) <= Fraction(1, 2)
        assert quote.wire_sats == quote.principal_sats + quote.fee_sats


def test_the_quote_of_two_hundred_euros() -> None:
    quote = quote_cash_out(
        fiat_minor=20_000,
        currency="EUR",
        exchange_rate=Decimal("1500.25"),
        fee_pct=Decimal(6),
    )
    assert (quote.principal_sats, quote.fee_sats, quote.wire_sats) == (300_050, 18_003, 318_053)


def test_a_currency_without_cents_is_quoted_in_whole_units() -> None:
    quote = quote_cash_out(fiat_minor=5_000, currency="JPY", exchange_rate=Decimal("9.5"), fee_pct=Decimal(0))
    assert (quote.fiat_amount, quote.principal_sats, quote.fee_sats) == ("5000", 47_500, 0)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(0), 0),
        (Fraction(1, 2), 1),
        (Fraction(3, 2), 2),
        (Fraction(149, 100), 1),
        (Fraction(5, 2), 3),
    ],
)
def test_a_half_goes_up(value: Fraction, rounded: int) -> None:
    assert round_half_up(value) == rounded


def test_amounts_are_read_and_written_without_loss() -> None:
    assert parse_minor("200", "EUR") == 20_000
    assert parse_minor("0.005", "KWD") == 5
    assert format_minor(20_000, "EUR") == "200.00"
    assert format_minor(20_000, "JPY") == "20000"


@pytest.mark.parametrize("text", ["", "ten", "0", "-5", "0.001", "nan", "inf"])
def test_what_is_not_a_positive_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_minor(text, "EUR")


def test_the_stamp_carries_every_fact_and_survives_json_exactly() -> None:
    """No float anywhere: sats are integers, the other numbers are decimal text."""
    quote = quote_cash_out(
        fiat_minor=20_000, currency="EUR", exchange_rate=Decimal("1500.25"), fee_pct=Decimal(6)
    )
    stamp = cash_out_stamp(
        quote=quote,
        txid="7f3a",
        bills=[Notes(denomination_minor=5_000, count=4)],
        cassettes=[Notes(denomination_minor=5_000, count=96)],
        npub=None,
    )
    assert json.loads(json.dumps(stamp)) == {
        "source": "bitspire",
        "type": "cash_out",
        "principal_sats": 300_050,
        "fee_sats": 18_003,
        "exchange_rate": "1500.25",
        "currency": "EUR",
        "fiat_amount": "200.00",
        "txid": "7f3a",
        "machine_npub": None,
        "bills": [{"denomination": "50", "count": 4}],
        "cassettes": [{"denomination": "50", "count": 96}],
    }
