"""Frames of SPDY/3.1, as a real kubectl sent them."""

import zlib

import pytest

from visualizer.kubeapi.spdy import (
    DICTIONARY,
    LARGEST_FRAME,
    LARGEST_HEADERS,
    Data,
    Frames,
    Malformed,
    Opened,
    Ping,
    Reset,
    reset,
)

SENT = bytes.fromhex(
    "800300010000003d0000000100000000000078f9e3c6a7c202253a060606ce2248fc6482d22da30138e59514a526e6420b17"
    "d65450d0430aea2250a266b23000000000ffff0000000101000000800300010000001c00000003000000000000826a455508"
    "2a851231d4a1190f000000ffff000000030000004f474554202f20485454502f312e310d0a486f73743a206c6f63616c686f"
    "73743a31393038300d0a557365722d4167656e743a206375726c2f372e38382e310d0a4163636570743a202a2f2a0d0a0d0a"
    "0000000301000000800300070000000800000000000000008003000600000004"
    "00000001"
)
"""What kubectl v1.36.3 port-forward sent for one request of curl, until it was stopped; and a ping of its."""
BEGINNING = b"\x80\x03\x00\x01\x00"


def test_what_kubectl_sends_is_read_however_it_is_cut() -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost:19080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"
    frames = [
        Opened(1, {"streamtype": "error", "port": "80", "requestid": "0"}),
        Data(1, b"", last=True),
        Opened(3, {"streamtype": "data", "port": "80", "requestid": "0"}),
        Data(3, request, last=False),
        Data(3, b"", last=True),
        Ping(1),
    ]
    assert list(Frames().read(SENT)) == frames
    reader = Frames()
    assert [frame for byte in SENT for frame in reader.read(bytes((byte,)))] == frames


def test_replies_go_on_from_one_to_the_next() -> None:
    writer, unpack = Frames(), zlib.decompressobj(zdict=DICTIONARY)
    for stream in (1, 3):
        reply = writer.reply(stream)
        assert (reply[:4], reply[8:12]) == (b"\x80\x03\x00\x02", stream.to_bytes(4, "big"))
        assert unpack.decompress(reply[12:]) == bytes(4)


def test_a_stream_that_is_given_up_is_told_of() -> None:
    assert list(Frames().read(reset(5, 3))) == [Reset(5)]


@pytest.mark.parametrize(
    "sent",
    [
        b"\x80\x02" + SENT[2:],
        BEGINNING + (LARGEST_FRAME + 1).to_bytes(3, "big"),
        BEGINNING + (14).to_bytes(3, "big") + bytes(10) + b"oops",
        BEGINNING + (10).to_bytes(3, "big") + bytes(10),
    ],
    ids=["another version", "too long", "headers that are not packed", "no headers"],
)
def test_what_is_no_spdy_is_refused(sent: bytes) -> None:
    with pytest.raises(Malformed):
        list(Frames().read(sent))


def test_headers_that_unpack_to_too_much_are_refused() -> None:
    packer = zlib.compressobj(zdict=DICTIONARY)
    block = packer.compress(bytes(LARGEST_HEADERS + 100)) + packer.flush(zlib.Z_SYNC_FLUSH)
    frame = BEGINNING + (10 + len(block)).to_bytes(3, "big") + bytes(10) + block
    with pytest.raises(Malformed):
        list(Frames().read(frame))
