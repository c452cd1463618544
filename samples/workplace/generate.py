"""Draws the employees anew: `python samples/workplace/generate.py` writes `employees.jsonl` and `lists/`.

The same seed gives the same people, with every Python that the project supports.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

Name = TypeVar("Name")

FOLDER = Path(__file__).parent
SEED = 2026
EMPLOYEES = 500
BETA_TESTERS = 30
NOW = datetime(2026, 6, 15, 13, tzinfo=UTC)
"""Everything is told as of this instant, a Monday."""

DEPARTMENTS = {
    "/eng/platform/storage": 28, "/eng/platform/runtime": 34, "/eng/apps/web": 36, "/eng/apps/mobile": 24,
    "/eng/quality": 20, "/engagement/events": 12, "/sales/emea": 46, "/sales/americas": 44, "/sales/apac": 24,
    "/support/tier-1": 52, "/support/tier-2": 30, "/people/recruiting": 16, "/people/operations": 16,
    "/finance/payroll": 12, "/finance/controlling": 14, "/it/service-desk": 20, "/it/infrastructure": 20,
    "/marketing/content": 18, "/marketing/brand": 16, "/legal": 12, "/board": 6,
}  # fmt: skip
JOBS = {
    "eng": ("engineer", "designer", "analyst"), "sales": ("account-executive", "sales-engineer"),
    "support": ("agent", "engineer"), "it": ("technician", "engineer"), "board": ("director",), "legal": ("counsel",),
}  # fmt: skip
OFFICES = {
    "Zurich": 90, "Winterthur": 25, "Basel": 35, "Lausanne": 25, "Berlin": 60, "London": 45, "New York": 60,
    "Austin": 40, "Bengaluru": 80, "Tokyo": 25, "Auckland": 10, "Honolulu": 5,
}  # fmt: skip
LANGUAGES = {
    "Zurich": (["de", "en"], ["de"], ["en"], ["it", "de", "en"]), "Winterthur": (["de", "en"], ["de"]),
    "Basel": (["de", "fr", "en"], ["de", "fr"]), "Lausanne": (["fr", "en"], ["fr", "de"]),
    "Berlin": (["de", "en"], ["de"], ["en"]), "Tokyo": (["ja", "en"], ["ja"]), "Austin": (["en"], ["en", "es"]),
}  # fmt: skip
ROLES = {"approver": 0.08, "on-call": 0.12, "first-aider": 0.05, "admin": 0.04, "works-council": 0.02}
LAPTOPS = ("mac", "windows", "windows", "linux")
PHONES = (None, "iphone", "android")
APP_VERSIONS = {"5.3.1": 30, "5.3.0": 20, "5.2.0": 15, "5.2.0-rc.1": 4, "5.1.4": 15, "4.9.2": 10, "4.0": 6}
TICKETS = {0: 55, 1: 25, 2: 13, 3: 7}
KINDS = ("access", "hardware", "payroll", "software")
STATES = ("solved", "solved", "open", "waiting")


def main() -> None:
    """Writes the files."""
    people = employees()
    lines = [json.dumps(each, separators=(",", ":")) for each in people]
    (FOLDER / "employees.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (FOLDER / "lists").mkdir(exist_ok=True)
    (FOLDER / "lists" / "beta-testers.txt").write_text("\n".join(beta_testers(people)) + "\n", encoding="utf-8")


def employees() -> list[dict[str, object]]:
    """The employees in the order of their ids; `office` is a name in `offices.json`."""
    rng = Random(SEED)
    led: set[str] = set()
    return [_employee(rng, f"e{number:03}", led) for number in range(1, EMPLOYEES + 1)]


def beta_testers(people: list[dict[str, object]]) -> list[str]:
    """The ids of those who test first."""
    return sorted(Random(SEED).sample([str(each["id"]) for each in people], BETA_TESTERS))


def _employee(rng: Random, identity: str, led: set[str]) -> dict[str, object]:
    department, office = _drawn(rng, DEPARTMENTS), _drawn(rng, OFFICES)
    started = _started(rng)
    is_manager = department not in led or rng.random() < 0.06
    led.add(department)
    found = {
        "id": identity,
        "department": department,
        "job": rng.choice(JOBS.get(department.split("/")[1], ("specialist", "coordinator"))),
        "roles": _roles(rng, is_manager=is_manager),
        "is_manager": is_manager,
        "started_at": started.isoformat(),
        "birthday": _birthday(rng, started) if rng.random() < 0.92 else None,
        "office": office,
        "languages": rng.choice(LANGUAGES.get(office, (["en"],))),
    }
    if started <= NOW.date():
        found |= _equipment(rng, started) | _usage(rng) | {"tickets": _tickets(rng, started)}
    return {name: value for name, value in found.items() if value is not None}


def _started(rng: Random) -> date:
    share = rng.random()
    if share < 0.03:
        return NOW.date() + timedelta(days=rng.randrange(1, 46))
    if share < 0.1:
        return NOW.date() - timedelta(days=rng.randrange(120))
    return NOW.date() - timedelta(days=rng.randrange(120, 365 * 15))


def _birthday(rng: Random, started: date) -> str:
    """Of somebody who was 18 on the first working day."""
    if rng.random() < 0.01:
        return date(rng.choice((1976, 1980, 1984, 1988, 1992)), 2, 29).isoformat()
    earliest, latest = date(1962, 1, 1), started - timedelta(days=18 * 366)
    return (earliest + timedelta(days=rng.randrange((latest - earliest).days))).isoformat()


def _roles(rng: Random, *, is_manager: bool) -> list[str]:
    own = "contractor" if rng.random() < 0.09 else "employee"
    likely = {**ROLES, "approver": 0.6} if is_manager else ROLES
    return [own, *(role for role, share in likely.items() if rng.random() < share)]


def _equipment(rng: Random, started: date) -> dict[str, object]:
    phone = rng.choice(PHONES)
    age = min((NOW.date() - started).days, rng.randrange(365 * 5))
    return {
        "devices": [rng.choice(LAPTOPS), *([phone] if phone else [])],
        "laptop_since": (NOW.date() - timedelta(days=age)).isoformat(),
    }


def _usage(rng: Random) -> dict[str, object]:
    if rng.random() < 0.06:
        return {"articles_read": 0}
    days = rng.randrange(4) if rng.random() < 0.7 else rng.randrange(90)
    login = NOW - timedelta(days=days, minutes=rng.randrange(1, 600))
    return {
        "app_version": _drawn(rng, APP_VERSIONS),
        "last_login_at": login.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "articles_read": int(rng.expovariate(1 / 12)) if days < 30 else 0,
    }


def _tickets(rng: Random, started: date) -> list[dict[str, object]]:
    longest = max(1, min(365, (NOW.date() - started).days))
    return [
        {
            "kind": rng.choice(KINDS),
            "priority": rng.randrange(1, 5),
            "status": rng.choice(STATES),
            "opened_at": (NOW.date() - timedelta(days=rng.randrange(longest))).isoformat(),
        }
        for _ in range(_drawn(rng, TICKETS))
    ]


def _drawn(rng: Random, weights: dict[Name, int]) -> Name:
    return rng.choices(list(weights), list(weights.values()))[0]


if __name__ == "__main__":
    main()
