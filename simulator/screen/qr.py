"""QR codes as one path of an SVG, made here so that the page needs no library."""

from __future__ import annotations

from typing import Any

import pyqrcode  # type: ignore[import-untyped]  # it ships no types


def qr_code(text: str) -> dict[str, Any]:
    """The dark modules of the code of `text` as a path on a grid of `size` by `size`.

    A screen has no stains, so the code with the fewest modules is the one that scans best.
    """
    rows = pyqrcode.create(text, error="L", encoding="utf-8").code
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return {"size": len(rows), "path": "".join(parts)}


def lightning_qr(text: str) -> dict[str, Any]:
    """The code of an invoice or an LNURL; in capitals it is a much smaller one."""
    return qr_code(f"LIGHTNING:{text.upper()}")
