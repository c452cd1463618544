"""Checks a signature: RSA-3072, PKCS#1 v1.5, SHA-256 (RFC 8017, 8.2.2), with one `pow`.

The expected block is built whole and compared whole: nothing in it is parsed, which is where forged
signatures of this scheme come from. The hot function loads this module.
"""

import hashlib
from collections.abc import Mapping

EXPONENT = 65537
BITS = 3072
_BYTES = BITS // 8
# DER of DigestInfo for SHA-256 (RFC 8017, 9.2, note 1)
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_PADDING = b"\x00\x01" + b"\xff" * (_BYTES - 3 - len(_SHA256_INFO) - 32) + b"\x00" + _SHA256_INFO

TrustedKeys = Mapping[str, int]
"""RSA moduli by key id (`kid`)."""


def verify(domain: bytes, document: bytes, signature: bytes, kid: str, trusted: TrustedKeys) -> bool:
    """Whether `signature` over `domain + document` was made by the trusted key `kid`."""
    modulus = trusted.get(kid)
    if modulus is None or len(signature) != _BYTES:
        return False
    number = int.from_bytes(signature, "big")
    if number >= modulus:
        return False
    block = pow(number, EXPONENT, modulus).to_bytes(_BYTES, "big")
    return block == _PADDING + hashlib.sha256(domain + document).digest()


def trusted_keys(text: str) -> dict[str, int]:
    """The keys of `kid:hex-modulus[,kid:hex-modulus]`; raises ValueError on any other text."""
    keys = {}
    for entry in filter(None, text.split(",")):
        kid, colon, digits = entry.strip().rpartition(":")
        modulus = int(digits, 16)
        if not colon or not kid or modulus.bit_length() != BITS:
            raise ValueError(f"`{kid or entry}` is no key id with an RSA-{BITS} modulus")
        keys[kid] = modulus
    return keys
