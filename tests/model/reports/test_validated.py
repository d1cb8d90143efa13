"""What the API server of each release takes and what it refuses, in its own words.

kk: github.com/kubernetes/kubernetes. Source of the words: pkg/api/validation, pkg/apis/core/validation and
pkg/apis/batch/validation of each release.
"""

import pytest

from tests.model.reports.typed import ALL, at, create, empty, typed


def service(release: str, spec: str) -> str:
    return create(
        empty(release), "Service", f"metadata: {{name: s}}\nspec: {{ports: [{{port: 80}}], {spec}}}"
    )


TWO_FRONTS = (
    "metadata: {name: s}\nspec: {ports: [{name: a, port: 80, targetPort: 80}, {name: b, port: 443, "
    "targetPort: 80}]}"
)
ONE_PORT_TWICE = (
    "metadata: {name: s}\nspec: {ports: [{name: a, port: 80}, {name: b, port: 80, targetPort: 81}]}"
)


def test_v1_8_0_lets_no_two_ports_lead_to_the_same_one() -> None:
    """kk#53526, kk#53949; taken back in v1.8.4."""
    told = create(empty("v1.8"), "Service", TWO_FRONTS)
    assert told == (
        'The Service "s" is invalid: spec.ports[1].targetPort: Duplicate value: '
        'intstr.IntOrString{Type:0, IntVal:80, StrVal:""}'
    )
    for release in ("v1.7", "v1.36"):
        assert create(empty(release), "Service", TWO_FRONTS).endswith("created"), release


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("v1.7", "created"),
        (
            "v1.8",
            'spec.ports[1]: Duplicate value: api.ServicePort{Name:"", Protocol:"TCP", Port:80, '
            'TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}',
        ),
        (
            "v1.36",
            'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,'
            '"TargetPort":0,"NodePort":0}',
        ),
    ],
)
def test_one_port_twice_is_refused_since_v1_8(release: str, told: str) -> None:
    """kk#47221, kk#47336."""
    assert create(empty(release), "Service", ONE_PORT_TWICE).endswith(told)


@pytest.mark.parametrize(
    ("release", "spec", "told"),
    [
        (
            "v1.8",
            "externalTrafficPolicy: Local",
            'Invalid value: "Local": ExternalTrafficPolicy can only be set on NodePort and LoadBalancer '
            "service",
        ),
        (
            "v1.36",
            "externalTrafficPolicy: Local",
            'Invalid value: "Local": may only be set for externally-accessible services',
        ),
        (
            "v1.8",
            "type: NodePort, externalTrafficPolicy: Here",
            'Invalid value: "Here": ExternalTrafficPolicy must be empty, Cluster or Local',
        ),
        (
            "v1.36",
            "type: NodePort, externalTrafficPolicy: Here",
            'Unsupported value: "Here": supported values: "Cluster", "Local"',
        ),
        (
            "v1.36",
            "sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}",
            "timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400",
        ),
        (
            "v1.8",
            "type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1]",
            'spec.LoadBalancerSourceRanges: Invalid value: "[10.0.0.1]": must be a list of IP ranges. '
            "For example, 10.240.0.0/24,10.250.0.0/24 ",
        ),
    ],
)
def test_what_a_service_says_of_traffic_is_checked(release: str, spec: str, told: str) -> None:
    assert service(release, spec).endswith(told)


def test_a_service_with_addresses_outside_routes_traffic_to_all_nodes() -> None:
    """v1.36 pkg/apis/core/v1/defaults.go SetDefaults_Service."""
    cluster = empty("v1.36")
    create(
        cluster,
        "Service",
        "metadata: {name: s}\nspec: {ports: [{port: 80}], externalIPs: [198.51.100.1], "
        "externalTrafficPolicy: Local}",
    )
    assert typed(cluster, "kubectl get svc s -o jsonpath={.spec.externalTrafficPolicy}") == "Local"


def test_an_external_name_has_no_families() -> None:
    cluster = empty("v1.36")
    typed(cluster, "kubectl create service externalname db --external-name=db.example.com")
    told = typed(cluster, "kubectl describe svc db")
    assert "IP Families:       <none>" in told
    assert "Policy:" not in told


@ALL
def test_a_user_has_a_number_that_is_not_negative(release: str) -> None:
    pod = "metadata: {name: p}\nspec: {securityContext: {runAsUser: -1}, containers: [{name: a, image: b}]}"
    assert create(empty(release), "Pod", pod) == (
        'The Pod "p" is invalid: spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and '
        "2147483647, inclusive"
    )


