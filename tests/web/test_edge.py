"""The shipped nginx, running, before an upstream that answers what it was told."""

import json
import socket
import ssl
import subprocess
import threading
import warnings
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.edge import HOST, make_certificate, nginx

pytestmark = pytest.mark.edge

HSTS = "Strict-Transport-Security"
TWO_YEARS = "max-age=63072000; includeSubDomains"


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that reached it, and sends what a portal or a misled program might."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(self.headers.items()).encode()
        self.send_response(404 if self.path == "/nothing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(HSTS, "max-age=31536000")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        if self.path == "/misled":
            self.send_header("X-Accel-Redirect", "/.edge/404.html")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture(scope="module")
def upstream():
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def edge(upstream):
    with nginx(upstream) as running:
        yield running


@pytest.fixture(scope="module")
def pulled(upstream):
    """The edge that only Cloudflare may reach."""
    with nginx(upstream, cloudflare=True) as running:
        yield running


def told(answer):
    """What reached the upstream, by names in small letters; a header that came twice fails."""
    assert answer.status == 200
    headers = json.loads(answer.body)
    names = [name.lower() for name, _ in headers]
    assert len(names) == len(set(names))
    return {name.lower(): value for name, value in headers}


def raw(edge, request):
    """The status and the whole of what comes back for these bytes; (0, b"") when the connection is only closed."""
    with edge.connect() as connection:
        connection.sendall(request)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except (ConnectionResetError, ssl.SSLEOFError):
            pass
    return (int(answer.split(b" ")[1]), answer) if answer else (0, b"")


def is_calm(answer):
    """One of our pages, with the headers of a page that can do nothing, each once."""
    one = {
        HSTS: TWO_YEARS,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    assert {name: answer.headers.get_all(name) for name in one} == {name: [value] for name, value in one.items()}
    (policy,) = answer.headers.get_all("Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert answer.headers["Server"] == "nginx"
    assert b'<main id="error">' in answer.body
    assert b"nginx" not in answer.body
    return True


def test_a_page_asked_for_in_the_clear_moves_to_https(edge):
    answer = edge.ask("/contacts?page=2", encrypted=False)

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/contacts?page=2")
    assert HSTS not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])
def test_what_is_sent_in_the_clear_is_refused(edge, method):
    answer = edge.ask("/u/token", method, body=b"List-Unsubscribe=One-Click", encrypted=False)

    assert answer.status == 403
    assert "Location" not in answer.headers
    assert b"https" in answer.body


def test_a_gateway_that_reports_in_the_clear_is_refused_whatever_its_method(edge):
    assert edge.ask("/hooks/kannel/secret/report", encrypted=False).status == 403


def test_another_name_in_the_clear_gets_no_answer(edge):
    with pytest.raises(ConnectionError):
        edge.ask("/", host="evil.test", encrypted=False)


def test_another_name_behind_our_certificate_is_refused(edge):
    answer = edge.ask("/", host="evil.test")

    assert answer.status == 421
    assert is_calm(answer)


def test_the_name_in_the_request_line_wins_over_the_header(edge):
    status, _ = raw(edge, f"GET https://evil.test/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())

    assert status == 421


def test_the_portal_is_told_its_own_name_whatever_stands_in_the_header(edge):
    _, answer = raw(edge, f"GET https://{HOST}/ HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n".encode())

    assert ["Host", HOST] in json.loads(answer.partition(b"\r\n\r\n")[2])
    assert b"evil" not in answer


@pytest.mark.parametrize("name", ["evil.test", "localhost"])
def test_no_certificate_is_shown_for_another_name(edge, name):
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        edge.connect(name=name)


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/nothing", 404)])
def test_the_portals_answer_passes_with_one_hsts_of_two_years(edge, path, status):
    answer = edge.ask(path)

    assert answer.status == status
    assert answer.headers.get_all(HSTS) == [TWO_YEARS]
    assert answer.headers.get_all("Content-Security-Policy") == ["default-src 'self'"]


def test_nothing_in_an_answer_makes_nginx_fetch_something_else(edge):
    answer = edge.ask("/misled")

    assert told(answer)["host"] == HOST
    assert "X-Accel-Redirect" not in answer.headers


def test_what_nginx_itself_says_is_a_calm_page_with_every_header(edge):
    answers = {
        400: edge.ask("/", headers=[("Host", HOST)]),
        404: edge.ask("/.edge/413.html"),
        405: edge.ask("/", "DELETE"),
        413: edge.ask("/", "POST", [("Content-Length", str(202 * 1024 * 1024))]),
        414: edge.ask("/" + "a" * 9000),
        431: edge.ask("/", headers=[("X-Long", "a" * 9000)]),
    }

    assert {status: answer.status for status, answer in answers.items()} == {status: status for status in answers}
    assert all(is_calm(answer) for answer in answers.values())


def test_a_portal_that_is_away_is_a_calm_page_too():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with nginx(closed.getsockname()[1]) as edge:
            answer = edge.ask("/")

    assert answer.status == 502
    assert is_calm(answer)


def test_plain_words_on_the_encrypted_port_are_refused_without_a_version(edge):
    with socket.create_connection(("127.0.0.1", edge.https_port), timeout=20) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 400")
    assert b'<main id="error">' in answer


@pytest.mark.parametrize(
    "forged", [["1.2.3.4"], ["1.2.3.4, 5.6.7.8"], ["1.2.3.4", "5.6.7.8"], ["' OR 1=1", "127.0.0.1"]]
)
def test_a_forged_chain_stays_left_and_the_true_peer_stands_right_most(edge, forged):
    chain = told(edge.ask(headers=[("X-Forwarded-For", words) for words in forged]))["x-forwarded-for"]

    assert chain == ", ".join([*forged, "127.0.0.1"])


@pytest.mark.parametrize(
    "name",
    [
        "X-Accel-Redirect", "X-Accel-Buffering", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix",
        "X-Forwarded-Protocol", "X-Forwarded-Ssl", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP",
        "CF-Connecting-IP", "CF-IPCountry", "CF-Visitor", "CF-Ray", "X-Original-URL", "X-Rewrite-URL",
        "X-HTTP-Method-Override", "Proxy", "Remote-User", "Upgrade", "TE",
        "X_Forwarded_For", "SCRIPT_NAME", "REMOTE_USER", "HX_Request",
    ],
)  # fmt: skip
def test_what_only_a_proxy_may_say_does_not_come_through(edge, name):
    headers = told(edge.ask(headers=[(name, "http"), (name.lower(), "http")]))

    assert name.lower() not in headers
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"


def test_a_visitor_cannot_say_how_he_came(edge):
    assert told(edge.ask(headers=[("X-Forwarded-Proto", "http")]))["x-forwarded-proto"] == "https"


def test_what_the_portal_needs_comes_through(edge):
    sent = {"Cookie": "a=b", "HX-Request": "true", "Origin": f"https://{HOST}", "Sec-Fetch-Site": "same-origin"}

    headers = told(edge.ask("/", "POST", sent.items(), body=b"name=Alice"))

    assert {name: headers[name.lower()] for name in sent} == sent
    assert headers["content-length"] == "10"


def test_a_body_in_pieces_reaches_the_portal_with_its_length(edge):
    pieces = b"5\r\nAlice\r\n0\r\n\r\n"
    _, answer = raw(
        edge,
        b"POST / HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces,
    )

    headers = {name.lower(): value for name, value in json.loads(answer.partition(b"\r\n\r\n")[2])}
    assert headers["content-length"] == "5"
    assert "transfer-encoding" not in headers


def limited(highest: ssl.TLSVersion, ciphers: str, edge) -> ssl.SSLContext:
    context = edge.trusting()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = min(highest, ssl.TLSVersion.TLSv1_2)
        context.maximum_version = highest
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(edge, version):
    context = limited(version, "ALL", edge)

    with pytest.raises((ssl.SSLError, ConnectionError)):
        edge.connect(context)


@pytest.mark.parametrize("ciphers", ["AES128", "AES256-SHA256:AES256-GCM-SHA384", "ECDHE+AES256+SHA384:!AESGCM", "DHE"])
def test_a_client_without_256_bits_forward_secrecy_and_aead_is_refused(edge, ciphers):
    context = limited(ssl.TLSVersion.TLSv1_2, ciphers, edge)

    with pytest.raises((ssl.SSLError, ConnectionError)):
        edge.connect(context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_new_tls_speaks_256_bits_and_http_2(edge, version):
    context = limited(version, "ALL", edge)
    context.set_alpn_protocols(["h2", "http/1.1"])

    with edge.connect(context) as connection:
        assert connection.cipher()[2] == 256
        assert connection.selected_alpn_protocol() == "h2"


@pytest.mark.parametrize(("suite", "taken"), [("TLS_AES_128_GCM_SHA256", False), ("TLS_AES_256_GCM_SHA384", True)])
def test_tls_1_3_is_not_spoken_with_128_bits_either(edge, suite, taken):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{edge.https_port}", "-servername", HOST]
    ended = subprocess.run([*command, "-tls1_3", "-ciphersuites", suite], input=b"", capture_output=True, timeout=30)

    assert (ended.returncode == 0) is taken
    assert (f"Cipher is {suite}".encode() in ended.stdout) is taken


def test_a_body_over_the_limit_is_refused_before_it_is_sent(edge):
    answer = edge.ask("/", "POST", [("Content-Length", str(10 * 1024**3))])

    assert answer.status == 413


def test_a_body_of_the_limit_is_taken(edge):
    assert told(edge.ask("/", "POST", body=b"a" * 64 * 1024 * 1024))["content-length"] == "67108864"


@pytest.mark.parametrize("headers", [[("X-Long", "a" * 65536)], [(f"X-{number}", "a" * 4096) for number in range(16)]])
def test_a_head_of_64_kb_is_refused(edge, headers):
    request = "".join(f"{name}: {value}\r\n" for name, value in headers)

    status, _ = raw(edge, f"GET / HTTP/1.1\r\nHost: {HOST}\r\n{request}\r\n".encode())

    assert status in (431, 0)  # 0: the answer was lost because we were still sending


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Content-Length: +5",
        "Content-Length: 5, 5",
        "Content-Length : 5",
    ],
)
def test_a_request_with_two_lengths_is_refused(edge, head):
    smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: portal.test\r\n\r\n"

    status, answer = raw(edge, f"POST / HTTP/1.1\r\nHost: {HOST}\r\n{head}\r\n\r\n{smuggled}".encode())

    assert status in (400, 501)
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "PUT", "DELETE", "OPTIONS", "DEBUG", "COPY"])
def test_other_methods_are_refused(edge, method):
    assert edge.ask("/", method).status == 405


