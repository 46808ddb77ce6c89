"""The operator's page in the site folder. It is told anew after each run, so it is no part of what
is published and compared.
"""

from __future__ import annotations

from pathlib import Path

from aggregator.domain.settings import SiteSettings
from aggregator.publish.folder import remove_page, write_file
from aggregator.resources import TEMPLATES

STATUS = "status/index.html"


def put_status(output: Path, page: object, site: SiteSettings) -> None:
    """Writes the page. Raises `PublishError`."""
    from aggregator.publish.assets import static_assets  # noqa: PLC0415 - who only takes the page away needs no templates
    from aggregator.templating import renderer  # noqa: PLC0415

    static = {asset.name: asset.path for asset in static_assets()}
    render = renderer(TEMPLATES / "site", site.timezone, site.language, site=site, static=static)
    write_file(
        output / STATUS, render("status.html", page=page, root="../").encode("utf-8", "replace")
    )


def remove_status(output: Path) -> None:
    """Takes the page away, if it is there. Raises `PublishError`."""
    remove_page(output, STATUS)
