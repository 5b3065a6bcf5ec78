"""What `portal doctor` says of mail: the server that takes it, what comes back, and the domains it is sent from."""

from portal.campaigns.models import SenderIdentity
from portal.config import Settings
from portal.core import db
from portal.core.actor import acting_as, system
from portal.core.tenancy import Org
from portal.core.watching import DOUBTFUL, GOOD, WRONG, Finding
from portal.delivery import notices, system_mail, transport
from portal.delivery.models import ACCEPTED, PortalMail
from portal.delivery.pace import BadLimit, Limit
from portal.gateways import dns, imap
from portal.gateways.smtp import BadServer, answers

MOST_DOMAINS = 20  # asked about in one go


def mail(settings: Settings) -> Finding:
    try:
        Limit.from_text(settings.smtp_limit)
    except BadLimit as error:
        return Finding("mail", WRONG, str(error))
    if settings.smtp_url is None:
        return Finding("mail", DOUBTFUL, "SMTP_URL is not set: mail only goes to the built-in catcher.")
    try:
        problem = answers(transport.server())
    except BadServer as error:
        problem = str(error)
    return Finding("mail", WRONG, problem) if problem else Finding("mail", GOOD, "The mail server lets us in.")


def returned(settings: Settings) -> Finding:
    """Whether undeliverable mail comes back to us."""
    name = "returned mail"
    if not settings.bounce_address:
        words = (
            "BOUNCE_ADDRESS is not set: mail that cannot be delivered later on goes back to the sender's mailbox only."
        )
        return Finding(name, DOUBTFUL, words)
    if settings.bounce_url:
        try:
            problem = imap.answers(imap.Mailbox.from_url(settings.bounce_url))
        except imap.BadMailbox as error:
            problem = str(error)
        return (
            Finding(name, WRONG, problem) if problem else Finding(name, GOOD, "The mailbox of BOUNCE_URL lets us in.")
        )
    if settings.bounce_listen:
        return Finding(name, GOOD, f"It is taken at {settings.bounce_listen}.")
    return Finding(
        name, DOUBTFUL, "BOUNCE_ADDRESS is set, but neither BOUNCE_URL nor BOUNCE_LISTEN: pipe it to portal bounce."
    )


def sender_domains(settings: Settings) -> Finding:
    """Whether the domains that mail is sent from are published, so that others believe it."""
    name = "sender's domain"
    if settings.smtp_url is None:
        return Finding(name, GOOD, "Not asked about: no mail leaves this machine.")
    with db.connected():
        domains = sorted(_domains())
    if not domains:
        return Finding(name, DOUBTFUL, "Nobody has an address to send from yet.")
    try:
        troubles = [
            trouble for domain in domains[:MOST_DOMAINS] for trouble in troubles_of(domain, dns.look_up(domain))
        ]
    except dns.NoDirectory as error:
        return Finding(name, DOUBTFUL, f"Not known: {error}.")
    if troubles:
        return Finding(name, DOUBTFUL, " ".join(troubles))
    return Finding(name, GOOD, f"{', '.join(domains)}: SPF and DMARC are published.")


def troubles_of(domain: str, found: dns.Domain) -> list[str]:
    """What is missing of a domain, each a sentence with what to publish."""
    sentences = []
    if not found.receives:
        sentences.append(f"{domain} receives no mail: answers and bounces are lost.")
    if not found.spf:
        sentences.append(
            f'{domain} does not say who may send for it, so much goes to junk: publish TXT "v=spf1 include:… -all", '
            "as your mail provider tells."
        )
    if not found.dmarc:
        sentences.append(f'_dmarc.{domain} is missing, which large providers demand: publish TXT "v=DMARC1; p=none".')
    return sentences


def _domains() -> set[str]:
    found = set()
    for org in Org.select():
        found.add(_domain(org.email))
        with acting_as(system(org.id)):
            found |= {_domain(one.email) for one in SenderIdentity.select(SenderIdentity.email)}
    return found - {""}


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower() if "@" in address else ""


def send_one(address: str) -> Finding:
    """Send one message there, through the ledger as every message, and say what the mail server answered."""
    mail_id = notices.send("first_mail", address)
    system_mail.deliver(mail_id, PortalMail)
    row = PortalMail.get_by_id(mail_id)
    if row.state == ACCEPTED:
        words = f"The mail server took a message for {address}: {row.reply}"
        return Finding("first mail", GOOD, words + (" It lies on the page /mail." if transport.is_caught() else ""))
    return Finding("first mail", WRONG, f"A message for {address} was not taken: {row.reply or row.state}")
