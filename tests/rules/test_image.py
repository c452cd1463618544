import random
import zlib
from pathlib import Path

import msgspec
import pytest

from shared.rules import image, text
from shared.rules.image import FORMAT, MAGIC, ImageRefused
from shared.rules.machine import Machine
from tests.rules.build import NOW, condition, link

RULES = {
    "pro": condition("traits.plan", "in", ["pro", "team"]),
    "big": {
        "all": [{"audience": "pro"}, condition("traits.spend", "gt", 100), condition("traits.email", "matches", "^a")]
    },
    "new": {
        "any": [condition("traits.signup_at", "within_last", "P1M"), condition("traits.roles", "has_all", ["a", "b"])]
    },
    "other": condition("device.browser_version", "version_gte", "1.2.0-beta.1", missing="match"),
}
DATA = image.encode(link(RULES, public=("pro",)))


def refused(data):
    with pytest.raises(ImageRefused) as caught:
        Machine(image.decode(data))
    return caught.value.reason


def rewritten(**changes):
    changed = msgspec.structs.replace(image.decode(DATA), **changes)
    return image.encode(changed)


def test_an_image_survives_its_bytes():
    decoded = image.decode(DATA)
    assert image.encode(decoded) == DATA
    pro = {"traits": {"plan": "pro", "spend": 101, "email": "a@b"}}
    assert sorted(Machine(decoded).evaluate(pro, NOW)) == ["big", "other", "pro"]


def test_equal_environments_give_equal_bytes_whatever_the_order():
    shuffled = dict(reversed(RULES.items()))
    assert image.encode(link(shuffled, public=("pro",))) == DATA
    assert image.content_hash(DATA).startswith("sha256:")
    assert image.content_hash(image.encode(link({"pro": RULES["pro"]}))) != image.content_hash(DATA)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not-an-image"),
        (b"MUSTEX" + DATA[6:], "not-an-image"),
        (DATA[:6], "unknown-format"),
        (DATA[:6] + bytes([FORMAT + 1]) + DATA[7:], "unknown-format"),
        (DATA[:-1], "damaged"),
        (DATA + b"\0", "damaged"),
        (MAGIC + bytes([FORMAT]) + zlib.compress(b"\xc1"), "damaged"),
        (MAGIC + bytes([FORMAT]) + zlib.compress(b"\x91" * 100_000), "damaged"),
        (MAGIC + bytes([FORMAT]) + zlib.compress(b"\xdd\xff\xff\xff\xff"), "damaged"),
        (b"\0" * (image.MAX_BYTES + 1), "too-large"),
    ],
)
def test_what_is_no_image_is_refused_by_name(data, reason):
    assert refused(data) == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": ("pro", "big", "new", "pro")},
        {"keys": ("pro",)},
        {"spans": ((1, 1),)},
        {"spans": ((0, 4),)},
        {"literals": b"\xff" * 8},
        {"predicates": b"\xff" * 4},
        {"predicate_bytes": 3},
        {"base": b"\1" * 1000},
        {"public": b"\xff\xff"},
        {"attributes": ()},
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(changes):
    assert refused(rewritten(**changes)) == "damaged"


def test_a_test_from_the_future_is_refused_by_its_name():
    with pytest.raises(ImageRefused, match="unknown-test: TELEPATHY"):
        image.decode(rewritten(tests=("PRESENT", "TELEPATHY")))


@pytest.mark.parametrize("cuts", [(5, 1), (1, 1), (1, "a"), (None,), ([1], 2)])
def test_cuts_that_are_not_in_order_are_refused(cuts):
    decoded = image.decode(image.encode(link({"a": condition("traits.n", "between", [1, 5])})))
    (attribute,) = decoded.attributes
    (index,) = attribute.indexes
    changed = msgspec.structs.replace(index, cuts=cuts, owners=index.owners[: len(cuts)])
    damaged = msgspec.structs.replace(decoded, attributes=(msgspec.structs.replace(attribute, indexes=(changed,)),))
    assert refused(image.encode(damaged)) == "damaged"


