"""MutatingAdmissionPolicies: what they make of objects, in the words of the real server.

Examples of kubernetes.io, "Mutating Admission Policy", and of
test/e2e/apimachinery/mutatingadmissionpolicy.go.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import cluster_of, typed

POLICY = """
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: %s}
spec:
  reinvocationPolicy: %s
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  %s
  mutations:
  - patchType: %s
    %s:
      expression: >
        %s
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: %s}
spec: {policyName: %s}
"""


def policy(
    expression: str, *, name: str = "p", more: str = "", again: str = "Never", patch: bool = False
) -> str:
    kind = ("JSONPatch", "jsonPatch") if patch else ("ApplyConfiguration", "applyConfiguration")
    return POLICY % (name, again, more, *kind, expression, name, name)


def cluster(*manifests: str) -> Cluster:
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    for manifest in manifests:
        told = typed(world, f"kubectl apply -f -\n{manifest}")
        assert "Warning" not in told
        assert told.count("created") == 2, told
    return world


def made(world: Cluster, name: str = "web") -> str:
    return typed(world, f"kubectl create deploy {name} --image=nginx")


def read(world: Cluster, path: str, name: str = "web") -> str:
    return typed(world, f"kubectl get deploy {name} -o jsonpath={{{path}}}")


def test_what_a_policy_applies_is_merged_into_the_object() -> None:
    world = cluster(
        policy("Object{spec: Object.spec{replicas: 3}, metadata: Object.metadata{labels: {'a': 'b'}}}")
    )
    assert made(world) == "deployment.apps/web created"
    assert read(world, ".spec.replicas") == "3"
    assert read(world, ".metadata.labels") == '{"a":"b","app":"web"}'


def test_containers_are_merged_by_their_names() -> None:
    sidecar = (
        "Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{"
        "containers: [Object.spec.template.spec.containers{name: 'proxy', image: 'envoy'}]}}}}"
    )
    world = cluster(policy(sidecar))
    made(world)
    assert read(world, ".spec.template.spec.containers[*].name") == "nginx proxy"
    assert read(world, ".spec.template.spec.containers[1].imagePullPolicy") == "Always"


def test_a_patch_of_json_says_step_by_step_what_becomes_of_the_object() -> None:
    steps = (
        "[JSONPatch{op: 'test', path: '/spec/replicas', value: 1}, "
        "JSONPatch{op: 'replace', path: '/spec/replicas', value: object.spec.replicas + 1}, "
        "JSONPatch{op: 'add', path: '/metadata/labels/x', value: 'y'}]"
    )
    world = cluster(policy(steps, patch=True))
    made(world)
    assert read(world, ".spec.replicas") == "2"
    assert read(world, ".metadata.labels.x") == "y"


def test_a_patch_whose_test_fails_changes_nothing() -> None:
    steps = (
        "[JSONPatch{op: 'test', path: '/spec/replicas', value: 9}, "
        "JSONPatch{op: 'replace', path: '/spec/replicas', value: 5}]"
    )
    world = cluster(policy(steps, patch=True))
    assert made(world).endswith("created")
    assert read(world, ".spec.replicas") == "1"


def test_a_policy_may_do_nothing_and_see_what_is_there() -> None:
    steps = "has(object.metadata.labels.app) ? [JSONPatch{op: 'remove', path: '/metadata/labels/app'}] : []"
    conditions = "matchConditions: [{name: named, expression: 'object.metadata.name == \"web\"'}]"
    world = cluster(policy(steps, patch=True, more=conditions))
    made(world)
    made(world, "other")
    assert read(world, ".metadata.labels") == ""
    assert read(world, ".metadata.labels", "other") == '{"app":"other"}'


@pytest.mark.parametrize(("again", "label"), [("Never", ""), ("IfNeeded", "yes")])
def test_a_policy_is_asked_again_if_another_came_after_it(again: str, label: str) -> None:
    first = (
        "Object{metadata: Object.metadata{labels: object.spec.replicas == 3 ? {'three': 'yes'} : {'n': 'o'}}}"
    )
    world = cluster(
        policy(first, name="a", again=again), policy("Object{spec: Object.spec{replicas: 3}}", name="b")
    )
    made(world)
    assert read(world, ".metadata.labels.three") == label


def test_policies_that_only_refuse_see_what_the_others_made() -> None:
    world = cluster(policy("Object{spec: Object.spec{replicas: 9}}"))
    validating = policy("").replace("MutatingAdmission", "ValidatingAdmission").partition("  mutations:")
    binding = (
        validating[2]
        .partition("---")[2]
        .replace("{policyName: p}", "{policyName: p, validationActions: [Deny]}")
    )
    rule = "  validations: [{expression: 'object.spec.replicas < 5'}]\n---"
    head = validating[0].replace("  reinvocationPolicy: Never\n", "")
    typed(world, f"kubectl apply -f -\n{head}{rule}{binding}")
    assert "denied request: failed expression: object.spec.replicas < 5" in made(world)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        (
            "Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {'a': 'b'}}}}",
            "error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or "
            "structs: .spec.selector",
        ),
        (
            "Object{spec: Object.wrong{replicas: 3}}",
            'type mismatch: unexpected type name "Object.wrong", expected "Object.spec", which matches field '
            "name path from root Object type",
        ),
        ("Object{spec: Object.spec{replicas: object.spec.nope}}", "resulted in error: no such key: nope"),
    ],
)
def test_what_cannot_be_followed_is_refused(expression: str, told: str) -> None:
    world = cluster(policy(expression))
    assert "policy 'p' with binding 'p' denied request: " in made(world)
    assert told in made(world)
    lenient = cluster(policy(expression, more="failurePolicy: Ignore"))
    assert made(lenient).endswith("created")


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (policy("'a'"), "must evaluate to Object but got string"),
        (policy("[1]", patch=True), "must evaluate to list(JSONPatch) but got list(int)"),
        (policy("Nope{a: 1}"), "undeclared reference to 'Nope' (in container '')"),
        (policy("[JSONPatch{op: 1}]", patch=True), "field 'op' is 'string' but provided type is 'int'"),
        (policy("[JSONPatch{nope: 1}]", patch=True), "undefined field 'nope'"),
        (policy("Object{}", again="Often"), 'spec.reinvocationPolicy: Unsupported value: "Often"'),
        (policy("Object{}").replace("ApplyConfiguration\n", "Magic\n"), "patchType: Unsupported value"),
    ],
)
def test_what_a_policy_of_changes_cannot_say(manifest: str, told: str) -> None:
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    assert told in typed(world, f"kubectl apply -f -\n{manifest}")
