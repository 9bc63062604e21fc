"""The figures as tables that a person reads, and RESULTS.md."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

Figures = Mapping[str, Any]
#: What is expected: legs of a payout -> times the naive loop; milliseconds more for a bystander.
EXPECTED_TIMES = {10: 25, 50: 70}
#: The section of benchmarks/audit.py, which the other parts leave alone.
TRAIL_TITLE = "## Verifying the audit trail"
#: The section of benchmarks/size.py.
SIZE_TITLE = "## Books that are years old"
#: The section of benchmarks/hostile.py.
HOSTILE_TITLE = "## Beside a hostile machine"
EXPECTED_PAYING_MS, EXPECTED_TELLING_MS = 50, 100


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up in a terminal, too."""
    lines = [head, ["---"] * len(head), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def replaced(text: str, title: str, section: str) -> str:
    """The text of RESULTS.md with one section exchanged, or added at its end."""
    before, found, after = text.partition(title)
    _old, heading, others = after.partition("\n## ") if found else ("", "", "")
    parts = [before.rstrip(), section.rstrip(), f"## {others.rstrip()}" if heading else ""]
    return "\n\n".join(part for part in parts if part) + "\n"


def speed_table(found: Mapping[str, Sequence[Figures]]) -> str:
    """Legs per second and times the naive loop."""
    head = (
        "database", "legs", "history", "naive legs/s", "pay legs/s", "times", "plan+pay legs/s", "times",
        "expected",
    )  # fmt: skip
    return table(
        head,
        [
            (
                database,
                f"{one['legs']}",
                f"{one['history']}",
                f"{one['naive_legs_per_second']:.1f}",
                f"{one['pay_legs_per_second']:.0f}",
                f"{one['pay_times_naive']:.0f}x",
                f"{one['whole_legs_per_second']:.0f}",
                f"{one['whole_times_naive']:.0f}x",
                _expected(one),
            )
            for database, several in found.items()
            for one in several
        ],
    )


def _expected(one: Figures) -> str:
    least = EXPECTED_TIMES.get(one["legs"])
    if least is None:
        return "-"
    return f"{least}x: {'met' if one['pay_times_naive'] >= least else 'MISSED'}"


def cost_table(found: Mapping[str, Sequence[Figures]]) -> str:
    """Where a payout's time goes, and how much of it a longer history costs."""
    head = (
        "database", "legs", "history", "plan ms", "pay ms", "statements plan + pay", "balance reads",
        "naive: statements", "balance reads", "payees told after ms", "naive: after ms",
    )  # fmt: skip
    return table(
        head,
        [
            (
                database,
                f"{one['legs']}",
                f"{one['history']}",
                f"{one['whole_ms'] - one['pay_ms']:.1f}",
                f"{one['pay_ms']:.1f}",
                f"{one['plan_statements']} + {one['pay_statements']}",
                f"{one['balance_reads']}",
                f"{one['naive_statements']}",
                f"{one['naive_balance_reads']}",
                f"{one['told_ms']:.0f}",
                f"{one['naive_told_ms']:.0f}",
            )
            for database, several in found.items()
            for one in several
        ],
    )


def leg_cost_table(found: Mapping[str, Sequence[Figures]]) -> str:
    """What one more leg costs: between the smallest and the largest payout, by history."""
    rows = []
    for database, several in found.items():
        for history in sorted({one["history"] for one in several}):
            mine = sorted((one for one in several if one["history"] == history), key=lambda one: one["legs"])
            few, many = mine[0], mine[-1]
            if few["legs"] < many["legs"]:
                more = many["legs"] - few["legs"]
                cells = [(many[name] - few[name]) / more for name in ("pay_ms", "whole_ms", "naive_ms")]
                rows.append((database, f"{history}", *(f"{cell:.2f}" for cell in cells)))
    return table(
        ("database", "history", "pay: ms per leg", "plan+pay: ms per leg", "naive: ms per leg"), rows
    )


def latency_table(found: Mapping[str, Figures]) -> str:
    """A bystander's request while idle, until the commit, and while payees are told."""
    head = (
        "database", "legs", "history", "payouts", "idle p50/p95 ms", "until the commit", "p95 longer by",
        "while telling", "p95 longer by", "requests", "expected",
    )  # fmt: skip
    rows = []
    for database, one in found.items():
        paying = one["paying_p95_ms"] - one["idle_p95_ms"]
        telling = one["telling_p95_ms"] - one["idle_p95_ms"]
        is_met = paying <= EXPECTED_PAYING_MS and telling <= EXPECTED_TELLING_MS
        rows.append(
            (
                database,
                f"{one['legs']}",
                f"{one['history']}",
                f"{one['payouts']}",
                f"{one['idle_p50_ms']:.0f} / {one['idle_p95_ms']:.0f}",
                f"{one['paying_p50_ms']:.0f} / {one['paying_p95_ms']:.0f}",
                f"{paying:.0f} ms",
                f"{one['telling_p50_ms']:.0f} / {one['telling_p95_ms']:.0f}",
                f"{telling:.0f} ms",
                f"{one['idle_requests']} / {one['paying_requests']} / {one['telling_requests']}",
                f"{EXPECTED_PAYING_MS} / {EXPECTED_TELLING_MS} ms: {'met' if is_met else 'MISSED'}",
            )
        )
    return table(head, rows)


def machine() -> str:
    """What the figures depend on, without a date."""
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{_cpu()}, load before the run "
        f"{load}; Python {platform.python_version()}, LNbits {version('lnbits')}, "
        f"SQLAlchemy {version('sqlalchemy')}"
    )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    names = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    return f" ({', '.join(sorted(names))})" if names else ""


def command() -> str:
    return " ".join(["python -m benchmarks", *sys.argv[1:]])
