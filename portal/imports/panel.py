"""What imports add to the page of a contact: by which file it came, and who signed for that (DM-11, P-12)."""

from portal.contacts.holders import Pointer, register_holder
from portal.contacts.panels import Panel, register_panel
from portal.core.permissions import Permission
from portal.imports import queries, traces
from portal.imports.models import ImportedContact


def register() -> None:
    register_panel(Panel("came-with", "imports/_came_with.html", queries.origins, Permission.CONTACT_READ))
    register_holder("import_contact", traces.erase, Pointer(ImportedContact))
