"""What headers say, under what the document says."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.visitors import context, device, locale
from shared.visitors.context import Context, fill, forwarded, wants
from shared.visitors.geo import CDNS
from shared.visitors.headers import MAX_COOKIE, MAX_COOKIES, MAX_HEADER, cookies

CDN = CDNS["cloudflare"]
EVERYTHING = wants(
    [
        ("device", "type"),
        ("device", "os"),
        ("locale", "language"),
        ("geo", "country"),
        ("geo", "city"),
        ("request", "ip"),
        ("request", "cookies", "theme"),
        ("request", "headers", "x-shop"),
        ("request", "headers", "authorization"),
    ]
)
HEADERS = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
    "accept-language": "de-AT",
    "cf-ipcountry": "AT",
    "cf-ipcity": "Wien",
    "cf-connecting-ip": "198.51.100.7",
    "x-shop": "vienna",
    "authorization": "Bearer pk",
}
CALL = Context(HEADERS, ["theme=dark", "other=1"], "192.0.2.1", CDN)
READABLE = frozenset(("x-shop", "authorization"))


def filled(document, wanted=EVERYTHING, call=CALL, readable=READABLE):
    fill(document, wanted, call, readable)
    return document


def test_headers_fill_what_the_image_asks():
    assert filled({}) == {
        "device": device.of(HEADERS),
        "locale": locale.of(HEADERS),
        "geo": {"country": "AT", "city": "Wien"},
        "request": {"ip": "198.51.100.7", "cookies": {"theme": "dark"}, "headers": {"x-shop": "vienna"}},
    }


def test_what_the_document_says_stays_name_by_name_and_null_too():
    document = filled({"geo": {"city": None}, "device": {"type": "tv"}, "request": {"cookies": {"theme": "light"}}})
    assert document["geo"] == {"country": "AT", "city": None}
    assert (document["device"]["type"], document["device"]["os"]) == ("tv", "Linux")
    assert document["request"]["cookies"] == {"theme": "light"}


def test_nothing_is_filled_that_is_not_asked():
    assert not wants([("traits", "plan"), ("page", "url"), ("request", "time"), ("geo",)]).anything
    assert filled({}, wants([("request", "ip")])) == {"request": {"ip": "198.51.100.7"}}
    assert filled({}, wants([("locale", "region")])) == {"locale": {"language": "de", "region": "AT"}}


def test_a_device_that_is_given_is_not_read():
    document = {"device": {"type": "tv", "os": "Tizen"}}
    assert filled(document, wants([("device", "type"), ("device", "os")])) == {"device": {"type": "tv", "os": "Tizen"}}


def test_without_a_cdn_the_address_is_the_connections_and_no_place_is_known():
    document = filled({}, call=Context(HEADERS, (), "192.0.2.1"))
    assert (document["request"]["ip"], "geo" in document) == ("192.0.2.1", False)
    assert "ip" not in filled({}, call=Context({}, (), "192.0.2.1", CDN)).get("request", {})


def test_only_headers_that_are_allowed_are_read_and_secrets_never():
    assert "headers" not in filled({}, readable=frozenset())["request"]
    assert EVERYTHING.headers == {"x-shop"}


def test_the_documents_own_headers_lose_their_capitals():
    document = filled({"request": {"headers": {"X-Shop": "graz", "X-Other": 5}}})
    assert document["request"]["headers"] == {"x-shop": "graz", "x-other": 5}


def test_a_server_hands_its_visitors_headers_on():
    sent = {"User-Agent": HEADERS["user-agent"], "Cookie": "theme=dark; a=b", "CF-IPCountry": "AT", "X-Number": 5}
    document = {"request": {"headers": sent}}
    filled(document, call=forwarded(document, CDN), readable=frozenset())
    assert (document["device"]["os"], document["geo"], document["request"]["cookies"]) == (
        "Linux",
        {"country": "AT"},
        {"theme": "dark"},
    )
    assert "ip" not in document["request"]


@pytest.mark.parametrize(
    "document", [{}, {"request": None}, {"request": {"headers": None}}, {"request": {"headers": [1]}}]
)
def test_a_server_that_hands_nothing_on_is_not_taken_for_its_visitor(document):
    assert filled(document, call=forwarded(document, None), readable=frozenset()).get("device") is None


def test_of_cookies_of_one_name_the_first_counts_and_long_ones_do_not():
    assert cookies(["a=1", " a=2", "b", "c=", 'd="x y"', "e=%20"], "abcde") == {
        "a": "1",
        "c": "",
        "d": '"x y"',
        "e": "%20",
    }
    assert cookies(["a=" + "x" * MAX_COOKIE, "a=1"], "a") == {"a": "1"}
    assert cookies(["b=1"] * MAX_COOKIES + ["a=1"], "a") == {}


NAMES = sorted(
    {*device.HEADERS, *locale.HEADERS, *(name for cdn in CDNS.values() for name in cdn.names.values()), "cookie"}
)
HOSTILE = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=200).map(lambda data: data.decode("latin-1")),
    st.text('",;=-()/ qv?01.*\\AndroidMobileNt', max_size=300),
    st.sampled_from(['"', "a,", ";q=1,", "-", "Mozilla/5.0 (", "Android ", "%ff", "x", "\ud800", "\x00"]).map(
        lambda piece: piece * (2 * MAX_HEADER // len(piece))
    ),
)


@given(st.dictionaries(st.sampled_from(NAMES), HOSTILE), st.sampled_from(sorted(CDNS)))
@settings(deadline=None)
def test_no_header_raises_or_takes_long(headers, name):
    started = time.thread_time()
    call = Context(headers, headers.get("cookie", "").split(";"), None, CDNS[name])
    document = filled({}, call=call)
    assert time.thread_time() - started < 0.25
    for value in (text for root in document.values() for text in root.values() if isinstance(text, str)):
        value.encode()
    assert context.fill({}, EVERYTHING, call, READABLE) is None
