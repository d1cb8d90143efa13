"""Kinds that people add: what the pages of kubernetes.io on CustomResourceDefinitions show, and what
the e2e tests of apiextensions-apiserver expect.

kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions".
"""

import pytest

from clustersim import Cluster
from tests.definitions import definition, definition_of_old
from tests.model.reports.typed import at, cluster_of, rows, typed

GROUP = "stable.example.com"
CRONTABS = definition(
    "CronTab", GROUP, names="shortNames: [ct], categories: [all]",
    schema="""\
type: object
properties:
  spec:
    type: object
    required: [cronSpec]
    properties:
      cronSpec: {type: string, pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'}
      image: {type: string, default: busybox}
      replicas: {type: integer, minimum: 1, maximum: 10}
      size: {type: string, enum: [small, big]}
  status:
    type: object
    properties: {replicas: {type: integer}}
""",
    of_version="""\
subresources:
  status: {}
  scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
additionalPrinterColumns:
- {name: Spec, type: string, jsonPath: .spec.cronSpec}
- {name: Replicas, type: integer, jsonPath: .spec.replicas}
- {name: Image, type: string, jsonPath: .spec.image, priority: 1}
- {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
""",
)  # fmt: skip
OF_OLD = definition_of_old("CronTab", GROUP, names="shortNames: [ct]")
MINE = """\
apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: mine}
spec:
  cronSpec: "* * * * */5"
  replicas: 3
"""
NAME = "crontabs.stable.example.com"
OLD = ("v1.7", "v1.8")


def apply(cluster: Cluster, manifest: str, flags: str = "") -> str:
    return typed(cluster, f"kubectl apply {flags} -f -\n{manifest}")


def with_kind(release: str = "v1.36") -> Cluster:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    assert "created" in apply(cluster, OF_OLD if release in OLD else CRONTABS)
    return cluster


@pytest.fixture
def cluster() -> Cluster:
    cluster = with_kind()
    assert apply(cluster, MINE) == "crontab.stable.example.com/mine created"
    return cluster


def test_a_definition_is_established_at_once(cluster: Cluster) -> None:
    waited = typed(cluster, f"kubectl wait --for=condition=Established crd/{NAME}")
    assert waited == f"customresourcedefinition.apiextensions.k8s.io/{NAME} condition met"
    types = typed(cluster, "kubectl get crd -o jsonpath={.items[*].status.conditions[*].type}")
    assert types == "NamesAccepted Established"
    assert typed(cluster, f"kubectl get crd {NAME} -o jsonpath={{.status.storedVersions}}") == '["v1"]'


def test_names_that_are_taken_are_not_accepted(cluster: Cluster) -> None:
    other = CRONTABS.replace("crontabs", "others").replace("singular: crontab", "singular: other")
    apply(cluster, other.replace("kind: CronTab", "kind: Other"))
    told = "{.status.conditions[0].reason} {.status.conditions[0].message} {.status.conditions[1].status}"
    printed = typed(cluster, f"kubectl get crd others.stable.example.com -o jsonpath='{told}'")
    assert printed == 'ShortNamesConflict "ct" is already in use False'
    assert "resource type" in typed(cluster, "kubectl get others")


@pytest.mark.parametrize("name", ["ct", "crontab", "crontabs", NAME, "crontabs.v1.stable.example.com"])
def test_objects_are_listed_by_every_name(cluster: Cluster, name: str) -> None:
    head, row = typed(cluster, f"kubectl get {name}").splitlines()
    assert head.split() == ["NAME", "SPEC", "REPLICAS", "AGE"]
    assert row.split()[:1] + row.split()[-2:] == ["mine", "3", "0s"]


def test_columns_of_lower_priority_are_shown_wide(cluster: Cluster) -> None:
    assert typed(cluster, "kubectl get ct -o wide").split()[:5] == [
        "NAME", "SPEC", "REPLICAS", "IMAGE", "AGE",
    ]  # fmt: skip


def test_a_category_lists_them(cluster: Cluster) -> None:
    assert "crontab.stable.example.com/mine" in typed(cluster, "kubectl get all")


def test_defaults_are_filled_in(cluster: Cluster) -> None:
    assert typed(cluster, "kubectl get ct mine -o jsonpath={.spec.image}") == "busybox"


def test_unknown_fields_are_refused_or_dropped(cluster: Cluster) -> None:
    other = MINE.replace("replicas: 3", "foo: bar").replace("mine", "other")
    assert 'strict decoding error: unknown field "spec.foo"' in apply(cluster, other)
    assert "created" in apply(cluster, other, "--validate=false")
    assert typed(cluster, "kubectl get ct other -o jsonpath={.spec}") == (
        '{"cronSpec":"* * * * */5","image":"busybox"}'
    )


