import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from shared.store.verify import trusted_keys, verify

KEY = rsa.generate_private_key(65537, 3072)
MODULUS = KEY.public_key().public_numbers().n
PRIVATE = KEY.private_numbers().d
TRUSTED = {"one": MODULUS}
DOMAIN, DOCUMENT = b"domain\n", b"document"
SIGNATURE = KEY.sign(DOMAIN + DOCUMENT, padding.PKCS1v15(), hashes.SHA256())
INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def forged(block: bytes) -> bytes:
    """A signature whose block is exactly this: what the real key would make of a wrong encoding."""
    return pow(int.from_bytes(block, "big"), PRIVATE, MODULUS).to_bytes(384, "big")


def test_a_true_signature_is_taken():
    assert verify(DOMAIN, DOCUMENT, SIGNATURE, "one", TRUSTED)


@pytest.mark.parametrize(
    ("domain", "document", "kid"),
    [(DOMAIN, b"documenT", "one"), (b"other\n", DOCUMENT, "one"), (DOMAIN, DOCUMENT, "two"), (DOMAIN, DOCUMENT, "")],
)
def test_another_document_domain_or_key_is_refused(domain, document, kid):
    assert not verify(domain, document, SIGNATURE, kid, TRUSTED)


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\0", b"\0" * 384, b"\xff" * 384])
def test_a_missing_or_misshapen_signature_is_refused(signature):
    assert not verify(DOMAIN, DOCUMENT, signature, "one", TRUSTED)


def test_every_flipped_bit_of_a_signature_is_refused():
    number = int.from_bytes(SIGNATURE, "big")
    for bit in range(0, 3072, 7):
        assert not verify(DOMAIN, DOCUMENT, (number ^ 1 << bit).to_bytes(384, "big"), "one", TRUSTED)


def test_a_signature_above_the_modulus_is_refused_though_it_is_congruent():
    number = int.from_bytes(SIGNATURE, "big") + MODULUS
    if number < 1 << 3072:
        assert not verify(DOMAIN, DOCUMENT, number.to_bytes(384, "big"), "one", TRUSTED)


def test_padding_that_lenient_readers_take_is_refused():
    digest = hashlib.sha256(DOMAIN + DOCUMENT).digest()
    good = b"\0\1" + b"\xff" * (384 - 3 - len(INFO) - 32) + b"\0" + INFO + digest
    assert verify(DOMAIN, DOCUMENT, forged(good), "one", TRUSTED)
    short = b"\0\1" + b"\xff" * 8 + b"\0" + INFO + digest  # Bleichenbacher 2006: rubbish behind the digest
    for block in (
        short + b"\0" * (384 - len(short)),
        b"\0\2" + good[2:],
        good[:50] + b"\xfe" + good[51:],
        good[: -len(INFO) - 33] + b"\xff" + INFO + digest,
    ):
        assert not verify(DOMAIN, DOCUMENT, forged(block), "one", TRUSTED)


def test_trusted_keys_are_read_from_their_text():
    assert trusted_keys(f"one:{MODULUS:x},two:{MODULUS:x}") == {"one": MODULUS, "two": MODULUS}
    assert trusted_keys("") == {}


@pytest.mark.parametrize("text", ["one", f"{MODULUS:x}", f":{MODULUS:x}", "one:ff", f"one:{MODULUS >> 1:x}", "one:xyz"])
def test_a_text_that_holds_no_key_is_refused(text):
    with pytest.raises(ValueError, match=r"is no key id|invalid literal"):
        trusted_keys(text)
