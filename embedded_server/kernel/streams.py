"""Seeded random streams: one counter-based Philox generator a component, keyed by (seed, name).

A stream depends on nothing but its key, so adding a component leaves the others' numbers unchanged.
"""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator for the component `name` under `seed`."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
