"""Which model computed a run: a replay by another one may go another way."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

_TEXTS_ONLY: Final = ("cli", "conformance", "locale")


@cache
def engine_version() -> str:
    """Twelve characters that change whenever a source of the model does; the same on every machine."""
    package = Path(__file__).parent.parent
    hashed = hashlib.blake2b(digest_size=6)
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package)
        if name.parts[0] not in _TEXTS_ONLY:
            hashed.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()
