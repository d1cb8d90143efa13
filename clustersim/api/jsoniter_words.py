"""What the decoder of v1.8 says of a body that does not fit its type: where in which fields it stopped, and
the whole body.

Source: v1.8.0 vendor/github.com/json-iterator/go, feature_reflect*.go, with the names of Go's fields in
k8s.io/api and apimachinery.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final, get_args, get_origin

from clustersim.api.decoder import field_hints, plain_hint
from clustersim.api.fields import fields_of
from clustersim.api.go_base64 import corrupt_at
from clustersim.api.go_types import embedded
from clustersim.api.jsoniter import Iterator
from clustersim.api.meta import ApiObject, ApiStruct
from clustersim.api.quantity import canonical
from clustersim.api.timestamp import canonical_time

_GO: Final[dict[str, str]] = {
    **{name: name[:3].upper() + name[3:] for name in ("apiGroup", "apiGroups", "apiVersion", "dnsPolicy")},
    **{
        name: name.upper()
        for name in ("cidr", "fc", "http", "ip", "iqn", "iscsi", "nfs", "rbd", "tls", "tty", "uid")
    },
    "awsElasticBlockStore": "AWSElasticBlockStore",
    "cephfs": "CephFS",
    "chapAuthDiscovery": "DiscoveryCHAPAuth",
    "chapAuthSession": "SessionCHAPAuth",
    "diskURI": "DataDiskURI",
    "disruptionsAllowed": "PodDisruptionsAllowed",
    "fsGroup": "FSGroup",
    "fsType": "FSType",
    "gcePersistentDisk": "GCEPersistentDisk",
    "httpGet": "HTTPGet",
    "httpHeaders": "HTTPHeaders",
    "ipBlock": "IPBlock",
    "iscsiInterface": "ISCSIInterface",
    "lastState": "LastTerminationState",
    "metadata": "ObjectMeta",
    "osImage": "OSImage",
    "pdName": "PDName",
    "qosClass": "QOSClass",
    "seLinux": "SELinux",
    "seLinuxOptions": "SELinuxOptions",
    "serviceAccount": "DeprecatedServiceAccount",
    "sslEnabled": "SSLEnabled",
    "storageos": "StorageOS",
    "tcpSocket": "TCPSocket",
    "wwids": "WWIDs",
}
"""Go's names of fields that are not just written with a capital."""

_GO_OF: Final[dict[str, dict[str, str]]] = {
    "GlusterfsVolumeSource": {"endpoints": "EndpointsName"},
    "RBDVolumeSource": {
        "image": "RBDImage",
        "monitors": "CephMonitors",
        "pool": "RBDPool",
        "user": "RadosUser",
    },
}

_TEXTS: Final = {
    "accessModes": "v1.PersistentVolumeAccessMode",
    "add": "v1.Capability",
    "drop": "v1.Capability",
    "scopes": "v1.ResourceQuotaScope",
}
"""Lists of texts whose type has a name."""

_FEW: Final = 10
"""Structs of so many fields are read by decoders that want them ended properly."""

_BOUNDS: Final = {"int64": ("64", 2**63 - 1), "int32": ("32", 2**31 - 1)}

_Read = Callable[[Iterator], None]


