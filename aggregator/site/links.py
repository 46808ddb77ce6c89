"""The addresses of the web app that mails link to. Each holds a token; opening one changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from aggregator.domain.settings import Settings
from aggregator.site.head import FOLLOWING, absolute


def public_url(settings: Settings) -> str:
    """Where subscribers reach the web app, without a slash at the end."""
    return (settings.serve.public_url or settings.site.base_url).rstrip("/")


def subscribe_url(settings: Settings) -> str:
    """The form that the site links to; empty without `serve.public_url`, as it may not be served
    then.
    """
    return f"{public_url(settings)}/subscribe" if settings.serve.public_url else ""


def confirm_url(settings: Settings, token: str) -> str:
    """The page with the button that confirms a subscription."""
    return f"{public_url(settings)}/confirm/{token}"


def preferences_url(settings: Settings, token: str) -> str:
    """The page on which a subscriber chooses; `token` is the one that unsubscribes."""
    return f"{public_url(settings)}/preferences/{token}"


def following_url(settings: Settings, fields: Mapping[str, str]) -> str:
    """The page of the site where a browser keeps what is followed, with what the address is to
    bring there: the fragment, which no server sees.
    """
    return f"{absolute(settings.site, FOLLOWING)}#{urlencode(fields)}"


def unsubscribe_url(settings: Settings, token: str) -> str:
    """The page with the button that unsubscribes, and the address of the one-click POST (RFC
    8058).
    """
    return f"{public_url(settings)}/unsubscribe/{token}"
