"""The audiences of `workplace` computed plainly over its files: no rules, no engine, no loader of ours.

Read the descriptions in `samples/workplace/audiences.json` beside it.
"""

import json
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network
from math import acos, cos, radians, sin
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.splits import murmur3_32

FOLDER = Path(__file__).parents[2] / "samples" / "workplace"
NOW = datetime(2026, 6, 15, 13, tzinfo=UTC)
OFFICES = json.loads((FOLDER / "offices.json").read_text())
BETA_TESTERS = set((FOLDER / "lists" / "beta-testers.txt").read_text().split())
NETWORKS = [ip_network("10.20.0.0/16"), ip_network("2001:db8:20::/48")]


def employees():
    """Every employee by id, with the office in place of its name."""
    for line in (FOLDER / "employees.jsonl").read_text().splitlines():
        employee = json.loads(line)
        yield employee["id"], employee | {"office": OFFICES[employee["office"]]}


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def years_before(now, years):
    """The same date and time in an earlier year, 1 March where it has no 29 February."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, month=3, day=1, hour=0, minute=0, second=0)


def comes_round(born, now, days):
    """Whether the day and month of a date are those of today or of one of the days after it."""
    ahead = [(now.date() + timedelta(days=k)) for k in range(days + 1)]
    month_and_day = (3, 1) if (born.month, born.day) == (2, 29) else (born.month, born.day)
    return month_and_day in [(each.month, each.day) for each in ahead]


def next_month(now):
    """The instant a month on; a date that the month lacks is the first of the next one."""
    year, month = now.year + now.month // 12, now.month % 12 + 1
    try:
        return now.replace(year=year, month=month)
    except ValueError:
        return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def km(office, lat, lon):
    """The distance by the spherical law of cosines, fine for everything but metres."""
    a, b = radians(office["lat"]), radians(lat)
    return 6371.0088 * acos(min(1, sin(a) * sin(b) + cos(a) * cos(b) * cos(radians(office["lon"] - lon))))


def is_below_5_2(version):
    """Previews of 5.2.0 come before it."""
    number, _, preview = version.partition("-")
    parts = [*map(int, number.split(".")), 0][:3]
    return parts < [5, 2, 0] or (parts == [5, 2, 0] and bool(preview))


def audiences_of(person, *, now=NOW, address=None):
    """The keys of the audiences that an employee is in, sorted; he asks from his office's zone and from `address`."""
    team, roles, languages = person["department"].split("/"), person["roles"], person["languages"]
    started, office = day(person["started_at"]), person["office"]
    tickets = person.get("tickets", [])
    there = now.astimezone(ZoneInfo(office["timezone"]))
    login = person.get("last_login_at")
    laptop = person.get("laptop_since")

    engineering = team[1] == "eng"
    working = there.weekday() < 5 and 9 <= there.hour < 17
    starter = now < started <= next_month(now) or now - timedelta(days=90) < started <= now
    waiting = any(
        ticket["priority"] in (1, 2)
        and ticket["status"] in ("open", "waiting")
        and now - day(ticket["opened_at"]) >= timedelta(days=3)
        for ticket in tickets
    )
    drawn = murmur3_32(f"new-search:{person['id']}".encode()) < 2**30  # a quarter of 2^32

    holds = {
        "engineering": engineering,
        "customer-facing": team[1] in ("sales", "support"),
        "german-articles": "de" in languages and "en" not in languages,
        "starters": starter,
        "keen-readers": person.get("articles_read", 0) >= 20 and len(tickets) >= 2,
        "office-hours": working,
        "waiting-too-long": waiting,
        "hand-over": working and (waiting or starter),
        "outdated-app": "app_version" in person and is_below_5_2(person["app_version"]),
        "laptop-renewal": laptop is not None and day(laptop) <= years_before(now, 3) and "contractor" not in roles,
        "approvers": person["is_manager"] and {"employee", "approver"} <= set(roles),
        "new-search": person["id"] != "e002"
        and (person["id"] == "e001" or person["id"] in BETA_TESTERS or (engineering and drawn)),
        "on-site": address is not None and any(ip_address(address) in network for network in NETWORKS),
        "around-zurich": km(office, 47.3779, 8.5403) <= 50,
        "pacific-storm": office["city"] in ("Auckland", "Honolulu"),
        "birthday-this-week": "birthday" in person and comes_round(date.fromisoformat(person["birthday"]), now, 6),
        "jubilees": comes_round(started.date(), now, 30) and started <= years_before(now, 5),
        "hard-to-reach": now - started >= timedelta(days=30)
        and (login is None or now - datetime.fromisoformat(login) >= timedelta(days=30)),
        "town-hall": office["country"] in ("CH", "DE", "GB")
        and datetime(2026, 6, 10, 22, tzinfo=UTC) <= now < datetime(2026, 6, 18, 15, tzinfo=UTC),
    }
    return sorted(key for key, value in holds.items() if value)
