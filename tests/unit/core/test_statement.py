"""An LP's statement as text: the same to the byte, read back however it was copied, compared line by line."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.errors import StatementUnreadable
from satmachineadmin.core.months import Month
from satmachineadmin.core.statement import Line, closed, differences, head, read, sha256, written


def lines(*more: Line, name: str = "Plaza") -> list[Line]:
    first = head(
        lp_ref="lp_1",
        month=Month(name="2026-11"),
        time_zone="Europe/Berlin",
        since="2026-10-31T23:00:00Z",
        until="2026-11-30T23:00:00Z",
    )
    return closed([first, {"line": "machine", "key": "m1", "name": name}, *more])


def fill(number: int, sats: int = 1000) -> Line:
    return {"line": "fill", "id": f"f{number}", "sats": sats}


def test_the_text_is_ascii_with_sorted_keys_and_a_line_feed_after_each_line() -> None:
    text = written(lines(name="Zürich"))

    assert text.isascii()
    assert text.splitlines()[1] == '{"key":"m1","line":"machine","name":"Z\\u00fcrich"}'
    assert text.endswith('{"line":"end","rows":2}\n')


def test_the_hash_is_that_of_sha256sum() -> None:
    """printf 'abc' | sha256sum"""
    assert sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    "copied",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff\n\n  " + text.replace("\n", "  \n\n"),
        lambda text: text.rstrip("\n"),
    ],
    ids=["as it is", "Windows", "with blanks", "without its last line feed"],
)
def test_what_a_copy_does_to_ends_of_lines_is_undone(copied: Any) -> None:
    text = written(lines(fill(1)))

    pasted = read(copied(text))

    assert pasted.text == text
    assert (pasted.lp_ref, pasted.month.name, pasted.time_zone) == ("lp_1", "2026-11", "Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "first line"),
        ("hello", "line 1"),
        ("[1]", "line 1"),
        ('{"line":1}', "line 1"),
        ('{"line":"end","rows":0}', "first line"),
        ('{"line":"statement","version":2}\n{"line":"end"}', "version"),
        ('{"line":"statement","version":1,"month":"2026-11"}', "last line"),
        ('{"line":"statement","version":1,"month":"2026-13"}\n{"line":"end"}', "month"),
        ('{"line":"statement","version":1,"month":"2026-11","lp":"\\ud800"}\n{"line":"end"}', "line 1"),
        ('{"line":"statement","version":1' + ',"a":[' * 5_000 + "\n", "line 1"),
        ('{"line":"fill","sats":' + "9" * 5_000 + "}", "line 1"),
    ],
)
def test_what_is_no_statement_is_refused_and_says_where(text: str, problem: str) -> None:
    with pytest.raises(StatementUnreadable) as refused:
        read(text)
    assert problem in refused.value.sentence()


def test_lines_that_differ_are_named_with_both_sides() -> None:
    before = lines(fill(1), fill(2), fill(3))
    after = lines(fill(1), fill(2, sats=999), fill(4), name="Market")

    found = differences(before, after)

    told = [(one.before, one.after) for one in found]
    assert ({"line": "machine", "key": "m1", "name": "Plaza"}, after[1]) in told
    assert (fill(2), fill(2, sats=999)) in told
    assert (None, fill(4)) in told
    assert (fill(3), None) in told
    assert len(told) == 4


def test_a_count_that_is_wrong_by_itself_is_told() -> None:
    before = [*lines(fill(1))[:-1], {"line": "end", "rows": 7}]

    (change,) = differences(before, lines(fill(1)))

    assert (change.before, change.after) == ({"line": "end", "rows": 7}, {"line": "end", "rows": 3})