def test_what_a_schema_may_leave_alone_is_kept() -> None:
    cluster = with_kind()
    apply(
        cluster,
        CRONTABS.replace("size: {", "any: {x-kubernetes-preserve-unknown-fields: true, t: {").replace(
            "t: {type: string, enum: [small, big]}", "type: object}"
        ),
    )
    apply(cluster, MINE.replace("replicas: 3", "any: {a: [1, {b: c}]}"))
    assert typed(cluster, "kubectl get ct mine -o jsonpath={.spec.any}") == '{"a":[1,{"b":"c"}]}'


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (
            "replicas: 15",
            "spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10",
        ),
        (
            "replicas: many",
            'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
        ),
        ("size: medium", 'spec.size: Unsupported value: "medium": supported values: "small", "big"'),
    ],
)
def test_values_are_validated(cluster: Cluster, field: str, told: str) -> None:
    printed = apply(cluster, MINE.replace("replicas: 3", field).replace("mine", "other"))
    assert printed == f'The CronTab "other" is invalid: {told}'


def test_a_pattern_and_what_is_required_hold(cluster: Cluster) -> None:
    assert "in body should match" in apply(cluster, MINE.replace("*/5", "every").replace("mine", "other"))
    missing = apply(cluster, MINE.replace('cronSpec: "* * * * */5"', "size: big").replace("mine", "other"))
    assert missing == 'The CronTab "other" is invalid: spec.cronSpec: Required value'


def test_a_change_is_validated_as_well(cluster: Cluster) -> None:
    patch = """kubectl patch ct mine --type=merge -p '{"spec":{"replicas":99}}'"""
    assert "less than or equal to 10" in typed(cluster, patch)


def test_they_are_scaled_where_their_definition_says(cluster: Cluster) -> None:
    assert typed(cluster, "kubectl scale ct/mine --replicas=5") == "crontab.stable.example.com/mine scaled"
    assert typed(cluster, "kubectl get ct mine -o jsonpath={.spec.replicas}") == "5"
    assert "was 5" in typed(cluster, "kubectl scale ct/mine --replicas=6 --current-replicas=2")


def test_a_status_has_an_address_of_its_own(cluster: Cluster) -> None:
    """staging/src/k8s.io/apiextensions-apiserver/test/integration/subresources_test.go."""
    body = """-p '{"status":{"replicas":2},"spec":{"replicas":9}}'"""
    shown = "kubectl get ct mine -o jsonpath='{.spec.replicas} {.status.replicas} {.metadata.generation}'"
    typed(cluster, f"kubectl patch ct mine --type=merge --subresource=status {body}")
    assert typed(cluster, shown) == "3 2 1"
    typed(cluster, f"kubectl patch ct mine --type=merge {body.replace('2', '7')}")
    assert typed(cluster, shown) == "9 2 2"


def test_they_cannot_be_patched_strategically(cluster: Cluster) -> None:
    told = typed(cluster, """kubectl patch ct mine -p '{"spec":{"replicas":4}}'""")
    patch = "application/strategic-merge-patch+json"
    assert told.startswith(f"error: {patch} is not supported by stable.example.com/v1, Kind=CronTab")


def test_apply_configures_and_leaves_alone(cluster: Cluster) -> None:
    assert apply(cluster, MINE).endswith("unchanged")
    assert apply(cluster, MINE.replace("replicas: 3", "size: big")).endswith("configured")
    assert typed(cluster, "kubectl get ct mine -o jsonpath={.spec.replicas}") == ""


def test_explain_and_api_resources_know_the_kind(cluster: Cluster) -> None:
    assert "cronSpec\t<string> -required-" in typed(cluster, "kubectl explain ct.spec")
    assert rows(typed(cluster, "kubectl api-resources --api-group=stable.example.com")) [0][:2] == [
        "crontabs", "ct",
    ]  # fmt: skip
    assert "stable.example.com/v1" in typed(cluster, "kubectl api-versions").splitlines()


def test_a_kind_that_says_nothing_of_itself_is_explained_as_empty(cluster: Cluster) -> None:
    assert "DESCRIPTION:\n    <empty>\nFIELDS:\n" in typed(cluster, "kubectl explain ct.spec")


