"""What follows from a page's URL."""

import pytest

from shared.visitors.page import MAX_PARAMETERS, fill


def filled(page, **roots):
    document = {"page": page, **roots}
    fill(document)
    return document


def test_host_path_query_and_campaign_come_from_the_url():
    document = filled({"url": "https://Shop.Example:8443/sale/r%C3%A9d?a=1&a=2&utm_source=mail&utm_term=caf%C3%A9&b="})
    page = document["page"]
    assert (page["host"], page["path"]) == ("shop.example", "/sale/r%C3%A9d")
    assert page["query"] == {"a": "1", "utm_source": "mail", "utm_term": "café", "b": ""}
    assert document["utm"] == {"source": "mail", "term": "café"}


def test_what_the_request_gives_stays():
    page = {"url": "https://shop.example/a?x=1&utm_source=mail", "path": "/b", "query": {}, "host": None}
    document = filled(page, utm={"source": "ad", "medium": None})
    assert document["page"] == page
    assert document["utm"] == {"source": "ad", "medium": None}


def test_values_come_to_nfc():
    assert filled({"url": "https://h/?q=e%CC%81"})["page"]["query"] == {"q": "é"}


def test_the_referrers_host():
    assert filled({"referrer": "https://News.example/x"})["page"]["referrer_host"] == "news.example"


@pytest.mark.parametrize("url", [None, 5, "", "/sale", "not a url", "https://[::1", "mailto:a@b.c"])
def test_what_is_no_absolute_url_says_nothing(url):
    assert filled({"url": url}) == {"page": {"url": url}}


def test_too_many_parameters_are_not_read():
    url = "https://h/?" + "&".join("a=1" for _ in range(MAX_PARAMETERS + 1))
    assert filled({"url": url})["page"]["query"] == {}
    fill({"page": None})
    fill({})
