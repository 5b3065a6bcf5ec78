"""One gate for every request: nobody enters unless the view says who may.

Four kinds of route: `needs(permission)` for signed-in users, `linked(purpose)` for people who hold a signed link,
`published(reason)` for what an organisation shows everybody, and `public(reason)` for everybody (no actor,
installation tables only). The program refuses to start when a route has
declared nothing.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from portal.core import shutting
from portal.core.actor import Actor, acting_as
from portal.core.keys import BadToken, read_token
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.web import errors
from portal.web.htmx import page_around, wants_part
from portal.web.proxies import address

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Policy:
    who: str  # "user" | "link" | "published" | "public"
    permission: Permission | None = None
    purpose: str = ""
    reason: str = ""
    geo: bool = True  # staff routes are locked to countries; the public's rights are open to the world
    crosses_sites: bool = False  # may be posted to from elsewhere: one-click unsubscribing, forms on others' sites
    fresh: bool = False  # asks for the password once more when the last proof is too old
    for_org: bool = True  # a user's own pages need no organisation to be chosen
    hands_out: bool = False  # a file leaves the portal: not for who looks as a colleague
    while_looking: bool = False  # may be posted to by who looks as a colleague: leaving it


class NoPolicy(RuntimeError):
    """A route does not say who may enter. The program does not start with it."""


class SignedIn(Protocol):
    """What the sign-in feature tells the gate about the person at the browser."""

    is_support: bool
    looking_as: str  # the colleague's name, while this person looks through other eyes

    def actor(self, address: str) -> Actor | None: ...

    def is_fresh(self, is_safe: bool) -> bool: ...

    def detour(self) -> str | None:
        """The page this person must see first, such as setting up a second factor."""


class Edge(Protocol):
    """What the sign-in feature tells the gate about a request: who it is, and whether he may be where he is."""

    def signed_in(self) -> SignedIn | None: ...

    def refuse_place(self, person: SignedIn | None, for_org: bool) -> Response | None: ...


def needs(
    permission: Permission,
    *,
    fresh: bool = False,
    for_org: bool = True,
    hands_out: bool = False,
    while_looking: bool = False,
) -> Callable[[View], View]:
    return _declare(
        Policy(
            "user", permission=permission, fresh=fresh, for_org=for_org, hands_out=hands_out,
            while_looking=while_looking,
        )
    )  # fmt: skip


def linked(purpose: str, *, crosses_sites: bool = False) -> Callable[[View], View]:
    """The view's `token` is turned into an actor named after the contact, or answered with the one 404."""
    return _declare(Policy("link", purpose=purpose, geo=False, crosses_sites=crosses_sites))


def published(reason: str, *, crosses_sites: bool = False) -> Callable[[View], View]:
    """The view's `slug` names the organisation; whoever comes acts as a visitor, who may do and see nothing of its
    people. Another name is answered with 404.
    """
    return _declare(Policy("published", reason=reason, geo=False, crosses_sites=crosses_sites))


def public(reason: str, *, geo: bool = False) -> Callable[[View], View]:
    return _declare(Policy("public", reason=reason, geo=geo))


