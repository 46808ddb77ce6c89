"""`python -m aggregator` and the installed command."""

from __future__ import annotations

from aggregator.cli.app import main

if __name__ == "__main__":
    main()
