"""Questions about time, and instants at or beside the edge of what they ask."""

from datetime import UTC, date, datetime, timedelta, timezone

from tests import clocks, readings

MOMENTS = ("1969-12-31T23:59:59.999Z", "2024-02-29T01:30:00.5+01:00", "2026-03-01", "2026-03-15T12:00:00Z")
NOWS = (
    *MOMENTS,
    "2026-03-31T23:30:00.250Z",
    "2024-02-29",
    "2025-12-31T12:00:00Z",
    "2023-02-28T23:59:59.999Z",
    "2026-03-29T00:59:59.999Z",
    "2018-11-04T03:00:00Z",
)
DURATIONS = ("PT1S", "PT36H", "P1D", "P7D", "P2W", "P1M", "P1Y", "P13M", "P1Y2M3DT4H5M6.007S", "P1MT12H", "P100Y")
WHOLE_DAYS = ("P0D", "P1D", "P7D", "P2W", "P59D", "P364D", "P365D")
DAYS = ("2026-03-29", "2026-03-15", "2024-02-29", "2018-11-04", "2026-10-25", "2011-12-31")
ZONES = (
    "UTC",
    "Europe/Zurich",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
)
CLOCKS = ("00:00", "00:30", "01:59:59", "02:00", "02:30", "06:00", "12:00", "17:30", "23:00", "23:59:59")
YEARS = (1992, 2001, 2024, 2030)


def zoned(rng, asked):
    return {**asked, **({"timezone": rng.choice(ZONES)} if rng.random() < 0.6 else {})}


def ordered(rng):
    """Two moments, the earlier one first."""
    return [MOMENTS[at] for at in sorted(rng.sample(range(len(MOMENTS)), 2))]


PARTS = (
    lambda rng: {"days": rng.sample(clocks.WEEKDAYS, rng.randint(1, 4))},
    lambda rng: {"days_of_month": sorted(rng.sample(range(1, 29), rng.randint(1, 20)))},
    lambda rng: {"months": rng.sample(range(1, 13), rng.randint(1, 8))},
    lambda rng: dict(zip(("from", "to"), rng.sample(CLOCKS, 2), strict=True)),
    lambda rng: {"from": rng.choice(CLOCKS)},
    lambda rng: {"to": rng.choice((*CLOCKS[1:], "24:00"))},
    lambda rng: {rng.choice(("start", "end")): rng.choice(MOMENTS)},
    lambda rng: dict(zip(("start", "end"), ordered(rng), strict=True)),
)


def schedule(rng):
    """A schedule of one to three parts, at times and in zones that the instants of `NOWS` are near to."""
    found = {}
    for part in rng.sample(PARTS, rng.randint(1, 3)):
        found |= part(rng)
    opens, closes = clocks.window(found)
    instants = [readings.instant(found[name]) for name in ("start", "end") if name in found]
    if opens == closes % readings.DAY or instants != sorted(set(instants)):
        return schedule(rng)
    return {"schedule": {**found, **({"timezone": rng.choice((*ZONES, "visitor"))} if rng.random() < 0.7 else {})}}


def text(ms, zone=UTC):
    """An instant as RFC 3339 writes it in a zone, to the millisecond."""
    moment = datetime(1970, 1, 1, tzinfo=UTC).astimezone(zone) + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds")


def written(rng, ms):
    """An instant near `ms`, in one of the ways in which an instant can be written, and in some that are none."""
    ms += rng.choice((-readings.DAY, -1, -1, 0, 0, 0, 0, 1, 1, 3_600_000))
    found = text(ms, timezone(timedelta(minutes=rng.choice((0, 0, 60, -300, 345)))))
    others = (found.replace("+00:00", "Z"), found[:-6] + "999" + found[-6:], found[:-6], found[:10], ms, ms / 1000)
    return rng.choice((found, found, found, *others))


def near_moment(rng, condition, _):
    value = condition["value"]
    return written(rng, readings.instant(rng.choice(value) if isinstance(value, list) else value))


def near_day(rng, condition, _):
    return written(rng, rng.choice(clocks.local_day(condition["value"], condition.get("timezone", "UTC"))))


def near_duration(rng, condition, now_ms):
    sign = -1 if condition["op"] in ("within_last", "older_than") else 1
    return written(rng, rng.choice((readings.shifted(now_ms, condition["value"], sign), now_ms)))


def near_anniversary(rng, condition, now_ms):
    """The midnight of a day in another year, as many days from today as the condition asks, or about."""
    zone = condition.get("timezone", "UTC")
    ahead = readings.duration(condition["value"])[1] // readings.DAY
    today = clocks.wall(now_ms, zone)[0] + rng.choice((-1, 0, 0, ahead, ahead, ahead + 1))
    found = date.fromordinal(today + readings.EPOCH)
    year = rng.choice(YEARS)
    is_leap_day = (found.month, found.day) == (2, 29) and year % 4
    text = f"{year}-03-01" if is_leap_day else f"{year}-{found.month:02}-{found.day:02}"
    return written(rng, rng.choice(clocks.local_day(text, zone)))


def zone(rng):
    """What a visitor may have as its time zone: one of those that are asked, another, or none."""
    known = rng.choice((*ZONES, "Asia/Tehran"))
    return known if rng.random() < 0.7 else rng.choice(("Europe/Atlantis", "europe/zurich", "", 1.5, True, [known], {}))
