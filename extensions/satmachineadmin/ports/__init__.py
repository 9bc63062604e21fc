"""What the engine needs from the world, as protocols: the books, the host, and what lies outside.

The real ones are store/ (SQL) and host/ (LNbits); tests bring others. All obey the contract tests in
tests/contract/. `Books` live inside one transaction: everything done through them commits together
or not at all, and nothing of the host may be awaited meanwhile.
"""

from __future__ import annotations

from .books import Books, Store
from .host import (
    LP_EXTENSION,
    OWN_EXTENSION,
    FastWayClosed,
    Found,
    Host,
    HostRefused,
    PaymentHistory,
    PayoutFacts,
    PayoutTransaction,
    Transfer,
)

__all__ = [
    "LP_EXTENSION",
    "OWN_EXTENSION",
    "Books",
    "FastWayClosed",
    "Found",
    "Host",
    "HostRefused",
    "PaymentHistory",
    "PayoutFacts",
    "PayoutTransaction",
    "Store",
    "Transfer",
]
