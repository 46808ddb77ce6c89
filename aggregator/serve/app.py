"""The web app for subscribers: its routes and handlers. GET and HEAD never change anything.

Nobody learns here who is subscribed: the form is answered before the address is looked up, and a
token shows only its own subscriber, with the address half hidden.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import chain

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from aggregator.digest.mail.addresses import checked_address, comparable
from aggregator.digest.mail.pace import MailBudget
from aggregator.digest.mail.tokens import (
    TRIAL_KEY,
    address_key,
    read_unsubscribe_token,
    unsubscribe_token,
    wait_ticket,
    waiting_since_s,
)
from aggregator.digest.stage import subscribe as subscribing
from aggregator.digest.stage.subscribe import CONSENT, UnsubscribeOutcome
from aggregator.digest.stage.subscriber_admin import (
    LetterWriter,
    forget_unanswered,
    process_sign_ups,
    store_sign_up,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import role_names
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import (
    MAIL_SECTIONS,
    Choice,
    Consent,
    Followed,
    SignUpRequest,
    Subscriber,
)
from aggregator.domain.settings import QuietDays, Settings
from aggregator.domain.wording import N_
from aggregator.errors import DatabaseError, MailError
from aggregator.hooks.plugins import plugins
from aggregator.ports import Clock, Mailer
from aggregator.serve.health import NO_STORE, HealthPages
from aggregator.serve.limits import client_address, form_limits
from aggregator.serve.pages import Form, PageRenderer, body_of, form_of
from aggregator.serve.sign_up_queue import Outbox
from aggregator.serve.site import DefaultHeaders, SiteFiles
from aggregator.site.head import following_url, public_url
from aggregator.store.database import Database
from aggregator.store.publishing.subscribers import request_count
from aggregator.templating.translation import ENGLISH, supported_language, translations

_MOST_SHOWN = 254
_BUSY_S = 60  # what a full queue asks for
_WAIT_S = 30  # wait before a form is accepted while many mails are unanswered
_TICKET_LIFE_S = 3_600
_A_DAY_S = 86_400.0
_HONEYPOT = "homepage"  # a field that people do not see

_PERIOD_NAMES = {PeriodKind.WEEK: N_("Every week"), PeriodKind.DAY: N_("Every day")}


@frozen
class ChoiceForm:
    """What a form lets somebody choose, names by key, and which of it is chosen."""

    periods: Mapping[str, str]
    roles: Mapping[str, str]
    sections: Mapping[str, str]
    topics: Mapping[str, str]
    chosen: frozenset[str]
    skips_quiet_days: bool


class Handlers:
    """The handlers and what they share; all state that outlives a request is here or in the
    database. `write` makes the letter that asks for a confirmation, `topics` are the names of the
    topics by key.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        mailer: Mailer,
        clock: Clock,
        key: bytes,
        write: LetterWriter,
        topics: Mapping[str, str],
    ) -> None:
        self._topics = topics
        self._settings, self._database, self._clock, self._key = settings, database, clock, key
        self._pages = PageRenderer(settings)
        self._words = translations(settings.site.language)
        self._site = SiteFiles(settings.site)
        self.headers = self._pages.headers
        self._limits = form_limits(clock.monotonic_s)

        self._budget = MailBudget(clock.monotonic_s)
        self.outbox = Outbox(partial(process_sign_ups, database, key, mailer, write, self._budget))
        self.checks = HealthPages(settings, database, clock, self.outbox)

    # Subscribing

    async def form(self, request: Request) -> Response:
        """The form."""
        return self._form(request) if self._settings.email.from_ else self._no_mail(request)

    async def subscribe(self, request: Request) -> Response:
        """Takes a sign-up, with the same answer for every valid address."""
        if not self._settings.email.from_:
            return self._no_mail(request)
        peer = client_address(
            request.client.host if request.client else "",
            ",".join(request.headers.getlist("x-forwarded-for")),
            self._settings.serve.trusted_proxies,
        )
        if wait_s := self._limits.wait_s(peer, subscribing.network_of(peer)):
            return self._later(request, wait_s)
        form = await form_of(request)
        try:
            address = checked_address(_first(form, "address"))
        except MailError as error:
            return self._form(request, form=form, problem=self._problem(error), status=422)
        return await self._keep(request, form, address, peer)

    async def _keep(self, request: Request, form: Form, address: str, peer: str) -> Response:
        """Stores a sign-up, unless it comes too early or exceeds a limit."""
        network = subscribing.network_of(peer)
        waiting = await asyncio.to_thread(self._waiting)
        if self._budget.is_busy(waiting) and (wait_s := self._wait_s(form, address, network)):
            return self._wait(request, form, address, network, wait_s)
        if not _first(form, _HONEYPOT):
            if wait_s := self._limits.wait_s(
                peer, network
            ):  # others may have signed up while the form was arriving
                return self._later(request, wait_s)
            self._limits.note(peer, network)
            sign_up = self._sign_up(form, address, network)
            if not await asyncio.to_thread(store_sign_up, self._database, self._key, sign_up):
                return self._later(request, _BUSY_S)
            self.outbox.wake()
        return RedirectResponse("subscribe/sent", status_code=303, headers=NO_STORE)

    async def sent(self, request: Request) -> Response:
        """The answer to every sign-up."""
        return self._pages.page(request, "sent.html", N_("Check your inbox"))

    async def confirm_page(self, request: Request) -> Response:
        """The page with the button: a scanner that opens every link confirms nothing."""
        found = await asyncio.to_thread(self._awaiting, request.path_params["token"])
        return (
            self._pages.page(request, "confirm.html", N_("Confirm your subscription"))
            if found
            else self._expired(request)
        )

    async def confirm(self, request: Request) -> Response:
        """Confirms, once."""
        await body_of(request)
        here = await asyncio.to_thread(self._confirm, request.path_params["token"])
        if here is None:
            return self._expired(request)
        self._budget.note_answered()
        self.outbox.wake()
        token = unsubscribe_token(self._key, here.id, here.generation)
        return self._pages.page(request, "confirmed.html", N_("You are subscribed"), token=token)

    # Choosing and leaving

    async def preferences_page(self, request: Request) -> Response:
        """What a subscriber chose, and what a browser brings that follows more."""
        token = request.path_params["token"]
        brought = subscribing.chosen_follows(request.query_params.getlist("follow"))
        found = await asyncio.to_thread(self._holder, token)
        return self._preferences(request, found, saved=False, brought=brought)

    async def choose(self, request: Request) -> Response:
        """Keeps what a subscriber chose."""
        form = await form_of(request)
        token = request.path_params["token"]

        def chosen() -> Subscriber | None:
            found = self._holder(token)
            if found is None:
                return None
            follows = subscribing.chosen_follows(form.get("follow", ()))
            choice = replace(self._choice(form), follows=follows)
            if not self._periods_for(found.periods):  # they were not asked
                choice = replace(choice, periods=())
            with self._database.writing() as connection:
                return subscribing.change_preferences(connection, self._key, token, choice)

        return self._preferences(request, await asyncio.to_thread(chosen), saved=True)

    async def unsubscribe_page(self, request: Request) -> Response:
        """The page with the button. Any token of ours gets it, whoever it is of."""
        token = request.path_params["token"]
        if read_unsubscribe_token(self._key, token) is None:
            return self._unknown_link(request)
        return self._pages.page(request, "unsubscribe.html", N_("Unsubscribe"), token=token)

    async def unsubscribe(self, request: Request) -> Response:
        """Unsubscribes: the page's button and the one-click POST of a mail program (RFC 8058)
        alike.

        The body is read and not looked at: leaving does not fail for a formality.
        """
        with suppress(HTTPException):  # too long or cut off: they want to leave all the same
            await body_of(request)
        token = request.path_params["token"]
        if read_unsubscribe_token(self._key, token) is None:
            return self._unknown_link(request)

        def gone() -> UnsubscribeOutcome:
            with self._database.writing() as connection:
                return subscribing.unsubscribe(connection, self._key, token, self._clock.now())

        match await asyncio.to_thread(gone):
            case UnsubscribeOutcome.FORGED:
                return self._unknown_link(request)
            case UnsubscribeOutcome.STALE:
                return self._pages.page(
                    request,
                    "stale.html",
                    N_("This link belongs to an older subscription"),
                    status=410,
                )
            case UnsubscribeOutcome.LEFT | UnsubscribeOutcome.GONE_ALREADY:
                return self._pages.page(request, "gone.html", N_("You are unsubscribed"))

    # The rest

    def added_routes(self) -> tuple[BaseRoute, ...]:
        """The routes of plugins."""
        return plugins().all("routes", settings=self._settings, database=self._database)

    async def site(self, request: Request) -> Response:
        """A file of the site."""
        path = request.path_params["path"]
        if asset := self._pages.asset(path):
            return self._site.asset(asset)
        return await self._site.get_response(path, request.scope)

    async def refused(self, request: Request, error: Exception) -> Response:
        """The page of an HTTP error."""
        status, detail, headers = (
            500,
            N_("Something went wrong. Nothing was changed; please try again in a moment."),
            None,
        )
        if isinstance(error, HTTPException):
            status, detail, headers = error.status_code, error.detail, error.headers
        template = "nothing.html" if status == 404 else "failure.html"
        title = N_("Page not found") if status == 404 else N_("That did not work")
        return self._pages.page(
            request, template, title, status=status, headers=headers, detail=self._words(detail)
        )

    async def forget_daily(self) -> None:
        """Forgets, at the start and once a day, who asked long ago and never confirmed."""
        while True:
            with suppress(DatabaseError):  # `health` reports it; tomorrow is soon enough
                await asyncio.to_thread(forget_unanswered, self._database, self._clock.now())
            await asyncio.sleep(_A_DAY_S)

    def _problem(self, error: MailError) -> str:
        """Why an address is none; in other languages than English without the details."""
        if supported_language(self._words.language) == ENGLISH:
            return _sentence(str(error))
        return self._words("That is not an email address. Enter one such as reader@example.org.")

    def _waiting(self) -> int:
        with self._database.reading() as connection:
            return request_count(connection)

    def _wait_s(self, form: Form, address: str, network: str) -> int:
        """Seconds left until this form is accepted; 0 if it can be accepted now."""
        since_s = waiting_since_s(
            self._key, address_key(self._key, comparable(address)), network, _first(form, "ticket")
        )
        waited_s = -1 if since_s is None else int(self._clock.now().timestamp()) - since_s
        return max(0, _WAIT_S - waited_s) if 0 <= waited_s <= _TICKET_LIFE_S else _WAIT_S

    def _wait(
        self, request: Request, form: Form, address: str, network: str, wait_s: int
    ) -> Response:
        """The page with the same form, to be sent again later; its ticket records when the wait
        began.
        """
        since_s = int(self._clock.now().timestamp()) - (_WAIT_S - wait_s)
        choice = self._choice(form)
        return self._pages.page(
            request,
            "wait.html",
            N_("Please wait a moment"),
            address=address,
            chosen=[
                *(("role", role) for role in choice.roles),
                *(("section", section) for section in choice.sections),
                *(("topic", topic) for topic in choice.topics),
                *(("edition", kind) for kind in choice.periods),
            ],
            ticket=wait_ticket(
                self._key, address_key(self._key, comparable(address)), network, since_s
            ),
            wait=self._words.counted(wait_s, "%s second", "%s seconds"),
        )

    def _sign_up(self, form: Form, address: str, network: str) -> SignUpRequest:
        consent = Consent(
            asked=self._clock.now(),
            network=network,
            form=f"{public_url(self._settings)}/subscribe",
            text_version=subscribing.consent_version(self._words),
        )
        return SignUpRequest(address=address, choice=self._choice(form), consent=consent)

    def _choice(self, form: Form) -> Choice:
        return subscribing.choice_of(form, self._topics, self._settings.edition.period)

    def _periods_for(self, chosen: Collection[PeriodKind]) -> dict[str, str]:
        """The kinds of editions to choose from, by key; none where there is nothing to choose."""
        offered = self._settings.edition.period
        if set(offered) <= set(chosen) and len(offered) == 1:
            return {}
        return {kind.value: self._words(_PERIOD_NAMES[kind]) for kind in offered}

    def _choice_form(self, periods: Collection[PeriodKind], chosen: Collection[str]) -> ChoiceForm:
        return ChoiceForm(
            periods=self._periods_for(periods),
            roles=self._words.named(role_names()),
            sections=self._words.named(MAIL_SECTIONS),
            topics=self._topics,
            chosen=frozenset(chosen),
            skips_quiet_days=PeriodKind.DAY in self._settings.edition.period
            and self._settings.edition.quiet_days is QuietDays.SKIP,
        )

    def _awaiting(self, token: str) -> Subscriber | None:
        with self._database.reading() as connection:
            return subscribing.pending_subscriber(connection, token, self._clock.now())

    def _confirm(self, token: str) -> Subscriber | None:
        if (
            self._awaiting(token) is None
        ):  # a guessed token must not take the lock of the only writer
            return None
        with self._database.writing() as connection:
            return subscribing.confirm(connection, token, self._clock.now())

    def _holder(self, token: str) -> Subscriber | None:
        with self._database.reading() as connection:
            return subscribing.subscriber_of_token(connection, self._key, token)

    def _form(
        self, request: Request, *, form: Form | None = None, problem: str = "", status: int = 200
    ) -> Response:
        filled = form or {}
        return self._pages.page(
            request,
            "subscribe.html",
            N_("Subscribe by email"),
            status=status,
            address=_first(filled, "address")[:_MOST_SHOWN],
            offered=self._choice_form(
                self._settings.edition.period[:1],
                frozenset(
                    chain.from_iterable(
                        filled.get(name, ()) for name in ("role", "section", "topic", "edition")
                    )
                ),
            ),
            is_weekly=self._settings.edition.period == (PeriodKind.WEEK,),
            consent=self._words(CONSENT),
            honeypot=_HONEYPOT,
            problem=problem,
        )

    def _preferences(
        self,
        request: Request,
        of: Subscriber | None,
        *,
        saved: bool,
        brought: Sequence[Followed] = (),
    ) -> Response:
        if of is None:
            return self._unknown_link(request)
        token = request.path_params["token"]
        follows = {followed.path: followed.name for followed in (*of.follows, *brought)}
        return self._pages.page(
            request,
            "preferences.html",
            N_("What you get"),
            address=half_hidden(of.address),
            offered=self._choice_form(
                of.periods, [*of.roles, *(of.sections or MAIL_SECTIONS), *of.topics, *of.periods]
            ),
            token=token,
            saved=saved,
            brought=bool(brought),
            follows={f"{path} {name}": name for path, name in follows.items()},
            from_browser=following_url(self._settings, {"mail": token}),
            to_browser=following_url(self._settings, follows) if follows else "",
        )

    def _expired(self, request: Request) -> Response:
        return self._pages.page(request, "expired.html", N_("This link has expired"), status=410)

    def _unknown_link(self, request: Request) -> Response:
        if read_unsubscribe_token(TRIAL_KEY, request.path_params["token"]):
            return self._pages.page(request, "trial.html", N_("A link in a test email"), status=404)
        return self._pages.page(request, "unknown.html", N_("This link is not valid"), status=404)

    def _no_mail(self, request: Request) -> Response:
        return self._pages.page(
            request, "no-mail.html", N_("No email from this site yet"), status=503
        )

    def _later(self, request: Request, wait_s: int) -> Response:
        wait = self._words.counted(-(-wait_s // 60), "%s minute", "%s minutes")
        headers = {"Retry-After": str(wait_s)}
        return self._pages.page(
            request, "later.html", N_("Too many requests"), status=429, headers=headers, wait=wait
        )


def app(desk: Handlers) -> Starlette:
    """The web app of these handlers, with the routes of plugins before the site's files."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        forgetting = asyncio.create_task(desk.forget_daily())
        async with desk.outbox.open():
            yield
        forgetting.cancel()

    served = Starlette(
        routes=[
            Route("/subscribe", desk.form),
            Route("/subscribe", desk.subscribe, methods=["POST"]),
            Route("/subscribe/sent", desk.sent),
            Route("/confirm/{token}", desk.confirm_page),
            Route("/confirm/{token}", desk.confirm, methods=["POST"]),
            Route("/preferences/{token}", desk.preferences_page),
            Route("/preferences/{token}", desk.choose, methods=["POST"]),
            Route("/unsubscribe/{token}", desk.unsubscribe_page),
            Route("/unsubscribe/{token}", desk.unsubscribe, methods=["POST"]),
            Route("/healthz", desk.checks.health),
            Route("/metrics", desk.checks.metrics),
            *desk.added_routes(),
            # Never the app's own pages: they hold tokens, and the size of a compressed answer can
            # give away what is in it (BREACH).
            Route("/{path:path}", desk.site, middleware=[Middleware(GZipMiddleware)]),
        ],
        middleware=[Middleware(DefaultHeaders, headers=desk.headers)],
        exception_handlers={HTTPException: desk.refused, DatabaseError: desk.refused},
        lifespan=lifespan,
    )
    served.state.outbox = desk.outbox
    return served


def half_hidden(address: str) -> str:
    """`r•••@example.org`: enough for its owner to know it, not enough for whom a mail was passed on
    to.
    """
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def _first(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "")