def test_connect_is_refused(edge):
    assert raw(edge, f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())[0] in (400, 405)


@pytest.mark.parametrize(
    "path", ["/.edge../every-server.conf", "/.edge/../every-server.conf", "/%2e%2e/nginx.conf", "/.edge/400.html"]
)
def test_no_file_is_handed_out_from_a_folder(edge, path):
    status, answer = raw(edge, f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())

    assert status in (200, 400, 404)  # 200: what the upstream says, when it comes so far
    assert b"error_page" not in answer
    assert b"worker_processes" not in answer


def test_the_log_holds_neither_private_links_nor_addresses(edge):
    edge.ask("/u/canary-token?email=canary@example.org")
    edge.ask("/u/canary-token", "POST", [("Content-Length", str(10 * 1024**3))])
    edge.ask("/canary-token")

    written = "".join(path.read_text() for path in (edge.folder / "log").iterdir())
    assert " 200 GET /u " in written
    assert "canary-token?" not in written
    assert "canary@" not in written
    assert "/u/canary" not in written
    assert "127.0.0.1" not in written


def test_cloudflares_origin_refuses_who_shows_no_certificate(pulled):
    answer = pulled.ask("/", headers=[("CF-Connecting-IP", "1.2.3.4")])

    assert answer.status == 403
    assert is_calm(answer)


