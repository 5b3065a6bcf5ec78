"""What is written in a campaign, made safe, filled and turned into a message."""

import email
import email.policy
import html
from datetime import UTC, datetime

import pytest

from portal.campaigns import merge
from portal.campaigns.cleaning import clean, is_empty, text_of, undescribed_pictures
from portal.campaigns.letter import Letter, Mailbox, NoWayOut, Sender, write
from portal.core.permissions import DataSet
from portal.delivery.mime import File, Message, UnsafeHeader, build

SENDER = Sender("Hope House", "Hope House NPC", "12 Marion Avenue, Durban", "031 555 0100", "office@hopehouse.example")
URLS = {"unsubscribe": "https://portal.example/u/abc"}


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Dear [[first name|friend]],", {"first name": "Thandi"}, "Dear Thandi,"),
        ("Dear [[first name|friend]],", {}, "Dear friend,"),
        ("Dear [[ First  Name ]],", {"first name": "Thandi"}, "Dear Thandi,"),
        ("[[name]]", {}, ""),
        (
            "{{7*7}} {% x %} ${y} %(z)s {0.__class__} [x] [[ ]]",
            {},
            "{{7*7}} {% x %} ${y} %(z)s {0.__class__} [x] [[ ]]",
        ),
        ("[[name]]", {"name": "[[email]]"}, "[[email]]"),
    ],
)
def test_a_token_becomes_the_value_or_its_fallback(text, values, filled):
    assert merge.fill(text, values) == filled


def test_what_is_put_in_is_text_in_html():
    assert merge.fill_html("<p>[[name]]</p>", {"name": "<b>x</b>&"}) == "<p>&lt;b&gt;x&lt;/b&gt;&amp;</p>"


@pytest.mark.parametrize("text", ["[[password]]", "[[first name.x]]", "[[config|x]]"])
def test_an_unknown_field_is_named(text):
    with pytest.raises(merge.UnknownField, match="There is no field called"):
        merge.check(text)


def test_a_text_says_which_hidden_data_it_would_show():
    assert merge.data_sets_used("[[email]] in [[town|x]], [[name]]") == {DataSet.EMAIL, DataSet.ADDRESS}


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>", '<img src="https://evil.example/x.png">', '<img src="data:image/png;base64,x">',
        '<a href="javascript:alert(1)">x</a>', '<p onclick="x">', '<p style="x">', '<p class="x" id="y" hx-get="/z">',
        '<iframe src="/x"></iframe>', "<svg onload=x>", '<a href="//evil.example">x</a>', '<form action="/x">',
        '<img src="/pictures/../../etc">', "<style>x</style>", '<a href="/contacts/1">x</a>', "<!-- x -->",
        '<math><mi xlink:href="data:x"></mi></math>', '<a data-x="1" href=" javascript:x">y</a>', '<base href="//x">',
    ],
)  # fmt: skip
def test_what_could_run_or_reach_out_is_gone(bad):
    cleaned = clean(f"<p>before</p>{bad}<p>after</p>").lower()

    for word in (
        "script",
        "evil",
        "data:",
        "on",
        "style=",
        "class",
        "hx-",
        "iframe",
        "svg",
        "//",
        "form",
        "..",
        "base",
    ):
        assert word not in cleaned.replace("<strong>", "")
    assert "before" in cleaned
    assert "after" in cleaned


def test_what_a_writer_needs_stays():
    written = (
        '<h1>Spring</h1><div>Dear <strong>all</strong>,<br><a href="https://example.org/x?a=1&amp;b=2">see</a></div>'
        '<ul><li>one</li></ul><figure><img src="/pictures/abcdefghijkl" alt="Children" width="600"></figure>'
    )

    assert clean(written) == written


def test_the_plain_text_twin_keeps_headings_lists_links_and_pictures():
    markup = (
        "<h1>Spring</h1><p>Come and <a href='https://example.org'>see us</a>.</p><ol><li>one</li><li>two</li></ol>"
        "<figure><img src='/pictures/abcdefghijkl' alt='Children'></figure><p>Bye</p>"
    )

    assert text_of(markup) == (
        "Spring\n\nCome and see us (https://example.org).\n\n1. one\n2. two\n\n[Children]\n\nBye\n"
    )


