"""What `aggregator digest` prints of an edition's delivery: JSON objects, and text for people."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aggregator.cli.context import picked, table
from aggregator.domain.publishing.period import period_kind

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
    return (
        {edition.kind: edition.period}
        | picked(edition, "number title published")
        | picked(found, "dispatch confirmed copies next_try")
        | {
            "may_be_sent": not found.refusal,
            "reason": found.refusal,
            "doubt": [copy_object(*entry) for entry in found.doubt],
            "failed": [copy_object(*entry) for entry in found.failed],
        }
    )


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
    parts = ["\n".join(f"{name:<11} {value}" for name, value in rows)]
    parts += [doubt_text(found.doubt)] if found.doubt else []
    parts += [_failed_text(found.failed)] if found.failed else []
    return "\n\n".join(parts)


def copy_object(copy: Delivery, address: str) -> dict[str, Any]:
    """A copy of an edition and where it went."""
    return picked(copy, "message_id reply changed") | {
        period_kind(copy.period): copy.period,
        "id": copy.subscriber_id,
        "address": address,
    }


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
    lines = [
        f"The edition of {report.period}: {report.sent} sent, {report.deferred} deferred,"
        f" {report.failed} failed, {report.doubt} in doubt, {report.skipped} skipped, {report.left}"
        f" left, in {report.seconds:.1f} s."
    ]
    lines += [f"Stopped: {report.stopped}."] if report.stopped else []
    lines += (
        [f"An earlier sender crashed and left {report.found} in doubt."] if report.found else []
    )
    lines += (
        ["To list copies in doubt, run: aggregator digest resolve"]
        if report.doubt or report.found
        else []
    )
    lines += (
        [
            f"Deferred copies can be retried from {report.next_try:%Y-%m-%d %H:%M} UTC on:"
            " aggregator digest send"
        ]
        if report.next_try
        else []
    )
    return "\n".join(lines)