def test_cloudflares_origin_refuses_the_certificate_of_another(pulled, tmp_path):
    stranger = make_certificate(tmp_path, "ca", "Another CA")
    make_certificate(tmp_path, "client", "pull.test", stranger)

    answer = pulled.ask(context=pulled.trusting((tmp_path / "client.pem", tmp_path / "client.key")))

    assert answer.status == 403


def test_cloudflare_passes_and_names_the_visitor_in_the_chain_alone(pulled):
    context = pulled.trusting((pulled.client_cert, pulled.client_key))
    sent = [("X-Forwarded-For", "9.9.9.9, 1.2.3.4"), ("CF-Connecting-IP", "1.2.3.4"), ("CF-IPCountry", "ZA")]

    headers = told(pulled.ask(headers=sent, context=context))

    assert headers["x-forwarded-for"] == "9.9.9.9, 1.2.3.4, 127.0.0.1"
    assert not [name for name in headers if name.startswith("cf-")]


def test_two_hundred_half_sent_heads_leave_an_honest_visitor_answered(edge):
    context = edge.trusting()
    with ExitStack() as stack:
        for _ in range(200):
            connection = stack.enter_context(edge.connect(context))
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode())

        assert edge.ask("/").status == 200


UNFINISHED = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 10\r\n"
MANY = 120  # a hundred are held; the rest tell that those have arrived


def test_who_holds_too_many_requests_open_has_to_wait(upstream):
    with nginx(upstream) as edge, ExitStack() as stack:
        context = edge.trusting()
        for _ in range(MANY):
            stack.enter_context(edge.connect(context)).sendall(f"{UNFINISHED}\r\nA".encode())

        answer = edge.ask("/")

    assert answer.status == 429
    assert is_calm(answer)


def test_behind_cloudflare_one_visitor_who_holds_many_open_does_not_shut_out_the_others(upstream):
    with nginx(upstream, cloudflare=True) as pulled, ExitStack() as stack:
        context = pulled.trusting((pulled.client_cert, pulled.client_key))
        for number in range(MANY):
            head = f"{UNFINISHED}X-Forwarded-For: 9.9.9.{number}, 1.2.3.4\r\n\r\nA"
            stack.enter_context(pulled.connect(context)).sendall(head.encode())

        same = pulled.ask(headers=[("X-Forwarded-For", "8.8.8.8, 1.2.3.4")], context=context)
        other = pulled.ask(headers=[("X-Forwarded-For", "1.2.3.4, 2001:db8::7")], context=context)

    assert (same.status, other.status) == (429, 200)
