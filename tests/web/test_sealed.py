"""Sealed files: what was written comes back, and nothing else is ever given to whoever reads."""

import io
from pathlib import Path
from random import Random

import pytest
from pytest_django import Settings

from visualizer.rooms.kept import sealed

HEAD = b'{"t": 1}'
TEXT = Random(1).randbytes(300) * 40


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of several chunks."""
    monkeypatch.setattr(sealed, "CHUNK", 100)
    return written(tmp_path / "file")


def written(path: Path, text: bytes = TEXT, head: bytes = HEAD) -> Path:
    with path.open("wb") as out:
        writer = sealed.SealedWriter(out, head)
        for start in range(0, len(text), 70):
            writer.write(text[start : start + 70])
        writer.close()
    return path


def read(path: Path) -> bytes:
    with path.open("rb") as opened, sealed.reader(opened) as unsealed:
        return unsealed.read()


def chunks(path: Path) -> list[bytes]:
    """As they lie in the file, each with its length and its seal."""
    stream, found = io.BytesIO(path.read_bytes().partition(b"\n")[2]), []
    while front := stream.read(sealed.LENGTH):
        found.append(front + stream.read(sealed.SEAL + int.from_bytes(front, "big")))
    return found


@pytest.mark.parametrize("text", [b"", b"x", TEXT, bytes(10**6)])
def test_what_was_written_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sealed, "CHUNK", 100)
    path = written(tmp_path / "file", text)
    assert read(path) == text
    assert sealed.head_of(path) == HEAD


@pytest.mark.parametrize("change", ["swapped", "twice", "left out", "cut", "more", "head", "another file"])
def test_chunks_that_are_not_where_they_were_written_are_not_read(
    file: Path, tmp_path: Path, change: str
) -> None:
    head, found = HEAD, chunks(file)
    assert len(found) > 3
    match change:
        case "swapped":
            found[1], found[2] = found[2], found[1]
        case "twice":
            found.insert(1, found[1])
        case "left out":
            del found[1]
        case "cut":
            found.pop()
        case "more":
            found.append(found[-1])
        case "head":
            head = HEAD.replace(b"1", b"2")
        case _:
            found[1] = chunks(written(tmp_path / "other", TEXT, b"{}"))[1]
    file.write_bytes(head + b"\n" + b"".join(found))
    with pytest.raises(sealed.Broken):
        read(file)


def test_no_byte_of_a_file_can_be_another(file: Path) -> None:
    data = file.read_bytes()
    for place in range(0, len(data), 7):
        file.write_bytes(data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :])
        with pytest.raises(sealed.Broken):
            read(file)


def test_nor_be_sealed_with_another_key(file: Path, settings: Settings) -> None:
    settings.SECRET_KEY = "another"
    with pytest.raises(sealed.Broken):
        read(file)


def test_what_is_told_to_be_endless_is_not_waited_for(file: Path) -> None:
    file.write_bytes(HEAD + b"\n" + b"\xff" * 200)
    with pytest.raises(sealed.Broken):
        read(file)
