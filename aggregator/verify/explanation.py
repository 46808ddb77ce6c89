"""Explanations: a reason in one sentence, for the model that gets one attempt at repair."""

from __future__ import annotations

from aggregator.domain.claim import Rejection

_EXPLANATIONS: dict[Rejection, str] = {
    Rejection.EMPTY: "It holds no words.",
    Rejection.NO_CITATION: "It cites no passage.",
    Rejection.UNKNOWN_PASSAGE: "It cites a passage that was not given.",
    Rejection.QUOTE_NOT_FOUND: "Its quote does not stand word for word in the cited passage.",
    Rejection.QUOTE_TOO_LONG: (
        "It is a sentence of the source, too long to be quoted: say less of it, in words of your"
        " own."
    ),
    Rejection.NUMBER: "A number in it, or the number's unit, is not in the cited passages.",
    Rejection.DATE: "A date in it is not in the cited passages.",
    Rejection.NAME: "A name in it is not in the cited passages.",
    Rejection.VERSION: "A version or product number in it is not in the cited passages.",
    Rejection.QUOTATION: (
        "The words in quotation marks do not stand like that in the cited passages."
    ),
    Rejection.LINK: "It contains a link or an address.",
    Rejection.MARKUP: "It contains markup or a reference mark; write plain words only.",
    Rejection.LEAK: "It talks about the task, the passages or yourself instead of the news.",
    Rejection.SPEAKER: "The cited passages do not have this from the speaker it names.",
    Rejection.NEGATION: "It says no where the cited passages say yes, or yes where they say no.",
    Rejection.DIRECTION: (
        "It turns round what the cited passages say: up and down, before and after, or who did it"
        " to whom."
    ),
    Rejection.CERTAINTY: (
        "It tells as done, or as so by now, what the cited passages say is planned, possible or to"
        " come."
    ),
    Rejection.SUPPORT: (
        "Too little of what it says is in the cited passages; stay closer to their words."
    ),
    Rejection.DANGLING: (
        "It cannot stand alone: write a whole sentence that begins with a name, not with it, this"
        " or we."
    ),
    Rejection.PHRASE: "It uses an empty phrase; say what happens and to whom.",
    Rejection.EARLIER: (
        "It rests on an earlier report; tell here what the passages before those say."
    ),
    Rejection.REASON: (
        "It is a sentence of the source that says what happened: say what follows from that, and"
        " for whom."
    ),
    Rejection.SHARE: "It would show more of an article than is fair.",
    Rejection.REPEATED: "It tells again what was told before; say something new.",
}


def explanations() -> tuple[str, ...]:
    """All of them: none may come back as a claim."""
    return tuple(_EXPLANATIONS.values())


def explained(reason: Rejection) -> str:
    """What was wrong with a claim, in one short sentence."""
    return _EXPLANATIONS[reason]
