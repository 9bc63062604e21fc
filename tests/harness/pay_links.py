"""A small LNURL-pay server that answers honestly, or as badly as a test wants.

    with PayLinks() as links:
        links.add("ella", invoice=lambda msat: server.create_invoice(ella, msat // 1000).bolt11)
        target = links.url("ella")                     # http://127.0.0.1:…/pay/ella
        links.add("slow", terms=drip(one_byte_a_second))

A link has two pages: `/pay/<name>` gives its terms, `/cb/<name>?amount=` an invoice.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

import bolt11
from bolt11 import Bolt11, MilliSatoshi, TagChar, Tags

METADATA = '[["text/plain", "a target of a test"]]'
METADATA_HASH = hashlib.sha256(METADATA.encode()).hexdigest()
_NODE_KEY = "e1" * 32

#: Writes whatever it wants to the connection.
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Link:
    """One target: its terms, and what it answers to a wish for an invoice."""

    invoice: Callable[[int], str] | None = None
    min_msat: int = 1000
    max_msat: int = 100_000_000_000
    tag: str = "payRequest"
    #: written instead of the terms, or instead of the invoice
    terms_answer: Answer | None = None
    invoice_answer: Answer | None = None
    #: the amounts that invoices were asked for
    asked_msat: list[int] = field(default_factory=list)
    #: when anything was asked for first, on the monotonic clock
    first_asked_at: float | None = None


class PayLinks:
    """The server, in threads of the test process."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}
        links = self.links

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                _, page, name = parts.path.split("/", 2)
                link = links.get(name)
                if link is None:
                    reply(self, 404, b"there is no such link")
                    return
                link.first_asked_at = link.first_asked_at or time.monotonic()
                if page == "pay":
                    _give_terms(self, name, link)
                else:
                    _give_invoice(self, link, int(parse_qs(parts.query)["amount"][0]))

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the test says what it needs to know."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def add(self, name: str, link: Link) -> str:
        """Serve a link; gives its URL."""
        self.links[name] = link
        return self.url(name)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/pay/{name}"

    def __enter__(self) -> PayLinks:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _give_terms(handler: BaseHTTPRequestHandler, name: str, link: Link) -> None:
    if link.terms_answer is not None:
        link.terms_answer(handler)
        return
    terms = {
        "tag": link.tag,
        "callback": f"http://{handler.headers['Host']}/cb/{name}",
        "minSendable": link.min_msat,
        "maxSendable": link.max_msat,
        "metadata": METADATA,
    }
    reply(handler, 200, json.dumps(terms).encode())


def _give_invoice(handler: BaseHTTPRequestHandler, link: Link, amount_msat: int) -> None:
    link.asked_msat.append(amount_msat)
    if link.invoice_answer is not None:
        link.invoice_answer(handler)
    elif link.invoice is None:
        reply(handler, 500, b"this link makes no invoices")
    else:
        reply(handler, 200, json.dumps({"pr": link.invoice(amount_msat), "routes": []}).encode())


# Answers -----------------------------------------------------------------------------------------


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    try:
        handler.wfile.write(body)
    except OSError:
        return  # whoever asked has heard enough


def says(status: int, body: bytes, **headers: str) -> Answer:
    return lambda handler: reply(handler, status, body, **headers)


def redirects(to: str) -> Answer:
    return says(302, b"", Location=to)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """One byte a second, for a minute."""
    handler.send_response(200)
    handler.send_header("Content-Length", "60")
    handler.end_headers()
    for _ in range(60):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(1)


def never(handler: BaseHTTPRequestHandler) -> None:
    """No answer within a minute."""
    time.sleep(60)


# Invoices ----------------------------------------------------------------------------------------


def foreign_invoice(
    amount_msat: int | None,
    *,
    network: str = "bc",
    expires_in: int = 3600,
    description_hash: str | None = METADATA_HASH,
) -> str:
    """An invoice of a node that nobody in a test can pay; properly signed."""
    tags = Tags()
    tags.add(TagChar.payment_hash, secrets.token_hex(32))
    tags.add(TagChar.payment_secret, secrets.token_hex(32))
    if description_hash is None:
        tags.add(TagChar.description, "plain")
    else:
        tags.add(TagChar.description_hash, description_hash)
    tags.add(TagChar.expire_time, 3600)
    invoice = Bolt11(
        currency=network,
        amount_msat=None if amount_msat is None else MilliSatoshi(amount_msat),
        date=int(time.time()) - 3600 + expires_in,
        tags=tags,
    )
    return bolt11.encode(invoice, _NODE_KEY)
