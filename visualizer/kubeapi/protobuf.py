"""Kubernetes' protobuf: bodies of kubectl 1.32 and newer, read as the JSON that they stand for.

Answers are always JSON, which these clients accept. The numbers of the fields stand in protobuf_fields.txt:
a message a line, `NUMBER:NAME:TYPE` for each field, without a name where JSON inlines the message. `*` before
a type means many, `%` a map, `-` that false or zero say nothing. Types: s text, i integer, b bool, d float,
y bytes, t time, u time with microseconds, q quantity, x number or text, j JSON, else a message. Source: the
types and generated.proto files of v1.36.
"""

import base64
import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

MAGIC: Final = b"k8s\x00"
MEDIA_TYPE: Final = "application/vnd.kubernetes.protobuf"
DEEPEST: Final = 40

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5

_TABLE: Final = Path(__file__).with_name("protobuf_fields.txt")
_LEAST_SECONDS: Final = -62_135_596_800
_MOST_SECONDS: Final = 1 << 35
"""Since 1970; the first is the beginning of the year 1, with which Go says that there is no time."""


class ProtobufError(ValueError):
    """The bytes are no message of a kind that is known here."""


class Field(msgspec.Struct, frozen=True):
    """One field of a message. name: as JSON has it, empty where its content stands in its place; type: a
    letter of the table or a message.
    """

    name: str
    type: str
    many: bool = False
    is_map: bool = False
    quiet: bool = False


Message = Mapping[int, Field]


@cache
def messages() -> Mapping[str, Message]:
    """The table: messages as "core.v1.Pod"."""
    lines = _TABLE.read_text().replace("\n  ", " ").splitlines()
    return {
        name: dict(_fields(name, rest.split()))
        for name, _space, rest in (line.partition(" ") for line in lines)
    }


def _fields(message: str, entries: list[str]) -> Iterator[tuple[int, Field]]:
    package = message.rpartition(".")[0]
    for entry in entries:
        number, name, kind = entry.split(":")
        type_ = kind.lstrip("*%-")
        if len(type_) > 1 and "." not in type_:
            type_ = f"{package}.{type_}"
        yield (
            int(number),
            Field(name, type_, kind.startswith("*"), kind.startswith("%"), kind.startswith("-")),
        )


_ONE: Final = "one"
_UNIONS: Final = ("apiextensions.v1.JSONSchemaPropsOrArray", "apiextensions.v1.JSONSchemaPropsOrBool")
"""Messages that are one thing or another, and stand for it."""
_ENVELOPE: Final[Message] = {1: Field("typeMeta", "TypeMeta"), 2: Field("raw", "raw")}
_TYPE_META: Final[Message] = {1: Field("apiVersion", "s"), 2: Field("kind", "s")}


def decode(body: bytes) -> dict[str, Any]:
    """An object as JSON-ready dicts, from the envelope that Kubernetes puts around protobuf. Raises
    ProtobufError.
    """
    if not body.startswith(MAGIC):
        raise ProtobufError("the body does not begin as Kubernetes' protobuf does")
    envelope = _message(memoryview(body)[4:], _ENVELOPE, 0)
    meta = envelope.get("typeMeta", {})
    api_version, kind = meta.get("apiVersion", ""), meta.get("kind", "")
    message = _kind(api_version, kind)
    if message is None:
        raise ProtobufError(f"no protobuf of kind {kind or '(none)'} is read here: send JSON")
    return {"apiVersion": api_version, "kind": kind, **_message(envelope.get("raw", b""), message, 0)}


def _kind(api_version: str, kind: str) -> Message | None:
    """The message of a kind. DeleteOptions come in every group; older versions of a kind are read as those
    of today.
    """
    group, _slash, version = api_version.rpartition("/")
    known = messages()
    for name in (f"{group.partition('.')[0] or 'core'}.{version}.{kind}", f"meta.v1.{kind}"):
        if name in known:
            return known[name]
    return next((known[name] for name in known if name.endswith(f".{kind}")), None) if kind else None


def _message(data: memoryview | bytes, fields: Message, depth: int) -> dict[str, Any]:
    if depth > DEEPEST:
        raise ProtobufError(f"the message nests deeper than {DEEPEST} levels")
    found: dict[str, Any] = {}
    for number, wire, value in _parts(memoryview(data)):
        field = fields.get(number)
        if field is None:
            continue  # Of a newer client, as an older server sees it.
        if field.is_map:
            key, decoded = _entry(field, wire, value, depth)
            found.setdefault(field.name, {})[key] = decoded
            continue
        decoded = _value(field, wire, value, depth)
        if field.many:
            found.setdefault(field.name, []).append(decoded)
        elif not field.name:
            found.update(decoded)
        elif decoded is not None and decoded != "" and (decoded or not field.quiet):
            found[field.name] = decoded
    return found


