"""Plugins of somebody else's, installed into a folder as pip does it, without a package index.

installed(folder, lines=source)        # the plugin `lines`; put the folder on the path
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests import loaded

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "developing" / "plugins.md"
_TITLED = re.compile(r'^```python title="aggregator_(\w+)\.py"\n(.*?)^```', re.M | re.S)


def of_the_guide() -> dict[str, str]:
    """The sources of the plugins that the documentation builds, by name, as they are written."""
    return dict(_TITLED.findall(GUIDE.read_text("utf-8")))


def installed(folder: Path, **sources: str) -> Path:
    """The folder, with a package for each plugin: its module, and its entry point."""
    for name, source in sources.items():
        described = folder / f"aggregator_{name}-1.0.dist-info"
        described.mkdir(parents=True)
        (folder / f"aggregator_{name}.py").write_text(source, "utf-8")
        (described / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: aggregator-{name}\nVersion: 1.0\n", "utf-8"
        )
        (described / "entry_points.txt").write_text(
            f"[aggregator]\n{name} = aggregator_{name}\n", "utf-8"
        )
    return folder


def run_with(
    packages: Path | None, house: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command in an operator's folder, with these packages on the path besides."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AGGREGATOR_")}
    path = os.pathsep.join(str(place) for place in (ROOT, packages) if place)
    return loaded.run(arguments, house, kept | {"PYTHONPATH": path}, 120)