HOST = "metadata: {name: p}\nspec: {hostNetwork: true, containers: [{name: a, image: b, ports: [%s]}]}"


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("v1.8", "containerPort: Invalid value: 80: must match `hostPort` when `hostNetwork` is true"),
        ("v1.36", "hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true"),
    ],
)
def test_on_the_network_of_the_node_ports_are_those_of_the_node(release: str, told: str) -> None:
    given = create(empty(release), "Pod", HOST % "{containerPort: 80, hostPort: 81}")
    assert given.endswith(f"spec.containers[0].ports[0].{told}")
    assert create(empty(release), "Pod", HOST % "{containerPort: 80}").endswith("created")


@ALL
def test_a_grace_below_nothing_is_taken(release: str) -> None:
    cluster = empty(release)
    pod = "metadata: {name: p}\nspec: {terminationGracePeriodSeconds: -5, containers: [{name: a, image: b}]}"
    assert create(cluster, "Pod", pod).endswith("created")
    at(cluster, "10s")
    typed(cluster, "kubectl delete pod p")
    at(cluster, "70s")
    assert "No resources found" in typed(cluster, "kubectl get pods")


JOB = (
    "spec: {%s template: {metadata: {labels: {%s}}, spec: {restartPolicy: Never, containers: "
    "[{name: a, image: b}]}}}"
)


@ALL
def test_a_job_that_does_not_say_that_its_selector_is_its_own_has_none_of_its_own(release: str) -> None:
    spec = JOB % ("selector: {matchLabels: {app: web}},", "app: web")
    told = create(empty(release), "Job", f"metadata: {{name: j}}\n{spec}", "batch/v1")
    assert told.startswith('The Job "j" is invalid: spec.selector: Invalid value: ')
    assert told.endswith(": `selector` not auto-generated")


@ALL
def test_a_job_with_a_selector_of_its_own_must_say_which(release: str) -> None:
    own = create(
        empty(release),
        "Job",
        f"metadata: {{name: j}}\n{JOB % ('manualSelector: true,', 'app: web')}",
        "batch/v1",
    )
    first, *others = own.split("\n* ")
    assert first == 'The Job "j" is invalid: '
    assert others[0] == "spec.selector: Required value"
    assert others[1].endswith(": `selector` does not match template `labels`")
    spec = JOB % ("manualSelector: true, selector: {matchLabels: {app: web}},", "app: web")
    assert create(empty(release), "Job", f"metadata: {{name: j}}\n{spec}", "batch/v1").endswith("created")


@ALL
def test_a_job_as_it_was_printed_cannot_be_made_again(release: str) -> None:
    """Who saves a Job and creates it anew brings the labels and the selector of the old one along."""
    cluster = empty(release)
    spec = JOB % ("", "controller-uid: a, job-name: j")
    told = create(cluster, "Job", f"metadata: {{name: j}}\n{spec}", "batch/v1")
    assert "spec.template.metadata.labels[controller-uid]: Invalid value: " in told
    assert "must be '" in told


@ALL
def test_a_scope_bounds_only_what_it_can(release: str) -> None:
    quota = "metadata: {name: q}\nspec: {hard: {pods: 1, services: 1}, scopes: [BestEffort]}"
    told = create(empty(release), "ResourceQuota", quota)
    assert told.endswith("unsupported scope applied to resource")


@pytest.mark.parametrize(
    ("release", "value"),
    [
        (
            "v1.8",
            "resource.Quantity{i:resource.int64Amount{value:2, scale:0}, "
            'd:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"2", Format:"DecimalSI"}',
        ),
        ("v1.36", '"2"'),
    ],
)
def test_a_limit_range_whose_least_is_more_than_its_most_is_refused(release: str, value: str) -> None:
    limits = "metadata: {name: l}\nspec: {limits: [{type: Container, min: {cpu: 2}, max: {cpu: 1}}]}"
    told = create(empty(release), "LimitRange", limits)
    assert f"spec.limits[0].min[cpu]: Invalid value: {value}: min value 2 is greater than max value 1" in told


@ALL
def test_a_limit_range_is_for_something_that_there_is(release: str) -> None:
    told = create(
        empty(release), "LimitRange", "metadata: {name: l}\nspec: {limits: [{type: Node, max: {cpu: 1}}]}"
    )
    assert told.endswith(
        'spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified'
    )


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("v1.7", "[pos 91]: json: error decoding base64 binary 'billy': illegal base64 data at input byte 4"),
        ("v1.36", "illegal base64 data at input byte 4"),
    ],
)
def test_a_secret_that_is_no_base64_cannot_be_read(release: str, told: str) -> None:
    """kk#31548."""
    secret = "metadata: {name: s}\ndata: {password: b64377d7043139fc99ddb8a693f9a709, username: billy}"
    assert create(empty(release), "Secret", secret) == (
        'Error from server (BadRequest): error when creating "STDIN": Secret in version "v1" cannot be '
        f"handled as a Secret: {told}"
    )


FULL = "metadata: {name: q}\nspec: {hard: {pods: 0}}"


