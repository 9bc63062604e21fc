"""A way to a node that can be slow: passes HTTP on, and holds back the answer to a payment.

The payment has been made by then. That is what LNbits sees of a node that takes longer than its wait.
"""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import httpx


class SlowNode:
    """Stands before an LNbits that another LNbits has for a node. No websockets: nothing is received."""

    def __init__(self, upstream: str) -> None:
        #: how long the answer to the next payments is held back
        self.delay_s = 0.0
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                node._pass_on(self, b"")

            def do_POST(self) -> None:
                node._pass_on(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the servers at both ends have their logs."""

        self._upstream = upstream
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _pass_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        headers = {
            name: handler.headers[name] for name in ("X-Api-Key", "Content-Type") if handler.headers[name]
        }
        try:
            answer = httpx.request(
                handler.command, self._upstream + handler.path, headers=headers, content=body,
                timeout=30, trust_env=False,
            )  # fmt: skip
        except httpx.HTTPError:
            handler.close_connection = True
            return
        if b'"bolt11"' in body:
            time.sleep(self.delay_s)
        try:
            handler.send_response(answer.status_code)
            handler.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
            handler.send_header("Content-Length", str(len(answer.content)))
            handler.end_headers()
            handler.wfile.write(answer.content)
        except OSError:
            return  # whoever asked did not wait

    def __enter__(self) -> SlowNode:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
