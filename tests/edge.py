"""The shipped nginx of `deploy/nginx` as a real server: a private folder, free ports of this machine, a CA of our own.

Only the places that an installation changes are changed. A browser gets there with
`--host-resolver-rules=MAP portal.test 127.0.0.1`, everything else by `Edge.ask` or `Edge.connect`.
"""

import contextlib
import grp
import http.client
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "portal.test"
SHIPPED = Path(__file__).resolve().parents[1] / "deploy" / "nginx"

# What stands around it on a machine of its own: Debian's nginx.conf, in a folder of ours.
AROUND = """{user}daemon off;
worker_processes 2;
worker_rlimit_nofile 8192;
pid {folder}/pid;
error_log {folder}/log/error.log;
events {{ worker_connections 4096; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    gzip on;
    access_log {folder}/log/access.log;
    client_body_temp_path {folder}/temp/body;
    proxy_temp_path {folder}/temp/proxy;
    fastcgi_temp_path {folder}/temp/fastcgi;
    uwsgi_temp_path {folder}/temp/uwsgi;
    scgi_temp_path {folder}/temp/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Edge:
    """A running nginx. `client_cert` and `client_key` are what Cloudflare would show, `ca_file` who signed ours."""

    http_port: int
    https_port: int
    folder: Path
    ca_file: Path
    client_cert: Path
    client_key: Path

    @property
    def base(self) -> str:
        """The address of the portal behind it: what PORTAL_BASE_URL must be."""
        return f"https://{HOST}:{self.https_port}"

    def trusting(self, certificate: tuple[Path, Path] | None = None) -> ssl.SSLContext:
        """What a client needs to believe our CA; with a certificate and its key, to show one."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        if certificate:
            context.load_cert_chain(*certificate)
        return context

    def connect(self, context: ssl.SSLContext | None = None, name: str = HOST) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.https_port), timeout=20)
        try:
            return (context or self.trusting()).wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise

    def ask(
        self,
        path: str = "/",
        method: str = "GET",
        headers: Iterable[tuple[str, str]] = (),
        body: bytes | None = None,
        *,
        host: str = HOST,
        encrypted: bool = True,
        context: ssl.SSLContext | None = None,
    ) -> Answer:
        """One request on a connection of its own; a header may be given twice."""
        if encrypted:
            connected: socket.socket = self.connect(context)
        else:
            connected = socket.create_connection(("127.0.0.1", self.http_port), timeout=20)
        connection = http.client.HTTPConnection(host)
        connection.sock = connected
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            with connection.getresponse() as response:
                return Answer(response.status, response.headers, response.read())


@contextlib.contextmanager
def nginx(behind: int, *, cloudflare: bool = False) -> Iterator[Edge]:
    """nginx in front of the port `behind`; with `cloudflare` it answers only who shows the client certificate."""
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    http_port, https_port = _free_port(), _free_port()
    try:
        _certificates(folder)
        _render(folder, behind, http_port, https_port, cloudflare=cloudflare)
        command = [program(), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "log" / "error.log"]
        with (folder / "log" / "spoken").open("wb") as spoken:
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=spoken, stderr=spoken)
        try:
            _wait(server, https_port, folder)
            tls = folder / "tls"
            yield Edge(http_port, https_port, folder, tls / "chain.pem", tls / "client.pem", tls / "client.key")
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def program() -> str:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise RuntimeError("nginx is not installed; tools/needs.txt names its package")
    return found


def make_certificate(
    folder: Path, name: str, common_name: str, signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """NAME.pem and NAME.key: without a signer a CA, else a certificate for a server and a client."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    issuer, issuer_key = (signer[0].subject, signer[1]) if signer else (subject, key)
    began = datetime.now(UTC) - timedelta(minutes=5)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(signs=signer is None), critical=True)
    )
    if signer:
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        names = [x509.DNSName(common_name), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.key").write_bytes(private)
    return certificate, key


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=signs, crl_sign=signs, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _certificates(folder: Path) -> None:
    tls = folder / "tls"
    tls.mkdir()
    ours = make_certificate(tls, "chain", "In Contact test CA")
    make_certificate(tls, "server", HOST, ours)
    (tls / "fullchain.pem").write_text((tls / "server.pem").read_text() + (tls / "chain.pem").read_text())
    (tls / "server.key").rename(tls / "privkey.pem")
    theirs = make_certificate(tls, "origin-pull-ca", "Origin pull test CA")
    make_certificate(tls, "client", "pull.test", theirs)


def _render(folder: Path, behind: int, http_port: int, https_port: int, *, cloudflare: bool) -> None:
    for name in ("log", "temp", "conf.d", "acme"):
        (folder / name).mkdir()
    installed = folder / "in-contact"
    shutil.copytree(SHIPPED / "errors", installed / "errors")
    shutil.copy(folder / "tls" / "origin-pull-ca.pem", installed)
    places = {
        "/etc/letsencrypt/live/portal.example.org": f"{folder}/tls",
        "portal.example.org": HOST,
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "/etc/nginx/in-contact": str(installed),
        "/var/www/html": f"{folder}/acme",
    }
    text = _replaced((SHIPPED / "in-contact.conf").read_text(), places)
    text = re.sub(r"^( *)listen (\[::\]:)?(80|443)\b.*$", _listening(http_port, https_port), text, flags=re.MULTILINE)
    if cloudflare:
        text = _replaced(text, {f"#include {installed}/cloudflare.conf": f"include {installed}/cloudflare.conf"})
    (folder / "conf.d" / "in-contact.conf").write_text(text)
    common = {"/etc/nginx/in-contact": str(installed), "/var/log/nginx": f"{folder}/log"}
    (installed / "every-server.conf").write_text(_replaced((SHIPPED / "every-server.conf").read_text(), common))
    pulls = {"/etc/nginx/in-contact": str(installed)}
    (installed / "cloudflare.conf").write_text(_replaced((SHIPPED / "cloudflare.conf").read_text(), pulls))
    user = f"user {pwd.getpwuid(65534).pw_name} {grp.getgrgid(65534).gr_name};\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    for path in (folder, *(path for path in folder.rglob("*") if "tls" not in path.parts)):
        path.chmod(0o755 if path.is_dir() else 0o644)  # the workers are another user


def _replaced(text: str, places: dict[str, str]) -> str:
    for old, new in places.items():
        if old not in text:
            raise RuntimeError(f"deploy/nginx no longer holds {old}")
        text = text.replace(old, new)
    return text


def _listening(http_port: int, https_port: int):
    """The same line on our ports and on loopback only; without IPv6 on this machine, without its lines."""

    def line(match: re.Match[str]) -> str:
        port = {"80": http_port, "443": https_port}[match[3]]
        if match[2]:
            return match[0].replace(f"[::]:{match[3]}", f"[::1]:{port}") if _has_ipv6() else ""
        return match[0].replace(f"listen {match[3]}", f"listen 127.0.0.1:{port}")

    return line


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _free_port() -> int:
    """A port that is free on both loopback addresses."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            if not _has_ipv6():
                return port
            with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as other:
                other.bind(("::1", port))
                return port
    raise RuntimeError("no port of this machine is free")


def _wait(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + 20
    while server.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    if server.poll() is None:
        server.kill()
    raise RuntimeError(f"nginx did not start: {(folder / 'log' / 'spoken').read_text()}")