def test_an_image_of_an_earlier_format_answers_as_it_did():
    stored = (Path(__file__).parents[1] / "golden" / "image-1.bin").read_bytes()
    machine = Machine(image.decode(stored))
    pro = {"traits": {"plan": "pro", "spend": 101, "email": "a@b"}, "device": {"browser_version": "1.2"}}
    assert sorted(machine.evaluate(pro, NOW)) == ["big", "other", "pro"]
    assert machine.trusted == ()


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ({"schedule": {"days": ["mon"]}}, ("UTC", None, None, "9:00", 1, 1, 1, 1, 0)),
        ({"schedule": {"days": ["mon"]}}, ("Mars/Base", None, None, 0, 1, 1, 1, 1, 0)),
        ({"schedule": {"days": ["mon"]}}, (0,)),
        ({"rollout": {"percent": 5, "by": "visitor.id", "salt": "x"}}, ("crc32", "x", ((None, 0.1),), 0)),
        ({"rollout": {"percent": 5, "by": "visitor.id", "salt": "x"}}, ("murmur3", "x", 0.1, 0)),
        (condition("traits.at", "anniversary_within", "P1D"), (1, "Mars/Base", 0)),
        (condition("traits.at", "within_last", "P1M"), (9, 1, 0, 0)),
    ],
)
def test_rows_that_are_no_operands_are_refused(rule, row):
    decoded = image.decode(image.encode(link({"a": rule})))
    (attribute,) = decoded.attributes
    changed = msgspec.structs.replace(attribute.indexes[0], rows=(row,))
    damaged = msgspec.structs.replace(decoded, attributes=(msgspec.structs.replace(attribute, indexes=(changed,)),))
    assert refused(image.encode(damaged)) == "damaged"


def test_patterns_that_are_none_or_too_many_are_refused(monkeypatch):
    rules = {f"a{n}": condition("traits.a", "matches", f"x{n}.*y[a-z]{{20}}") for n in range(60)}
    decoded = image.decode(image.encode(link(rules)))
    Machine(decoded)
    monkeypatch.setattr(text, "PATTERN_MEMORY", 20_000)
    with pytest.raises(ImageRefused, match="bad-pattern: the 60 patterns of one attribute: failed to compile Set"):
        Machine(decoded)
    (attribute,) = decoded.attributes
    index = image.Rows(attribute.indexes[0].test, (("(", False, 0),))
    damaged = msgspec.structs.replace(decoded, attributes=(msgspec.structs.replace(attribute, indexes=(index,)),))
    assert refused(image.encode(damaged)) == "bad-pattern"


def test_elements_that_nest_deeper_than_the_stack_are_refused(monkeypatch):
    def check(_):
        raise RecursionError  # which Python has the decoder give up before this one, and which after it, differs

    monkeypatch.setattr(image, "_check", check)
    assert refused(DATA) == "damaged"


def test_what_elements_are_asked_is_checked_as_the_rest():
    rule = condition("traits.orders", "element", condition("sku", "eq", "A1"))
    decoded = image.decode(image.encode(link({"a": rule})))
    (attribute,) = decoded.attributes
    inner = attribute.indexes[0].image
    for changes in ({"keys": ("7",)}, {"keys": ("a",)}, {"spans": ((1, 2),)}):
        index = image.Elements(attribute.indexes[0].test, msgspec.structs.replace(inner, **changes))
        damaged = msgspec.structs.replace(decoded, attributes=(msgspec.structs.replace(attribute, indexes=(index,)),))
        assert refused(image.encode(damaged)) == "damaged"


def test_an_owner_outside_the_pool_is_refused():
    decoded = image.decode(image.encode(link({"a": condition("traits.n", "eq", 1)})))
    (attribute,) = decoded.attributes
    changed = msgspec.structs.replace(attribute.indexes[0], owners=(7,))
    damaged = msgspec.structs.replace(decoded, attributes=(msgspec.structs.replace(attribute, indexes=(changed,)),))
    assert refused(image.encode(damaged)) == "damaged"


def test_no_flipped_bit_of_the_packed_part_gets_through_unnoticed():
    # the checksum inside the compressed stream finds them; the content hash of the pointer would, too
    rng = random.Random(7)
    for _ in range(400):
        place = rng.randrange(len(MAGIC) + 1, len(DATA))
        damaged = bytearray(DATA)
        damaged[place] ^= 1 << rng.randrange(8)
        with pytest.raises(ImageRefused, match=r"damaged|unknown-test"):
            image.decode(bytes(damaged))
