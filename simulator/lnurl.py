"""A customer's wallet and a withdraw link (LUD-03): read the link, make an invoice, hand it in.

What can go wrong: the text is no link, the server behind it refuses (used, expired), or it asks for another
kind of LNURL than one that pays out.
"""

from __future__ import annotations

from typing import Any

import httpx
from bech32 import bech32_decode, convertbits

from .client import HostRefused, HostUnreachable, LnbitsClient

ANSWER_SECONDS = 30.0


def address_of(lnurl: str) -> str:
    """The address in a bech32 LNURL; raises ValueError."""
    text = lnurl.strip().removeprefix("lightning:").removeprefix("LIGHTNING:")
    prefix, words = bech32_decode(text)
    data = convertbits(words, 5, 8, False) if prefix == "lnurl" and words else None
    if data is None:
        raise ValueError("this is not an LNURL")
    return bytes(data).decode("ascii")


async def claim(lnurl: str, wallet: LnbitsClient, transport: httpx.AsyncBaseTransport | None = None) -> int:
    """Takes all that the link pays into this wallet; gives the sats. Raises HostRefused, HostUnreachable."""
    async with httpx.AsyncClient(transport=transport, timeout=ANSWER_SECONDS, trust_env=False) as http:
        offer = await _ask(http, address_of(lnurl), {})
        if offer.get("tag") != "withdrawRequest":
            raise HostRefused(400, "this link does not pay out")
        sats = int(offer["maxWithdrawable"]) // 1000
        invoice = await wallet.create_invoice(
            amount_sats=sats,
            memo=str(offer.get("defaultDescription") or "cash-in"),
            expiry_seconds=600,
            extra={},
        )
        await _ask(http, str(offer["callback"]), {"k1": str(offer["k1"]), "pr": invoice.bolt11})
        return sats


async def _ask(http: httpx.AsyncClient, address: str, query: dict[str, str]) -> dict[str, Any]:
    """One question of the protocol; `{"status": "ERROR"}` is raised as HostRefused."""
    url = httpx.URL(address)
    try:
        response = await http.get(url.copy_merge_params(query))
        answer = response.json()
    except httpx.TransportError as error:
        raise HostUnreachable(f"no answer from {url.host}: {error}") from error
    except ValueError:
        raise HostRefused(response.status_code, "the link's server does not speak LNURL") from None
    if not isinstance(answer, dict) or answer.get("status") == "ERROR" or not response.is_success:
        detail = answer.get("reason") or answer.get("detail") if isinstance(answer, dict) else None
        raise HostRefused(response.status_code, str(detail or "the link's server refused"))
    return answer