def _value(field: Field, wire: int, value: Any, depth: int) -> Any:
    expected = _WIRES.get(field.type, BYTES)
    if wire != expected:
        raise ProtobufError(f"{field.name or 'a field'} has an unexpected form")
    read = _READ.get(field.type)
    if read is not None:
        return read(value)
    message = _TYPE_META if field.type == "TypeMeta" else messages()[field.type]
    found = _message(value, message, depth + 1)
    return found.get(_ONE) if field.type in _UNIONS else found


def _integer(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _float(value: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", value))[0])


def _entry(field: Field, wire: int, data: Any, depth: int) -> tuple[str, Any]:
    """One entry of a map: key 1, value 2."""
    if wire != BYTES:
        raise ProtobufError(f"{field.name} has an unexpected form")
    key: str = ""
    value: Any = "" if field.type in "sqy" else {}
    for number, kind, part in _parts(data):
        if number == 1 and kind == BYTES:
            key = _utf8(part)
        elif number == 2:
            value = _value(field, kind, part, depth + 1)
    return key, value


def _text_in(data: memoryview) -> str:
    """The text that is a message's first field: of a Quantity."""
    return next((_utf8(part) for number, wire, part in _parts(data) if number == 1 and wire == BYTES), "0")


def _json(data: memoryview) -> Any:
    """JSON inside a message: FieldsV1, RawExtension."""
    raw = next((part for number, wire, part in _parts(data) if number == 1 and wire == BYTES), b"")
    try:
        return msgspec.json.decode(raw) if len(raw) else None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtobufError(f"JSON inside the message is not valid: {error}") from None


def _time(data: memoryview) -> str | None:
    """Seconds 1 and nanoseconds 2 since 1970; nothing where there is nothing."""
    told = {number: part for number, wire, part in _parts(data) if wire == VARINT}
    seconds = _integer(told.get(1, 0))
    known = seconds and _LEAST_SECONDS < seconds < _MOST_SECONDS
    return _rfc3339(seconds) if known else None


def _micro_time(data: memoryview) -> str | None:
    """The same, with its microseconds."""
    micros = next((part for number, wire, part in _parts(data) if number == 2 and wire == VARINT), 0) // 1000
    second = _time(data)
    return f"{second.removesuffix('Z')}.{micros % 1_000_000:06}Z" if second is not None else None


def _rfc3339(seconds: int) -> str:
    """Seconds since 1970 as the API writes a time."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _int_or_text(data: memoryview) -> int | str:
    """IntOrString: type 1 (0: a number), intVal 2, strVal 3."""
    kind, number, text = 0, 0, ""
    for tag, wire, part in _parts(data):
        if tag == 1 and wire == VARINT:
            kind = part
        elif tag == 2 and wire == VARINT:
            number = _integer(part)
        elif tag == 3 and wire == BYTES:
            text = _utf8(part)
    return text if kind else number


def _utf8(data: memoryview) -> str:
    try:
        return str(data, "utf-8")
    except (UnicodeDecodeError, TypeError) as error:
        raise ProtobufError("a text is not UTF-8") from error


def _parts(data: memoryview) -> Iterator[tuple[int, int, Any]]:
    """The fields of a message as (number, wire type, value)."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, wire, value
        elif wire == BYTES:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ProtobufError("the message ends too early")
            yield number, wire, data[at : at + size]
            at += size
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
            if at + size > len(data):
                raise ProtobufError("the message ends too early")
            yield number, wire, struct.unpack("<Q" if size == 8 else "<I", data[at : at + size])[0]
            at += size
        else:
            raise ProtobufError(f"wire type {wire} is not known")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ProtobufError("a number ends too early or is too long")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7


_WIRES: Final[Mapping[str, int]] = {"i": VARINT, "b": VARINT, "d": FIXED64}
_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "i": _integer,
    "b": bool,
    "d": _float,
    "s": _utf8,
    "raw": bytes,
    "y": lambda data: base64.b64encode(data).decode(),
    "q": _text_in,
    "x": _int_or_text,
    "t": _time,
    "u": _micro_time,
    "j": _json,
}
