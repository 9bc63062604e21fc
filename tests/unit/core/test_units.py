"""Reading and writing amounts: DESIGN §3 and §4.1."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core import units
from satmachineadmin.core.errors import (
    InvalidFiat,
    InvalidPercent,
    InvalidRate,
    TooManyDigits,
    UnknownCurrency,
)

PERCENTAGES = [
    ("30", 300_000, "30"),
    ("2.5", 25_000, "2.5"),
    ("0", 0, "0"),
    ("100", 1_000_000, "100"),
    ("100.0000", 1_000_000, "100"),
    ("0.0001", 1, "0.0001"),
    ("6.1500", 61_500, "6.15"),
    ("10", 100_000, "10"),
]


@pytest.mark.parametrize(("text", "ppm", "canonical"), PERCENTAGES)
def test_a_percentage_is_read_exactly_and_written_in_its_shortest_form(
    text: str, ppm: int, canonical: str
) -> None:
    assert units.parse_percent(text) == ppm
    assert units.format_percent(ppm) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 3",
        "3 ",
        "+3",
        "-3",
        "3%",
        "3e0",
        "0.00001",
        "100.0001",
        "101",
        "1000",
        ".5",
        "5.",
        "1,5",
        "٣",
        "NaN",
    ],
)
def test_what_is_not_plainly_a_percentage_is_refused(text: str) -> None:
    with pytest.raises(InvalidPercent):
        units.parse_percent(text)


@given(st.integers(0, 1_000_000))
def test_every_percentage_survives_writing_and_reading(ppm: int) -> None:
    assert units.parse_percent(units.format_percent(ppm)) == ppm


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("EUR", 2),
        ("USD", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("HUF", 2),
        ("ISK", 0),
    ],
)
def test_a_currency_has_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    assert units.currency_digits(currency) == digits


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "XAU", "BTC", "sat", "ZZZ"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        units.currency_digits(currency)


AMOUNTS = [
    ("200.00", "EUR", 20_000, "200.00"),
    ("200", "EUR", 20_000, "200.00"),
    ("0.5", "EUR", 50, "0.50"),
    ("0", "EUR", 0, "0.00"),
    ("007", "EUR", 700, "7.00"),
    ("20000", "JPY", 20_000, "20000"),
    ("1.234", "KWD", 1_234, "1.234"),
    ("10000000000000.00", "EUR", 10**15, "10000000000000.00"),
]


@pytest.mark.parametrize(("text", "currency", "minor", "canonical"), AMOUNTS)
def test_an_amount_of_fiat_is_read_into_minor_units(
    text: str, currency: str, minor: int, canonical: str
) -> None:
    assert units.parse_fiat(text, currency) == minor
    assert units.format_fiat(minor, currency) == canonical


def test_a_negative_amount_is_written_with_its_sign() -> None:
    assert units.format_fiat(-5, "EUR") == "-0.05"
    assert units.format_fiat(-12_345, "KWD") == "-12.345"
    assert units.format_fiat(-7, "JPY") == "-7"


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("-1", "EUR"),
        ("1.234", "EUR"),
        ("1.0", "JPY"),
        ("1e3", "EUR"),
        ("", "EUR"),
        (" 1", "EUR"),
        ("1.", "EUR"),
    ],
)
def test_an_amount_with_a_sign_an_exponent_or_more_digits_than_the_currency_is_refused(
    text: str, currency: str
) -> None:
    with pytest.raises(InvalidFiat):
        units.parse_fiat(text, currency)


@pytest.mark.parametrize("text", ["10000000000000.01", "9" * 30, "9" * 100_000])
def test_an_amount_that_sums_could_not_hold_is_refused(text: str) -> None:
    with pytest.raises(TooManyDigits):
        units.parse_fiat(text, "EUR")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("1500", "1500"), ("1500.00", "1500"), ("01500.50", "1500.5"), ("0.0023", "0.0023"), ("00.5", "0.5")],
)
def test_a_rate_is_kept_as_exact_text_without_spare_zeros(text: str, canonical: str) -> None:
    assert units.parse_rate(text) == canonical
    assert units.rate_fraction(text) == Fraction(text)


@pytest.mark.parametrize("text", ["0", "0.000", "-1", "", "1e3", "abc", "1" * 19, "0." + "1" * 25, "inf"])
def test_a_rate_of_nothing_or_without_bounds_is_refused(text: str) -> None:
    with pytest.raises(InvalidRate):
        units.parse_rate(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Fraction(1, 2), 1), (Fraction(3, 2), 2), (Fraction(5, 2), 3), (Fraction(49, 100), 0), (Fraction(7), 7)],
)
def test_a_half_is_rounded_up(value: Fraction, expected: int) -> None:
    assert units.round_half_up(value) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("0.1", Decimal("0.1")),
        ("200.0", Decimal("200")),
        ("1e-7", Decimal("0.0000001")),
        ("1500", Decimal(1500)),
        ('"12.50"', Decimal("12.5")),
        ("-3", Decimal(-3)),
        ("true", None),
        ("null", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e300", None),
        ("5e-324", None),
        ('" 1"', None),
        ('"1e3"', None),
        ('"１"', None),
        ("[1]", None),
        ("{}", None),
        ("1" + "0" * 4000, None),
    ],
)
def test_a_number_in_json_is_taken_as_it_was_written_or_not_at_all(
    document: str, expected: Decimal | None
) -> None:
    assert units.exact_decimal(json.loads(document)) == expected


def test_a_number_of_another_kind_is_not_taken() -> None:
    assert units.exact_decimal(Fraction(1, 3)) is None
    assert units.exact_decimal(1j) is None
    assert units.exact_decimal(10**5000) is None


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        (200.0, "EUR", 20_000),
        ("19.99", "EUR", 1_999),
        (0.1, "EUR", 10),
        (0.1 + 0.2, "EUR", None),
        (1.001, "EUR", None),
        (1.001, "KWD", 1_001),
        (200.0, "JPY", 200),
        (0.5, "JPY", None),
        (-1, "EUR", None),
        (10**14, "EUR", None),
    ],
)
def test_fiat_in_json_with_more_digits_than_the_currency_is_not_taken(
    value: object, currency: str, expected: int | None
) -> None:
    assert units.minor_from_json(value, currency) == expected


def test_sats_in_json_are_whole_and_no_more_than_there_are() -> None:
    assert units.sats_from_json(5.0) == 5
    assert units.sats_from_json(5.5) is None
    assert units.sats_from_json(-1) is None
    assert units.sats_from_json(units.MAX_SATS) == units.MAX_SATS
    assert units.sats_from_json(units.MAX_SATS + 1) is None


def test_the_middle_of_an_even_number_of_rates_lies_between_the_two_middle_ones() -> None:
    assert units.median_of(["3", "1", "2"]) == "2"
    assert units.median_of(["1500", "1501", "1", "9999"]) == "1500.5"
    assert units.median_of(["0." + "0" * 23 + "1", "0." + "0" * 23 + "2"]) == "0." + "0" * 23 + "2"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(1, 3), "0.333333333333…"),
        (Fraction(Decimal("0.30000000000000004")), "0.30000000000000004"),
        (Fraction(12_000), "12000"),
    ],
)
def test_a_number_is_told_exactly_or_says_that_it_goes_on(number: Fraction, text: str) -> None:
    assert units.decimal_text(number) == text
