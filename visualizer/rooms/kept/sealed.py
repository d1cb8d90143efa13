"""Files that only this server can have written, in pieces: a head, and chunks of compressed bytes, each with
a seal made with the secret key.

Neither the writer nor the reader has more than one chunk in memory, and nothing is used or unpacked before
its seal has been checked.
"""

import hashlib
import hmac
import io
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

CHUNK: Final = 1 << 20
"""Bytes of a chunk on disk, at most."""
LEVEL: Final = 1
"""Of zlib: a quarter of the bytes, and 220 MB take a second."""
LONGEST_HEAD: Final = 4096
LENGTH: Final = 4
"""Bytes that tell how long a chunk is."""
SEAL: Final = 32
"""Bytes of a seal."""
LAST: Final = b"last"


class Broken(ValueError):
    """The file is not as this server wrote it, or not all of it is there."""


class _Seals:
    """Those of one file: each depends on the head and on the place of its chunk, so that chunks cannot change
    places, nor come from another file. Python's own hash: a process that was forked off in between can use
    it without waiting for anybody.
    """

    def __init__(self, head: bytes) -> None:
        secret = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=SEAL, person=b"snapshots").digest()
        self._key = hashlib.blake2b(head, key=secret, digest_size=SEAL).digest()
        self._place = 0

    def next(self, chunk: bytes, *, last: bool) -> bytes:
        """The seal of the next chunk."""
        self._place += 1
        kind = LAST if last else b""
        hashed = hashlib.blake2b(kind, key=self._key, digest_size=SEAL, salt=self._place.to_bytes(8, "big"))
        hashed.update(chunk)
        return hashed.digest()


class SealedWriter:
    """Writes a file; what it was given is all there only when `close` has returned."""

    def __init__(self, out: BinaryIO, head: bytes) -> None:
        self._out = out
        self._seals = _Seals(head)
        self._packer = zlib.compressobj(LEVEL)
        self._waiting = bytearray()
        out.write(head + b"\n")

    def write(self, data: bytes) -> int:
        """As a file's."""
        self._waiting += self._packer.compress(data)
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write what is left."""
        self._waiting += self._packer.flush()
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        self._put(bytes(self._waiting), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(len(chunk).to_bytes(LENGTH, "big") + self._seals.next(chunk, last=last) + chunk)


class _Chunks(io.RawIOBase):
    """What was written, chunk by chunk."""

    def __init__(self, source: BinaryIO, head: bytes) -> None:
        self._source = source
        self._seals = _Seals(head)
        self._unpacker = zlib.decompressobj()
        self._ended = False
        self._tail = b""
        """Of the chunk at hand what was not unpacked yet."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while True:
            if not self._tail and not self._ended:
                self._tail = self._next()
            found = self._unpacker.decompress(self._tail, len(buffer))
            self._tail = self._unpacker.unconsumed_tail
            if found or (self._ended and not self._tail):
                buffer[: len(found)] = found
                return len(found)

    def _next(self) -> bytes:
        front = self._source.read(LENGTH + SEAL)
        length, seal = int.from_bytes(front[:LENGTH], "big"), front[LENGTH:]
        chunk = self._source.read(length) if len(seal) == SEAL and length <= CHUNK else b""
        if len(seal) != SEAL or len(chunk) != length:
            raise Broken("the file ends early")
        place = self._seals
        self._ended = not self._source.peek(1)  # type: ignore[attr-defined]
        if not hmac.compare_digest(seal, place.next(chunk, last=self._ended)):
            raise Broken("a seal is not right")
        return chunk


def head_of(file: Path) -> bytes | None:
    """The head of a file, as it says itself; None if there is none."""
    try:
        with file.open("rb") as opened:
            return opened.readline(LONGEST_HEAD).removesuffix(b"\n")
    except OSError:
        return None


def reader(opened: BinaryIO) -> io.BufferedReader:
    """What is behind the head of a file; reading raises Broken where it is not as it was written."""
    head = opened.readline(LONGEST_HEAD).removesuffix(b"\n")
    return io.BufferedReader(_Chunks(opened, head), CHUNK)
