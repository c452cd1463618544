"""The device from client hints and User-Agent."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shared.visitors import device

CASES = json.loads(Path(__file__).with_name("user-agents.json").read_text())
KNOWN = {case["about"]: case["user_agent"] for case in CASES}
WINDOWS, IPHONE = KNOWN["Chrome"], KNOWN["Safari"]
ANDROID, TABLET = KNOWN["Chrome on Android"], KNOWN["Chrome on a tablet with Android"]
GREASE = '"Not/A)Brand";v="8"'


def hinted(user_agent=None, *, platform='"Windows"', version=None, mobile="?0", brands=None, full=None):
    headers = {
        "user-agent": user_agent,
        "sec-ch-ua": brands or f'"Chromium";v="124", "Google Chrome";v="124", {GREASE}',
        "sec-ch-ua-mobile": mobile,
        "sec-ch-ua-platform": platform,
        "sec-ch-ua-platform-version": version,
        "sec-ch-ua-full-version-list": full,
    }
    return device.of({name: value for name, value in headers.items() if value is not None})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_user_agent_says_what_device_it_is_on(case):
    assert device.of({"user-agent": case["user_agent"]}) == case["device"]


def test_hints_win_over_the_user_agent():
    full = f'"Chromium";v="124.0.6367.91", "Google Chrome";v="124.0.6367.91", {GREASE}'
    assert hinted(WINDOWS, version='"15.0.0"', full=full) == {
        "is_bot": False,
        "type": "desktop",
        "os": "Windows",
        "os_version": "11",
        "browser": "Chrome",
        "browser_version": "124.0.6367",
    }


def test_a_hinted_system_without_version_has_none_since_the_user_agents_is_frozen():
    found = hinted(WINDOWS)
    assert (found["os"], "os_version" in found, found["browser_version"]) == ("Windows", False, "124")


@pytest.mark.parametrize(
    ("sent", "version"),
    [('"0.1.0"', "7"), ('"0.3.0"', "8.1"), ('"0.9"', None), ('"10.0.0"', "10"), ('"13.0.0"', "11"), ('"x"', "10")],
)
def test_windows_has_the_version_that_people_call_it_by(sent, version):
    assert hinted(version=sent).get("os_version") == version


@pytest.mark.parametrize(
    ("brands", "browser"),
    [
        ('"Microsoft Edge";v="124", "Chromium";v="124"', "Edge"),
        ('"Chromium";v="124", "Opera";v="110", "Not-A.Brand";v="99"', "Opera"),
        ('"Google Chrome";v="124", "Brave";v="124"', "Brave"),
        ('"Chromium";v="124", ";Not A Brand";v="99"', "Chromium"),
    ],
)
def test_the_brand_is_the_product_and_not_what_it_is_built_on(brands, browser):
    assert hinted(brands=brands)["browser"] == browser


@pytest.mark.parametrize(
    ("mobile", "platform", "user_agent", "kind"),
    [
        ("?1", '"Android"', TABLET, "mobile"),
        ("?0", '"Android"', ANDROID, "tablet"),
        ("?0", '"macOS"', None, "desktop"),
        ("?0", '"Unknown"', IPHONE, "mobile"),
        ("?0", '"Android"', TABLET.replace("10; K", "9; BRAVIA 4K"), "tv"),
        ("yes", '"Windows"', ANDROID, "mobile"),
    ],
)
def test_whether_it_is_mobile_decides_between_phone_and_tablet(mobile, platform, user_agent, kind):
    assert hinted(user_agent, mobile=mobile, platform=platform)["type"] == kind


def test_an_automated_browser_is_a_bot_by_its_brand():
    found = hinted(WINDOWS, brands='"HeadlessChrome";v="124", "Chromium";v="124"')
    assert (found["type"], found["is_bot"]) == ("bot", True)


def test_without_headers_nothing_is_known():
    assert device.of({}) == {}
    assert device.of({"user-agent": ""}) == {}
    assert device.of({"user-agent": WINDOWS + "x" * 1024}) == {}
    assert device.of({"sec-ch-ua": "Chrome", "sec-ch-ua-platform": "Windows", "sec-ch-ua-mobile": "1"}) == {}


def test_only_images_that_ask_for_devices_load_the_tables():
    script = (
        "import sys; from shared.visitors.needs import needs; heavy = lambda: 'ua_parser' in sys.modules;"
        "needs([('geo', 'country'), ('locale', 'region')]); before = heavy();"
        "needs([('device', 'type')]); print(before, heavy())"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == ["False", "True"]
