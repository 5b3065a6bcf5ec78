"""Messages to who subscribes: the confirmation, in which no word of a visitor stands, and the welcome."""

from portal.profile.mails import send
from portal.subscribing.rules import Design


def send_confirmation(address: str, url: str) -> None:
    """To an address that anybody may have typed: nothing in it comes from whoever did."""
    send("subscribe_confirm", address, url=url)


def send_welcome(address: str, design: Design, url: str) -> None:
    """In the organisation's own words. `url` leads to the person's own page, where one also unsubscribes."""
    send("subscribe_welcome", address, subject=design.welcome_subject, words=design.welcome, url=url)
