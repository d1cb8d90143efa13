"""What people report of manifests with values of a wrong type: kubectl of old looks at little, and what the
server's decoder says depends on the release."""

import pytest

from tests.model.reports.typed import create, empty, typed

IGNORE = "; if you choose to ignore these errors, turn validation off with --validate=false"
POD = "metadata: {name: p%s}\nspec: {containers: [{name: a, image: x%s}]}"
WRONG = 'error: error validating "STDIN": error validating data: %s' + IGNORE
BAD = 'Error from server (BadRequest): error when creating "STDIN": %s'


def of_pod(release: str, container: str = "", metadata: str = "") -> str:
    return create(empty(release), "Pod", POD % (metadata, container))


def test_a_number_for_a_text_is_refused_by_the_decoder_of_the_server_which_goes_on_beside_it() -> None:
    """redis-commander#360, argo-events#87: kubectl lets numbers pass for texts. After a number of one digit
    the decoder is where it should be and goes on, so what else it reads stands in the message, too."""
    ports = ", env: [{name: K8S_HANDLE, value: %s}], ports: [{containerPort: 80, name: http}]"
    head = BAD % 'Pod in version "v1" cannot be handled as a Pod: '
    told = of_pod("v1.8", ports % 1)
    assert told.startswith(
        f"{head}v1.Pod: Spec: v1.PodSpec: Containers: []v1.Container: v1.Container: Ports: "
        '[]v1.ContainerPort: Name: Image: Env: []v1.EnvVar: v1.EnvVar: Value: ReadString: expects " or n, '
        'parsing 138 ...,"value":1... at {"apiVersion":"v1","kind":"Pod",'
    )
    told = of_pod("v1.8", ports % 7070)
    assert told.startswith(
        f"{head}v1.Pod: Spec: v1.PodSpec: Containers: []v1.Container: v1.Container: Env: []v1.EnvVar: "
        'v1.EnvVar: Value: ReadString: expects " or n, parsing 138 ...,"value":7... at {'
    )
    assert of_pod("v1.7", ports % 7070) == f"{head}[pos 137]: json: expect char '\"' but got char '7'"


@pytest.mark.parametrize(
    ("container", "metadata", "told"),
    [
        (
            "",
            ", annotations: {prometheus.io/port: 9104}",
            "v1.Pod: ObjectMeta: v1.ObjectMeta: Annotations: ReadString: expects \" or n, "
            'parsing 81 ...io/port":9... at {',
        ),
        (
            ", resources: {limits: {memory: lots}}",
            "",
            "v1.Pod: Spec: v1.PodSpec: Containers: []v1.Container: v1.Container: Resources: "
            "v1.ResourceRequirements: Limits: unmarshalerDecoder: quantities must match the regular "
            "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', parsing 162 ...ry\":\"lots\"... at {",
        ),
        (
            ", ports: [{containerPort: 1.5}]",
            "",
            "v1.Pod: Spec: v1.PodSpec: Containers: []v1.Container: v1.Container: Ports: []v1.ContainerPort: "
            "v1.ContainerPort: isObjectEnd: object ended prematurely, parsing 152 ...erPort\":1.... at {",
        ),
        (
            ", livenessProbe: {httpGet: {port: true}}",
            "",
            "v1.Pod: Spec: v1.PodSpec: Containers: []v1.Container: v1.Container: Name: LivenessProbe: "
            "v1.Probe: Handler: HTTPGet: v1.HTTPGetAction: Port: unmarshalerDecoder: json: cannot unmarshal "
            "bool into Go value of type int32, parsing 152 ...port\":true... at {",
        ),
    ],
)  # fmt: skip
def test_the_decoder_of_v1_8_tells_in_which_types_it_stopped(
    container: str, metadata: str, told: str
) -> None:
    """helm/charts#9557 and others like it."""
    head = BAD % 'Pod in version "v1" cannot be handled as a Pod: '
    assert of_pod("v1.8", container, metadata).startswith(head + told)


@pytest.mark.parametrize(
    ("container", "metadata", "told"),
    [
        (
            ", args: [null]",
            "",
            'ValidationError(Pod.spec.containers[0].args): unknown object type "nil" in '
            "Pod.spec.containers[0].args[0]",
        ),
        ("", ", labels: {a: null}", 'unknown object type "nil" in Pod.metadata.labels.a'),
        (
            ", stdin: 1",
            "",
            "ValidationError(Pod.spec.containers[0].stdin): invalid type for io.k8s.api.core.v1."
            'Container.stdin: got "number", expected "boolean"',
        ),
        (
            ", resources: [1]",
            "",
            "ValidationError(Pod.spec.containers[0].resources): invalid type for "
            'io.k8s.api.core.v1.ResourceRequirements: got "map", expected "array"',
        ),
        (
            ", resources: {limits: {cpu: {a: b}}}",
            "",
            "ValidationError(Pod.spec.containers[0].resources.limits.cpu): invalid type for "
            'io.k8s.apimachinery.pkg.api.resource.Quantity: got "map", expected "string"',
        ),
    ],
)
def test_kubectl_of_v1_8_tells_what_does_not_fit_its_definitions(
    container: str, metadata: str, told: str
) -> None:
    """Its own tests (pkg/kubectl/cmd/util/openapi/validation, hack/testdata/invalid-rc-with-empty-args.yaml);
    a list for a map is told the wrong way round."""
    assert of_pod("v1.8", container, metadata) == WRONG % told


