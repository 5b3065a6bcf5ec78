"""The pages of fields that an organisation has designed for its contacts, as far as the actor may see them."""

from portal.contacts.models import Page


class PageNotFound(LookupError):
    pass


def find_page(page_id: int) -> Page:
    page = Page.get_or_none(Page.id == page_id)
    if page is None:
        raise PageNotFound("There is no such page.")
    return page


def find_page_by_name(name: str) -> Page:
    """The page with this name in any case. Raises PageNotFound."""
    for page in Page.select():
        if page.name.casefold() == name.strip().casefold():
            return page
    raise PageNotFound(f"There is no page called {name}.")
