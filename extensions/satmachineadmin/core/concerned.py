"""Names of who is concerned by a change, beside the ids of operators, LPs and enrolments."""

from __future__ import annotations

#: Something that is known of the machines themselves: their keys, what they are configured for.
MACHINES = "machines"


def of_machine(machine_id: str) -> str:
    """A machine, which is told to ask anew."""
    return f"machine:{machine_id}"
