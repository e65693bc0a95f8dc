"""The console's routes: a session cookie says who it is; every form carries the session's own mark."""

import asyncio
import math
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from litestar import Controller, MediaType, Response, get, post
from litestar.di import Provide
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from sqlalchemy import select

from haechi.errors import UsageError
from haechi.service.console.entry import (
    KNOWN,
    SESSION,
    AnyRequest,
    cookie_of,
    ended_cookie,
    entry,
    expect_own_form,
    expect_own_site,
    known_cookie,
    session_cookie,
    wanted,
)
from haechi.service.console.render import page, style
from haechi.service.console.session import (
    SIGN_IN,
    Form,
    SignInNeededError,
    expect_own_session,
    signed_in,
    to_sign_in,
    user_or_none,
)
from haechi.service.guesses import BusyError, PasswordGuesses
from haechi.service.limits import address_of, retry_after, told
from haechi.service.measures import SIGN_INS
from haechi.service.paths import in_path
from haechi.service.platform import Platform
from haechi.stores import overview, schema
from haechi.stores.clock import utc_now
from haechi.stores.history import KINDS, Place, Wanted, history
from haechi.stores.rows import reading
from haechi.stores.themes import standing_of
from haechi.stores.users import User, sign_in, sign_out
from haechi.terms.words import CATEGORIES
from haechi.themes.life import STATES, Verdict

_LARGEST_FORM: Final = 100_000


