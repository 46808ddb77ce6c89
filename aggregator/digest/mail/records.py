"""The records that the templates of an edition's mail are given."""

from __future__ import annotations

from aggregator.domain.frozen import frozen


@frozen
class Numeral:
    """The number of a source, with its address if it has one."""

    number: int
    url: str


@frozen
class MailSentence:
    """A claim as the mail prints it. `said_by` names whose words are quoted; `ours`: in the
    language of the mail.
    """

    text: str
    quoted: bool
    inferred: bool
    ours: bool
    said_by: str
    numerals: tuple[Numeral, ...]


@frozen
class MailStory:
    """A story. `facts` are its source, unless a sentence names it, and how widely it is
    reported; `change` is what changed, where it is not said why it `matters`.
    """

    headline: str
    lang: str
    url: str
    facts: tuple[str, ...]
    is_update: bool
    hook: MailSentence | None
    change: MailSentence | None
    matters: MailSentence | None


@frozen
class MailHeadline:
    """A headline that leads to its story."""

    text: str
    lang: str
    url: str


@frozen
class MailRole:
    """What a role should read first."""

    name: str
    headlines: tuple[MailHeadline, ...]


@frozen
class MailPlan:
    """Something planned, for when, and the story that says so."""

    day: str
    what: MailSentence
    headline: str
    url: str


@frozen
class MailSection:
    """Stories under one heading. `large`: they are what the edition leads with."""

    name: str
    stories: tuple[MailStory, ...]
    large: bool


@frozen
class CitedSource:
    """An article of the list of sources, with its number in this email."""

    number: int
    source: str
    url: str


@frozen
class MailView:
    """The whole mail. `unseen` says how many stories are on the web page only, `chosen` which
    choice cut it.
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
    opening: tuple[MailSentence, ...]
    minute: tuple[MailRole, ...]
    sections: tuple[MailSection, ...]
    unseen: str
    chosen: str
    watch: tuple[MailPlan, ...]
    numbers: tuple[str, ...]
    left_out: str
    sources: tuple[CitedSource, ...]
    legend: tuple[str, ...]
    contact: str
    postal_address: str
