"""Trusted attributes in what a publishable key sends."""

import pytest

from shared.rules.catalogue import split
from shared.visitors.trust import problems_of, strike, trust_of

PATHS = (
    "traits.plan",
    "traits.address.country",
    "groups.account.tier",
    "geo.country",
    "request.ip",
    "request.headers.x-role",
    "request.cookies.role",
    "page.query.ref",
    "utm.source",
    "device.type",
)
TRUST = trust_of(split(path) for path in PATHS)


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ({}, []),
        ({"traits": {"colour": "red"}, "geo": {"city": "Wien"}, "request": {"headers": {"x-other": "1"}}}, []),
        ({"traits": {"plan": "pro"}}, ["/traits/plan"]),
        ({"traits": {"plan": None}}, ["/traits/plan"]),
        ({"traits": {"address": {"city": "Wien"}}}, ["/traits/address"]),
        ({"traits": {"address": "Wien"}}, ["/traits/address"]),
        ({"groups": {"account": {"id": "a"}}}, ["/groups/account"]),
        ({"geo": {"country": "AT"}, "request": {"ip": "192.0.2.1"}}, ["/geo/country", "/request/ip"]),
        ({"request": {"headers": {"X-Role": "admin"}}}, ["/request/headers/x-role"]),
        ({"request": {"headers": 5, "cookies": None}}, []),
        ({"page": {"query": {"ref": "x"}}, "utm": {"source": "mail"}}, ["/page/query/ref", "/utm/source"]),
    ],
)
def test_a_document_that_sets_one_has_a_problem_for_each(document, pointers):
    found = problems_of(document, TRUST, "/visitors/3")
    assert [(problem.pointer, problem.code) for problem in found] == [
        (f"/visitors/3{pointer}", "trusted-attribute") for pointer in pointers
    ]


def test_what_a_browser_writes_anyway_is_struck_and_what_is_vouched_for_stays():
    document = {
        "traits": {"plan": "pro"},
        "geo": {"country": "AT"},
        "request": {"ip": "192.0.2.1", "headers": {"x-role": "admin", "x-other": "1"}, "cookies": {"role": "admin"}},
        "page": {"url": "https://h/?ref=x", "query": {"ref": "x"}},
        "utm": {"source": "mail"},
        "device": {"type": "tv", "os": "Tizen"},
    }
    strike(document, TRUST)
    assert document == {
        "traits": {"plan": "pro"},
        "geo": {"country": "AT"},
        "request": {"ip": "192.0.2.1", "headers": {"x-other": "1"}, "cookies": {}},
        "page": {"url": "https://h/?ref=x", "query": {}},
        "utm": {},
        "device": {"os": "Tizen"},
    }
    strike(document, TRUST)
    document = {"device": None, "page": {"query": "x"}}
    strike(document, TRUST)
    assert document == {"device": {}, "page": {"query": "x"}}
