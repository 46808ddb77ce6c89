"""The operator's status page in the site folder. Each run writes it anew, so it is not part of what
is published and compared.
"""

from __future__ import annotations

from pathlib import Path

from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.site.publish.folder import remove_page, write_file

STATUS = "status/index.html"


def write_status_page(output: Path, page: object, site: SiteSettings) -> None:
    """Writes the status page. Raises `PublishError`."""
    from aggregator.site.publish.assets import (  # noqa: PLC0415 - who only takes the page away needs no templates
        static_assets,
    )
    from aggregator.templating.environment import renderer  # noqa: PLC0415

    static = {asset.name: asset.path for asset in static_assets()}
    render = renderer(TEMPLATES / "site", site.timezone, site.language, site=site, static=static)
    write_file(
        output / STATUS, render("status.html", page=page, root="../").encode("utf-8", "replace")
    )


def remove_status_page(output: Path) -> None:
    """Removes the status page if there is one. Raises `PublishError`."""
    remove_page(output, STATUS)