def test_today_what_is_wrong_is_told_before_what_is_too_much() -> None:
    """apiserver pkg/registry/generic/registry/store.go Create: validation, then validating admission."""
    cluster = empty("v1.36")
    create(cluster, "ResourceQuota", FULL)
    assert "is invalid" in create(
        cluster, "Pod", "metadata: {name: P}\nspec: {containers: [{name: a, image: b}]}"
    )
    told = create(cluster, "Pod", "metadata: {name: p}\nspec: {containers: [{name: a, image: b}]}")
    assert "exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0" in told


@pytest.mark.parametrize(("text", "meant"), [("false", "orphan"), ("true", "background")])
def test_a_cascade_of_yes_or_no_is_warned_of_today(text: str, meant: str) -> None:
    cluster = empty("v1.36")
    typed(cluster, "kubectl create deploy web --image=nginx")
    at(cluster, "5s")
    told = typed(cluster, f"kubectl delete deploy web --cascade={text}").splitlines()[0]
    assert told == (
        f"warning: --cascade={text} is deprecated (boolean value) and can be replaced with --cascade={meant}."
    )


@pytest.mark.parametrize(
    ("release", "told"),
    [
        (
            "v1.7",
            "Error from server: jsonpatch replace operation does not apply: doc is missing path: "
            "/spec/foo/bar",
        ),
        (
            "v1.36",
            "The request is invalid: the server rejected our request due to an error in our request",
        ),
    ],
)
def test_a_json_patch_that_leads_nowhere_is_refused(release: str, told: str) -> None:
    """kk#68224; today's server keeps to itself what is wrong (handlers/patch.go applyJSPatch)."""
    cluster = empty(release)
    patch = '[{"op":"replace","path":"/spec/foo/bar","value":1}]'
    assert typed(cluster, f"kubectl patch ns default --type=json -p '{patch}'") == told


@ALL
def test_a_patch_gives_no_other_name(release: str) -> None:
    told = typed(empty(release), """kubectl patch ns default -p '{"metadata":{"name":"other"}}'""")
    assert told == (
        "Error from server (BadRequest): the name of the object (other) does not match the name on the URL "
        "(default)"
    )


def test_a_service_may_change_its_type_and_loses_what_only_the_old_one_has() -> None:
    """v1.36 pkg/registry/core/service/strategy.go dropTypeDependentFields."""
    cluster = empty("v1.36")
    typed(cluster, "kubectl create service nodeport s --tcp=80")
    assert typed(cluster, """kubectl patch svc s -p '{"spec":{"type":"ClusterIP"}}'""") == "service/s patched"
    assert (
        typed(cluster, "kubectl get svc s -o jsonpath={.spec.ports[0].nodePort}{.spec.externalTrafficPolicy}")
        == ""
    )
    change = """kubectl patch svc s -p '{"spec":{"type":"ExternalName","externalName":"a.b"}}'"""
    assert typed(cluster, change) == "service/s patched"
    assert typed(cluster, "kubectl get svc s").splitlines()[1].split()[1:4] == [
        "ExternalName",
        "<none>",
        "a.b",
    ]


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_an_old_service_keeps_its_node_port_in_the_way_of_another_type(release: str) -> None:
    cluster = empty(release)
    typed(cluster, "kubectl create service nodeport s --tcp=80 --node-port=30080")
    assert typed(cluster, """kubectl patch svc s -p '{"spec":{"type":"ClusterIP"}}'""") == (
        'The Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 30080: may not be used when '
        "`type` is 'ClusterIP'"
    )


@pytest.mark.parametrize(
    ("release", "address", "told"),
    [
        ("v1.7", "127.0.0.1", "may not be in the loopback range (127.0.0.0/8)"),
        ("v1.8", "0.0.0.0", "may not be unspecified (0.0.0.0)"),
        ("v1.36", "127.0.0.1", "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        ("v1.36", "169.254.169.254", "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
    ],
)
def test_traffic_is_not_sent_to_addresses_that_mean_something_else_everywhere(
    release: str, address: str, told: str
) -> None:
    """ValidateNonSpecialIP."""
    given = f"metadata: {{name: e}}\nsubsets: [{{addresses: [{{ip: {address}}}], ports: [{{port: 80}}]}}]"
    assert create(empty(release), "Endpoints", given).endswith(
        f'subsets[0].addresses[0].ip: Invalid value: "{address}": {told}'
    )


@ALL
def test_what_opens_a_registry_is_json(release: str) -> None:
    secret = "metadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: %s}"
    assert create(empty(release), "Secret", secret % "cmVnaXN0cnk=") == (
        'The Secret "s" is invalid: data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": '
        "invalid character 'r' looking for beginning of value"
    )
    assert create(empty(release), "Secret", secret % "e30=").endswith("created")
