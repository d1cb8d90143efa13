"""What the server tells of a change that it refuses: which lines of the object would be others."""

import pytest

from clustersim.api.core_v1 import PersistentVolumeClaim, Pod
from clustersim.api.request import Request
from clustersim.apiserver.validation.go_fields import with_go_fields
from tests.model.apiserver.made import Plain, create, pod, workload
from tests.model.worlds import ApiWorld

CONTAINER = {"name": "a", "image": "nginx", "env": [{"name": "MODE", "value": "a<b"}]}
CLAIM: Plain = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "c", "namespace": "default"},
    "spec": {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "1Gi"}},
    },
}


def told(release: str, made: Plain, resource: str, change: Plain) -> str:
    """Why a patch is refused."""
    world = ApiWorld(release=release)
    assert create(made, release, world).ok
    name = made["metadata"]["name"]
    request = Request("patch", resource, "default", name, body=change, patch_type="strategic")
    reply = world.apiserver.handle(request, "test")
    assert reply.status == 422
    return reply.message


def test_a_refused_change_of_a_pod_is_told_line_by_line() -> None:
    change = {"spec": {"containers": [{"name": "a", "env": [{"name": "MODE", "value": "c"}]}]}}
    refused = told("v1.36", pod(containers=[CONTAINER]), "pods", change)
    assert refused.endswith(
        "(allow it to be set to 1 if it was previously negative)\n"
        "@@ -13,7 +13,7 @@\n"
        '    "Env": [\n'
        "     {\n"
        '      "Name": "MODE",\n'
        '-     "Value": "a\\u003cb",\n'
        '+     "Value": "c",\n'
        '      "ValueFrom": null\n'
        "     }\n"
        "    ],\n"
    )


def test_what_a_pod_says_of_its_host_is_shown_with_its_security_context() -> None:
    refused = told("v1.36", pod(), "pods", {"spec": {"hostNetwork": True}})
    assert '-  "HostNetwork": false,\n+  "HostNetwork": true,\n   "HostPID": false,\n' in refused


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_what_of_a_pod_may_change_is_told_alike_by_the_older_releases(release: str) -> None:
    refused = told(release, pod(), "pods", {"spec": {"hostNetwork": True}})
    assert (
        "may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`"
        in refused
    )


def test_v18_tells_what_is_alike_and_then_the_rest_of_both() -> None:
    refused = told("v1.8", pod(), "pods", {"spec": {"hostNetwork": True}})
    head, new, old = refused.partition("existing tolerations)\n")[2].split("\n\n")[:3]
    assert head.startswith('{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"a","Image":"x",')
    assert head.endswith('"NodeName":"","SecurityContext":{"HostNetwork":')
    assert new.startswith('A: true,"HostPID":false,"HostIPC":false,"SELinuxOptions":null,')
    assert old.startswith('B: false,"HostPID":false,"HostIPC":false,"SELinuxOptions":null,')
    assert "\n{" not in told("v1.7", pod(), "pods", {"spec": {"hostNetwork": True}})


def test_a_refused_change_of_a_claim_is_told_line_by_line() -> None:
    refused = told("v1.36", CLAIM, "persistentvolumeclaims", {"spec": {"storageClassName": "slow"}})
    assert '- "StorageClassName": "fast",\n+ "StorageClassName": "slow",\n' in refused
    assert told("v1.8", CLAIM, "persistentvolumeclaims", {"spec": {"storageClassName": "slow"}}).endswith(
        "spec: Forbidden: field is immutable after creation"
    )


def test_types_are_shown_with_every_field_by_its_name_in_the_source() -> None:
    shown = with_go_fields(PersistentVolumeClaim().spec)
    assert list(shown)[:3] == ["AccessModes", "Selector", "Resources"]
    assert shown["Resources"] == {"Limits": None, "Requests": None}
    assert with_go_fields(Pod().spec)["SecurityContext"]["ShareProcessNamespace"] is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"initContainers": [{"name": "i", "image": "busybox"}]}, "may not add or remove containers"),
        ({"activeDeadlineSeconds": 31}, "must be less than or equal to previous value"),
        ({"activeDeadlineSeconds": -1}, "must be between 0 and 2147483647, inclusive"),
    ],
)
def test_containers_and_deadlines_of_a_pod_that_is_there(change: Plain, why: str) -> None:
    assert why in told("v1.36", pod(activeDeadlineSeconds=30), "pods", {"spec": change})


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("topologyKey", "topologyKey: Required value: can not be empty"),
        ("topologyKey", 'topologyKey: Invalid value: "": name part must be non-empty'),
        ("namespaceSelector", "namespaceSelector.matchExpressions[0].values: Required value"),
        ("values", 'matchExpressions[0].values[0]: Invalid value: "-1": a valid label must be'),
    ],
)
def test_affinity_is_looked_at_as_a_whole(field: str, found: str) -> None:
    selector = {"matchExpressions": [{"key": "a", "operator": "In", "values": []}]}
    term = {"topologyKey": "", "namespaceSelector": selector}
    expression = {"key": "a", "operator": "In", "values": ["-1"]}
    affinity = {
        "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]},
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [expression]}]
            }
        },
    }
    assert found in create(pod(affinity=affinity), "v1.36").message
    assert field in found


def test_the_template_of_a_job_is_shown_as_the_server_holds_it() -> None:
    template = {"spec": {"containers": [{"name": "a", "image": "x"}], "restartPolicy": "Never"}}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j", "namespace": "default"},
        "spec": {"template": template},
    }
    change = {"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "y"}]}}}}
    refused = told("v1.36", job, "jobs", change)
    assert 'spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":' in refused
    assert '"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"a","Image":"y"' in refused


def test_a_strategy_that_there_is_not_is_shown_whole() -> None:
    made = workload("Deployment", "apps/v1", strategy={"type": "randomType"})
    assert (
        'spec.strategy: Unsupported value: {"Type":"randomType","RollingUpdate":null}: supported values: '
        '"Recreate", "RollingUpdate"' in create(made, "v1.36").message
    )


def test_an_index_of_thousands_of_digits_is_none() -> None:
    policy = {"rules": [{"succeededIndexes": "1" * 5000}]}
    template = {"spec": {"containers": [{"name": "a", "image": "x"}], "restartPolicy": "Never"}}
    spec = {"completions": 3, "parallelism": 3, "completionMode": "Indexed", "successPolicy": policy}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j", "namespace": "default"},
        "spec": spec | {"template": template},
    }
    assert "cannot convert string to integer for index" in create(job, "v1.36").message


def test_a_percentage_of_thousands_of_digits_is_too_much() -> None:
    rolling = {"maxUnavailable": "9" * 5000 + "%"}
    made = workload("Deployment", "apps/v1", strategy={"type": "RollingUpdate", "rollingUpdate": rolling})
    assert "must not be greater than 100%" in create(made, "v1.36").message


@pytest.mark.parametrize(
    ("cidr", "why"),
    [
        ("192.168.1.1/24", "must not have bits set beyond the prefix length"),
        ("001.002.003.000/0", "must not have leading 0s in IP or prefix length"),
        ("192.168.5.6", "must be a valid CIDR value"),
    ],
)
def test_ranges_of_a_network_policy_are_written_exactly(cidr: str, why: str) -> None:
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "n", "namespace": "default"},
        "spec": {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": cidr}}]}]},
    }
    assert why in create(policy, "v1.36").message


def test_a_priority_class_of_the_system_has_its_value() -> None:
    made = {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": "system-node-critical"},
        "value": 1000,
    }
    assert (
        "error: value of system-node-critical PriorityClass must be 2000001000"
        in create(made, "v1.36").message
    )
