"""Targets outside as people write them: one target has one text, and what takes no payment is refused."""

from __future__ import annotations

import lnurl
import pytest
from lnbits.settings import settings

from satmachineadmin.core.errors import InvalidTarget
from satmachineadmin.core.states import TargetKind
from satmachineadmin.host.targets import read_target, readable

LINK = "https://pay.example.com/lnurlp/1?x=Y"
BECH32 = str(lnurl.encode(LINK).bech32)


@pytest.mark.parametrize(
    "text",
    [
        BECH32,
        BECH32.lower(),
        f"lightning:{BECH32}",
        f"LIGHTNING:{BECH32}",
        f"  {BECH32}\n",
        "lnurlp://pay.example.com/lnurlp/1?x=Y",
        LINK,
    ],
)
def test_a_pay_link_is_kept_as_its_address_however_it_is_written(text: str) -> None:
    assert read_target(text) == (TargetKind.LNURL, LINK)
    assert readable(LINK) == "pay.example.com"


def test_a_lightning_address_is_kept_in_lower_case() -> None:
    assert read_target("lightning:Olga@Example.COM") == (TargetKind.LN_ADDRESS, "olga@example.com")
    assert readable("olga@example.com") == "olga@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "olga@example",
        "ol ga@example.com",
        BECH32[:-1],
        BECH32[:10] + BECH32[10:].lower(),
        "lnurlw://example.com/w",
        "keyauth://example.com/?tag=login&k1=aa",
        "https://example.com/?tag=login&k1=aa",
        "http://example.com/p",
        "https://olga:secret@example.com/p",
        "ftp://example.com/p",
        "javascript:alert(1)",
    ],
)
def test_what_takes_no_payment_is_refused(text: str) -> None:
    with pytest.raises(InvalidTarget):
        read_target(text)


def test_plain_http_is_for_this_machine_alone_and_only_where_lnbits_allows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link = "http://127.0.0.1:5000/lnurlp/1"
    monkeypatch.setattr(settings, "lnbits_lnurl_allow_private_ips", True)
    assert read_target(link) == (TargetKind.LNURL, link)
    monkeypatch.setattr(settings, "lnbits_lnurl_allow_private_ips", False)
    with pytest.raises(InvalidTarget):
        read_target(link)