@pytest.mark.parametrize(
    ("container", "told"),
    [
        (", args: [true]", "expected type string, for field spec.containers[0].args[0], got bool"),
        (", args: x", "expected type array, for field spec.containers[0].args, got string"),
        (
            ", resources: x",
            "field spec.containers[0].resources for v1.ResourceRequirements: expected object of type "
            "map[string]interface{}, but the actual type is string",
        ),
        (", args: [null]", "unexpected nil value for field spec.containers[0].args[0]"),
    ],
)
def test_kubectl_of_v1_7_tells_what_does_not_fit_its_definitions(container: str, told: str) -> None:
    """v1.7.5 pkg/api/validation/schema.go."""
    assert of_pod("v1.7", container) == WRONG % told


def test_fields_that_are_null_are_unknown_to_nobody_in_v1_8() -> None:
    assert of_pod("v1.8", metadata=", labls: null") == 'pod "p" created'
    assert of_pod("v1.7", metadata=", labls: null") == WRONG % "found invalid field labls for v1.ObjectMeta"


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_labels_that_are_a_list_are_sent_where_nothing_is_validated(release: str) -> None:
    manifest = f"apiVersion: v1\nkind: Pod\n{POD % (', labels: [a]', '')}\n"
    told = typed(empty(release), f"kubectl create --validate=false -l 'a!=b' -f -\n{manifest}")
    assert "cannot be handled as a Pod" in told


def test_unknown_fields_are_told_in_the_order_in_which_kubectl_sends_them() -> None:
    """It sorts what it sends (hack/testdata/invalid-deployment-unknown-and-duplicate-fields.yaml)."""
    told = of_pod("v1.36", ", zz: 1, aa: 2", ", zoo: 3, bar: 4")
    fields = ("metadata.bar", "metadata.zoo", "spec.containers[0].aa", "spec.containers[0].zz")
    assert told.endswith("strict decoding error: " + ", ".join(f'unknown field "{one}"' for one in fields))


@pytest.mark.parametrize(
    ("container", "told"),
    [
        (
            ", resources: {limits: 100m}",
            "json: cannot unmarshal string into Go struct field "
            "ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList",
        ),
        (
            ", resources: {limits: {cpu: [1]}}",
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            ", ports: [{containerPort: 80, protocol: 6}]",
            "json: cannot unmarshal number into Go struct field ContainerPort.spec.containers.ports.protocol "
            "of type v1.Protocol",
        ),
        (
            ", livenessProbe: {httpGet: {port: true}}",
            "json: cannot unmarshal bool into Go struct field "
            "HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32",
        ),
    ],
)
def test_the_decoder_of_today_names_types_and_the_structs_within_structs(container: str, told: str) -> None:
    """Seen with the decoder and the types of v1.36.2."""
    assert of_pod("v1.36", container) == BAD % f'Pod in version "v1" cannot be handled as a Pod: {told}'


def test_a_server_that_only_tries_warns_all_the_same() -> None:
    manifest = (
        f"apiVersion: v1\nkind: Pod\n{POD % ('', ', env: [{name: A, value: b}, {name: A, value: c}]')}\n"
    )
    told = typed(empty("v1.36"), f"kubectl create --dry-run=server -f -\n{manifest}")
    hides = 'hides previous definition of "A", which may be dropped when using apply'
    assert told == f"Warning: spec.containers[0].env[1]: {hides}\npod/p created (server dry run)"


JOB = (
    "metadata: {name: j}\nspec: {template: {metadata: {labels: {app: j}}, "
    "spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}}"
)


@pytest.mark.parametrize(
    ("release", "nothing", "labels"),
    [
        ("v1.7", '"null"', 'map[string]string{"app":"j"}'),
        ("v1.8", '"null"', 'map[string]string{"app":"j"}'),
        ("v1.36", "null", '{"app":"j"}'),
    ],
)
def test_a_job_that_is_replaced_by_its_manifest_lacks_what_was_made_for_it(
    release: str, nothing: str, labels: str
) -> None:
    """As people paste it: the selector is missing, and the labels that it has."""
    cluster = empty(release)
    create(cluster, "Job", JOB, "batch/v1")
    told = create(cluster, "Job", JOB, "batch/v1", verb="replace").split("\n* ")
    wrong = f"Invalid value: {labels}: `selector` does not match template `labels`"
    assert "spec.selector: Required value" in told
    assert f"spec.selector: Invalid value: {nothing}: field is immutable" in told
    assert f"spec.template.metadata.labels: {wrong}" in told
    assert not [one for one in told if "must be '" in one]


@pytest.mark.parametrize("version", ["autoscaling/v1", "autoscaling/v2"])
def test_an_autoscaler_to_zero_needs_more_than_cpu(version: str) -> None:
    """What people get who write `minReplicas: 0`."""
    target = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}"
    manifest = f"metadata: {{name: h}}\nspec: {{minReplicas: 0, maxReplicas: 3, {target}}}"
    assert create(empty("v1.36"), "HorizontalPodAutoscaler", manifest, version).split("\n* ")[1:] == [
        "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
        "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to "
        "zero replicas",
    ]


@pytest.mark.parametrize(("address", "name"), [("::1", "loopback"), ("fe80::1", "link-local")])
@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_endpoints_are_nowhere_that_only_one_machine_sees(release: str, address: str, name: str) -> None:
    told = create(
        empty(release),
        "Endpoints",
        f'metadata: {{name: e}}\nsubsets: [{{addresses: [{{ip: "{address}"}}], ports: [{{port: 80}}]}}]',
    )
    assert f'subsets[0].addresses[0].ip: Invalid value: "{address}": may not be in the {name} range (' in told
