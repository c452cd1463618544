"""What an image asks that the request may have left out."""

from shared.visitors.needs import needs


def test_an_image_without_stored_attributes_wants_no_profile():
    asked = needs([("geo", "country"), ("page", "path"), ("visitor", "id")])
    assert not asked.want_profile({"visitor": {"id": "1"}})
    assert asked.stored == ()


def test_a_profile_is_wanted_until_the_request_settles_every_trait():
    asked = needs([("traits", "plan"), ("traits", "address", "city")])
    assert asked.want_profile({})
    assert asked.want_profile({"traits": {"plan": "pro"}})
    assert not asked.want_profile({"traits": {"plan": None, "address": {}}})
    assert needs([("visitor", "is_new")]).want_profile({"traits": {}})


def test_memberships_are_wanted_where_lists_are_asked_and_not_given():
    asked = needs([("lists",), ("traits", "plan")])
    assert asked.want_lists({"visitor": {"id": "1"}})
    assert not asked.want_lists({"lists": []})
    assert not needs([("traits", "lists")]).want_lists({})
    assert asked.stored == (("traits", "plan"),)


def test_unread_is_what_the_request_leaves_open():
    asked = needs([("traits", "plan"), ("traits", "address", "city"), ("visitor", "is_new"), ("geo", "city")])
    document = {"traits": {"address": {}}, "visitor": {"id": "1"}}
    assert asked.unread(document) == {("traits", "plan"), ("visitor", "is_new")}


def test_the_time_is_filled_where_it_is_asked_and_not_given():
    asked = needs([("request", "time")])
    document = {}
    asked.fill(document, 5)
    assert document == {"request": {"time": 5}}
    document = {"request": {"time": "1998-07-01", "ip": "192.0.2.1"}}
    asked.fill(document, 5)
    assert document == {"request": {"time": "1998-07-01", "ip": "192.0.2.1"}}


def test_nothing_is_filled_that_is_not_asked():
    document = {"page": {"url": "https://shop.example/?utm_source=mail"}}
    needs([("page", "url")]).fill(document, 5)
    assert document == {"page": {"url": "https://shop.example/?utm_source=mail"}}
    needs([("utm", "source")]).fill(document, 5)
    assert document["utm"] == {"source": "mail"}