def refusal(plain: Mapping[str, Any], struct: type[ApiStruct], api_version: str) -> str:
    """What is said of that body; empty if that decoder finds nothing wrong with it."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    for character, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(character, escaped)
    iterator = Iterator(text.encode(errors="replace"))
    _struct(struct, api_version, root=True)(iterator)
    return iterator.told()


@lru_cache(maxsize=1024)
def _struct(struct: type[ApiStruct], api_version: str, *, root: bool = False) -> _Read:
    known, hints = fields_of(struct, "v1.8", api_version), field_hints(struct)
    name = f"{_version(struct, api_version)}.{struct.__name__}"
    readers = {field.lower(): _field(struct, field, hints[known[field].name], api_version) for field in known}
    if root or issubclass(struct, ApiObject):
        readers |= {field: _inside(["TypeMeta", go], _string) for field, go in _TYPE_META.items()}
    few = len(readers) <= _FEW

    def read(iterator: Iterator) -> None:
        first = iterator.next()
        if first == b"n":
            iterator.word(b"ull", "ull")
            return
        if first != b"{":
            iterator.report("readObjectStart", "expect { or n")
            return
        if iterator.next() == b"}":
            return
        iterator.back()
        while True:
            field = (_hashed if few else _named)(iterator)
            readers.get(field.decode(errors="replace").lower(), Iterator.skip)(iterator)
            after = iterator.next()
            if after != b",":
                break
        if few and after != b"}":
            iterator.report("isObjectEnd", "object ended prematurely")
        iterator.within(name)

    return read


_TYPE_META: Final = {"kind": "Kind", "apiversion": "APIVersion"}


def _hashed(iterator: Iterator) -> bytes:
    """The name of a field of a struct with few of them."""
    first = iterator.next()
    if first != b'"':
        iterator.report("readFieldHash", f'expect ", but found {first.decode(errors="replace")}')
        return b""
    end = iterator.body.find(b'"', iterator.head)
    found = iterator.body[iterator.head : end]
    iterator.head = end + 1 or len(iterator.body)
    if (after := iterator.next()) != b":":
        iterator.report("readFieldHash", f"expect :, but found {after.decode(errors='replace')}")
    return found


def _named(iterator: Iterator) -> bytes:
    """The name of a field of a struct with many of them."""
    found = iterator.string(name=True)
    if iterator.body[iterator.head : iterator.head + 1] != b":":
        iterator.report("readObjectFieldAsBytes", "expect : after object field")
        return b""
    iterator.head += 1
    return found


def _version(struct: type[ApiStruct], api_version: str) -> str:
    own = struct.__module__.startswith(("clustersim.api.core", "clustersim.api.meta"))
    return "v1" if own or struct.__name__ == "JobSpec" else api_version.rpartition("/")[2]


def _field(struct: type[ApiStruct], field: str, hint: Any, api_version: str) -> _Read:
    name = struct.__name__
    if field in _TEXTS:
        return _inside(
            [field[:1].upper() + field[1:], f"[]{_TEXTS[field]}"], _nullable(lambda it: it.array(_string))
        )
    go = _GO_OF.get(name, {}).get(field) or _GO.get(field) or field[:1].upper() + field[1:]
    part = embedded(name, field).removeprefix("Probe")
    around = [part, go] if part else [go]
    return _inside(around, _lazy(hint, api_version))


def _inside(around: list[str], read: _Read) -> _Read:
    def reader(iterator: Iterator) -> None:
        read(iterator)
        for name in reversed(around):
            iterator.within(name)

    return reader


def _lazy(hint: Any, api_version: str) -> _Read:
    """How a value of a type is read; types may hold themselves."""
    hint, format_ = plain_hint(hint)
    if hint is Any:
        return Iterator.skip
    if get_origin(hint) is tuple:
        return _list(get_args(hint)[0], api_version)
    if get_origin(hint) is dict:
        value = _lazy(get_args(hint)[1], api_version)
        return _nullable(lambda it: it.object(lambda inner, _name: value(inner), fields=False))
    if isinstance(hint, type) and issubclass(hint, ApiStruct):
        return partial(_whole, hint, api_version)
    if format_ in _PARSED:
        return _parsed(_PARSED[format_])
    if format_ == "byte":
        return _nullable(_base64)
    if hint is int:
        return _integer(*_BOUNDS[format_ or "int32"])
    return _bool if hint is bool else _string if hint is str else Iterator.skip


def _whole(struct: type[ApiStruct], api_version: str, iterator: Iterator) -> None:
    _struct(struct, api_version)(iterator)


def _nullable(read: _Read) -> _Read:
    def reader(iterator: Iterator) -> None:
        if not iterator.null():
            read(iterator)

    return reader


def _list(hint: Any, api_version: str) -> _Read:
    item, format_ = plain_hint(hint)
    is_struct = isinstance(item, type) and issubclass(item, ApiStruct)
    if is_struct:
        name = f"{_version(item, api_version)}.{item.__name__}"
    else:
        name = "string" if item is str and not format_ else format_ or "string"
    read = _nullable(lambda iterator: iterator.array(_lazy(hint, api_version)))
    return _inside([f"[]{name}"], read)


def _string(iterator: Iterator) -> None:
    iterator.string()


def _bool(iterator: Iterator) -> None:
    first = iterator.next()
    if first == b"t":
        iterator.word(b"rue", "rue")
    elif first == b"f":
        iterator.word(b"alse", "alse")
    else:
        iterator.report("ReadBool", "expect t or f")


def _integer(bits: str, most: int) -> _Read:
    def read(iterator: Iterator) -> None:
        first = iterator.next()
        if first == b"-":
            first = iterator.next()
        if first == b"0":
            return
        if not first.isdigit():
            iterator.report(f"readUint{bits}", "unexpected character: \ufffd")
            return
        found = re.compile(rb"[0-9]*").match(iterator.body, iterator.head)
        assert found is not None
        value = int((first + found[0])[:30])
        iterator.head = found.end()
        if value >= 2 ** int(bits):
            iterator.report(f"readUint{bits}", "overflow")
        elif value > most:
            iterator.report(f"ReadInt{bits}", f"overflow: {value}")

    return _nullable(read)


def _base64(iterator: Iterator) -> None:
    first = iterator.next()
    iterator.back()
    if first != b'"':
        iterator.report("base64Codec", "invalid input")
        return
    place = corrupt_at(iterator.skipped()[1:-1].decode(errors="replace"))
    if place is not None:
        iterator.report("decode base64", f"illegal base64 data at input byte {place}")


def _parsed(parse: Callable[[Any, str], None]) -> _Read:
    """A value that its type reads for itself."""

    def read(iterator: Iterator) -> None:
        iterator.next()
        iterator.back()
        text = iterator.skipped().decode(errors="replace")
        try:
            value = json.loads(text)
        except ValueError:
            return
        if value is None:
            return
        try:
            parse(value, text)
        except ValueError as error:
            iterator.report("unmarshalerDecoder", str(error))

    return read


def _quantity(value: Any, text: str) -> None:
    canonical(value.strip() if isinstance(value, str) else text)


def _int_or_string(value: Any, text: str) -> None:
    kind = {bool: "bool", dict: "object", list: "array"}.get(type(value))
    if kind is None and isinstance(value, float):
        kind = f"number {text}"
    if kind is not None:
        raise ValueError(f"json: cannot unmarshal {kind} into Go value of type int32")


def _time(value: Any, _text: str) -> None:
    if not isinstance(value, str):
        kind = {bool: "bool", dict: "object", list: "array"}.get(type(value), "number")
        raise ValueError(f"json: cannot unmarshal {kind} into Go value of type string")
    canonical_time(value)


_PARSED: Final[dict[str, Callable[[Any, str], None]]] = {
    "quantity": _quantity,
    "int-or-string": _int_or_string,
    "date-time": _time,
    "micro-time": _time,
}
