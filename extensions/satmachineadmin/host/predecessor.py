"""What an earlier back office left in this LNbits: named on the page, never touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lnbits.core.db import db as core_db
from lnbits.settings import settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from ..store import host_tables
from ..store.sql import Row

_NAMES = ("satoshimachine", "spirekeeper")


async def find() -> list[dict[str, Any]]:
    """Databases of predecessors and how many tables each has."""
    if core_db.type != "SQLITE":
        rows: list[Row] = await core_db.fetchall(host_tables.PREDECESSOR_SCHEMAS)
        return [{"where": f"schema {row['name']}", "tables": int(row["tables"])} for row in rows]
    paths = [Path(settings.lnbits_data_folder) / f"ext_{name}.sqlite3" for name in _NAMES]
    return [{"where": path.name, "tables": await _tables(path)} for path in paths if path.is_file()]


async def _tables(path: Path) -> int:
    """Counted read-only."""
    engine = create_async_engine(f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true", poolclass=NullPool)
    async with engine.connect() as connection:
        return int((await connection.execute(text(host_tables.SQLITE_TABLE_COUNT))).scalar() or 0)
