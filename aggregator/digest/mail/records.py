"""The records that the templates of an edition's mail are given."""

from __future__ import annotations

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import EditionStory
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
from aggregator.site.head import Link


@frozen
class MailPlan:
    """Something planned, for when, and the story that says so."""

    day: str
    what: PrintedClaim
    headline: str
    url: str


@frozen
class MailSection:
    """Stories under one heading, each with its facts: its source, unless a sentence names it, and
    how widely it is reported. `large`: they are what the edition leads with.
    """

    name: str
    stories: tuple[tuple[EditionStory, tuple[str, ...]], ...]
    large: bool


@frozen
class MailView:
    """The whole mail. `unseen` says how many stories are on the web page only, `chosen` which
    choice cut it, `minute` what each role should read first, `forms` link to
    the edition in further forms.

    Its texts are bounded, citations numbered by article, and the `url` of a story is where its
    headline leads. A story has either what changed or why it matters.
    """

    subject: str
    preheader: str
    lang: str
    dir: str
    told_in: str
    site: str
    site_url: str
    title: str
    facts: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...]
    quiet: str
    opening: tuple[PrintedClaim, ...]
    minute: tuple[tuple[str, tuple[EditionStory, ...]], ...]
    sections: tuple[MailSection, ...]
    unseen: str
    chosen: str
    watch: tuple[MailPlan, ...]
    numbers: tuple[str, ...]
    left_out: str
    forms: tuple[Link, ...]
    sources: tuple[PrintedCitation, ...]
    legend: tuple[str, ...]
    contact: str
    postal_address: str

    def said_by(self, claim: PrintedClaim, hook: PrintedClaim | None = None) -> str:
        """Who is named behind a sentence: those that it quotes, unless the hook before it quotes
        the same.
        """
        return "" if hook and speakers(claim) == speakers(hook) else speakers(claim)


def speakers(claim: PrintedClaim) -> str:
    """The sources that a sentence quotes, but for one that speaks of itself by name."""
    text = claim.text.removeprefix("The ")
    names = (cited.source for cited in claim.citations if claim.quoted)
    others = (name for name in names if not text.startswith(name.removeprefix("The ")))
    return ", ".join(dict.fromkeys(others))
