"""What `aggregator digest` prints of an edition's delivery: JSON objects, and text for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aggregator.cli.context import aligned, joined, table
from aggregator.domain.publishing.period import period_kind
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.digest.stage.release import DigestStatus
    from aggregator.digest.stage.sending_records import SendingReport
    from aggregator.domain.publishing.subscriber import Delivery


def report_object(report: SendingReport) -> dict[str, Any]:
    """The report of a run in JSON's types."""
    counts = asdict(report)
    period, found = counts.pop("period"), counts.pop("found")
    next_try = report.next_try.isoformat() if report.next_try else None
    head = {period_kind(period).value: period}
    return head | counts | {"found_in_doubt": found, "next_try": next_try}


def status_object(found: DigestStatus) -> dict[str, Any]:
    """The delivery status of an edition."""
    edition = found.stored.edition
    return {edition.kind: edition.period} | _status_object(found)


def status_text(found: DigestStatus) -> str:
    """The delivery status of an edition, with the copies that need a person."""
    edition = found.stored.edition
    copies = ", ".join(f"{count} {state}" for state, count in found.copies.items() if count)
    decided = "" if found.dispatch == "new" else f"{found.dispatch}; "
    rows = [
        (
            "edition",
            (
                f"{edition.number}, {edition.kind} {edition.period}, published"
                f" {edition.published:%Y-%m-%d %H:%M} UTC: {edition.title}"
            ),
        ),
        ("sending", f"{decided}{found.refusal or 'may be sent'}"),
        ("subscribers", f"{found.confirmed} confirmed"),
        ("copies", copies or "none yet"),
    ]
    rows += [("next try", f"{found.next_try:%Y-%m-%d %H:%M} UTC")] if found.next_try else []
    doubt = found.doubt and doubt_text(found.doubt)
    failed = found.failed and _failed_text(found.failed)
    return joined(aligned(rows, 11), doubt, failed, between="\n\n")


def copy_object(copy: Delivery, address: str) -> dict[str, Any]:
    """A copy of an edition and where it went."""
    edition = {period_kind(copy.period): copy.period, "id": copy.subscriber_id}
    return _copy_object(copy) | edition | {"address": address}


def _copy_objects(copies: Iterable[tuple[Delivery, str]]) -> list[dict[str, Any]]:
    return [copy_object(*entry) for entry in copies]


_copy_object = shape("message_id reply changed")
_status_object = shape(
    "number=stored.edition.number title=stored.edition.title published=stored.edition.published"
    " dispatch confirmed copies next_try may_be_sent=refusal reason=refusal doubt=. failed=.",
    may_be_sent=lambda refusal: not refusal,
    doubt=lambda found: _copy_objects(found.doubt),
    failed=lambda found: _copy_objects(found.failed),
)


def doubt_text(doubt: Any) -> str:
    """The copies in doubt, and how to resolve them."""
    rows = [
        (
            copy.period,
            copy.subscriber_id,
            f"{copy.changed:%Y-%m-%d %H:%M}",
            copy.message_id,
            address,
            copy.reply,
        )
        for copy, address in doubt
    ]
    listed = table(("edition", "in doubt", "since (UTC)", "Message-ID", "address", "why"), rows)
    way = (
        "Look up the Message-IDs in the mail server's log, then run: aggregator digest"
        " resolve --sent ID, or --resend ID"
    )
    return f"{listed}\n\n{way}"


def _failed_text(failed: Any) -> str:
    rows = [
        (
            address or "deleted since",
            copy.subscriber_id,
            f"{copy.changed:%Y-%m-%d %H:%M}",
            copy.reply,
        )
        for copy, address in failed
    ]
    listed = table(("failed", "id", "at (UTC)", "why"), rows)
    return f"{listed}\n\nOnce the cause is fixed, run: aggregator digest resolve --resend ID"


def report_text(report: SendingReport) -> str:
    """The report of one run of a sender."""
    is_doubtful = report.doubt or report.found
    return joined(
        f"The edition of {report.period}: {report.sent} sent, {report.deferred} deferred,"
        f" {report.failed} failed, {report.doubt} in doubt, {report.skipped} skipped, {report.left}"
        f" left, in {report.seconds:.1f} s.",
        report.stopped and f"Stopped: {report.stopped}.",
        report.found and f"An earlier sender crashed and left {report.found} in doubt.",
        is_doubtful and "To list copies in doubt, run: aggregator digest resolve",
        report.next_try
        and f"Deferred copies can be retried from {report.next_try:%Y-%m-%d %H:%M} UTC on:"
        " aggregator digest send",
    )