def _declare(policy: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark


Resolve = Callable[[int, int], Actor | None]
_links: dict[str, Resolve] = {}


def register_link(purpose: str, resolve: Resolve) -> None:
    """Say how the subject of a token for this purpose becomes an actor: (org_id, subject) -> Actor or None."""
    _links[purpose] = resolve


def policy_of(app: Flask, endpoint: str) -> Policy:
    policy = getattr(app.view_functions[endpoint], "policy", None)
    if not isinstance(policy, Policy):
        raise NoPolicy(f"{endpoint} does not declare who may enter: add @needs, @linked or @public")
    return policy


def check_policies(app: Flask) -> None:
    """Raise NoPolicy when any route has none."""
    for rule in app.url_map.iter_rules():
        policy_of(app, rule.endpoint)


def init_app(app: Flask, edge: Edge) -> None:
    base = app.config["SETTINGS"].base_url

    @app.before_request
    def gate() -> Response | None:
        if request.endpoint is None:
            return None
        policy = policy_of(app, request.endpoint)
        if request.method not in SAFE and not policy.crosses_sites:
            _refuse_foreign_sites(base)
        if policy.who == "link":
            _enter(_actor_of_link(policy))
            return None
        if policy.who == "published":
            _enter(_visitor())
            return None
        person = edge.signed_in() if policy.who == "user" or policy.geo else None
        refused = edge.refuse_place(person, policy.for_org) if policy.geo else None
        if refused is not None or policy.who == "public":
            return refused
        return _let_in(person, policy)

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if acting := g.pop("acting", None):
            acting.close()


def _let_in(person: SignedIn | None, policy: Policy) -> Response | None:
    """Open the actor of a signed-in person who may do this; else say what is in the way."""
    if person is None:
        return _to_sign_in()
    g.is_support, g.looking_as = person.is_support, person.looking_as
    if person.looking_as and not policy.while_looking and (request.method not in SAFE or policy.hands_out):
        return errors.answer(403, f"You are looking as {person.looking_as}. Nothing can be changed or taken along.")
    actor = person.actor(address())
    if policy.permission is Permission.SUPPORT:
        if not person.is_support:
            abort(403)
    elif actor is None and policy.for_org:
        return _to(url_for("signin.choose"))
    elif actor is not None and policy.permission is not None and not actor.may(policy.permission):
        abort(403)
    detour = person.detour()
    if detour and policy.for_org:
        return _to(detour)
    if policy.fresh and not person.is_fresh(request.method in SAFE):
        again = None if request.method in SAFE else 1
        return _to(url_for("signin.confirm", next=_page_asked_for(), again=again))
    if actor is not None and policy.permission is not Permission.SUPPORT:
        if not policy.for_org and shutting.is_shut(actor.org_id):
            return None  # he may still choose another organisation, and sign out
        _enter(actor)
    return None


def _page_asked_for() -> str:
    """The page to come back to: this one, or the one whose form was sent."""
    if request.method in SAFE and not wants_part():
        return request.full_path.rstrip("?")
    try:
        at = urlsplit(page_around() or request.referrer or "")
        current_app.url_map.bind("").match(at.path, method="GET")
    except (ValueError, HTTPException):  # no address, or a page that is only posted to
        return "/"
    return at.path + (f"?{at.query}" if at.query else "")


def _enter(actor: Actor) -> None:
    shutting.refuse(actor.org_id)
    g.acting = ExitStack()
    g.acting.enter_context(acting_as(actor))
    g.actor = actor


def _actor_of_link(policy: Policy) -> Actor:
    try:
        org_id, subject = read_token(policy.purpose, str((request.view_args or {}).get("token", "")))
    except BadToken:
        abort(404)
    shutting.refuse(org_id)
    actor = _links[policy.purpose](org_id, subject)
    if actor is None:
        abort(404)
    return actor


def _visitor() -> Actor:
    org = Org.get_or_none(Org.slug == str((request.view_args or {}).get("slug", "")))
    if org is None:
        abort(404)
    return Actor(org_id=org.id, name="A visitor", contact_id=0)


def _refuse_foreign_sites(base: str) -> None:
    """Beside the token: a browser that says the form was another site's is believed (ASVS 3.5.3)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin == "null" and site == "same-origin":
        return  # what browsers send from a page that sends no referrer
    if origin and origin not in (base, request.host_url.rstrip("/")):
        abort(403)


def _to_sign_in() -> Response:
    target = request.path if request.method == "GET" and not wants_part() else None  # without words searched for
    return _to(url_for("signin.show", next=target))


def _to(url: str) -> Response:
    """A redirect a browser follows, or htmx follows for the whole page: never a page inside a table cell."""
    if wants_part():
        return Response(status=401, headers={"HX-Redirect": url})
    return redirect(url, 303)  # type: ignore[return-value]
