"""A deployment without AWS: signed items in a loopback store that can fail in every way, and a clock one can turn."""

import base64
import json
import socket
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from shared.rules import catalogue, image
from shared.rules.catalogue import Attribute
from shared.rules.compiler import compile_rule
from shared.rules.linker import link
from shared.rules.parser import parse
from shared.runtime.container import Container
from shared.runtime.profiles import Profiles
from shared.runtime.serving import serving_of
from shared.runtime.settings import Settings
from shared.store import keys, records
from shared.store.records import EnvironmentSettings, KeyEntry, KeyTable, Pointer
from shared.store.sigv4 import Credentials
from shared.visitors import memberships, profile
from shared.visitors.memberships import Generations, Memberships
from shared.visitors.profile import Profile

PROJECT = "default"
KID = "signing-key"
IMAGES, PROFILES = "images", "profiles"
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session-token")


@cache
def signing_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def signed(domain, record, key=None):
    """The attributes of an item that holds a signed record."""
    document = record if isinstance(record, bytes) else records.encode(record)
    signature = (key or signing_key()).sign(domain + document, padding.PKCS1v15(), hashes.SHA256())
    return {"document": document, "signature": signature, "kid": KID, "seq": 1}


def image_of(rules, public=(), types=(), trusted=()):
    """Image bytes of `{key: rule JSON}`; types: `{path text: Type}`; trusted: path texts."""
    programs = {}
    for key, rule in rules.items():
        node, problems = parse(rule)
        assert not problems, problems
        programs[key] = compile_rule(node)
    declared = {catalogue.split(path): kind for path, kind in dict(types).items()}
    known = {path: Attribute(kind) for path, kind in declared.items()}
    for program in programs.values():
        for path in program.paths:
            declared.setdefault(path, catalogue.declared(path, known))
    return image.encode(link(programs, declared, public, [catalogue.split(path) for path in trusted]))


