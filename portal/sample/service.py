"""The demonstration organisation, made through the services that people use. Made once; a second call finds it."""

import secrets
from dataclasses import replace
from pathlib import Path

from portal.accounts import service as accounts
from portal.accounts.models import User
from portal.campaigns import senders
from portal.contacts import record
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.core.tenancy import Org
from portal.privacy_notice import service as privacy_notice
from portal.sample import campaigns, diary, documents, requests, volunteers
from portal.sample.people import people
from portal.subscribing import service as subscribing
from portal.subscribing.rules import design_of

EMAIL = "alice@hopehouse.example"
SLUG = "hope-house"
CONTACTS = 2_000
GROUPS = {
    "Newsletter": "People who want to hear from us each month",
    "Donors": "People and bodies who have given",
    "Volunteers": "People who help on Saturdays",
    "Learners": "Children of the homework club",
}


def make(data_dir: Path) -> str:
    """Make the sample organisation unless it is there; return the password of its owner, kept in the data folder."""
    password = _password(data_dir)
    if Org.get_or_none(Org.slug == SLUG) is None:
        with transaction():
            org = _organisation()
        with acting_as(system(org.id)):
            accounts.create_user(EMAIL, "Alice Naidoo", Role.OWNER, password)
            for name, role in (("Bob Smith", Role.READER), ("Nomsa Dube", Role.EDITOR)):
                accounts.create_user(
                    f"{name.split()[0].lower()}@hopehouse.example", name, role, secrets.token_urlsafe(18)
                )
            fill(CONTACTS)
            volunteers.fill(contacts.find_group_by_name("Volunteers").id)
            documents.add_some()
            diary.fill()
            requests.fill()
            senders.add("Hope House shop", "shop@hopehouse.example")
            privacy_notice.save(*privacy_notice.draft())
            privacy_notice.publish()
            _sign_up_form()
        User.update(is_support=1).where(User.email == EMAIL).execute()
    return password


def _sign_up_form() -> None:
    """A form by which people ask for the newsletter, on a page that everybody can open."""
    form = subscribing.add("Newsletter")
    group = contacts.find_group_by_name("Newsletter")
    design = replace(
        design_of(form.design), intro="Each month we tell what the children of Hope House are up to.",
        group_ids=(group.id,), has_welcome=True,
    )  # fmt: skip
    subscribing.save(form, form.name, design, form.revision)
    subscribing.publish(form)


def fill(count: int) -> list[int]:
    """Add groups, contacts and what was written to them to the current organisation."""
    groups = {name: contacts.add_group(name, words).id for name, words in GROUPS.items()}
    made = list(people(count, groups))
    ids = record.add_many([person.contact for person in made], "contact.added", source="sample")
    campaigns.justify(ids, made)
    campaigns.fill(groups)
    return ids


def _organisation() -> Org:
    return accounts.create_org(
        "Hope House",
        legal_name="Hope House NPC",
        registration="042-137 NPO",
        email="office@hopehouse.example",
        telephone="+27315550100",
        address="12 Marion Avenue, Glenashley, Durban, 4051",
        town="Durban",
        website="https://hopehouse.example",
        information_officer="Nomsa Dube",
        complaints_email="nomsa@hopehouse.example",
        is_sample=1,
    )


def _password(data_dir: Path) -> str:
    path = data_dir / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.token_hex(2) for _ in range(4)) + "\n")
    return path.read_text().strip()
