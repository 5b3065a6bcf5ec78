"""Which rows are people we have already: by email or number, and a name that does not contradict."""

from collections.abc import Sequence

from portal.contacts.models import Contact, Email, Telephone
from portal.contacts.names import fold
from portal.imports.rows import Draft


def match(drafts: Sequence[Draft]) -> dict[int, Contact]:
    """{row number: contact} for the rows that are known. Households that share an address stay apart by name."""
    normals = {e["normal"] for d in drafts for e in d.contact.emails}
    numbers = {t["number"] for d in drafts for t in d.contact.telephones}
    by_email: dict[str, list[int]] = {}
    by_number: dict[str, list[int]] = {}
    for email in Email.select(Email.contact_id, Email.normal).where(Email.normal.in_(sorted(normals) or [""])):
        by_email.setdefault(email.normal, []).append(email.contact_id)
    for telephone in Telephone.select(Telephone.contact_id, Telephone.number).where(
        Telephone.number.in_(sorted(numbers) or [""])
    ):
        by_number.setdefault(telephone.number, []).append(telephone.contact_id)
    wanted = {i for ids in (*by_email.values(), *by_number.values()) for i in ids}
    contacts = {
        c.id: c for c in Contact.select().where(Contact.id.in_(sorted(wanted) or [0]), Contact.erased_at.is_null())
    }
    found: dict[int, Contact] = {}
    for draft in drafts:
        ids = [i for e in draft.contact.emails for i in by_email.get(e["normal"], [])]
        ids += [i for t in draft.contact.telephones for i in by_number.get(t["number"], [])]
        fitting = next((contacts[i] for i in ids if i in contacts and _fits(draft, contacts[i])), None)
        if fitting is not None:
            found[draft.row] = fitting
    return found


def keys_of(draft: Draft) -> set[str]:
    """What a later row of the same file would be recognised by."""
    return {e["normal"] for e in draft.contact.emails} | {t["number"] for t in draft.contact.telephones}


def _fits(draft: Draft, contact: Contact) -> bool:
    """Whether the names may be one person's: equal, or one of them not given."""
    fields = draft.contact.fields
    if fields["kind"] != contact.kind:
        return False
    names = ("organisation",) if contact.kind == "body" else ("first_name", "last_name")
    return all(_same(fields.get(name) or "", getattr(contact, name)) for name in names)


def _same(one: str, other: str) -> bool:
    return not one or not other or fold(one) == fold(other)
