"""A node that pays whatever it is asked to, once, and tells of it as it is told to.

It speaks as much of LNbits' HTTP as LNbits needs of another LNbits that is its funding source. It is a
part of the test process, so it lives on while servers are killed, as a node does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import bolt11

from .pay_links import foreign_invoice

#: What the network takes for each payment.
FEE_MSAT = 1000
#: What funding sources of this kind are set up with in LNbits' settings.
KEY = "a key of the node"


class FakeNode:
    """Payments by their hash, and levers."""

    def __init__(self) -> None:
        #: payment hash → msat, of everything that left
        self.paid_msat: dict[str, int] = {}
        #: the next payments fail
        self.refuses = False
        #: what was paid is still said to be under way
        self.is_slow = False
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                payment_hash = self.path.rpartition("/")[2]
                _reply(
                    self, 200, {"balance": 10**12} if payment_hash == "wallet" else node._tell(payment_hash)
                )

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                _reply(self, *(node._pay(str(asked["bolt11"])) if asked["out"] else _charge(asked)))

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the test says what it needs to know."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeNode:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _pay(self, text: str) -> tuple[int, dict[str, object]]:
        invoice = bolt11.decode(text)
        if self.refuses or invoice.payment_hash in self.paid_msat:
            return 520, {"status": "failed", "detail": "no route, or already paid"}
        self.paid_msat[invoice.payment_hash] = int(invoice.amount_msat or 0)
        return 201, {"payment_hash": invoice.payment_hash}

    def _tell(self, payment_hash: str) -> dict[str, object]:
        if payment_hash not in self.paid_msat or self.is_slow:
            return {"paid": False, "status": "pending"}
        return {
            "paid": True, "status": "success", "preimage": "00" * 32, "details": {"fee": FEE_MSAT},
        }  # fmt: skip


def _charge(asked: Mapping[str, Any]) -> tuple[int, dict[str, object]]:
    """An invoice of the node's. Whoever pays it from within the LNbits never asks the node."""
    text = foreign_invoice(1000 * int(asked["amount"]))
    payment_hash = bolt11.decode(text).payment_hash
    return 201, {"checking_id": payment_hash, "payment_hash": payment_hash, "bolt11": text}


def _reply(handler: BaseHTTPRequestHandler, status: int, body: dict[str, object]) -> None:
    text = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)
