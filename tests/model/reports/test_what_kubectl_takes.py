"""What kubectl looks at before it sends a manifest, and what it takes apart.

Sources: v1.7.5 pkg/api/validation/schema.go, pkg/kubectl/cmd/util/factory.go; v1.8.0
pkg/kubectl/cmd/util/openapi/validation; apimachinery pkg/apis/meta/v1/unstructured; client-go restmapper.
"""

import pytest

from tests.model.reports.typed import ALL, create, empty, typed

OFF = "; if you choose to ignore these errors, turn validation off with --validate=false"
HEAD = 'error: error validating "STDIN": error validating data: '


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("v1.7", f"{HEAD}couldn't find type: v1.pod{OFF}"),
        (
            "v1.8",
            f'{HEAD}unknown object type schema.GroupVersionKind{{Group:"", Version:"v1", Kind:"pod"}}{OFF}',
        ),
        (
            "v1.36",
            'Error from server (BadRequest): error when creating "STDIN": pod in version "v1" cannot be '
            'handled as a Pod: no kind "pod" is registered for version "v1" in scheme '
            '"pkg/api/legacyscheme/scheme.go:30"',
        ),
    ],
)
def test_a_kind_in_lower_case_is_none(release: str, told: str) -> None:
    """https://stackoverflow.com/q/51593357."""
    rest = "metadata: {name: a}\nspec: {containers: [{name: c, image: nginx}]}"
    note = "" if release == "v1.36" else "\n[Did you mean Pod?]"
    assert create(empty(release), "pod", rest) == f"{told}{note}"


@pytest.mark.parametrize(
    ("release", "why"),
    [
        ("v1.7", "the server could not find the requested resource"),
        (
            "v1.8",
            'unknown object type schema.GroupVersionKind{Group:"batch", Version:"v2alpha1", Kind:"CronJob"}',
        ),
    ],
)
def test_a_version_that_is_not_served_has_no_definition(release: str, why: str) -> None:
    """kk#51939, kk#53379: CronJobs of the alpha version, which is off."""
    rest = 'metadata: {name: a}\nspec: {schedule: "* * * * *"}'
    assert create(empty(release), "CronJob", rest, "batch/v2alpha1").startswith(f"{HEAD}{why}{OFF}")
    told = typed(
        empty(release),
        f"kubectl create --validate=false -f -\napiVersion: batch/v2alpha1\nkind: CronJob\n{rest}\n",
    )
    assert told.startswith('error: unable to recognize "STDIN": no matches for batch/, Kind=CronJob')


@ALL
def test_a_list_may_say_of_which_kind_all_its_items_are(release: str) -> None:
    """kube-prometheus: manifests/prometheus-roleSpecificNamespaces.yaml is a RoleList."""
    cluster, version = empty(release), "rbac.authorization.k8s.io/v1"
    version = f"{version}beta1" if release == "v1.7" else version
    rules = "rules: [{verbs: [get], apiGroups: [''], resources: [pods]}]"
    role = f"{{apiVersion: {version}, kind: Role, metadata: {{name: %s}}, {rules}}}"
    items = ", ".join(role % name for name in ("a", "b"))
    told = create(cluster, "RoleList", f"items: [{items}]", version, verb="apply").splitlines()
    assert [line.split()[-1] for line in told[:2]] == ["created", "created"]
    assert "created" in create(cluster, "ConfigMapList", "items: [{metadata: {name: c}, data: {k: v}}]")
    assert "v" in typed(cluster, "kubectl get cm c -o jsonpath={.data.k}")


@pytest.mark.parametrize(
    ("release", "told"),
    [
        (
            "v1.7",
            "[field spec.containers[0].image for v1.Container is required, field "
            "spec.volumes[0].hostPath.path for v1.HostPathVolumeSource is required]",
        ),
        (
            "v1.8",
            'ValidationError(Pod.spec.volumes[0].hostPath): missing required field "path" in '
            "io.k8s.api.core.v1.HostPathVolumeSource",
        ),
    ],
)
def test_a_field_that_is_always_written_must_be_there(release: str, told: str) -> None:
    rest = "metadata: {name: a}\nspec: {containers: [{name: c}], volumes: [{name: v, hostPath: {}}]}"
    assert create(empty(release), "Pod", rest) == f"{HEAD}{told}{OFF}"


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_definitions_of_new_kinds_are_not_looked_at(release: str) -> None:
    """kubectl of then does not have their group; the server leaves alone what it does not know."""
    rest = (
        "metadata: {name: foos.a.b}\nspec: {group: a.b, version: v1, names: {kind: Foo, plural: foos}, "
        "scope: Namespaced, versions: [{name: v1, served: true, storage: true}]}"
    )
    told = create(empty(release), "CustomResourceDefinition", rest, "apiextensions.k8s.io/v1beta1")
    assert told == 'customresourcedefinition "foos.a.b" created'


@pytest.mark.parametrize(
    ("line", "flag", "why"),
    [
        ("logs -l app=x --tail=all", '"all" for "--tail"', 'strconv.ParseInt: parsing "all": invalid syntax'),
        (
            "get pods --chunk-size=big",
            '"big" for "--chunk-size"',
            'strconv.ParseInt: parsing "big": invalid syntax',
        ),
        (
            "delete pod x --grace-period=1s",
            '"1s" for "--grace-period"',
            'strconv.ParseInt: parsing "1s": invalid syntax',
        ),
        ("wait pod x --for=delete --timeout=soon", '"soon" for "--timeout"', 'time: invalid duration "soon"'),
        (
            "wait pod x --for=delete --timeout=60",
            '"60" for "--timeout"',
            'time: missing unit in duration "60"',
        ),
    ],
)
def test_flags_that_want_numbers_and_durations_say_so(line: str, flag: str, why: str) -> None:
    """As the real kubectl answers these lines on a room; `--timeout=60` is what people write most."""
    help_ = f"See 'kubectl {line.split()[0]} --help' for usage."
    told = typed(empty("v1.36"), f"kubectl {line}")
    assert told == f"error: invalid argument {flag} flag: {why}\n{help_}"


def test_a_list_of_labels_changes_none() -> None:
    cluster = empty("v1.36")
    assert "a=b" in typed(cluster, "kubectl label node n1 a=b --list")
    assert "a=b" not in typed(cluster, "kubectl get node n1 --show-labels")
