"""Frames of SPDY/3.1, as `kubectl port-forward` of today sends them within its WebSocket.

What a frame looks like: draft-mbelshe-httpbis-spdy-00, 2.2 and 2.6. Windows of flow control and settings are
passed over, as the implementation of Kubernetes does (moby/spdystream connection.go).
"""

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

SYN_STREAM: Final = 1
SYN_REPLY: Final = 2
RST_STREAM: Final = 3
PING: Final = 6
REFUSED_STREAM: Final = 3
"""The status of a RST_STREAM for a stream that was not begun."""
LARGEST_FRAME: Final = 256 * 1024
"""Bytes of one frame that are taken; kubectl sends 32 KiB at most."""
LARGEST_HEADERS: Final = 16 * 1024
"""Bytes of a block of headers, unpacked."""

_VERSION: Final = 3
_CONTROL: Final = 0x80000000
_FIN: Final = 0x01
_HEAD: Final = 8

_WORDS: Final = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language "
    "accept-ranges age allow authorization cache-control connection content-base content-encoding "
    "content-language content-length content-location content-md5 content-range content-type date etag "
    "expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since "
    "last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer "
    "retry-after server te trailer transfer-encoding upgrade user-agent vary via warning "
    "www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin"
)
_TAIL: Final = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 "
    "Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)


def _counted(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text


DICTIONARY: Final = (
    b"".join(_counted(word.replace("_", " ").encode()) for word in _WORDS.split()) + _TAIL.encode()
)
"""What both sides' compression of headers begins with (the draft, 2.6.10.1)."""


class Malformed(Exception):
    """What came is no SPDY/3.1."""


class Opened(msgspec.Struct, frozen=True):
    """A stream that the client begins (SYN_STREAM), and its headers."""

    stream: int
    headers: Mapping[str, str]


class Data(msgspec.Struct, frozen=True):
    """Data of a stream; last: its client sends no more."""

    stream: int
    data: bytes
    last: bool


class Reset(msgspec.Struct, frozen=True):
    """A stream that the client gives up (RST_STREAM)."""

    stream: int


class Ping(msgspec.Struct, frozen=True):
    """What is to be sent back as it is."""

    number: int


Frame = Opened | Data | Reset | Ping


class Frames:
    """Reads the frames of one connection, and writes those that need to know what was written before."""

    def __init__(self) -> None:
        self._unread = b""
        self._unpack = zlib.decompressobj(zdict=DICTIONARY)
        self._pack = zlib.compressobj(zdict=DICTIONARY)

    def read(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now that so much more came. Raises Malformed."""
        self._unread += data
        while len(self._unread) >= _HEAD:
            word = int.from_bytes(self._unread[:4], "big")
            flags, length = self._unread[4], int.from_bytes(self._unread[5:8], "big")
            if length > LARGEST_FRAME:
                raise Malformed
            if len(self._unread) < _HEAD + length:
                return
            payload = self._unread[_HEAD : _HEAD + length]
            self._unread = self._unread[_HEAD + length :]
            if word & _CONTROL:
                frame = self._control(word, payload)
            else:
                frame = Data(word, payload, last=bool(flags & _FIN))
            if frame is not None:
                yield frame

    def reply(self, stream: int) -> bytes:
        """A SYN_REPLY: the stream is there; no headers. What is compressed goes on from one to the next."""
        block = self._pack.compress(bytes(4)) + self._pack.flush(zlib.Z_SYNC_FLUSH)
        return _control(SYN_REPLY, stream.to_bytes(4, "big") + block)

    def _control(self, word: int, payload: bytes) -> Frame | None:
        if word >> 16 & 0x7FFF != _VERSION:
            raise Malformed
        kind, number = word & 0xFFFF, int.from_bytes(payload[:4], "big")
        if kind == SYN_STREAM:
            return Opened(number & ~_CONTROL, self._headers(payload[10:]))
        if kind == RST_STREAM:
            return Reset(number & ~_CONTROL)
        return Ping(number) if kind == PING else None

    def _headers(self, block: bytes) -> dict[str, str]:
        """Raises Malformed."""
        try:
            plain = self._unpack.decompress(block, LARGEST_HEADERS)
        except zlib.error as error:
            raise Malformed from error
        if self._unpack.unconsumed_tail or len(plain) < 4:
            raise Malformed
        texts = list(_texts(plain[4:]))
        if len(texts) != 2 * int.from_bytes(plain[:4], "big"):
            raise Malformed
        return dict(zip(texts[::2], texts[1::2], strict=True))


def data(stream: int, payload: bytes, *, last: bool = False) -> bytes:
    """Data of a stream; last: nothing more comes on it."""
    return (
        stream.to_bytes(4, "big") + bytes((_FIN if last else 0,)) + len(payload).to_bytes(3, "big") + payload
    )


def reset(stream: int, status: int) -> bytes:
    """A stream is given up."""
    return _control(RST_STREAM, stream.to_bytes(4, "big") + status.to_bytes(4, "big"))


def ping(number: int) -> bytes:
    """The answer to a ping."""
    return _control(PING, number.to_bytes(4, "big"))


def _control(kind: int, payload: bytes) -> bytes:
    word = _CONTROL | _VERSION << 16 | kind
    return word.to_bytes(4, "big") + b"\0" + len(payload).to_bytes(3, "big") + payload


def _texts(plain: bytes) -> Iterator[str]:
    while plain:
        length = int.from_bytes(plain[:4], "big")
        yield plain[4 : 4 + length].decode("latin1")
        plain = plain[4 + length :]
