"""What kubectl says of lines that are nearly right: several names, broken patches, odd YAML. Compared with
kubectl 1.36.3 against a room."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, typed

TWO = """
nodes: 1
objects:
- {kind: Deployment, name: web, replicas: 1}
- {kind: Deployment, name: shop, replicas: 1}
"""
NOT_FOUND = 'Error from server (NotFound): deployments.%s "nope" not found'


def shop(release: str = "v1.36") -> Cluster:
    cluster = cluster_of(f"release: {release}{TWO}")
    at(cluster, "10s")
    return cluster


@ALL
def test_several_objects_are_exposed_at_once_and_what_is_missing_is_told(release: str) -> None:
    cluster, group = shop(release), "apps" if release == "v1.36" else "extensions"
    told = typed(cluster, "kubectl expose deployment web nope shop --port=80").splitlines()
    made = ["service/web", "service/shop"] if group == "apps" else ['service "web"', 'service "shop"']
    assert told == [*(f"{one} exposed" for one in made), NOT_FOUND % group]
    told = typed(cluster, "kubectl expose deployment/web deployment/nope --port=80").splitlines()
    assert told == ['Error from server (AlreadyExists): services "web" already exists', NOT_FOUND % group]
    assert typed(cluster, "kubectl expose deployment nope --port=80") == NOT_FOUND % group


@ALL
@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ("{", "unexpected end of JSON input"),
        ('{"spec":{"replicas":3}', "unexpected end of JSON input"),
        ("{a: b}", "invalid character 'a' looking for beginning of object key string"),
        ('{"a": }', "invalid character '}' looking for beginning of value"),
    ],
)
def test_a_patch_that_begins_as_json_has_to_be_json(release: str, patch: str, why: str) -> None:
    told = typed(shop(release), f"kubectl patch deployment web -p '{patch}'")
    assert told == f"Error from server (BadRequest): {why}"


def test_a_patch_of_a_part_is_told_by_its_kind() -> None:
    cluster = shop()
    line = 'kubectl patch deployment web --subresource=%s -p \'{"spec":{"replicas":3}}\''
    assert typed(cluster, line % "scale") == "scale.autoscaling/web patched"
    assert typed(cluster, "kubectl get deployment web -o jsonpath={.spec.replicas}") == "3"
    nowhere = "Error from server (NotFound): the server could not find the requested resource"
    assert typed(cluster, line % "nope") == nowhere


@pytest.mark.parametrize(("word", "resource"), [("svc", "services"), ("deploy", "deployments.apps")])
def test_logs_name_an_object_that_is_missing(word: str, resource: str) -> None:
    told = typed(shop(), f"kubectl logs {word}/nosuch")
    assert (
        told == f'error: error from server (NotFound): {resource} "nosuch" not found in namespace "default"'
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{x: !!int foo}", "error converting YAML to JSON: yaml: cannot decode !!str `foo` as a !!int"),
        ("{x: !!str 5}", ""),
        ("{x: !!str true}", ""),
        (
            "{~: x}",
            'error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "x"',
        ),
    ],
)
def test_tags_and_null_keys_of_yaml_are_read_as_kubectl_reads_them(data: str, told: str) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {data}"
    said = typed(shop(), f"kubectl apply -f -\n{text}")
    assert said == (f"error: error parsing STDIN: {told}" if told else "configmap/a created")
