"""What is done with users' rights, and reviews of them."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from peewee import IntegrityError

from portal.accounts import service as accounts
from portal.accounts.models import Membership, User
from portal.activity import log
from portal.core import written
from portal.core.actor import acting_as, current_actor, require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import Denied, Permission, Role
from portal.core.text import InvalidText, clean_text
from portal.documents import service as documents
from portal.documents.rules import BadDocument, DocumentNotFound
from portal.users import queries, review_paper
from portal.users.models import AccessDecision, AccessReview
from portal.users.rules import Choice

KEEP, CHANGE, REMOVE = "keep", "change", "remove"
LONGEST_NOTE = 1_000
FOLDER = "Reviews of users"  # among the organisation's documents


class ReviewNotFound(LookupError):
    pass


class NotReady(ValueError):
    """The review cannot be signed, or something cannot be decided so; the message says why."""


class NotSigned(ValueError):
    """The typed name is not the name of who signs."""


def save_rights(membership_id: int, choice: Choice) -> Membership:
    """Give a colleague the role and the rights that were chosen, effective from the next request. What was decided
    about rights to groups and pages that are archived stays. Raises Denied.
    """
    require(Permission.USERS)
    with transaction():
        membership = accounts.find_membership(membership_id)
        kept = [right for right in membership.denied if _is_of_archived_page(right)]
        membership = accounts.set_rights(membership_id, [*choice.denied, *kept], choice.only, choice.granted)
        accounts.change_role(membership_id, Role(choice.role))
    return accounts.find_membership(membership_id)


def _is_of_archived_page(right: str) -> bool:
    word, _, number = right.partition(":")
    return word in ("page", "page-write") and int(number) not in {page.id for page in queries.designed_pages()}


def open_review() -> AccessReview | None:
    return AccessReview.get_or_none(AccessReview.finished_at.is_null())


def find_review(review_id: int) -> AccessReview:
    """A signed review."""
    found = AccessReview.get_or_none(AccessReview.id == review_id, AccessReview.finished_at.is_null(False))
    if found is None:
        raise ReviewNotFound("There is no such review.")
    return found


def past_reviews() -> list[AccessReview]:
    """Signed reviews, the newest first."""
    query = AccessReview.select().where(AccessReview.finished_at.is_null(False))
    return list(query.order_by(AccessReview.finished_at.desc()))


def decisions(review: AccessReview) -> dict[int, AccessDecision]:
    """What was decided in this review, by membership."""
    query = AccessDecision.select().where(AccessDecision.review_id == review.id)
    return {row.membership_id: row for row in query.order_by(AccessDecision.id)}


def start_review() -> AccessReview:
    """Begin a review; the one that is open already, if any."""
    require(Permission.USERS)
    if found := open_review():
        return found
    try:
        with transaction():
            review = AccessReview.create(started_by=current_actor().name)
            log.write("review.started", subject_id=review.id)
    except IntegrityError:  # somebody else began it in the same moment
        return AccessReview.get(AccessReview.finished_at.is_null())
    return review


def decide(membership_id: int, decision: str, note: str) -> AccessDecision:
    """Say what becomes of a user in the open review. Raises NotReady, Denied."""
    require(Permission.USERS)
    membership = accounts.find_membership(membership_id)
    review = open_review()
    if review is None:
        raise NotReady("No review is open. Start one first.")
    if decision not in (KEEP, CHANGE, REMOVE):
        raise NotReady("Choose whether this user keeps the rights, gets others, or is removed.")
    actor = current_actor()
    if decision != KEEP and membership.user_id == actor.user_id:
        raise NotReady("Nobody changes or removes himself. Ask another administrator, or keep.")
    if decision != KEEP and membership.role == Role.OWNER and not actor.may(Permission.OWNER):
        raise Denied("Only an owner can change or remove an owner.")
    try:
        note = clean_text(note, max_length=LONGEST_NOTE, lines=True)
    except InvalidText as error:
        raise NotReady(str(error)) from error
    user = membership.user
    values = {
        "name": user.name, "email": user.email, "role": membership.role, "rights": queries.rights_of(membership),
        "said": queries.report(membership).sentences, "decision": decision, "note": note, "decided_by": actor.name,
        "decided_at": now(),
    }  # fmt: skip
    mine = (AccessDecision.review_id == review.id) & (AccessDecision.membership_id == membership.id)
    with transaction():
        _held(review)
        if not AccessDecision.update(**values).where(mine).execute():
            AccessDecision.create(review_id=review.id, membership_id=membership.id, **values)
    return AccessDecision.get(mine)


def what_is_missing(membership: Membership, decision: AccessDecision | None) -> str:
    """What still keeps the decision about this user from being final; "" when nothing does."""
    name = membership.user.name
    if decision is None:
        return f"{name} is not decided yet."
    is_same = decision.rights == queries.rights_of(membership)
    if decision.decision == KEEP and not is_same:
        return f"The rights of {name} were changed since; decide once more."
    if decision.decision == CHANGE and is_same:
        return f"The rights of {name} are to be changed, and are still as they were."
    return ""


def sign(typed_name: str) -> AccessReview:
    """Finish the open review: remove whom it says, make its paper, and write its digest into the log. Raises NotReady,
    NotSigned, Denied.
    """
    require(Permission.USERS)
    actor = current_actor()
    review = open_review()
    if review is None:
        raise NotReady("No review is open. Start one first.")
    user = User.get_or_none(User.id == actor.user_id)
    if user is None or _plain(typed_name) != _plain(user.name):
        raise NotSigned("Type your own name, as it stands in the portal, to sign.")
    with transaction():
        _held(review)
        made = decisions(review)
        members = accounts.members()
        missing = [words for one in members if (words := what_is_missing(one, made.get(one.id)))]
        if missing:
            raise NotReady(" ".join(missing))
        if any(made[one.id].decision == REMOVE and one.user_id == user.id for one in members):
            raise NotReady("Nobody signs his own removal. Somebody else must sign this review.")
        lines = [review_paper.Line.of(made[one.id], queries.report(one).sentences) for one in members]
        for one in members:
            if made[one.id].decision == REMOVE:
                accounts.remove_member(one.id)
        at = now()
        paper = review_paper.render(accounts.current_org(), user.name, review.started_at, at, lines)
        digest = hashlib.sha256(paper).hexdigest()
        signed = {"finished_at": at, "signed_name": user.name, "signed_by_id": user.id, "sha256": digest}
        AccessReview.update(**signed).where(AccessReview.id == review.id).execute()
        keep(find_review(review.id), paper)
        counts: dict[str, Any] = {word: sum(line.decision == word for line in lines) for word in (KEEP, CHANGE, REMOVE)}
        log.write("review.signed", subject_id=review.id, sha256=digest, signed=user.name, **counts)
    return find_review(review.id)


def keep(review: AccessReview, paper: bytes) -> None:
    """Put the paper among the documents, for the eyes of those who look after users. Belongs to the transaction of the
    signing. Raises NotReady when there is no room for it.
    """
    at = review.finished_at or now()
    day = written.day(at, ZoneInfo(accounts.current_org().timezone))
    try:
        with _handling_papers():
            document = documents.add(
                io.BytesIO(paper), f"review-{at:%Y-%m-%d}.pdf",
                title=f"Review of users, {day}", kind="minutes", folder=FOLDER, needs=Permission.USERS,
            )  # fmt: skip
    except BadDocument as error:
        raise NotReady(str(error)) from error
    AccessReview.update(document_id=document.id).where(AccessReview.id == review.id).execute()


def paper_of(review: AccessReview) -> bytes:
    """The signed paper; that it was opened stands in the log. Raises ReviewNotFound where somebody has removed it,
    NotOpened while it is not scanned.
    """
    require(Permission.USERS)
    with _handling_papers():
        try:
            return b"".join(documents.open_(documents.find(review.document_id or 0)))
        except DocumentNotFound as error:
            raise ReviewNotFound("The paper of this review was removed from the documents.") from error


@contextmanager
def _handling_papers() -> Iterator[None]:
    """The same actor with the right to documents: who looks after users signs reviews and reads them without it."""
    actor = current_actor()
    rights = actor.permissions | {Permission.DOCUMENT_READ, Permission.DOCUMENT_EDIT}
    with acting_as(replace(actor, permissions=rights)):
        yield


def _held(review: AccessReview) -> None:
    """Hold the review until the transaction ends; what is signed is not decided again."""
    still_open = (AccessReview.id == review.id) & AccessReview.finished_at.is_null()
    if lock(AccessReview.select(AccessReview.id).where(still_open)).first() is None:
        raise NotReady("This review was signed a moment ago.")


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
