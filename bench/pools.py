"""The values from which visitors and rules are drawn, the most frequent first."""

from collections.abc import Sequence
from itertools import accumulate
from random import Random


class Skewed:
    """A pool of values drawn by Zipf's law: the value of rank r has the weight 1 / r^exponent."""

    def __init__(self, pool: Sequence, exponent: float = 1.0) -> None:
        self.pool = pool
        self._sums = list(accumulate(1 / rank**exponent for rank in range(1, len(pool) + 1)))

    def one(self, rng: Random) -> object:
        """One value."""
        return rng.choices(self.pool, cum_weights=self._sums)[0]

    def some(self, rng: Random, count: int) -> list:
        """Up to `count` values, each once, in the order in which they came."""
        return list(dict.fromkeys(rng.choices(self.pool, cum_weights=self._sums, k=count)))


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


PLANS = _words("free starter pro team enterprise")
COUNTRIES = _words(
    "US DE GB FR CA IN AU NL BR ES IT SE PL JP CH AT BE DK NO FI IE PT CZ MX AR CL CO ZA NG EG KE MA TR GR HU RO BG "
    "UA KR SG MY TH VN ID PH NZ IL AE SA QA TW HK PE UY EE LV LT SI SK HR"
)
CITIES = _words("London,Berlin,New York,Paris,Toronto,Mumbai,Sydney,Amsterdam,São Paulo,Madrid", ",") + tuple(
    f"{side}{end}"
    for end in _words("ville burg field ton stadt")
    for side in _words("Oak River North South Green Kings Stone Bright Wood Lake Spring Mill Rose")
)
DEVICES = _words("mobile desktop tablet bot tv other")
SYSTEMS = _words("Windows iOS Android macOS Linux ChromeOS")
BROWSERS = _words("Chrome,Safari,Edge,Firefox,Samsung Internet,Opera", ",")
BROWSER_VERSIONS = (
    *(f"{major}.0.{6000 + major * 7}" for major in range(131, 90, -1)),
    *_words("17.5 17.4.1 16.6"),
)
LANGUAGES = _words("en de fr es pt nl it pl sv ja da fi nb cs tr el hu ro uk ko zh th vi id he ar")
SOURCES = _words("google newsletter facebook bing linkedin partner instagram tiktok affiliate qr")
SEASONS = _words("spring summer autumn winter evergreen")
CAMPAIGN_GOALS = _words("sale launch winback referral webinar bundle trial upgrade survey gift")
CAMPAIGNS = tuple(f"{s}-{goal}-{year}" for year in (2026, 2025) for goal in CAMPAIGN_GOALS for s in SEASONS)
REFERRERS = (
    *_words("www.google.com www.bing.com t.co news.ycombinator.com www.reddit.com duckduckgo.com"),
    *(f"{name}{n}.example" for n in range(1, 15) for name in _words("blog shop forum www.partner review")),
)
APP_VERSIONS = (
    *(f"{major}.{minor}.{patch}" for major in (4, 3, 2, 1) for minor in range(9, -1, -1) for patch in (0, 1, 2)),
    *_words("5.0.0-rc.1 5.0.0-beta.2 5.0.0-alpha.1 4.9.0-rc.2 4.5.0-beta.1"),
)
ROLES = _words("viewer editor admin billing owner developer support auditor")
TOPICS = _words(
    "running cycling hiking yoga football tennis golf swimming climbing skiing cooking baking coffee tea wine travel "
    "camping fishing photography film music jazz opera books comics games chess gardening pets cars watches fashion "
    "shoes beauty health finance crypto news science history"
)
CATEGORIES = _words(
    "shoes jackets bags tents bikes helmets watches cameras lenses books coffee tea lamps chairs desks rugs toys games "
    "phones cables"
)
SHOPS = tuple(f"/shop/{category}" for category in CATEGORIES)
PATHS = (
    *_words("/ /pricing /checkout /checkout/payment /cart /account /account/orders /help /sale"),
    *SHOPS,
    *(f"{shop}/{n}" for n in range(100, 120) for shop in SHOPS),
    *(f"/blog/{year}/{topic}-tips" for year in (2026, 2025) for topic in TOPICS),
)
NAMES = _words("ada ben cleo dan eva finn gia hugo ivy jon kim leo mia noah ola pia quin rex sara tom uma vic wes")
DOMAINS = (
    *_words("gmail.com outlook.com yahoo.com icloud.com gmx.de web.de proton.me"),
    *(f"{name}{n}.example" for n in range(1, 41) for name in _words("acme globex initech umbrella")),
)
TEAMS = (
    *_words("/sales /eng /support /marketing /finance"),
    *(f"/{unit}/{team}" for team in _words("emea amer apac") for unit in _words("sales eng support marketing finance")),
)
PROVIDERS = tuple((first, second) for second in range(0, 128, 16) for first in (81, 93, 178, 10, 203))
"""The first two bytes of the IPv4 addresses of visitors."""
CENTRES = tuple((round(-35 + n * 37 % 95 + n / 7, 2), round(-120 + n * 83 % 260 + n / 11, 2)) for n in range(60))
"""(latitude, longitude) of the cities about which visitors are."""
ZONES = _words(
    "Europe/Berlin America/New_York UTC Europe/London Asia/Tokyo America/Los_Angeles Australia/Sydney Asia/Kolkata"
)
MEMBER_LISTS = tuple(f"{name}-{n}" for n in range(10) for name in _words("beta vip churn leads press banned partners"))
