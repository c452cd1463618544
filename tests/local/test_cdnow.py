"""Traits derived from the real orders."""

from shared.local import cdnow


def test_every_order_and_customer_of_the_file_is_read():
    orders = list(cdnow.read_orders())
    assert len(orders) == 6_919
    assert len(cdnow.visitors()) == 2_357
    assert sum(order.cents == 0 for order in orders) == 8
    assert (min(o.day for o in orders), max(o.day for o in orders)) == ("1997-01-01", "1998-06-30")


def test_traits_of_the_first_customer():
    assert cdnow.visitors()["00004"] == {
        "first_order_at": "1997-01-01",
        "last_order_at": "1997-12-12",
        "orders": 4,
        "cds": 7,
        "spend": 100.5,
        "average_order": 25.13,  # 25.125, half up
        "largest_order": 29.73,
        "order_months": ["1997-01", "1997-08", "1997-12"],
    }


def test_orders_of_one_day_and_of_value_0_count(tmp_path, monkeypatch):
    file = tmp_path / "orders.txt"
    file.write_bytes(b" 7 0001 19970101  2   29.33\r\n 7 0001 19970101  1    0.00\r\n")
    first, second = cdnow.read_orders(file)
    assert (first.cents, second.cents, first.day == second.day) == (2_933, 0, True)


def test_money_is_exact_to_the_cent():
    spent = sum(round(traits["spend"] * 100) for traits in cdnow.visitors().values())
    assert spent == sum(order.cents for order in cdnow.read_orders())
