"""A price feed of the demo's own, so that LNbits can show fiat without the internet.

LNbits asks `GET /rate/EUR` and reads `rates.median`. The number it gets is for display only; the sale's
own rate travels in the stamp, as exact text.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

#: What one euro is worth elsewhere, roughly: enough for a display.
_IN_EUROS = {"EUR": Decimal(1), "USD": Decimal("1.08"), "GBP": Decimal("0.85"), "CHF": Decimal("0.95")}


class RateServer:
    """Answers with the price that `price` gives.

    LNbits remembers the address of its first start, so the port is kept in a file and used again.
    """

    def __init__(self, price: Callable[[], Decimal], port_file: Path) -> None:
        self._price = price
        self._port_file = port_file
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Starts; gives the address."""
        kept = self._port_file.read_text() if self._port_file.exists() else "0"
        try:
            self._server = await asyncio.start_server(self._answer, "127.0.0.1", int(kept))
        except (OSError, ValueError):
            self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self._port_file.write_text(str(port))
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            writer.write(self._response(request.split(b" ")[1].decode("ascii", "replace")))
            await writer.drain()
        except (asyncio.TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass
        except IndexError:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        finally:
            writer.close()

    def _response(self, path: str) -> bytes:
        factor = _IN_EUROS.get(path.rpartition("/")[2])
        status = "200 OK" if factor else "404 Not Found"
        rates = {"median": str((self._price() * factor).quantize(Decimal("0.01")))} if factor else {}
        body = json.dumps({"rates": rates}).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"Connection: close\r\n\r\n" + body
