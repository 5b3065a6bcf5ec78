"""Mail that comes back, as the servers of today write it: made here, in the form of each, for tests."""

from email.utils import formatdate

OURS = "bounces@portal.example.org"
THANDI = "thandi@school.example.co.za"


def letter(to=THANDI, message_id="<00000000000000000000000000000000@portal.example.org>"):
    """The head of the message that came back."""
    return (
        f"Message-ID: {message_id}\r\nFrom: Hope House <hello@hopehouse.example>\r\nTo: Thandi <{to}>\r\n"
        "Subject: Spring\r\nDate: Tue, 24 Nov 2026 08:00:00 +0200\r\n"
    )


def report(
    words,
    status="5.1.1",
    diagnostic="",
    *,
    to=THANDI,
    action="failed",
    by="mx.example.net",
    text="",
    back=OURS,
    sender="MAILER-DAEMON",
    subject="Undelivered Mail Returned to Sender",
    returned=None,
    more="",
    mta="mail.example.net",
):
    """A report of RFC 3464."""
    says = f"Diagnostic-Code: smtp; {diagnostic}\r\n" if diagnostic else ""
    return (
        f"Return-Path: <>\r\nFrom: {sender}@{by}\r\nTo: {back}\r\nSubject: {subject}\r\nDate: {formatdate()}\r\n"
        f"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n{more}"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        f"--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n{text}\r\n"
        f"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {mta}\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n{says}\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned or letter(to)}\r\n--B--\r\n"
    ).encode()


def plain(sender, subject, body, *, back=OURS, path="<>", more=""):
    """A mail of no standard."""
    return (
        f"Return-Path: {path}\r\nFrom: {sender}\r\nTo: {back}\r\nSubject: {subject}\r\nDate: {formatdate()}\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n{more}\r\n{body}\r\n"
    ).encode()


def complaint(kind="abuse", *, to=THANDI, returned=None, back=OURS):
    """A report of RFC 5965."""
    return (
        f"From: feedback@isp.example\r\nTo: {back}\r\nSubject: Complaint about message\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        f"--B\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: Loop/1\r\n"
        f"Version: 1\r\nOriginal-Rcpt-To: {to}\r\n\r\n"
        f"--B\r\nContent-Type: message/rfc822\r\n\r\n{returned or letter(to)}\r\nDear Thandi\r\n--B--\r\n"
    ).encode()


_M365 = "Your message couldn't be delivered to the recipient. Office 365 could not deliver it."
_GOOGLE = "** Address not found **\r\n\r\nYour message wasn't delivered."
_POSTFIX = "I'm sorry to have to inform you that your message could not be delivered to one or more recipients."
_EXIM = "This message was created automatically by mail delivery software.\r\n\r\nA message that you sent could not be "
_EXIM += (
    "delivered to one or more of its\r\nrecipients. This is a permanent error. The following address(es) failed:\r\n"
)
_QMAIL = (
    "Hi. This is the qmail-send program at mail.example.net.\r\nI'm afraid I wasn't able to deliver your message to "
)
_QMAIL += "the following addresses.\r\nThis is a permanent error; I've given up. Sorry it didn't work out.\r\n"
_MICROSOFT = {"sender": "postmaster", "by": "outlook.com", "subject": "Undeliverable: Spring"}
_MAIL = "Mail Delivery System <MAILER-DAEMON@mail.example.net>"

