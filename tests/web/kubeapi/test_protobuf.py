"""Bodies in protobuf, as kubectl 1.32 and newer send them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import REVIEWS
from clustersim.api.definitions import DEFINITIONS
from clustersim.api.kept_resources import KEPT
from clustersim.api.registry import resources_of
from visualizer.kubeapi import protobuf
from visualizer.kubeapi.protobuf import MAGIC, ProtobufError, decode


def field(number: int, value: bytes | int) -> bytes:
    """One field: bytes with their length, or a number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def envelope(api_version: str, kind: str, raw: bytes) -> bytes:
    meta = field(1, api_version.encode()) + field(2, kind.encode())
    return MAGIC + field(1, meta) + field(2, raw)


def test_a_deployment_is_read() -> None:
    port = field(2, 0) + field(3, 80) + field(4, b"TCP")
    container = field(1, b"web") + field(2, b"nginx:1.27") + field(6, port)
    template = field(1, field(11, field(1, b"app") + field(2, b"web"))) + field(2, field(2, container))
    spec = (
        field(1, 3)
        + field(2, field(1, field(1, b"app") + field(2, b"web")))
        + field(3, template)
        + field(7, 0)
    )
    raw = field(1, field(1, b"web") + field(3, b"default")) + field(2, spec) + field(3, b"")
    assert decode(envelope("apps/v1", "Deployment", raw)) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "image": "nginx:1.27",
                            "ports": [{"hostPort": 0, "containerPort": 80, "protocol": "TCP"}],
                        }
                    ]
                },
            },
            "paused": False,
        },
        "status": {},
    }


def test_what_json_inlines_is_inlined_and_maps_of_messages_are_read() -> None:
    quantity = field(1, field(1, b"cpu") + field(2, field(1, b"100m")))
    volume = field(1, b"v") + field(2, field(19, field(1, field(1, b"settings"))))
    container = field(1, b"web") + field(8, quantity)
    raw = field(2, field(1, volume) + field(2, container) + field(11, 0))
    spec = decode(envelope("v1", "Pod", raw))["spec"]
    assert spec == {
        "volumes": [{"name": "v", "configMap": {"name": "settings"}}],
        "containers": [{"name": "web", "resources": {"limits": {"cpu": "100m"}}}],
        "hostNetwork": False,
    }


def test_a_field_of_a_newer_client_is_not_seen() -> None:
    assert "metadata" in decode(envelope("v1", "Namespace", field(900, b"x") + field(1, field(1, b"a"))))


def test_a_kind_that_is_not_known_is_refused_by_its_name() -> None:
    with pytest.raises(ProtobufError, match="no protobuf of kind Dragon"):
        decode(envelope("v1", "Dragon", b""))


def test_zero_is_told_from_nothing() -> None:
    assert decode(envelope("apps/v1", "Deployment", field(2, field(1, 0))))["spec"] == {"replicas": 0}


@pytest.mark.parametrize(
    "resource",
    [
        kind
        for kind in resources_of("v1.36").values()
        if kind.stored and kind not in KEPT and kind.plural != DEFINITIONS
    ],
)
def test_every_kind_of_today_that_something_acts_on_is_read(resource: Resource) -> None:
    for version in resource.versions["v1.36"]:
        assert decode(envelope(version, resource.kind, field(1, field(1, b"a"))))["metadata"] == {"name": "a"}


@pytest.mark.parametrize("resource", REVIEWS)
def test_every_review_is_read(resource: Resource) -> None:
    [version] = resource.versions["v1.36"]
    assert decode(envelope(version, resource.kind, field(1, field(1, b"a"))))["metadata"] == {"name": "a"}


def test_a_request_for_a_token_is_read() -> None:
    spec = field(1, b"vault") + field(3, field(1, b"Pod") + field(3, b"web")) + field(4, 7200)
    read = decode(envelope("authentication.k8s.io/v1", "TokenRequest", field(2, spec)))
    assert read["spec"] == {
        "audiences": ["vault"],
        "boundObjectRef": {"kind": "Pod", "name": "web"},
        "expirationSeconds": 7200,
    }


def test_a_definition_is_read_with_its_schema() -> None:
    """client-go of today sends definitions as protobuf."""
    text = field(5, b"string")
    items = field(24, field(1, text)) + field(5, b"array") + field(18, 0)
    closed = field(5, b"object") + field(30, field(1, 0))
    open_ = field(5, b"object") + field(30, field(1, 1) + field(2, text))
    kept = field(38, 1) + field(8, field(1, b'{"a":1}'))
    properties = b"".join(
        field(29, field(1, name) + field(2, schema))
        for name, schema in ((b"list", items), (b"closed", closed), (b"open", open_), (b"kept", kept))
    )
    version = field(1, b"v1") + field(2, 1) + field(3, 1) + field(4, field(1, properties))
    raw = field(1, field(1, b"a.b.c")) + field(2, field(1, b"b.c") + field(7, version))
    spec = decode(envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", raw))["spec"]
    schema = spec["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    assert schema == {
        "list": {"type": "array", "items": {"type": "string"}},
        "closed": {"type": "object", "additionalProperties": False},
        "open": {"type": "object", "additionalProperties": {"type": "string"}},
        "kept": {"x-kubernetes-preserve-unknown-fields": True, "default": {"a": 1}},
    }


def test_a_lease_has_its_microseconds() -> None:
    renewed = field(4, field(1, 1506409200) + field(2, 1000))
    found = decode(envelope("coordination.k8s.io/v1", "Lease", field(2, renewed)))
    assert found["spec"] == {"renewTime": "2017-09-26T07:00:00.000001Z"}


@pytest.mark.parametrize("resource", KEPT, ids=lambda resource: resource.plural)
def test_every_kind_of_today_that_is_kept_is_read(resource: Resource) -> None:
    if "v1.36" in resource.versions:
        api_version = resource.versions["v1.36"][0]
        found = decode(envelope(api_version, resource.kind, field(1, field(1, b"a"))))
        assert found["metadata"] == {"name": "a"}


def test_a_role_is_read() -> None:
    rule = field(1, b"get") + field(1, b"list") + field(2, b"") + field(3, b"pods") + field(4, b"one")
    raw = field(1, field(1, b"reader")) + field(2, rule)
    assert decode(envelope("rbac.authorization.k8s.io/v1", "Role", raw))["rules"] == [
        {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["one"]}
    ]


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    for body in (data, MAGIC + data, envelope("v1", "Pod", data)):
        with suppress(ProtobufError):
            decode(body)


@pytest.mark.parametrize(("seconds", "told"), [(-62_135_596_798, "0001-01-01T00:00:02Z"), (0, None)])
def test_a_time_may_be_before_1970(seconds: int, told: str | None) -> None:
    message = b"\x08" + varint(seconds & (1 << 64) - 1)
    assert protobuf._time(memoryview(message)) == told
