"""Resource quantities: "500m", "2", "256Mi"."""

import math
from functools import lru_cache
from typing import Final

_SUFFIXES: Final = {
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
}


@lru_cache(maxsize=4096)
def millicores(text: str) -> int:
    """CPU in thousandths, rounded up. Raises ValueError."""
    if text.endswith("m"):
        return int(text[:-1])
    return math.ceil(float(text) * 1000)


@lru_cache(maxsize=4096)
def byte_count(text: str) -> int:
    """Memory in bytes. Raises ValueError."""
    digits = text.rstrip("kMGTi")
    suffix = text[len(digits) :]
    if suffix not in _SUFFIXES:
        raise ValueError(f"unable to parse quantity {text!r}")
    return int(float(digits) * _SUFFIXES[suffix])