# name -> (the mail, what it is, why)
TODAY = {
    "microsoft 365: nobody of that name": (
        report(
            _M365,
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            **_MICROSOFT,
        ),
        "hard",
        "no_domain",
    ),
    "microsoft 365: directory edge": (
        report(
            _M365,
            "5.4.1",
            "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [x.outlook.com]",
            **_MICROSOFT,
        ),
        "hard",
        "no_mailbox",
    ),
    "microsoft 365: mailbox full": (
        report(
            _M365, "5.2.2", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", **_MICROSOFT
        ),
        "soft",
        "full",
    ),
    "microsoft 365: only some may write": (
        report(
            _M365,
            "5.7.133",
            "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
            **_MICROSOFT,
        ),
        "policy",
        "policy",
    ),
    "outlook.com: not aligned": (
        report(
            _M365,
            "5.7.515",
            "550 5.7.515 Access denied, sending domain does not meet the required authentication level",
            **_MICROSOFT,
        ),
        "policy",
        "policy",
    ),
    "outlook.com: our server is on a list": (
        report(
            _M365,
            "5.7.1",
            "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Please contact your "
            "provider since part of their network is on our block list (S3150).",
            **_MICROSOFT,
        ),
        "policy",
        "policy",
    ),
    "microsoft 365: domain gone": (
        report(
            _M365,
            "5.4.310",
            "550 5.4.310 DNS domain school.example.co.za does not exist [Message=InfoDomainNonexistent]",
            **_MICROSOFT,
        ),
        "hard",
        "no_domain",
    ),
    "microsoft 365: gave up after a day": (
        report(_M365, "4.4.7", "550 4.4.7 QUEUE.Expired; message expired", **_MICROSOFT),
        "soft",
        "unreachable",
    ),
    "google: nobody of that name": (
        report(
            _GOOGLE,
            "5.1.1",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try "
            "double-checking the address 550 5.1.1 NoSuchUser - gsmtp",
            by="googlemail.com",
            sender="mailer-daemon",
            subject="Delivery Status Notification (Failure)",
        ),
        "hard",
        "no_mailbox",
    ),
    "google: closed": (
        report(
            _GOOGLE,
            "5.2.1",
            "550-5.2.1 The email account that you tried to reach is inactive. DisabledUser - gsmtp",
            by="googlemail.com",
            sender="mailer-daemon",
        ),
        "hard",
        "closed",
    ),
    "google: out of storage": (
        report(
            _GOOGLE,
            "4.2.2",
            "452-4.2.2 The recipient's inbox is out of storage space. OverQuotaTemp - gsmtp",
            by="googlemail.com",
            sender="mailer-daemon",
        ),
        "soft",
        "full",
    ),
    "google: not authenticated": (
        report(
            _GOOGLE,
            "5.7.26",
            "550-5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail "
            "requires all senders to authenticate with either SPF or DKIM.",
            by="googlemail.com",
        ),
        "policy",
        "policy",
    ),
    "google: too many for one person": (
        report(
            _GOOGLE,
            "4.2.1",
            "450-4.2.1 The user you are trying to contact is receiving mail at a rate that prevents "
            "additional messages from being delivered.",
            by="googlemail.com",
        ),
        "soft",
        "busy",
    ),
    "google: still trying": (
        report(
            "** Delivery incomplete ** There was a temporary problem. Gmail will retry for 47 more hours.",
            "4.4.1",
            "The recipient server did not accept our requests to connect.",
            action="delayed",
            by="googlemail.com",
            subject="Delivery Status Notification (Delay)",
        ),
        "delayed",
        "",
    ),
    "yahoo: closed": (
        report(
            _POSTFIX,
            "5.0.0",
            "554 30 Sorry, your message to thandi cannot be delivered. This mailbox is disabled (554.30).",
        ),
        "hard",
        "closed",
    ),
    "yahoo: nobody": (
        report(_POSTFIX, "5.0.0", "554 delivery error: dd Requested mail action aborted: user not found - mta4.mail"),
        "hard",
        "no_mailbox",
    ),
    "yahoo: complaints": (
        report(
            _POSTFIX,
            "4.7.0",
            "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected "
            "volume or user complaints",
        ),
        "soft",
        "busy",
    ),
    "mimecast: invalid recipient": (
        report(
            _POSTFIX, "5.0.0", "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [abc.za82]"
        ),
        "hard",
        "no_mailbox",
    ),
    "mimecast: spam": (
        report(
            _POSTFIX, "5.0.0", "554 Email rejected due to security policies - https://community.mimecast.com [abc.za83]"
        ),
        "policy",
        "policy",
    ),
    "proofpoint: blocked": (report(_POSTFIX, "5.7.0", "550 5.7.0 Local Policy Violation - abc"), "policy", "policy"),
    "proofpoint: nobody": (
        report(_POSTFIX, "5.1.1", "550 5.1.1 <thandi@school.example.co.za>: Recipient address rejected: User unknown"),
        "hard",
        "no_mailbox",
    ),
    "postfix: unknown in local table": (
        report(
            _POSTFIX,
            "5.1.1",
            "550 5.1.1 <thandi@school.example.co.za>: Recipient address rejected: User unknown in "
            "local recipient table",
        ),
        "hard",
        "no_mailbox",
    ),
    "postfix: no such domain": (
        report(
            _POSTFIX,
            "5.4.4",
            "Host or domain name not found. Name service error for name=school.example.co.za type=A: Host not found",
        ),
        "hard",
        "no_domain",
    ),
    "postfix: could not connect": (
        report(_POSTFIX, "4.4.1", "connect to mx.school.example.co.za[192.0.2.1]:25: Connection timed out"),
        "soft",
        "unreachable",
    ),
    "postfix: still trying": (
        report(
            "THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
            "4.4.1",
            "connection refused",
            action="delayed",
            subject="Delayed Mail (still being retried)",
        ),
        "delayed",
        "",
    ),
    "postfix: full by dovecot": (
        report(_POSTFIX, "5.2.2", "552 5.2.2 <thandi@school.example.co.za> Quota exceeded (mailbox for user is full)"),
        "soft",
        "full",
    ),
    "exim: no such user": (
        plain(
            _MAIL,
            "Mail delivery failed: returning message to sender",
            f"{_EXIM}\r\n  {THANDI}\r\n    host mx.example.net "
            "[192.0.2.1]\r\n    SMTP error from remote mail server after RCPT TO:<" + THANDI + ">:\r\n    550 No Such "
            "User Here\r\n",
            more=f"X-Failed-Recipients: {THANDI}\r\n",
        ),
        "hard",
        "no_mailbox",
    ),
    "exim: unrouteable domain": (
        plain(
            _MAIL,
            "Mail delivery failed: returning message to sender",
            f"{_EXIM}\r\n  {THANDI}\r\n    all relevant MX "
            "records point to non-existent hosts: Unrouteable mail domain\r\n",
            more=f"X-Failed-Recipients: {THANDI}\r\n",
        ),
        "hard",
        "no_domain",
    ),
    "exim: cPanel mailbox full": (
        plain(
            _MAIL,
            "Mail delivery failed: returning message to sender",
            f"{_EXIM}\r\n  {THANDI}\r\n    LMTP error from "
            "remote mail server after RCPT TO:<" + THANDI + ">:\r\n    552 5.2.2 <" + THANDI + "> Mailbox is full / "
            "Blocks limit exceeded\r\n",
            more=f"X-Failed-Recipients: {THANDI}\r\n",
        ),
        "soft",
        "full",
    ),
    "exim: still trying": (
        plain(
            _MAIL,
            "Warning: message 1abc-0001 delayed 24 hours",
            "This message was created automatically by mail delivery "
            "software.\r\nA message that you sent has not yet been delivered to one or more of its\r\nrecipients after "
            f"more than 24 hours on the queue.\r\nThe address to which the message has not yet been "
            f"delivered is:\r\n\r\n"
            f"  {THANDI}\r\n    Delay reason: retry timeout\r\n\r\nNo action is required on your part. "
            f"Delivery attempts "
            "will continue.",
        ),
        "delayed",
        "",
    ),
    "qmail: nobody": (
        plain(
            "MAILER-DAEMON@mail.example.net",
            "failure notice",
            f"{_QMAIL}\r\n<{THANDI}>:\r\nSorry, no mailbox here by that "
            "name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n",
        ),
        "hard",
        "no_mailbox",
    ),
    "qmail: over quota": (
        plain(
            "MAILER-DAEMON@mail.example.net",
            "failure notice",
            f"{_QMAIL}\r\n<{THANDI}>:\r\nThe users mailfolder is over "
            "the allowed quota (size). (#5.2.2)\r\n\r\n--- Below this line is a copy of the message.\r\n",
        ),
        "soft",
        "full",
    ),
    "a South African host in Afrikaans": (
        plain(
            "Posmeester <postmaster@gemeente.example.co.za>",
            "Onbestelbaar: Spring",
            f"Hierdie boodskap kon nie afgelewer word nie.\r\n\r\n<{THANDI}>: 550 5.1.1 onbekende gebruiker\r\n",
        ),
        "hard",
        "no_mailbox",
    ),
    "a South African mobile provider: full": (
        report(
            "Your message could not be delivered.",
            "5.0.0",
            "550 User account is over quota",
            by="vodamail.example.co.za",
        ),
        "soft",
        "full",
    ),
    "a South African provider that closed its mail": (
        report(
            "Your message could not be delivered.",
            "5.0.0",
            "550 5.0.0 Account has been discontinued",
            by="telkomsa.example.net",
        ),
        "hard",
        "closed",
    ),
    "a South African provider: blocked by a list": (
        report(
            "Your message could not be delivered.",
            "5.0.0",
            "554 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.example",
            by="mweb.example.co.za",
        ),
        "policy",
        "policy",
    ),
    "out of office": (
        plain(
            "Thandi <thandi@school.example.co.za>",
            "Automatic reply: Spring",
            "I am on leave until 5 January.",
            more="Auto-Submitted: auto-replied\r\n",
        ),
        "auto-reply",
        "",
    ),
    "out of office in Afrikaans": (
        plain("Pieter <pieter@skool.example.co.za>", "Outomatiese antwoord: Lente", "Ek is tot Maandag afwesig."),
        "auto-reply",
        "",
    ),
    "vacation by procmail": (
        plain(
            "thandi@school.example.co.za",
            "away from my mail",
            "I will not be reading my mail for a while.",
            more="Precedence: bulk\r\nX-Autoreply: yes\r\n",
        ),
        "auto-reply",
        "",
    ),
    "a ticket is opened": (
        plain(
            "Help <help@school.example.co.za>",
            "[#123] We received your request",
            "We will answer within two days.",
            path="<help@school.example.co.za>",
            more="Auto-Submitted: auto-generated\r\n",
        ),
        "auto-reply",
        "",
    ),
    "a person answers": (
        plain(
            "Thandi <thandi@school.example.co.za>",
            "Re: Spring",
            "Thank you, we shall be there on Friday!",
            path="<thandi@school.example.co.za>",
        ),
        "reply",
        "",
    ),
    "a person answers about failure": (
        plain(
            "Thandi <thandi@school.example.co.za>",
            "Re: Your failure to deliver",
            "You delivered nothing; my account is not full. Please call me.",
            path="<thandi@school.example.co.za>",
        ),
        "reply",
        "",
    ),
    "a complaint": (complaint(), "complaint", ""),
    "not spam after all": (complaint("not-spam"), "auto-reply", ""),
}
