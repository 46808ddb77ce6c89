"""The pages that tell no news: how to subscribe, and the one for a lost address."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.domain.settings import SiteSettings
from aggregator.site.edition.page import EditionLine
from aggregator.site.head import Head, absolute
from aggregator.templating.translation import translations


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribePage:
    """How to follow the site. `form` is the address of the form, empty where no mail is sent from
    here.

    `newest` is the edition that the last mail carried, `due` says when the first is built where
    there is none.
    """

    head: Head
    form: str
    newest: EditionLine | None
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPage:
    """The page for an address that leads nowhere."""

    head: Head


def subscribe_page(
    form: str, newest: EditionLine | None, due: str, site: SiteSettings
) -> SubscribePage:
    """How to follow the site by mail and by feed."""
    words = translations(site.language)
    head = Head(
        title=words("Subscribe"),
        description=words("One edition a week by mail, or a feed."),
        url=absolute(site, "subscribe/"),
    )
    return SubscribePage(head=head, form=form, newest=newest, due=due)


def lost_page(site: SiteSettings) -> LostPage:
    """The page for 404."""
    title = translations(site.language)("Page not found")
    return LostPage(
        head=Head(title=title, description=site.description, url=absolute(site, "404.html"))
    )
