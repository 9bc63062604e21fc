"""The command: `python -m tools.demo --help`."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the demo, or says what this Python lacks."""
    try:
        from .run import main as run
    except ModuleNotFoundError as error:
        print(
            f"{sys.executable} has no {error.name}. `make install` makes .venv with all that is needed;"
            " `make demo` uses it.",
            file=sys.stderr,
        )
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(main())
