"""Stable splits: the share of a rollout at which a text stands, by each of the hashes.

A part of the oracle: written from the language page, and nothing under `shared` is imported here.
"""

import hashlib

WORD = 0xFFFFFFFF


def murmur3_32(data):
    """Austin Appleby's MurmurHash3, x86, 32 bits, of bytes, with seed 0."""
    state = 0
    for start in range(0, len(data), 4):
        block = data[start : start + 4]
        mixed = rotated(int.from_bytes(block, "little") * 0xCC9E2D51 & WORD, 15) * 0x1B873593 & WORD
        state ^= mixed
        if len(block) == 4:
            state = (rotated(state, 13) * 5 + 0xE6546B64) & WORD
    state ^= len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & WORD
    state = (state ^ state >> 13) * 0xC2B2AE35 & WORD
    return state ^ state >> 16


def rotated(word, bits):
    return (word << bits | word >> 32 - bits) & WORD


def murmur3(salt, text, percent):
    return murmur3_32(f"{salt}:{text}".encode()) / 2**32 < percent / 100


def launchdarkly(salt, text, percent):
    digits = hashlib.sha1(f"{salt}.{text}".encode()).hexdigest()[:15]
    return int(digits, 16) / float(0xFFFFFFFFFFFFFFF) < percent / 100


def flagsmith(salt, text, percent):
    def share(times):
        digest = hashlib.md5(",".join([salt, text] * times).encode()).digest()
        found = int.from_bytes(digest, "big") % 9999 / 9998 * 100
        return share(times + 1) if found == 100 else found

    return share(1) <= percent


HASHES = {"murmur3": murmur3, "launchdarkly": launchdarkly, "flagsmith": flagsmith}
