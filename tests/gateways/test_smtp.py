"""The mail gateway against a server that misbehaves: what each loss and each refusal means."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.gateways.smtp import BadServer, Connection, Lost, Server, Unwelcome, answers
from portal.gateways.smtp_wire import reply_of
from tests.sink import Plan, Sink, make_certificate, sink

MESSAGE = b"From: office@hopehouse.example\r\nMessage-ID: <1@hopehouse.example>\r\nSubject: News\r\n\r\nHello\r\n"
OFFICE = "office@hopehouse.example"
Started = Callable[..., Sink]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    with ExitStack() as stack:

        def started(plan: Plan | None = None) -> Sink:
            return stack.enter_context(sink(tmp_path / "journal", plan, fsync=False, bodies=tmp_path))

        yield started


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def connect() -> Iterator[Callable[..., Connection]]:
    with ExitStack() as stack:

        def connect(server: Sink | str, reply_seconds: float = 5, after_dot: float = 5) -> Connection:
            url = server if isinstance(server, str) else server.url
            connection = Connection(Server.from_url(url), reply_seconds=reply_seconds, after_dot=after_dot)
            stack.callback(connection.drop)
            connection.open()
            return connection

        yield connect


def send(connection: Connection, recipient: str, message: bytes = MESSAGE) -> str:
    """What came of it, in a word or two."""
    try:
        reply = connection.prepare(OFFICE, recipient)
        if reply.is_accepted:
            reply = connection.transmit(message)
    except Lost as error:
        return f"lost {error.phase}{', may have gone' if error.may_have_sent else ''}"
    return f"{reply.code}"


def test_a_message_arrives_as_it_was_sent_dots_and_all(started, connect):
    server = started()
    message = MESSAGE + b".\r\n..two\r\nlone\nends\r.dot\r\nno end"

    reply = [connection := connect(server), connection.prepare(OFFICE, "thandi@example.org")][1]
    final = connection.transmit(message)

    (event,) = [event for event in server.events() if event.get("kept")]
    assert reply.is_accepted
    assert final.is_accepted
    assert final.enhanced == "2.0.0"
    assert server.body(event["sha256"]) == MESSAGE + b".\r\n..two\r\nlone\r\nends\r\n.dot\r\nno end\r\n"
    assert server.delivered() == {("<1@hopehouse.example>", "thandi@example.org"): 1}


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)], ids=["one by one", "pipelined"])
@pytest.mark.parametrize(
    ("behaviour", "outcome", "copies"),
    [
        ("450-rcpt", "450", 0),
        ("501-rcpt", "501", 0),
        ("550-rcpt", "550", 0),
        ("550-then-drop", "550", 0),
        ("421-rcpt", "421", 0),
        ("rcpt-drop", "lost envelope", 0),
        ("rcpt-garbage", "lost envelope", 0),
        ("rcpt-long", "lost envelope", 0),
        ("rcpt-endless", "lost envelope", 0),
        ("451-data", "451", 0),
        ("554-data", "554", 0),
        ("dot-450", "450", 0),
        ("dot-554", "554", 0),
        ("552", "552", 0),
        ("421-dot", "421", 0),
        ("dot-garbage", "lost data, may have gone", 0),
        ("keep-then-drop", "lost data, may have gone", 1),
        ("keep-then-garbage", "lost data, may have gone", 1),
        ("keep-then-silence", "lost data, may have gone", 1),
        ("250-then-drop", "250", 1),
        ("ok", "250", 1),
    ],
)
def test_the_caller_knows_what_each_end_means(started, connect, behaviour, outcome, copies, extensions):
    server = started(Plan(extensions=extensions))
    connection = connect(server, after_dot=0.3)

    happened = send(connection, f"bob+{behaviour}@example.org")

    assert happened == outcome
    assert sum(server.delivered().values()) == copies


@pytest.mark.parametrize("behaviour", ["354-drop", "mid-body-drop", "mid-body-reset"])
def test_a_loss_inside_a_long_body_is_certain_not_to_have_sent_it(started, connect, behaviour):
    server = started()
    connection = connect(server)

    happened = send(connection, f"bob+{behaviour}@example.org", MESSAGE + b"long line\r\n" * 2_000_000)

    assert happened == "lost data"
    assert server.delivered() == {}


@pytest.mark.parametrize("behaviour", ["550-rcpt", "450-rcpt", "554-data", "dot-554", "dot-450"])
def test_after_a_refusal_the_next_message_goes_over_the_same_connection(started, connect, behaviour):
    server = started()
    connection = connect(server)

    send(connection, f"bob+{behaviour}@example.org")
    happened = send(connection, "thandi@example.org")

    assert happened == "250"
    assert {event["conn"] for event in server.events()} == {1}


@pytest.mark.parametrize("behaviour", ["keep-then-drop", "rcpt-drop", "421-rcpt", "421-dot"])
def test_after_a_loss_the_connection_is_closed_and_can_be_opened_again(started, connect, behaviour):
    server = started()
    connection = connect(server)

    send(connection, f"bob+{behaviour}@example.org")
    was_open = connection.is_open
    connection.open()
    happened = send(connection, "thandi@example.org")

    assert not was_open
    assert happened == "250"


def test_a_connection_that_the_server_left_between_messages_is_lost_before_anything_was_sent(started, connect):
    server = started()
    connection = connect(server)

    send(connection, "bob+250-then-drop@example.org")
    happened = send(connection, "thandi@example.org")

    assert happened == "lost envelope"


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)], ids=["one by one", "pipelined"])
def test_a_server_that_takes_only_so_many_messages_asks_to_slow_down(started, connect, extensions):
    server = started(Plan(messages_per_connection=1, extensions=extensions))
    connection = connect(server)
    send(connection, "thandi@example.org")

    reply = connection.prepare(OFFICE, "bob@example.org")

    assert reply.code == 421
    assert reply.asks_to_slow_down
    assert not connection.is_open


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)], ids=["one by one", "pipelined"])
def test_a_refused_sender_is_answered_with_the_reason_not_with_what_followed(started, connect, extensions):
    server = started(Plan(extensions=extensions))
    connection = connect(server)

    reply = connection.prepare("office+451-at-mail@hopehouse.example", "thandi@example.org")

    assert str(reply) == "451 4.3.0 Local error in processing"
    assert send(connection, "thandi@example.org") == "250"


def test_a_reply_that_trickles_is_given_up_as_a_whole(started, connect):
    server = started(Plan(seconds_slow=0.1))
    connection = connect(server, reply_seconds=0.4)

    happened = send(connection, "bob+slow@example.org")

    assert happened == "lost envelope"


@pytest.mark.parametrize("behaviour", ["banner-drop", "banner-silence"])
def test_a_server_that_does_not_greet_is_a_lost_connection(started, behaviour):
    server = started(Plan(shares={behaviour: 100}))
    connection = Connection(Server.from_url(server.url), connect_seconds=0.3)

    with pytest.raises(Lost) as error:
        connection.open()

    assert error.value.phase == "connect"
    assert not connection.is_open


def test_nobody_listening_is_a_lost_connection():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(Lost) as error:
        Connection(Server("127.0.0.1", port)).open()

    assert error.value.phase == "connect"


@pytest.mark.parametrize(("behaviour", "code"), [("banner-421", 421), ("banner-554", 554)])
def test_a_greeting_that_refuses_says_whether_it_is_for_now(started, behaviour, code):
    server = started(Plan(shares={behaviour: 100}))

    with pytest.raises(Unwelcome) as error:
        Connection(Server.from_url(server.url)).open()

    assert error.value.reply is not None
    assert error.value.reply.code == code


@pytest.mark.parametrize(
    "address",
    [
        "bob@example.org\r\nRCPT TO:<eve@example.org",
        "bob@example.org>\nDATA",
        "bob@example.org> SIZE=1",
        "bob\x00@example.org",
        "<bob@example.org>",
        "bob @example.org",
        "bob\u2028@example.org",
        "bob@exa\u0085mple.org",
        "bob",
        "",
        "b" * 400 + "@example.org",
        "bob@" + "ü" * 70 + ".example",
    ],
)
def test_an_address_cannot_break_out_of_its_command(started, connect, address):
    server = started()
    connection = connect(server)

    as_recipient = connection.prepare(OFFICE, address)
    as_sender = connection.prepare(address or "no", "thandi@example.org")

    assert as_recipient.is_permanent
    assert as_sender.is_permanent
    assert [event["phase"] for event in server.events()] == ["connect"]
    assert send(connection, "thandi@example.org") == "250"


def test_the_empty_sender_of_a_report_is_allowed(started, connect):
    connection = connect(started())

    reply = connection.prepare("", "thandi@example.org")

    assert reply.is_accepted


def test_letters_outside_ascii_go_by_smtputf8_and_the_domain_in_ascii(started, connect):
    server = started()
    connection = connect(server)

    happened = send(connection, "zoë@bücher.example")

    (mail,) = [event for event in server.events() if event["phase"] == "mail"]
    (kept,) = [event for event in server.events() if event.get("kept")]
    assert happened == "250"
    assert mail["options"] == "SMTPUTF8"
    assert kept["rcpt"] == "zoë@xn--bcher-kva.example"


def test_without_smtputf8_such_a_name_is_refused_and_never_mangled(started, connect):
    server = started(Plan(extensions=("PIPELINING",)))
    connection = connect(server)

    reply = connection.prepare(OFFICE, "zoë@example.org")

    assert reply.is_permanent
    assert "smtputf8_unsupported" in reply.text
    assert connection.prepare(OFFICE, "zoe@bücher.example").is_accepted


def test_user_name_and_password_are_given_only_after_encryption(started, certificate, connect):
    server = started(Plan(auth=("hope", "seven green buses"), certificate=certificate))
    url = f"smtp://hope:seven%20green%20buses@127.0.0.1:{server.port}"

    happened = send(connect(url), "thandi@example.org")

    (auth,) = [event for event in server.events() if event["phase"] == "auth"]
    assert happened == "250"
    assert auth["encrypted"] is True


def test_tls_from_the_first_byte(started, certificate, connect):
    server = started(Plan(auth=("hope", "buses"), certificate=certificate, tls=True))

    happened = send(connect(server), "thandi@example.org")

    assert happened == "250"


def test_a_wrong_password_is_told_in_words(started):
    server = started(Plan(auth=("hope", "buses")))

    told = answers(Server.from_url(f"smtp://hope:wrong@127.0.0.1:{server.port}"))

    assert told == "The mail server refused the user name or password: 535 5.7.8 wrong user name or password"


def test_a_password_of_other_letters_is_told_in_words(started):
    server = started(Plan(auth=("hope", "büsse")))

    told = answers(Server.from_url(server.url))

    assert "letters that a mail server does not take" in told


def test_a_required_encryption_that_is_not_offered_ends_it_before_the_password(started):
    server = started(Plan(auth=("hope", "buses")))

    told = answers(Server.from_url(f"{server.url}?starttls=required"))

    assert told == "The mail server cannot be used: it offers no encryption, and encryption is required."
    assert [event for event in server.events() if event["phase"] == "auth"] == []


@pytest.mark.parametrize("tls", [False, True], ids=["starttls", "smtps"])
def test_a_certificate_nobody_vouches_for_is_refused_for_a_server_elsewhere(started, certificate, monkeypatch, tls):
    server = started(Plan(certificate=certificate, tls=tls))
    monkeypatch.setattr("portal.gateways.smtp.LOCAL", frozenset())

    told = answers(Server.from_url(server.url))

    assert told.startswith("The mail server's certificate or encryption is not right")


def test_what_is_said_in_the_clear_before_encryption_counts_for_nothing(certificate):
    """A man in the middle adds an answer after 220; it must not be taken for one given under TLS."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"220 hello\r\n")
            connection.recv(1000)
            connection.sendall(b"250-hello\r\n250 STARTTLS\r\n")
            connection.recv(1000)
            connection.sendall(b"220 go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n")
            connection.recv(5000)

    thread = threading.Thread(target=serve)
    thread.start()
    told = answers(Server("127.0.0.1", listening.getsockname()[1]))
    thread.join()
    listening.close()

    assert told != ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", False, "if-offered")),
        ("smtp://a%40b:p%2Fw@mail.example.org", ("mail.example.org", 587, "a@b", False, "required")),
        ("smtp://a:b@localhost:2525", ("localhost", 2525, "a", False, "if-offered")),
        ("smtp://a:b@mail.example.org?starttls=never", ("mail.example.org", 587, "a", False, "never")),
        ("smtps://a:b@mail.example.org", ("mail.example.org", 465, "a", True, "required")),
        ("smtp://[::1]:25", ("::1", 25, "", False, "if-offered")),
    ],
)
def test_the_server_is_read_from_its_url(url, expected):
    server = Server.from_url(url)

    assert (server.host, server.port, server.user, server.tls, server.starttls) == expected


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://x", "smtp://", "smtp://x:99999", "smtp://[::1", "smtp://x?starttls=perhaps"]
)
def test_a_wrong_url_is_told_in_words(url):
    with pytest.raises(BadServer) as error:
        Server.from_url(url)

    assert "SMTP_URL" in str(error.value)


def test_the_password_is_never_printed():
    server = Server.from_url("smtp://hope:secret@mail.example.org")

    assert "secret" not in repr(server)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (421, "4.3.2 shutting down", True),
        (450, "4.7.1 Too many messages", True),
        (451, "4.7.500 Server busy", True),
        (452, "4.3.1 rate limit exceeded", True),
        (450, "4.2.0 Greylisted, try again later", False),
        (451, "4.7.1 Greylisting in action", False),
        (452, "4.2.2 Mailbox over its limit", False),
        (450, "4.1.1 unknown for now", False),
        (550, "5.7.1 rate limit", False),
    ],
)
def test_only_what_concerns_us_slows_all(code, text, expected):
    reply = reply_of(code, text)

    assert reply.asks_to_slow_down is expected


def test_the_servers_words_are_kept_on_one_short_line():
    reply = reply_of(550, b"5.1.1 no\r\n\x1b[31mred\x9b \xff" + b"x" * 5000)

    assert reply.enhanced == "5.1.1"
    assert reply.text.startswith("5.1.1 no [31mred")
    assert len(reply.text) == 500
    assert reply.text.isprintable()
