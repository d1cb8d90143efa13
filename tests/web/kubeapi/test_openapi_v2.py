"""OpenAPI v2 as protobuf: read back by the wire format's own rules."""

from collections.abc import Iterator

import pytest

from clustersim.releases import RELEASES
from visualizer.kubeapi.openapi.v2 import document_v2


def fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message; all of this document are texts and messages."""
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while at < len(data):
        tag = number()
        assert tag & 7 == 2
        size = number()
        yield tag >> 3, data[at : at + size]
        at += size


def named(message: bytes, number: int) -> dict[str, bytes]:
    """Entries of name and value."""
    entries = [dict(fields(body)) for found, body in fields(message) if found == number]
    return {entry[1].decode(): entry[2] for entry in entries}


@pytest.mark.parametrize("release", RELEASES)
def test_every_reference_leads_to_a_definition(release: str) -> None:
    document = document_v2(release)
    definitions = named(dict(fields(document))[9], 1)
    assert "io.k8s.api.core.v1.Pod" in definitions
    for schema in definitions.values():
        for property_schema in named(dict(fields(schema)).get(25, b""), 1).values():
            reference = dict(fields(property_schema)).get(1)
            if reference is not None:
                assert reference.decode().removeprefix("#/definitions/") in definitions


def test_a_path_takes_patches_that_say_how_unknown_fields_are_met() -> None:
    paths = named(dict(fields(document_v2("v1.36")))[8], 2)
    one = dict(fields(paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]))
    names = [
        dict(fields(dict(fields(dict(fields(dict(fields(body))[1]))[2]))[3]))[4].decode()
        for number, body in fields(one[8])
        if number == 8
    ]
    assert "fieldValidation" in names
