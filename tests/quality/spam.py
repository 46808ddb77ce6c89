"""What SpamAssassin says of our mails, with its rules alone and no network: `python -m tests.quality.spam FILE…`.

Debian: apt-get install spamassassin.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

MOST = 1.5  # points; 5.0 is spam to most servers


def is_installed() -> bool:
    """Whether SpamAssassin can be asked."""
    return shutil.which("spamassassin") is not None


def score(content: bytes) -> tuple[float, tuple[str, ...]]:
    """The points of a message, and the rules that gave or took any."""
    told = subprocess.run(["spamassassin", "-L", "-t"], input=content, check=True, capture_output=True, timeout=120).stdout
    text = told.decode("utf-8", "replace")
    points = re.search(r"Content analysis details:\s+\((-?[\d.]+) points", text)
    if points is None:
        raise ValueError("SpamAssassin gave no points")
    rules = re.findall(r"^\s*(-?\d+\.\d) (\w+)", text[points.end() :], re.MULTILINE)
    return float(points[1]), tuple(f"{name} {value}" for value, name in rules if float(value))


def main() -> None:
    """Prints the points of each file."""
    for name in sys.argv[1:]:
        points, rules = score(Path(name).read_bytes())
        print(f"{points:5.1f} {name} {', '.join(rules)}")


if __name__ == "__main__":
    main()
