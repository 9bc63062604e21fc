"""Imports as JSON: what would happen, and what did. Receivers are told by their labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..core.imports import Decision, ImportOutcome
from ..store.sql import Row
from ..usecases.importing import Preview
from . import iso


def preview(seen: Preview) -> dict[str, Any]:
    outcomes = [one.outcome for one in seen.decisions]
    return {
        "confirmation": seen.confirmation,
        "counts": seen.counts(),
        "outcomes": {outcome.value: outcomes.count(outcome) for outcome in ImportOutcome},
        "data": [_row(one) for one in seen.decisions],
    }


def _row(one: Decision) -> dict[str, Any]:
    return {
        "file": one.place.file,
        "line": one.place.line,
        "kind": None if one.place.kind is None else one.place.kind.value,
        "outcome": one.outcome.value,
        "column": one.column,
        "sentence": one.sentence,
        "waits_for_lp": one.waits_for_lp,
        "words": dict(one.words),
    }


def done(row: Row, invited: Sequence[Row], links: Sequence[str | None]) -> dict[str, Any]:
    """An import, and the links that no other answer tells."""
    return {
        "id": row["id"],
        "created_at": iso(row["created_at"]),
        "files": json.loads(row["files"]),
        "counts": json.loads(row["counts"]),
        "invitations": [
            {
                "client_id": client["id"],
                "username": client["username"],
                "machine_name": client["machine_name"],
                "link": link,
            }
            for client, link in zip(invited, links, strict=True)
        ],
    }
