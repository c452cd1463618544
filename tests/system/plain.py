"""The sample project's audiences computed plainly over the file of orders: no rules, no engine, no loader of ours.

Read the descriptions in `samples/cdnow/audiences.json` beside it. Money is counted in cents, days are `datetime.date`,
and today is 1 July 1998, the day after the data ends.
"""

import csv
from datetime import date
from itertools import groupby
from pathlib import Path

FILE = Path(__file__).parents[2] / "samples" / "cdnow" / "CDNOW_sample.txt"
TODAY = date(1998, 7, 1)


def customers():
    """Each customer's orders as (day, CDs, cents); the file is sorted by customer."""
    with FILE.open(newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=" ", skipinitialspace=True) if row]
    for customer, group in groupby(rows, key=lambda row: row[0]):
        yield (
            customer,
            [
                (date(int(day[:4]), int(day[4:6]), int(day[6:])), int(cds), round(float(value) * 100))
                for _, _, day, cds, value in group
            ],
        )


def audiences_of(orders, *, from_summer_mailing=False):
    """The keys of the audiences that a customer with these orders is in, sorted."""
    days = [day for day, _, _ in orders]
    cents = [value for _, _, value in orders]
    count, spent, last = len(orders), sum(cents), max(days)
    average = spent / count
    months = {(day.year, day.month) for day in days}

    active = (TODAY - last).days < 90
    lapsed = count >= 2 and last <= date(1998, 1, 1)
    best = spent >= 50_000 or (count >= 8 and int(average + 0.5) >= 2_500)
    christmas = (1997, 11) in months or (1997, 12) in months
    worth_it = best or spent > 15_000 or len(months) >= 4

    holds = {
        "strangers": False,
        "one-time-buyers": count == 1,
        "repeat-buyers": count > 1,
        "active-buyers": active,
        "lapsed-buyers": lapsed,
        "best-customers": best,
        "win-back": lapsed and worth_it and not (count < 3 and christmas),
        "christmas-buyers": christmas,
        "new-year-customers": date(1997, 1, 1) <= min(days) < date(1997, 1, 8) and last > date(1997, 12, 31),
        "big-baskets": 6_000 <= max(cents) <= 40_000
        and sum(cds for _, cds, _ in orders) >= 5
        and int(average + 0.5) >= 4_000,
        "bargain-hunters": count >= 3 and int(average + 0.5) < 1_800 and max(cents) <= 3_000 and not best,
        "gone": last <= date(1997, 7, 1) and not best,
        "summer-mailing": from_summer_mailing and not active,
    }
    return sorted(key for key, value in holds.items() if value)
