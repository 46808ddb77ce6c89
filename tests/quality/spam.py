"""What SpamAssassin says of our mails, with its rules alone and no network: `python -m
tests.quality.spam FILE…`.

Debian: apt-get install spamassassin.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aggregator.adapters.spamassassin import spam_points

MOST = 1.5  # points; 5.0 is spam to most servers


def score(content: bytes) -> tuple[float, tuple[str, ...]]:
    """The points of a message, and the rules that gave or took any."""
    found = spam_points(content)
    if found is None:
        raise ValueError("SpamAssassin gave no points")
    return found


def main() -> None:
    """Prints the points of each file."""
    for name in sys.argv[1:]:
        points, rules = score(Path(name).read_bytes())
        print(f"{points:5.1f} {name} {', '.join(rules)}")


if __name__ == "__main__":
    main()
