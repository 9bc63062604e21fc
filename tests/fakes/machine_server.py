"""The server side of docs/reference/machine-interface.md in a few lines, for tests of a machine.

It checks each signature by another library than the one that signs, takes each event once, and keeps what
it was told. Customers pay by `pay(txid)`. `before` holds answers and errors that come first.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx
import nostr_sdk

Json = dict[str, Any]
SAT = Decimal(1)


class Refuse(Exception):
    """What the server refuses; becomes an answer of the one error shape."""

    def __init__(self, status: int, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.answer = httpx.Response(status, json={"detail": f"refused: {code}", "code": code, **fields})


class FakeMachineServer:
    """One LNbits with one machine. Call it as the handler of an `httpx.MockTransport`."""

    base_url = "http://lnbits.test"
    code = "7K3M-AAAA-BBBB-CCCC-DDDD"

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.keys: set[str] = set()
        self.events: list[Json] = []
        self.requests: list[tuple[str, str, Json]] = []
        self.transactions: dict[str, Json] = {}
        self.before: list[httpx.Response | Exception] = []
        self.after: list[Exception] = []
        self.wallet_fiat = "500.00"
        self.hold_above = Decimal(10**9)
        self.config_version = 7

    def pay(self, txid: str) -> None:
        self.transactions[txid] |= {"state": "paid", "paid": True}

    def offer(self, txid: str) -> None:
        """What the server does with notes that nobody has ended for fifteen minutes."""
        self.transactions[txid] |= {"state": "offered", "lnurl": "LNURL1FAKE"}

    def expire(self, txid: str) -> None:
        self.transactions[txid]["state"] = "expired"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.before:
            first = self.before.pop(0)
            if isinstance(first, Exception):
                raise first
            return first
        try:
            answer = self._answer(request)
        except Refuse as refusal:
            return refusal.answer
        if self.after:
            raise self.after.pop(0)
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        pubkey = self._signer(request)
        path = request.url.path.removeprefix("/satmachineadmin/api/v1/machine")
        body = json.loads(request.content) if request.content else {}
        self.requests.append((request.method, path, body))
        if path == "/pair":
            if body["code"] != self.code:
                raise Refuse(409, "pairing_closed")
            self.keys = {pubkey}
            return httpx.Response(201, json=self._config())
        if pubkey not in self.keys:
            raise Refuse(401, "unknown_key")
        if path == "/config":
            return httpx.Response(200, json=self._config())
        if path == "/heartbeat":
            version = {"config_version": self.config_version, "server_time": int(self._clock())}
            return httpx.Response(200, json=version)
        if path.startswith("/transactions/"):
            return httpx.Response(200, json=self._known(path.rpartition("/")[2]))
        posts = {"/cash-out": self._cash_out, "/cash-in": self._cash_in, "/dispense": self._dispense}
        return posts[path](body)

    def _signer(self, request: httpx.Request) -> str:
        """The key behind the event, by nostr-sdk's own reading of it; checks it as the interface says."""
        scheme, _, encoded = request.headers["authorization"].partition(" ")
        event = json.loads(base64.b64decode(encoded))
        if scheme != "Nostr" or not nostr_sdk.Event.from_json(json.dumps(event)).verify():
            raise Refuse(401, "not_signed", reason="signature")
        tags = {tag[0]: tag[1] for tag in event["tags"]}
        payload = hashlib.sha256(request.content).hexdigest() if request.content else None
        said = (event["kind"], event["content"], tags["u"], tags["method"], tags.get("payload"))
        if said != (27235, "", str(request.url), request.method, payload):
            raise Refuse(401, "not_signed", reason="it signs another request")
        if abs(event["created_at"] - self._clock()) > 60:
            raise Refuse(401, "clock_skew", server_time=int(self._clock()))
        if any(event["id"] == known["id"] for known in self.events):
            raise Refuse(401, "replayed")
        self.events.append(event)
        return str(event["pubkey"])

    def _known(self, txid: str) -> Json:
        if txid not in self.transactions:
            raise Refuse(404, "not_found")
        return {name: value for name, value in self.transactions[txid].items() if name != "news"}

    def _keep(self, body: Json, news: Json) -> httpx.Response:
        known = self.transactions.get(body["txid"])
        if known and body["version"] < known["version"]:
            raise Refuse(409, "stale", version=known["version"])
        if known and body["version"] == known["version"] and known["news"] != body:
            raise Refuse(409, "ratchet", field="version")
        self.transactions[body["txid"]] = {
            **(known or _blank(int(self._clock()))),
            **(news if known is None or body["version"] > known["version"] else {}),
            "txid": body["txid"],
            "version": body["version"],
            "news": body,
        }
        return httpx.Response(200 if known else 201, json=self._known(body["txid"]))

    def _cash_out(self, body: Json) -> httpx.Response:
        known = self.transactions.get(body["txid"])
        if known and known["fiat_amount"] != body["fiat_amount"]:
            raise Refuse(409, "ratchet", field="fiat_amount")
        if Decimal(body["fiat_amount"]) > Decimal(500):
            raise Refuse(422, "limit_exceeded", limit="transaction", left="500.00")
        sum_of_bills = sum(Decimal(bill["denomination"]) * bill["count"] for bill in body["bills"])
        assert sum_of_bills == Decimal(body["fiat_amount"])
        sats = _sats(body["fiat_amount"], body["exchange_rate"], "6")
        return self._keep(
            body,
            {
                "tx_type": "cash_out",
                "state": "invoiced",
                "fiat_amount": body["fiat_amount"],
                "invoice": "lnbc1fake",
                "payment_hash": "ab" * 32,
                "wire_sats": sats["principal_sats"] + sats["fee_sats"],
                **sats,
            },
        )

    def _dispense(self, body: Json) -> httpx.Response:
        known = self._known(body["txid"])
        if not known["paid"]:
            raise Refuse(409, "not_paid")
        if known["dispense"] not in (None, body["outcome"]):
            raise Refuse(409, "ratchet", field="outcome")
        return self._keep(body, {"dispense": body["outcome"], "dispensed_amount": body.get("fiat_amount")})

    def _cash_in(self, body: Json) -> httpx.Response:
        if not body["notes"] and Decimal(self.wallet_fiat) == 0:
            raise Refuse(409, "too_few_sats", most_fiat_amount=self.wallet_fiat)
        fiat = sum((Decimal(note["denomination"]) for note in body["notes"]), Decimal(0))
        sats = _sats(str(fiat), body["exchange_rate"], "4")
        known = self.transactions.get(body["txid"])
        if known and known["state"] != "collecting" and len(body["notes"]) > len(known["notes"]):
            raise Refuse(409, "transaction_closed")
        state = "collecting"
        if body["done"]:
            state = "held" if fiat > self.hold_above else "offered" if fiat else "cancelled"
        return self._keep(
            body,
            {
                "tx_type": "cash_in",
                "state": state,
                "fiat_amount": f"{fiat:.2f}",
                "wire_sats": sats["principal_sats"] - sats["fee_sats"],
                "lnurl": "LNURL1FAKE" if state == "offered" else None,
                "waits_for": "above_threshold" if state == "held" else None,
                "most_fiat_amount": self.wallet_fiat,
                "notes": body["notes"],
                **sats,
            },
        )

    def _config(self) -> Json:
        no_limit = {"most_per_transaction": None, "left_this_hour": None, "left_today": None}
        return {
            "machine_id": "m1", "name": "Plaza", "location": "Main square", "npub": "npub1x",
            "currency": "EUR", "version": self.config_version, "active": True, "maintenance": False,
            "payout_policy": "on_dispense", "dispense_report_minutes": 15,
            "cash_out": {"fee_pct": "6", **no_limit}, "cash_in": {"fee_pct": "4", **no_limit},
            "quote_seconds": 120, "claim_seconds": 2_592_000, "heartbeat_seconds": 60,
            "server_time": int(self._clock()), "hint_channel": "5f0c",
        }  # fmt: skip


def _sats(fiat: str, rate: str, fee_pct: str) -> Json:
    principal = (Decimal(fiat) * Decimal(rate)).quantize(SAT, ROUND_HALF_UP)
    fee = (principal * Decimal(fee_pct) / 100).quantize(SAT, ROUND_HALF_UP)
    return {"principal_sats": int(principal), "fee_sats": int(fee)}


def _blank(now: int) -> Json:
    return {
        "config_version": 7, "currency": "EUR", "exchange_rate": "1500.25", "invoice": None,
        "payment_hash": None, "lnurl": None, "paid": False, "claimed": False, "paid_at": None,
        "dispense": None, "dispensed_amount": None, "notes": None, "most_fiat_amount": None,
        "waits_for": None, "expires_at": datetime.fromtimestamp(now + 120, timezone.utc).isoformat(),
        "created_at": datetime.fromtimestamp(now, timezone.utc).isoformat(),
    }  # fmt: skip
