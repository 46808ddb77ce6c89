"""Subscribers from asking to leaving, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from aggregator.digest.mail.addresses import comparable
from aggregator.digest.mail.tokens import address_key, unsubscribe_token
from aggregator.digest.stage import subscribe as subscribing
from aggregator.digest.stage.subscribe import Invitation, UnsubscribeOutcome
from aggregator.digest.stage.subscriber_admin import (
    AddOutcome,
    AddResult,
    add,
    all_subscribers,
    export_csv,
    import_lines,
)
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import (
    Choice,
    Consent,
    SignUpRequest,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from aggregator.store.publishing import subscribers as stored
from aggregator.store.publishing.subscribers import save_request
from aggregator.store.schema import confirmations, subscribers, suppressions
from aggregator.store.schema import wishes as kept_requests
from tests.integration.stored import NOW

pytestmark = pytest.mark.clock

KEY = b"k" * 32
DAY = timedelta(days=1)


def sign_up(address: str = "reader@example.org", at: datetime = NOW) -> SignUpRequest:
    consent = Consent(
        asked=at,
        network="192.0.2.0/24",
        form="https://news.example/subscribe",
        text_version=subscribing.consent_version(),
    )
    choice = Choice(roles=("security",), sections=("papers",))
    return SignUpRequest(address=address, choice=choice, consent=consent)


def invited(
    connection: Connection, address: str = "reader@example.org", at: datetime = NOW
) -> Invitation:
    invitation = subscribing.request_subscription(connection, KEY, sign_up(address, at))
    assert invitation
    return invitation


def confirmed(
    connection: Connection, address: str = "reader@example.org", at: datetime = NOW
) -> Subscriber:
    here = subscribing.confirm(connection, invited(connection, address, at).token, at)
    assert here
    return here


def key_of(address: str = "reader@example.org") -> str:
    return address_key(KEY, comparable(address))


def token_of(of: Subscriber) -> str:
    return unsubscribe_token(KEY, of.id, of.generation)


def test_who_asks_is_pending_until_the_letter_is_answered(connection: Connection) -> None:
    invitation = invited(connection)
    before = stored.confirmed(connection)

    here = subscribing.confirm(connection, invitation.token, NOW + DAY)

    asked = sign_up().consent
    assert before == ()
    assert stored.confirmed(connection) == (here,)
    assert here == replace(
        invitation.subscriber,
        standing=SubscriberStatus.CONFIRMED,
        consent=replace(asked, confirmed=NOW + DAY),
    )


@pytest.mark.parametrize(
    "when", [pytest.param(timedelta(), id="used"), pytest.param(timedelta(hours=72), id="expired")]
)
def test_a_confirmation_holds_once_and_for_72_hours(
    connection: Connection, when: timedelta
) -> None:
    invitation = invited(connection)
    if not when:
        subscribing.confirm(connection, invitation.token, NOW)

    assert subscribing.confirm(connection, invitation.token, NOW + when) is None


def test_a_used_link_does_not_bring_back_who_left(connection: Connection) -> None:
    invitation = invited(connection)
    here = subscribing.confirm(connection, invitation.token, NOW)
    assert here
    subscribing.leave(connection, here, NOW)
    again = invited(connection, at=NOW + 2 * DAY)

    assert subscribing.pending_subscriber(connection, invitation.token, NOW + 2 * DAY) is None
    assert (
        subscribing.pending_subscriber(connection, again.token, NOW + 2 * DAY) == again.subscriber
    )


def test_the_database_never_holds_what_the_link_holds(connection: Connection) -> None:
    token = invited(connection).token

    assert token not in str(connection.execute(select(confirmations)).all())
    assert len(token) == 43  # 256 bits


def test_no_second_confirmation_within_a_day_whatever_the_spelling(connection: Connection) -> None:
    invited(connection)

    assert (
        subscribing.request_subscription(
            connection, KEY, sign_up("READER@Example.ORG", NOW + timedelta(hours=23))
        )
        is None
    )


def test_a_stranger_who_asks_again_and_again_sends_few_letters(connection: Connection) -> None:
    letters = sum(
        subscribing.request_subscription(connection, KEY, sign_up(at=NOW + timedelta(hours=hour)))
        is not None
        for hour in range(0, 24 * 90, 4)
    )

    assert letters == 5  # at days 0, 1, 8, 38, 68


def test_a_confirmed_address_gets_no_letter_and_keeps_its_choice(connection: Connection) -> None:
    here = confirmed(connection)

    assert (
        subscribing.request_subscription(
            connection, KEY, replace(sign_up(at=NOW + 9 * DAY), choice=Choice())
        )
        is None
    )
    assert stored.subscriber(connection, here.id) == here


def test_a_letter_that_was_not_sent_may_be_sent_at_once(connection: Connection) -> None:
    subscribing.withdraw_invitation(connection, invited(connection))

    assert subscribing.request_subscription(connection, KEY, sign_up()) is not None


def test_leaving_is_for_good_and_may_be_said_twice(connection: Connection) -> None:
    here = confirmed(connection)

    stated = [subscribing.unsubscribe(connection, KEY, token_of(here), NOW) for _ in range(3)]

    assert stated == [
        UnsubscribeOutcome.LEFT,
        UnsubscribeOutcome.GONE_ALREADY,
        UnsubscribeOutcome.GONE_ALREADY,
    ]
    assert stored.counts(connection) == {
        **dict.fromkeys(SubscriberStatus, 0),
        SubscriberStatus.UNSUBSCRIBED: 1,
    }
    barred = stored.suppression(connection, key_of())
    assert barred
    assert barred.reason is SuppressionReason.UNSUBSCRIBED


def test_who_comes_back_is_not_sent_away_by_a_link_of_before(connection: Connection) -> None:
    first = confirmed(connection)
    subscribing.unsubscribe(connection, KEY, token_of(first), NOW)
    again = confirmed(connection, at=NOW + DAY)

    assert (
        subscribing.unsubscribe(connection, KEY, token_of(first), NOW + DAY)
        is UnsubscribeOutcome.STALE
    )
    assert subscribing.subscriber_of_token(connection, KEY, token_of(first)) is None
    assert stored.confirmed(connection) == (again,)
    assert stored.suppression(connection, key_of()) is None


def test_forged_tokens_are_refused(connection: Connection) -> None:
    here = confirmed(connection)
    true = token_of(here)
    places = [
        (place, sign)
        for place in range(len(true))
        for sign in "059afz.-~%/é"
        if sign != true[place]
    ]
    forged = [true[:place] + sign + true[place + 1 :] for place, sign in places]
    forged += [true[:end] for end in range(len(true))] + [
        true + true,
        true * 50,
        f"{here.id}.{'9' * 150}.{'0' * 40}",
        f" {true}",
    ]
    forged += [f"{here.id}.{'9' * 5_000}.{'0' * 40}"]  # more digits than Python makes a number of
    forged += [f"{here.id}.{generation}.{true[-40:]}" for generation in range(1, 101)]

    taken = [
        token
        for token in forged
        if subscribing.unsubscribe(connection, KEY, token, NOW) is not UnsubscribeOutcome.FORGED
        or subscribing.subscriber_of_token(connection, KEY, token)
        or subscribing.change_preferences(connection, KEY, token, Choice())
        or subscribing.confirm(connection, token, NOW)
    ]

    assert len(forged) > 500
    assert taken == []
    assert stored.confirmed(connection) == (here,)


def test_choices_are_kept(connection: Connection) -> None:
    here = confirmed(connection)

    chosen = subscribing.change_preferences(
        connection,
        KEY,
        token_of(here),
        Choice(roles=("research",), topics=("agents",), periods=(PeriodKind.DAY,)),
    )

    assert (
        stored.subscriber(connection, here.id)
        == chosen
        == replace(
            here,
            roles=("research",),
            sections=(),
            topics=("agents",),
            periods=(PeriodKind.DAY,),
        )
    )


def test_choices_outside_the_lists_are_passed_over() -> None:
    words = {
        "role": ("policy", "king", "security"),
        "section": ("releases", "x"),
        "topic": ("chips", "agents", "y"),
    }

    assert subscribing.choice_of(words, ("agents", "chips"), (PeriodKind.DAY,)) == Choice(
        roles=("security", "policy"),
        sections=("releases",),
        topics=(),  # all of them is no choice
        periods=(PeriodKind.DAY,),
    )


@pytest.mark.parametrize(
    ("values", "chosen"),
    [
        pytest.param((), ("week",), id="none: the first"),
        pytest.param(("year",), ("week",), id="none of them"),
        pytest.param(("day",), ("day",), id="one"),
        pytest.param(("day", "week"), ("week", "day"), id="both"),
    ],
)
def test_somebody_gets_at_least_one_kind_of_edition(
    values: tuple[str, ...], chosen: tuple[str, ...]
) -> None:
    offered = (PeriodKind.WEEK, PeriodKind.DAY)

    assert subscribing.choice_of({"edition": values}, (), offered).periods == chosen


def test_an_erased_address_leaves_nothing_but_a_bar_that_no_import_lifts(
    connection: Connection,
) -> None:
    here = confirmed(connection)
    save_request(connection, sign_up(), key_of())
    stored.erase(connection, key_of(), NOW)

    added, invitation = add(
        connection, KEY, sign_up("Reader@example.org"), confirmed_elsewhere="signed at the fair"
    )

    tables = (subscribers, suppressions, confirmations, kept_requests)
    everything = [connection.execute(select(table)).all() for table in tables]
    assert (added.outcome, invitation) == (AddOutcome.REFUSED, None)
    assert "example.org" not in str(everything)
    assert here.id not in str(everything)
    assert stored.suppression(connection, key_of()) is not None


def test_an_erased_address_comes_back_by_confirming_itself_alone(connection: Connection) -> None:
    confirmed(connection)
    stored.erase(connection, key_of(), NOW)
    invitation = invited(connection, at=NOW + DAY)

    assert stored.suppression(connection, key_of()) is not None
    assert subscribing.confirm(connection, invitation.token, NOW + DAY)
    assert stored.suppression(connection, key_of()) is None


def test_a_bounced_confirmation_does_not_open_the_way_to_more_of_them(
    connection: Connection,
) -> None:
    invitation = invited(connection)
    subscribing.suppress(connection, invitation.subscriber, SuppressionReason.BOUNCED, NOW)

    assert (
        subscribing.request_subscription(connection, KEY, sign_up(at=NOW + timedelta(hours=1)))
        is None
    )
    assert subscribing.confirm(connection, invitation.token, NOW) is None


def test_an_erasure_outlives_a_later_complaint(connection: Connection) -> None:
    stored.erase(connection, key_of(), NOW)
    stored.suppress(connection, key_of(), SuppressionReason.COMPLAINED, NOW + DAY)

    assert stored.suppression(connection, key_of()) == stored.Suppression(
        reason=SuppressionReason.ERASED, since=NOW
    )


def test_who_was_added_as_confirmed_elsewhere_has_the_proof_beside_them(
    connection: Connection,
) -> None:
    added, invitation = add(
        connection, KEY, sign_up(), confirmed_elsewhere="on paper,\nat the fair of 2026"
    )

    (here,) = stored.confirmed(connection)
    assert (added.outcome, invitation) == (AddOutcome.CONFIRMED, None)
    assert here.consent.text_version == "confirmed elsewhere: on paper, at the fair of 2026"
    assert here.consent.confirmed == NOW


def test_an_import_tells_each_line_that_it_refused(connection: Connection) -> None:
    left = confirmed(connection, "left@example.org")
    subscribing.leave(connection, left, NOW)
    body = (
        "\ufeffEmail,Roles,topics\r\n"
        'new@example.org,"security, policy",papers\r\n'
        '"a\nBcc: x@example.org",,\r\n'
        "left@example.org\r\n"
        "'+tag@example.org,,\r\n"
        ",,\r\n"
        "NEW@example.org,,\r\n"
    ).encode()

    reported: list[AddResult] = []
    for line in import_lines(body, NOW, ()):
        if isinstance(line.read, AddResult):
            reported.append(line.read)
        else:
            reported.append(
                add(connection, KEY, line.read, confirmed_elsewhere="fair", line=line.number)[0]
            )

    assert [(addition.line, addition.outcome) for addition in reported] == [
        (2, AddOutcome.CONFIRMED),
        (4, AddOutcome.REFUSED),
        (5, AddOutcome.REFUSED),
        (6, AddOutcome.CONFIRMED),
        (7, AddOutcome.REFUSED),
        (8, AddOutcome.THERE),
    ]
    assert "line break" in reported[1].reason
    assert reported[2].reason.startswith("unsubscribed on 2026-07-06; ")


def test_an_export_can_be_imported_and_runs_no_formula(connection: Connection) -> None:
    add(connection, KEY, sign_up("=cmd@example.org"), confirmed_elsewhere="fair")
    add(connection, KEY, sign_up("b@example.org"), confirmed_elsewhere="fair")

    exported = export_csv(connection)

    assert "\n'=cmd@example.org,confirmed,security,papers,,week," in exported
    read = [line.read for line in import_lines(exported.encode(), NOW, ())]
    assert {item.address for item in read} == {
        subscriber.address for subscriber in all_subscribers(connection)
    }


def test_who_never_answers_is_forgotten(connection: Connection) -> None:
    invited(connection, "old@example.org")
    invited(connection, "young@example.org", NOW + DAY)
    here = confirmed(connection)

    assert stored.forget_pending(connection, NOW + DAY / 2) == 1
    assert {subscriber.address for subscriber in all_subscribers(connection)} == {
        "young@example.org",
        here.address,
    }


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("unix:", ""),
    ],
)
def test_of_an_internet_address_the_network_is_kept(address: str, network: str) -> None:
    assert subscribing.network_of(address) == network
