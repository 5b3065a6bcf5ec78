"""Which rows are people we have already: by ID number; or by email or telephone, with a name that fits."""

from collections.abc import Iterable, Sequence

from portal.contacts.identity_lookup import contacts_with
from portal.contacts.identity_rules import ID_NUMBER
from portal.contacts.models import Contact, Email, Telephone
from portal.contacts.more_models import Identity
from portal.contacts.names import fold
from portal.contacts.rules import sort_name_of
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
    by_identity = contacts_with(ID_NUMBER, {d.contact.identity.normal for d in drafts if d.contact.identity})
    wanted = {i for ids in (*by_email.values(), *by_number.values(), *by_identity.values()) for i in ids}
    contacts = {
        c.id: c for c in Contact.select().where(Contact.id.in_(sorted(wanted) or [0]), Contact.erased_at.is_null())
    }
    numbered = _numbered(contacts) if by_identity or any(d.contact.identity for d in drafts) else set()
    found: dict[int, Contact] = {}
    for draft in drafts:
        identity = draft.contact.identity
        same = [i for i in by_identity.get(identity.normal, []) if i in contacts] if identity else []
        if same:  # the number says who it is, also after a marriage
            found[draft.row] = contacts[same[0]]
            continue
        ids = [i for e in draft.contact.emails for i in by_email.get(e["normal"], [])]
        ids += [i for t in draft.contact.telephones for i in by_number.get(t["number"], [])]
        if identity:  # who has another number is somebody else
            ids = [i for i in ids if i not in numbered]
        fitting = next((contacts[i] for i in ids if i in contacts and _fits(draft, contacts[i])), None)
        if fitting is not None:
            found[draft.row] = fitting
    return found


def alike(drafts: Iterable[Draft]) -> set[int]:
    """The rows with the name of somebody who is there already: perhaps the same person, perhaps another one."""
    names: dict[str, list[int]] = {}
    for draft in drafts:
        fields = draft.contact.fields
        if fields["kind"] == "body" or (fields.get("first_name") and fields.get("last_name")):
            names.setdefault(sort_name_of(fields), []).append(draft.row)
    there = (Contact.erased_at.is_null(), Contact.archived_at.is_null(), Contact.sort_name.in_(sorted(names) or [""]))
    found = Contact.select(Contact.sort_name).where(*there).distinct()
    return {row for (name,) in found.tuples() for row in names.get(name, [])}


def keys_of(draft: Draft) -> set[str]:
    """What a later row of the same file would be recognised by."""
    own = {f"id:{draft.contact.identity.normal}"} if draft.contact.identity else set()
    return own | {e["normal"] for e in draft.contact.emails} | {t["number"] for t in draft.contact.telephones}


def _numbered(contact_ids: Iterable[int]) -> set[int]:
    mine = Identity.contact_id.in_(list(contact_ids)) & (Identity.kind == ID_NUMBER)
    return {row[0] for row in Identity.select(Identity.contact_id).where(mine).tuples()}


def _fits(draft: Draft, contact: Contact) -> bool:
    """Whether the names may be one person's: equal, or one of them not given."""
    fields = draft.contact.fields
    if fields["kind"] != contact.kind:
        return False
    names = ("organisation",) if contact.kind == "body" else ("first_name", "last_name")
    return all(_same(fields.get(name) or "", getattr(contact, name)) for name in names)


def _same(one: str, other: str) -> bool:
    return not one or not other or fold(one) == fold(other)
