"""How a machine's requests are signed (NIP-98, NIP-01, BIP-340) and sent until there is an answer."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from coincurve import PrivateKey, PublicKeyXOnly

#: A long poll is answered within its 25 seconds; a line that says nothing for longer is dead.
TIMEOUT_S = 40
LONGEST_PAUSE_S = 60

Json = dict[str, Any]


class Offline(Exception):
    """Nobody answered, or nobody who could do anything. What was to be said is said later."""


class Refused(Exception):
    """The server understood and said no; the same request again would be refused again."""

    def __init__(self, status: int, fields: Json) -> None:
        self.status = status
        self.fields = fields
        self.code = str(fields.get("code", ""))
        super().__init__(f"{status} {self.code}: {fields.get('detail')}")


# -- signing: NIP-98, NIP-01, BIP-340 --------------------------------------------------------------


def sign(
    key: PrivateKey,
    method: str,
    address: str,
    body: bytes | None,
    *,
    now: int,
    nonce: str | None,
    entropy: bytes | None = None,
) -> Json:
    """The event that says: whoever has this key asks this, now."""
    tags = [["u", address], ["method", method]]
    if body is not None:
        tags.append(["payload", hashlib.sha256(body).hexdigest()])
    if nonce is not None:
        tags.append(["nonce", nonce])
    pubkey = PublicKeyXOnly.from_secret(key.secret).format().hex()
    content = ""
    told = json.dumps([0, pubkey, now, 27235, tags, content], separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(told.encode()).digest()
    signature = key.sign_schnorr(digest, secrets.token_bytes(32) if entropy is None else entropy)
    return {
        "id": digest.hex(),
        "pubkey": pubkey,
        "created_at": now,
        "kind": 27235,
        "tags": tags,
        "content": content,
        "sig": signature.hex(),
    }


def header(event: Json) -> str:
    """The event as it travels."""
    return "Nostr " + base64.b64encode(json.dumps(event, separators=(",", ":")).encode()).decode()


# -- the line to the server ------------------------------------------------------------------------


@dataclass
class Line:
    """One request after the other, signed anew each time, until there is an answer."""

    base: str
    key: PrivateKey
    #: how often something is tried before the machine does something else meanwhile
    tries: int = 4
    sleep: Callable[[float], None] = time.sleep
    #: seconds that the machine's own clock is behind the server's
    ahead: float = 0
    clock: Callable[[], float] = time.time

    def now(self) -> float:
        return self.clock() + self.ahead

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        pause, wrong_clocks = 1.0, 0
        for left in reversed(range(self.tries)):
            status, retry_after, answer = self._once(method, path, body)
            code = answer.get("code")
            if status == 0 or (status >= 429 and status != 431):
                if not left:
                    raise Offline(f"{method} {path}: {answer.get('detail')}")
                # 429 and 503 say how long at least; a dead line and a 500 do not
                self.sleep(max(retry_after, pause))
                pause = min(2 * pause, LONGEST_PAUSE_S)
            elif code == "clock_skew" and wrong_clocks < 2:
                wrong_clocks += 1
                self.ahead = answer["server_time"] - self.clock()
            elif code == "replayed" and left:
                continue
            elif status >= 400:
                raise Refused(status, answer)
            else:
                return answer
        raise Offline(f"{method} {path}: no answer in {self.tries} tries")

    def _once(self, method: str, path: str, body: Json | None) -> tuple[int, float, Json]:
        """Status, seconds to wait and the answer; status 0 where there was none."""
        address = self.base + path
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        event = sign(self.key, method, address, data, now=int(self.now()), nonce=secrets.token_hex(8))
        headers = {"Authorization": header(event)}
        if data is not None:
            headers["Content-Type"] = "application/json"
        parts = urlsplit(address)
        secure = parts.scheme == "https"
        connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
            parts.netloc, timeout=TIMEOUT_S
        )
        try:
            connection.request(method, address.partition(parts.netloc)[2], body=data, headers=headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            wait = response.headers.get("Retry-After", "")
            return response.status, float(wait) if wait.isdigit() else 0.0, answer
        except (OSError, http.client.HTTPException, ValueError) as error:
            return 0, 0.0, {"detail": repr(error)}
        finally:
            connection.close()
