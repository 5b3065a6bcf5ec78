"""A store that speaks as much S3 as backups need, and can be told to lie."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape


class Store:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.forgets = False  # says 200, and keeps nothing
        self.is_closed = False  # says 403 to everybody
        self.may_go = threading.Event()  # until it is set, what is put waits
        self.may_go.set()
        self.is_waited_for = threading.Event()
        self.url = ""

    def put(self, path: str, body: bytes) -> None:
        if not self.forgets:
            self.files[path] = body


@contextmanager
def serve() -> Iterator[Store]:
    store = Store()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def asked(self) -> tuple[str, dict[str, list[str]]] | None:
            parts = urlsplit(self.path)
            if store.is_closed or "Credential=KEY/" not in self.headers.get("Authorization", ""):
                self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                return None
            return unquote(parts.path).lstrip("/"), parse_qs(parts.query, keep_blank_values=True)

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def do_PUT(self) -> None:
            body = self.body()
            if not store.may_go.is_set():
                store.is_waited_for.set()
                store.may_go.wait()
            if (asked := self.asked()) is None:
                return
            path, query = asked
            if "uploadId" in query:
                store.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
            else:
                store.put(path, body)
            self.answer(200, ETag='"1"')

        def do_POST(self) -> None:
            body = self.body()
            if (asked := self.asked()) is None:
                return
            path, query = asked
            if "uploads" in query:
                store.parts[path] = {}
                words = f"<InitiateMultipartUploadResult><UploadId>{path}</UploadId></InitiateMultipartUploadResult>"
            elif "delete" in query:
                keys = [key.decode() for key in re.findall(rb"<Key>(.*?)</Key>", body)]
                for key in keys:
                    store.files.pop(f"{path.rstrip('/')}/{unescape(key)}", None)
                told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
                words = f"<DeleteResult>{told}</DeleteResult>"
            else:
                parts = store.parts.pop(query["uploadId"][0])
                store.put(path, b"".join(parts[number] for number in sorted(parts)))
                words = '<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>'
            self.answer(200, words.encode(), Content_Type="application/xml")

        def do_GET(self) -> None:
            if (asked := self.asked()) is None:
                return
            path, query = asked
            if "list-type" in query:
                self.answer(200, _listed(store, path, query.get("prefix", [""])[0]), Content_Type="application/xml")
            elif path in store.files:
                stamp = "Mon, 23 Nov 2026 08:00:00 GMT"
                self.answer(200, store.files[path], ETag='"1"', Last_Modified=stamp)
            else:
                self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

        def do_DELETE(self) -> None:
            if (asked := self.asked()) is None:
                return
            store.files.pop(asked[0], None)
            self.answer(204)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    store.url = f"s3+http://KEY:SECRET@127.0.0.1:{server.server_address[1]}/bucket/hope?region=af-south-1"
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()


def _listed(store: Store, bucket: str, prefix: str) -> bytes:
    start = f"{bucket.rstrip('/')}/"
    rows = "".join(
        f"<Contents><Key>{escape(path[len(start) :])}</Key><LastModified>2026-11-23T08:00:00.000Z</LastModified>"
        f'<ETag>"1"</ETag><Size>{len(body)}</Size></Contents>'
        for path, body in sorted(store.files.items())
        if path.startswith(start + prefix)
    )
    words = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
    return words.encode()
