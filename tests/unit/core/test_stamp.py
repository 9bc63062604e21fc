"""Reading what a machine wrote into a payment's extra: DESIGN §5. What is refused: test_landing.py."""

from __future__ import annotations

from satmachineadmin.core.landing import read_stamp
from satmachineadmin.core.model import Stamp
from tests.unit.core.builders import STAMP


def test_a_stamp_is_read_field_by_field() -> None:
    stamp = read_stamp({**STAMP, "currency": None, "txid": 17, "bills": {"20": 10}, "cassettes": "a"}, "EUR")

    assert isinstance(stamp, Stamp)
    assert (stamp.currency, stamp.txid, stamp.bills, stamp.cassettes) == ("EUR", "17", '{"20":10}', '"a"')
    assert (stamp.machine_npub, stamp.nostr_sender_pubkey, stamp.nostr_event_id) == (None, None, None)


def test_numbers_written_as_text_are_read_as_well() -> None:
    extra = {**STAMP, "principal_sats": "300000", "fiat_amount": "200.00", "exchange_rate": "1500.00"}

    stamp = read_stamp(extra, "EUR")

    assert isinstance(stamp, Stamp)
    assert (stamp.principal_sats, stamp.fiat_minor, stamp.exchange_rate) == (300_000, 20_000, "1500")