class Console(Controller):
    """Pages for people who sign in."""

    path = "/console"
    include_in_schema = False
    request_max_body_size = _LARGEST_FORM
    guards = (expect_own_site,)
    dependencies = {"user": Provide(signed_in, sync_to_thread=True)}  # noqa: RUF012 - as the framework declares it
    exception_handlers = {SignInNeededError: to_sign_in}  # noqa: RUF012 - as the framework declares it

    @get("/style.css", sync_to_thread=False)
    def style(self) -> Response[str]:
        """The style sheet."""
        return Response(style(), media_type=MediaType.CSS, headers={"Cache-Control": "public, max-age=3600"})

    @get("/sign-in", sync_to_thread=False)
    def sign_in_page(self, request: AnyRequest) -> Response[Any]:
        """The form."""
        return entry(request)

    @post("/sign-in", status_code=HTTP_200_OK)
    async def sign_in(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """A session for who knows name and password; whoever was wrong too often waits."""
        expect_own_form(request, str(data.get("form", "")))
        name, password = str(data.get("name", "")), str(data.get("password", ""))
        guesses: PasswordGuesses = request.app.state.password_guesses
        tried = guesses.try_(address_of(request.scope), name, cookie_of(request, KNOWN))
        if tried.wait:
            return _wait(request, tried.wait)
        try:
            async with guesses.comparing(tried):
                secret = await asyncio.to_thread(
                    sign_in, platform.engine, name=name, password=password, now=utc_now()
                )
        except BusyError:
            guesses.right(tried)
            return _wait(request, 1)
        if secret is None:
            SIGN_INS.labels("password", "refused").inc()
            structlog.get_logger("haechi").warning("sign-in refused", way="password", reason="wrong")
            return entry(request, message="Name and password do not go together.", status=401)
        guesses.right(tried)
        SIGN_INS.labels("password", "signed in").inc()
        # Whoever was signed in here before is not any more: no session outlives the next sign-in (session fixation).
        await asyncio.to_thread(sign_out, platform.engine, cookie_of(request, SESSION))
        cookies = [session_cookie(request, secret), known_cookie(request, guesses.mark(name))]
        home = f"/{wanted(request) or 'console'}"
        return Redirect(home, status_code=HTTP_303_SEE_OTHER, cookies=cookies)

    @post("/sign-out", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def sign_out(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Ends the session."""
        user = user_or_none(platform, request)
        if user is not None:
            expect_own_session(user, data)
            sign_out(platform.engine, cookie_of(request, SESSION))
        return Redirect(SIGN_IN, status_code=HTTP_303_SEE_OTHER, cookies=[ended_cookie(request)])

    @get(sync_to_thread=True)
    def themes(self, platform: Platform, user: User, only: str = "", words: str = "") -> Response[Any]:
        """Themes, those that wait for somebody first."""
        with reading(platform.engine) as connection:
            return page(
                "themes", title="Themes", user=user, here="/console", states=STATES, chosen=only, words=words,
                counts=overview.states(connection),
                themes=overview.themes(connection, state=only if only in STATES else None, words=words),
            )  # fmt: skip

    @get("/themes/{theme_id:str}", sync_to_thread=True)
    def theme(self, theme_id: str, platform: Platform, user: User) -> Response[Any]:
        """One theme: what was found, and what is to be decided."""
        return _theme_page(platform, user, theme_id)

    @post("/themes/{theme_id:str}/decide", status_code=HTTP_200_OK, sync_to_thread=True)
    def decide(self, theme_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Takes a person's verdict."""
        expect_own_session(user, data)
        if user.role == "viewer":
            raise PermissionDeniedException("a viewer decides nothing")
        given = data.get("categories", [])
        categories = given if isinstance(given, list) else [given]
        state = str(data.get("state", ""))
        if state not in ("approved", "approved-with-permission", "blocked"):
            return _theme_page(platform, user, theme_id, "Choose what the theme is to be.")
        verdict = Verdict(
            by=user.name,
            state=state,  # type: ignore[arg-type]
            categories=() if state == "approved" else tuple(one for one in CATEGORIES if one in categories),
            reason=str(data.get("reason", "")),
        )
        version = str(data.get("version", ""))
        try:
            platform.themes.decide(
                theme_id, verdict, now=utc_now(), version=int(version) if version.isdecimal() else -1
            )
        except UsageError as fault:
            return _theme_page(platform, user, theme_id, str(fault))
        return Redirect(f"/console/themes/{in_path(theme_id)}", status_code=HTTP_303_SEE_OTHER)

    @get("/permissions", sync_to_thread=True)
    def permissions(self, platform: Platform, user: User) -> Response[Any]:
        """Permissions by purpose and category."""
        with reading(platform.engine) as connection:
            rows = overview.permissions(connection, utc_now())
            months = overview.permissions_by_month(connection)
        return page(
            "permissions", title="Permissions", user=user, here="/console/permissions", rows=rows, months=months,
            most=max((row["given"] for row in months), default=1),
        )  # fmt: skip

    @get("/audiences", sync_to_thread=True)
    def audiences(self, platform: Platform, user: User) -> Response[Any]:
        """Advertisers, and refusals by reason."""
        with reading(platform.engine) as connection:
            rows, refused = overview.audiences(connection)
        return page(
            "audiences", title="Audiences", user=user, here="/console/audiences", rows=rows, refused=refused
        )

    @get("/trail", sync_to_thread=True)
    def trail(
        self,
        platform: Platform,
        user: User,
        *,
        kind: str = "",
        theme: str = "",
        by: str = "",
        since: str = "",
        until: str = "",
        repeated: str = "",
        after: str = "",
    ) -> Response[Any]:
        """What happened to themes, users and keys, by whom and why; a page at a time."""
        chosen = {
            "kind": kind, "theme": theme, "by": by, "since": since, "until": until, "repeated": repeated,
        }  # fmt: skip
        wanted = Wanted(
            kind=kind if kind in KINDS else None,
            theme_id=theme or None, by=by, since=_day(since), until=_day(until), repeated=bool(repeated),
        )  # fmt: skip
        with reading(platform.engine) as connection:
            events, older = history(connection, wanted, Place.read(after))
        further = None if older is None else urlencode({**chosen, "after": str(older)})
        return page(
            "trail", title="History", user=user, here="/console/trail", events=events, kinds=KINDS, chosen=chosen,
            further=further, begun=bool(after), again=urlencode(chosen),
        )  # fmt: skip

    @get("/health", sync_to_thread=True)
    def health(self, platform: Platform, user: User) -> Response[Any]:
        """Whether everything runs."""
        with reading(platform.engine) as connection:
            counts = overview.counts(connection)
        return page(
            "health", title="Health", user=user, here="/console/health", counts=counts,
            snapshot=platform.snapshot_state, engine=platform.judge.version, laws=tuple(platform.packs),
        )  # fmt: skip


def _wait(request: AnyRequest, seconds: float) -> Response[Any]:
    told("sign-ins")
    SIGN_INS.labels("password", "limited").inc()
    message = f"Too many sign-ins. Try again in {max(1, math.ceil(seconds))} seconds."
    return entry(request, message=message, status=429, headers=retry_after(seconds))


def _theme_page(platform: Platform, user: User, theme_id: str, message: str = "") -> Response[str]:
    t = schema.themes
    with reading(platform.engine) as connection:
        standing, version = standing_of(connection, theme_id)
        row = connection.execute(select(t.c.name, t.c.path).where(t.c.theme_id == theme_id)).one()
        return page(
            "theme", title=row.name, user=user, here="/console", message=message,
            status=422 if message else HTTP_200_OK, theme_id=theme_id, path=row.path, standing=standing,
            version=version, members=overview.members(connection, theme_id), categories=CATEGORIES,
            events=history(connection, Wanted(theme_id=theme_id))[0],
        )  # fmt: skip


def _day(written: str) -> date | None:
    """A day as a form gives it; None where it is none."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
