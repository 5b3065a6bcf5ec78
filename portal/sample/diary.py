"""What is to be done in the sample organisation: late, today and again and again."""

from datetime import timedelta

from portal.contacts import queries as contacts
from portal.contacts.queries import Filter
from portal.diary import tasks


def fill() -> None:
    """Add a few tasks, some of them about contacts."""
    today = tasks.today()
    people = [row.contact.id for row in contacts.page(Filter(kind="person"), 1, 3)]
    owners = {name: user_id for user_id, name in tasks.colleagues()}
    tasks.add("Order paper for the newsletter", today - timedelta(days=3), user_id=owners["Nomsa Dube"])
    tasks.add("Thank the volunteers of Saturday", today, repeat="weekly")
    tasks.add("Call about the open day", today, user_id=owners["Alice Naidoo"], contact_id=people[0])
    tasks.add("Visit", today + timedelta(days=2), repeat="monthly", user_id=owners["Bob Smith"], contact_id=people[1])
    tasks.tick(tasks.add("Send the minutes", today - timedelta(days=1), contact_id=people[2]))
