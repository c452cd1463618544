"""The sample project end to end: every customer's audiences over HTTP against a plain computation over the file."""

import json
from collections import Counter

import pytest

from shared.local import cdnow
from tests.product import AS_OF
from tests.system import plain

CUSTOMERS = dict(plain.customers())
MAILING = {"url": "https://shop.example/?utm_source=newsletter&utm_campaign=Summer-98"}
BATCH = 100


def answers(product, page=None):
    """The audiences of every customer, by batches of real ids."""
    customers = list(CUSTOMERS)
    for start in range(0, len(customers), BATCH):
        ids = customers[start : start + BATCH]
        visitors = [{"visitor": {"id": customer}, "request": AS_OF, "page": page or {}} for customer in ids]
        status, answer, _ = product.call("POST", "/v1/evaluate/batch?environment=production", {"visitors": visitors})
        assert status == 200
        yield from zip(ids, (result["audiences"] for result in answer["results"]), strict=True)


def test_every_customer_is_in_the_audiences_that_a_plain_computation_finds(product):
    found = dict(answers(product))
    assert len(found) == 2_357
    assert found == {customer: plain.audiences_of(orders) for customer, orders in CUSTOMERS.items()}


def test_the_same_for_those_who_come_from_the_summer_mailing(product):
    found = dict(answers(product, MAILING))
    expected = {
        customer: plain.audiences_of(orders, from_summer_mailing=True) for customer, orders in CUSTOMERS.items()
    }
    assert found == expected


def test_every_audience_has_members_and_none_has_all(product):
    sizes = Counter(key for _, keys in answers(product, MAILING) for key in keys)
    written = {audience["key"] for audience in json.loads((cdnow.FOLDER / "audiences.json").read_text())}
    assert set(sizes) == written - {"strangers"}
    assert max(sizes.values()) < len(CUSTOMERS)


@pytest.mark.parametrize("customer", ["00004", "00111", "00314", "15003"])
def test_one_customer_alone_gets_the_answer_of_the_batch(product, customer):
    body = {"visitor": {"id": customer}, "request": AS_OF}
    status, answer, _ = product.call("POST", "/v1/evaluate?environment=production", body)
    assert status == 200
    assert answer["audiences"] == plain.audiences_of(CUSTOMERS[customer])
    assert (answer["release"], answer["stale"]) == ("r1", False)
    query = f"visitor.id={customer}&request.time={AS_OF['time']}&environment=production"
    _, by_query, _ = product.call("GET", f"/v1/evaluate?{query}")
    assert by_query["audiences"] == answer["audiences"]


def test_the_linter_knows_what_no_customer_ever_had(product):
    rule = {
        "all": [
            {"attribute": "traits.plann", "op": "exists"},
            {"attribute": "traits.order_months", "op": "has_any", "value": ["1997-01", "1999-01"]},
            {"attribute": "traits.cds", "op": "eq", "value": 4_711},  # of these there are more values than are kept
        ]
    }
    status, answer, _ = product.call("POST", "/v1/audiences/validate", {"rule": rule})
    assert status == 200
    assert [(each["pointer"], each["code"]) for each in answer["warnings"]] == [
        ("/rule/all/0/attribute", "attribute-never-seen"),
        ("/rule/all/1/value/1", "value-never-seen"),
    ]


def test_a_browser_learns_of_public_audiences_only_and_sees_no_stored_profile(product):
    public = {a["key"] for a in json.loads((cdnow.FOLDER / "audiences.json").read_text()) if a["public"]}
    traits = cdnow.visitors()["00314"]
    key = product.keys["publishable"]
    _, answer, _ = product.call("POST", "/v1/evaluate", {"traits": traits, "request": AS_OF}, key=key)
    assert answer["audiences"] == sorted(public.intersection(plain.audiences_of(CUSTOMERS["00314"])))
    _, answer, _ = product.call("POST", "/v1/evaluate", {"visitor": {"id": "00314"}, "request": AS_OF}, key=key)
    assert answer["audiences"] == ["strangers"]


def test_explain_agrees_and_shows_what_was_seen(product):
    body = {"audience": "win-back", "visitor": {"id": "00314"}, "request": AS_OF}
    status, answer, _ = product.call("POST", "/v1/explain?environment=production", body)
    assert status == 200
    assert answer["holds"] is True
    assert "231.13" in json.dumps(answer)


def test_staging_and_development_serve_their_empty_release(product):
    for environment in ("staging", "development"):
        _, answer, _ = product.call("POST", f"/v1/evaluate?environment={environment}", {"visitor": {"id": "00314"}})
        assert (answer["audiences"], answer["release"]) == ([], "r0")


def test_the_reference_and_its_specification_are_served(product):
    status, specification, _ = product.call("GET", "/openapi.json")
    assert status == 200
    assert specification["openapi"].startswith("3.1")