def test_what_was_not_applied_before_is_named_by_its_plural(cluster: Cluster) -> None:
    made = MINE.replace("mine", "other")
    typed(cluster, f"kubectl create -f -\n{made}")
    assert apply(cluster, made).startswith("Warning: resource crontabs/other is missing the kubectl.")


def test_a_description_field_by_field_has_a_namespace_though_it_be_none(cluster: Cluster) -> None:
    lines = typed(cluster, f"kubectl describe crd {NAME}").splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["Name", "Namespace", "Labels"]


def test_a_kind_is_unknown_before_its_definition_is_there() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    told = apply(cluster, f"{CRONTABS}---\n{MINE}")
    assert 'no matches for kind "CronTab" in version "stable.example.com/v1"' in told
    assert "ensure CRDs are installed first" in told
    assert "created" in apply(cluster, MINE)


def test_a_definition_takes_its_objects_with_it(cluster: Cluster) -> None:
    typed(cluster, f"kubectl delete crd {NAME}")
    assert typed(cluster, "kubectl get ct") == """error: the server doesn't have a resource type "ct\""""
    apply(cluster, CRONTABS)
    assert typed(cluster, "kubectl get ct") == "No resources found in default namespace."


def test_a_finalizer_of_an_object_holds_its_definition(cluster: Cluster) -> None:
    """The well known way to be left with a CRD that is Terminating for ever."""
    hold = """kubectl patch ct mine --type=merge -p '{"metadata":{"finalizers":%s}}'"""
    typed(cluster, hold % '["example.com/hold"]')
    typed(cluster, f"kubectl delete crd {NAME} --wait=false")
    at(cluster, "5m")
    conditions = typed(cluster, f"kubectl get crd {NAME} -o jsonpath={{.status.conditions[*].reason}}")
    assert conditions.endswith("InstanceDeletionInProgress")
    told = apply(cluster, MINE.replace("mine", "other"))
    assert "create not allowed while custom resource definition is terminating" in told
    typed(cluster, hold % "null")
    assert typed(cluster, "kubectl get crd") == "No resources found"


def test_a_namespace_takes_them_with_it(cluster: Cluster) -> None:
    typed(cluster, "kubectl create ns team")
    apply(cluster, MINE, "-n team")
    typed(cluster, "kubectl delete ns team --wait=false")
    at(cluster, "30s")
    assert "NotFound" in typed(cluster, "kubectl get ns team")
    assert [row[0] for row in rows(typed(cluster, "kubectl get ct -A"))] == ["default"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("name: crontabs.stable", "name: tabs.stable"), 'must be spec.names.plural+"."+spec.group'),
        (("storage: true", "storage: false"), "must have exactly one version marked as storage version"),
        (("scope: Namespaced", "scope: Namespace"), 'supported values: "Cluster", "Namespaced"'),
        (("image: {type: string,", "image: {"), "spec.validation.openAPIV3Schema.properties[spec]"),
    ],
)
def test_definitions_are_validated(change: tuple[str, str], told: str) -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    printed = apply(cluster, CRONTABS.replace(*change))
    assert printed.startswith("The CustomResourceDefinition ")
    assert told in printed


def test_a_definition_without_a_schema_is_refused() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    bare = CRONTABS[: CRONTABS.index("    schema:")]
    assert apply(cluster, bare).endswith("spec.versions[0].schema.openAPIV3Schema: Required value")


@pytest.mark.parametrize("release", OLD)
def test_old_releases_keep_whatever_an_object_has(release: str) -> None:
    cluster = with_kind(release)
    assert apply(cluster, MINE) == 'crontab "mine" created'
    assert apply(cluster, MINE.replace("replicas: 3", "foo: [1]")) == 'crontab "mine" configured'
    assert typed(cluster, "kubectl get ct mine -o jsonpath={.spec.foo}") == "[1]"
    heads = {"v1.7": ["NAME", "KIND"], "v1.8": ["NAME", "AGE"]}
    assert typed(cluster, "kubectl get ct").split()[:2] == heads[release]
    assert typed(cluster, f"kubectl delete crd {NAME}") == f'customresourcedefinition "{NAME}" deleted'
    assert "resource type" in typed(cluster, "kubectl get ct")


def test_an_unknown_field_in_a_patch_of_apply_is_refused() -> None:
    """apiserver pkg/endpoints/handlers/patch.go, fieldValidation=Strict."""
    cluster = with_kind()
    typed(cluster, "kubectl create deploy web --image=nginx")
    manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replica: 3}\n"
    assert 'unknown field "spec.replica"' in apply(cluster, manifest)