def test_an_empty_text_and_undescribed_pictures_are_noticed():
    assert is_empty("<div><br></div>")
    assert not is_empty('<img src="/pictures/abcdefghijkl" alt="">')
    assert undescribed_pictures('<img src="/p" alt=""><img src="/p"><img alt="x" src="/p">') == 2


def letter(**changes) -> Letter:
    values = {"subject": "Spring, [[first name|friend]]", "preheader": "", "body": "<p>Dear [[first name|friend]],</p>"}
    return Letter(
        **{
            **values,
            "sender": SENDER,
            "mailbox": Mailbox("Hope House", "office@hopehouse.example"),
            "base_url": "https://portal.example",
            **changes,
        }
    )


def test_the_foot_says_who_sends_and_how_to_leave_in_both_parts():
    written = write(letter(), {"first name": "Thandi"}, URLS)

    assert written.subject == "Spring, Thandi"
    for part in (html.unescape(written.html), written.text):
        assert "Dear Thandi," in part
        for words in ("Hope House NPC", "12 Marion Avenue, Durban", "031 555 0100", "office@hopehouse.example"):
            assert words in part
        assert "https://portal.example/u/abc" in part


@pytest.mark.parametrize(
    ("changes", "urls"),
    [({}, {}), ({"links": ()}, URLS), ({"links": (("Privacy", "privacy"),)}, URLS | {"privacy": "x"})],
)
def test_a_letter_without_a_way_out_is_refused(changes, urls):
    with pytest.raises(NoWayOut):
        write(letter(**changes), {}, urls)


def test_a_letter_survives_being_kept_as_data():
    assert Letter.from_data(letter().as_data()) == letter()


def message(**changes) -> bytes:
    values = {
        "sender_name": "Hope House", "sender": "office@hopehouse.example", "recipient_name": "Thandi Ngcobo",
        "recipient": "thandi@example.org", "subject": "Spring", "text": "Hello\n", "html": "<p>Hello</p>",
        "message_id": "<1@hopehouse.example>", "date": datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
    }  # fmt: skip
    return build(Message(**{**values, **changes}))


def read(raw: bytes):
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_message_has_both_parts_and_says_what_was_meant():
    seen = read(
        message(subject="Zoë se lente – ’n groet", sender_name="Hoop Huis, Durban", headers={"List-Id": "<x.y>"})
    )

    assert (seen["Subject"], seen["List-Id"]) == ("Zoë se lente – ’n groet", "<x.y>")
    assert seen["From"].addresses[0].display_name == "Hoop Huis, Durban"
    assert [part.get_content_type() for part in seen.iter_parts()] == ["text/plain", "text/html"]


def test_a_file_travels_along():
    seen = read(message(files=[File("jaar ’26.pdf", "application/pdf", b"%PDF-1.4")]))

    attached = next(seen.iter_attachments())
    assert (attached.get_filename(), attached.get_content()) == ("jaar ’26.pdf", b"%PDF-1.4")


POISON = [
    "x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example", "x\rBcc: y", "x\0y", "=?UTF-8?Q?=0A?=Bcc: eve@evil.example",
    "=?utf-8?b?Cg==?=Bcc: eve@evil.example", "x\u2028Bcc: y", "\x0bBcc: y", "x\r\n\r\n<script>", "a" * 5000, "=?x?q?=0d=0a?= y",
]  # fmt: skip


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize("place", ["subject", "sender_name", "recipient_name", "message_id"])
def test_no_value_becomes_a_header_of_its_own(place, poison):
    raw = message(**{place: poison})

    names = [name.lower() for name in read(raw)]
    assert sorted(names) == sorted(["from", "to", "subject", "date", "message-id", "mime-version", "content-type"])
    assert not any(line.lower().startswith(b"bcc:") for line in raw.splitlines())


@pytest.mark.parametrize("address", ["a@b\r\nBcc: c@d", "a b@c", "<a@b>", "a@b,c@d", "a", "a@b@c"])
@pytest.mark.parametrize("place", ["sender", "recipient", "reply_to"])
def test_an_address_that_is_none_is_refused(place, address):
    with pytest.raises(UnsafeHeader):
        message(**{place: address})