class Clock:
    """Wall-clock seconds that stand still until they are turned."""

    def __init__(self, now=1_700_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


class LoopbackStore(ThreadingHTTPServer):
    """DynamoDB's GetItem and BatchGetItem over HTTP; `mode` is how it fails, `calls` how often it was asked."""

    daemon_threads = False
    block_on_close = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.server_address = self.socket.getsockname()
        self.items = {IMAGES: {}, PROFILES: {}}
        self.mode = "ok"
        self.broken_tables = {IMAGES, PROFILES}
        self.broken_operations = {"GetItem", "BatchGetItem"}
        self.calls = []
        self.most_items = 100  # of one BatchGetItem
        self.connections = 0
        self.readers = []
        self.over = threading.Event()
        self._sockets = []
        self._thread = None

    def start(self):
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def refuse(self):
        """Listens no more: who connects is refused."""
        self.shutdown()
        self._thread.join()
        self._thread = None
        self.socket.close()
        self.drop_connections()

    def accept(self):
        """Listens again, at the same address."""
        if self._thread is None:
            self.socket = socket.socket(self.address_family, self.socket_type)
            self.server_bind()
            self.server_activate()
            self.start()

    def process_request(self, request, client_address):
        self.connections += 1
        self._sockets.append(request)
        super().process_request(request, client_address)

    def drop_connections(self):
        """Resets what is open, as a load balancer does to connections that were idle too long."""
        while self._sockets:
            with suppress(OSError):
                self._sockets.pop().shutdown(socket.SHUT_RDWR)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        """Readers that gave up waiting are part of the test."""

    def answer(self, operation, request):
        if operation == "GetItem":
            item = self._find(request["TableName"], request["Key"])
            return {} if item is None else {"Item": item}
        [(table, wanted)] = request["RequestItems"].items()
        asked, left = wanted["Keys"][: self.most_items], wanted["Keys"][self.most_items :]
        found = (self._find(table, key) for key in asked)
        responses = {table: [item for item in found if item is not None]}
        return {"Responses": responses, "UnprocessedKeys": {table: {"Keys": left}} if left else {}}

    def _find(self, table, key):
        pk, sk = key["pk"]["S"], key["sk"]["S"]
        item = self.items[table].get((pk, sk))
        return None if item is None else {name: _typed(value) for name, value in {"pk": pk, "sk": sk, **item}.items()}


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536

    def do_POST(self):
        store = self.server
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        operation = self.headers["x-amz-target"].rpartition(".")[2]
        table = request.get("TableName") or next(iter(request["RequestItems"]))
        store.calls.append((operation, table))
        is_broken = table in store.broken_tables and operation in store.broken_operations
        mode = store.mode if is_broken else "ok"
        body = json.dumps(store.answer(operation, request)).encode()
        getattr(self, f"_{mode.replace('-', '_')}")(body)

    def _ok(self, body, status=200, crc=None):
        self.send_response(status)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-amz-crc32", str(zlib.crc32(body) if crc is None else crc))
        self.end_headers()
        self.wfile.write(body)

    def _garbage(self, _body):
        self._ok(b"<html>surprise</html>")

    def _empty(self, _body):
        self._ok(b"")

    def _wrong_crc(self, body):
        self._ok(body, crc=1)

    def _wrong_shape(self, _body):
        self._ok(b'{"Rows": 1}')

    def _list(self, _body):
        self._ok(b"[]")

    def _throttled(self, _body):
        kind = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
        self._ok(json.dumps({"__type": kind, "message": "slow down"}).encode(), 400)

    def _denied(self, _body):
        self._ok(b'{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}', 400)

    def _broken(self, _body):
        self._ok(b"oops", 500)

    def _hang(self, _body):
        self.server.over.wait(5)
        self.close_connection = True

    def _reset(self, _body):
        self.close_connection = True
        self.connection.close()

    def _not_http(self, _body):
        self.wfile.write(b"\x00\x01\x02\x03 what is this\r\n\r\n")
        self.close_connection = True

    def _cut(self, body):
        self.send_response(200)
        self.send_header("content-length", str(len(body) + 100))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def _trickle(self, body):
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass


def _typed(value):
    if isinstance(value, bytes):
        return {"B": base64.b64encode(value).decode()}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


@contextmanager
def loopback_store():
    store = LoopbackStore()
    store.start()
    try:
        yield store
    finally:
        store.over.set()
        store.accept()
        store.refuse()
        store.server_close()
        for reader in store.readers:
            reader.close()


class World:
    """What is published in a loopback store, and containers that serve from it."""

    def __init__(self, store, environments=("production",)):
        self.store = store
        self.environments = environments
        self.clock = Clock()
        self.settings = Settings(
            project=PROJECT,
            environments=environments,
            images_table=IMAGES,
            profiles_table=PROFILES,
            trusted_keys={KID: signing_key().public_key().public_numbers().n},
            region="eu-central-1",
            endpoint=store.url,
            credentials=CREDENTIALS,
        )

    def container(self):
        """A new, cold container; its jitter is the middle, so that the clock can be turned exactly."""
        serving, store = serving_of(self.settings, self.clock, lambda low, high: (low + high) / 2)
        self.store.readers.append(store)
        return Container(self.settings, store, serving, Profiles(store, PROFILES), self.clock)

    def publish(self, data, seq, environment="production", settings=None, **changes):
        """Stores an image and the signed pointer to it; `changes` are of the pointer's own fields."""
        fields = {
            "format": records.POINTER_FORMAT,
            "project": PROJECT,
            "environment": environment,
            "seq": seq,
            "release": f"r{seq}",
            "image": image.content_hash(data),
            "length": len(data),
            "chunks": -(-len(data) // 1000),
            "published_at": 0,
            "settings": settings or EnvironmentSettings(),
        } | changes
        for number in range(fields["chunks"]):
            chunk = keys.chunk(PROJECT, fields["image"], number)
            self.store.items[IMAGES][chunk] = {"body": data[number * 1000 : number * 1000 + 1000]}
        item = signed(records.POINTER_DOMAIN, Pointer(**fields))
        self.store.items[IMAGES][keys.pointer(PROJECT, environment)] = item

    def allow(self, *entries, environment="production", seq=0):
        """Stores the signed key table with these entries."""
        table = KeyTable(records.KEY_TABLE_FORMAT, PROJECT, environment, seq, entries)
        item = signed(records.KEY_TABLE_DOMAIN, table)
        self.store.items[IMAGES][keys.key_table(PROJECT, environment)] = item

    def remember(self, visitor_id, traits, *, anonymous=False, environment="production", **fields):
        """Stores a profile."""
        key = keys.anonymous_profile if anonymous else keys.known_profile
        body = profile.encode(Profile(traits=traits, **fields))
        self.store.items[PROFILES][key(PROJECT, environment, visitor_id)] = {"body": body}

    def make_lists(self, *names, environment="production"):
        """Stores these lists, each at a generation of its own, counted from 1."""
        current = dict(enumerate(names, 1))
        body = memberships.encode(Generations(next=len(names) + 1, current=current))
        for copy in range(keys.GENERATION_COPIES):
            self.store.items[PROFILES][keys.generations(PROJECT, environment, copy)] = {"body": body}

    def enlist(self, visitor_id, *numbers, anonymous=False, environment="production"):
        """Stores that these generations hold a visitor."""
        key = keys.anonymous_memberships if anonymous else keys.known_memberships
        body = memberships.encode(Memberships(generations=frozenset(numbers)))
        self.store.items[PROFILES][key(PROJECT, environment, visitor_id)] = {"body": body}


def entry(text, *, publishable=False, scopes=("evaluate", "image"), origins=()):
    """The key table's entry of a key."""
    return KeyEntry(text[:8], sha256(text.encode()).digest(), publishable, tuple(scopes), tuple(origins))


def event(method, path, *, body=None, key=None, query="", headers=None, is_base64=False):
    """A payload 2.0 event."""
    sent = dict(headers or {})
    if key is not None:
        sent["authorization"] = f"Bearer {key}"
    if body is not None and not isinstance(body, str | bytes):
        body = json.dumps(body)
        sent.setdefault("content-type", "application/json")
    if isinstance(body, bytes):
        body, is_base64 = base64.b64encode(body).decode(), True
    http = {"method": method, "path": path, "sourceIp": "192.0.2.1"}
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": sent,
        "requestContext": {"http": http, "requestId": "request-1"},
        "body": body,
        "isBase64Encoded": is_base64,
    }
