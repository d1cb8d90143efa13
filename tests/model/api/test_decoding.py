"""What the API server makes of a request's body."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim.api.api_resources import RESOURCES
from clustersim.api.client_validation import validate_manifest
from clustersim.api.decoding import decode_object
from clustersim.api.errors import ApiError
from clustersim.api.fields import RELEASES
from clustersim.api.registry import to_builtins


def deployment(api_version: str, **spec: Any) -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "web", "image": "web:1", **spec.pop("container", {})}]}}
    return {
        "apiVersion": api_version,
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"template": template, **spec},
    }


def test_numbers_are_quantities() -> None:
    plain = deployment(
        "apps/v1", container={"resources": {"requests": {"cpu": 1, "memory": 1e9}, "limits": {"cpu": 0.5}}}
    )
    obj: Any = decode_object(plain, "v1.36").obj
    [container] = obj.spec.template.spec.containers
    assert container.resources.requests == {"cpu": "1", "memory": "1G"}
    assert container.resources.limits == {"cpu": "500m"}


def test_null_is_as_good_as_absent() -> None:
    plain = deployment("apps/v1", replicas=None)
    plain["metadata"] |= {"labels": None, "creationTimestamp": None}
    bare: Any = decode_object(deployment("apps/v1"), "v1.36").obj
    assert decode_object(plain, "v1.36").obj == bare


def test_a_target_port_may_be_a_name() -> None:
    plain = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 80, "targetPort": "http"}, {"port": 81, "targetPort": 8081}]},
    }
    service: Any = decode_object(plain, "v1.8").obj
    assert [port.target_port for port in service.spec.ports] == ["http", 8081]


def test_an_unknown_field_is_dropped_warned_of_or_refused() -> None:
    plain = deployment("apps/v1", replica=3, container={"prots": []})
    assert decode_object(plain, "v1.36").warnings == ()
    assert decode_object(plain, "v1.36", validation="Warn").warnings == (
        'unknown field "spec.template.spec.containers[0].prots"',
        'unknown field "spec.replica"',
    )
    with pytest.raises(ApiError) as refused:
        decode_object(plain, "v1.36", validation="Strict")
    assert refused.value.status == 400
    assert refused.value.message == (
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
        'unknown field "spec.template.spec.containers[0].prots", unknown field "spec.replica"'
    )


def test_fields_exist_in_their_releases_and_versions_only() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "spec": {"backoffLimit": 3, "template": {}}}
    found = {release: decode_object(job, release, validation="Warn").warnings for release in RELEASES}
    assert found == {"v1.7": ('unknown field "spec.backoffLimit"',), "v1.8": (), "v1.36": ()}
    for version, known in (("extensions/v1beta1", True), ("apps/v1beta2", False)):
        plain = deployment(version, rollbackTo={"revision": 1})
        assert (decode_object(plain, "v1.8", validation="Warn").warnings == ()) == known


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"replicas": "abc"},
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            {"replicas": 3_000_000_000},
            "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas "
            "of type int32",
        ),
        (
            {"container": {"env": [{"name": "A", "value": 1}]}},
            "json: cannot unmarshal number into Go struct field "
            "EnvVar.spec.template.spec.containers.env.value of type string",
        ),
        (
            {"container": {"resources": {"limits": {"cpu": "lots"}}}},
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
    ],
)
def test_a_wrong_type_is_told_as_the_decoder_tells_it(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ApiError) as refused:
        decode_object(deployment("apps/v1", **change), "v1.36")
    handled = 'Deployment in version "v1" cannot be handled as a Deployment: '
    assert refused.value.message == handled + told


def test_a_wrong_type_of_old_is_told_by_its_place() -> None:
    plain = deployment("apps/v1beta1", container={"env": [{"name": "A", "value": 1}]})
    with pytest.raises(ApiError, match=r"\[pos \d+\]: json: expect char '\"' but got char '1'"):
        decode_object(plain, "v1.7")


def test_a_version_that_the_release_does_not_serve_is_refused() -> None:
    with pytest.raises(ApiError, match='no kind "Deployment" is registered for version "apps/v1"'):
        decode_object(deployment("apps/v1"), "v1.8")


def test_kubectl_tells_of_unknown_fields_in_the_words_of_its_release() -> None:
    plain = deployment("apps/v1beta1", container={"prots": []})
    ignore = "; if you choose to ignore these errors, turn validation off with --validate=false"
    assert validate_manifest(plain, "v1.7") == "found invalid field prots for v1.Container" + ignore
    assert validate_manifest(plain, "v1.8") == (
        'ValidationError(Deployment.spec.template.spec.containers[0]): unknown field "prots" in '
        "io.k8s.api.core.v1.Container" + ignore
    )
    assert validate_manifest(deployment("apps/v1", replica=1), "v1.36") == ""


_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.just("1Gi"), st.just({})
)
_NAMES = st.sampled_from(
    ["spec", "metadata", "template", "containers", "name", "replicas", "labels", "ports", "port", "x"]
)
PLAIN = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4)
)


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(RESOURCES)), st.sampled_from(RELEASES), st.dictionaries(_NAMES, PLAIN, max_size=4)
)
def test_arbitrary_bodies_are_decoded_or_refused(plural: str, release: str, plain: dict[str, Any]) -> None:
    resource = RESOURCES[plural]
    version = resource.versions.get(release, ("v1",))[0]
    body = {"apiVersion": version, "kind": resource.kind, **plain}
    validate_manifest(body, release)
    try:
        decoded = decode_object(body, release, validation="Warn")
    except ApiError:
        return
    stored = to_builtins(decoded.obj, version)
    again = decode_object(msgspec.json.decode(msgspec.json.encode(stored)), release, validation="Strict")
    assert again.obj == decoded.obj


def test_values_in_values_beyond_reason_are_refused() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"spec": deep}
    with pytest.raises(ApiError, match="exceeded max depth"):
        decode_object({"apiVersion": "v1", "kind": "Pod", "spec": deep}, "v1.8")


def test_halves_of_characters_become_whole_ones() -> None:
    plain = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a\udc00": "\ud800x", "b": "😀"}}
    config: Any = decode_object(plain, "v1.8").obj
    assert config.data == {"a\ufffd": "\ufffdx", "b": "😀"}
    assert msgspec.json.encode(config)
