"""What people who run Kubernetes reported of manifests and kubectl, each by its right value."""

from typing import Any

import pytest
import yaml

from clustersim import Cluster
from clustersim.scenario import ScenarioError
from tests.model.reports.typed import at, cluster_of, rows, typed

EMPTY = "release: v1.7\nnodes: 2\nobjects: []\n"
POD = (
    "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    "spec: {containers: [{name: a, image: x, resources: {requests: {%s}}}]}\n"
)
MALFORMED = "quantities must match the regular expression"


@pytest.mark.parametrize("amount", ["memory: 128m", "memory: 1Ei", "memory: 12E", "cpu: 0.5m", "cpu: 1k"])
def test_29_quantities_that_people_write_are_taken_and_the_run_goes_on(amount: str) -> None:
    cluster = cluster_of(EMPTY)
    assert typed(cluster, POD % amount) == 'pod "p" created'
    at(cluster, "1h")
    assert rows(typed(cluster, "kubectl get pods"))[0][2] in ("Running", "Pending")


@pytest.mark.parametrize("amount", ["memory: lots", "cpu: abc"])
def test_29_what_is_no_quantity_is_refused(amount: str) -> None:
    cluster = cluster_of(EMPTY)
    assert MALFORMED in typed(cluster, POD % amount)
    assert typed(cluster, "kubectl get pods") == "No resources found."


def test_29_limits_of_thousandths_are_described() -> None:
    cluster = cluster_of(EMPTY)
    typed(cluster, (POD % "memory: 128m").replace("requests", "limits"))
    at(cluster, "5s")
    assert "Allocated resources" in typed(cluster, "kubectl describe node n1")


@pytest.mark.parametrize(
    "amount", ["cpu: 1", "cpu: 0.5", "memory: 1073741824", "memory: 1e3", "cpu: 1e-1", "memory: 1E"]
)
def test_30_numbers_are_quantities_without_quotes(amount: str) -> None:
    assert typed(cluster_of(EMPTY), POD % amount) == 'pod "p" created'


@pytest.mark.parametrize("amount", ["1e9", "1E", "1Ei", "128m"])
def test_30_scenarios_take_the_same_quantities(amount: str) -> None:
    container = f"{{name: a, image: x, requests: {{memory: {amount}}}}}"
    cluster = cluster_of(f"nodes: 1\nobjects: [{{kind: Pod, name: p, containers: [{container}]}}]\n")
    assert "p" in typed(cluster, "kubectl get pods")


def test_32_apply_keeps_what_the_manifest_does_not_name() -> None:
    manifest = (
        "kubectl apply -f -\napiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, "
        "image: 'nginx:1.13'}]}\n"
    )
    cluster = cluster_of(EMPTY)
    typed(cluster, manifest)
    at(cluster, "5s")
    typed(cluster, "kubectl scale deployment web --replicas=4")
    at(cluster, "10s")
    assert typed(cluster, manifest.replace("1.13", "1.14")) == 'deployment "web" configured'
    at(cluster, "20s")
    assert rows(typed(cluster, "kubectl get deploy"))[0][1] == "4"


def test_34_several_kinds_carry_their_prefixes_and_stand_apart() -> None:
    lines = typed(cluster_of("release: v1.7\nnodes: 2\n"), "kubectl get po,svc").splitlines()
    assert lines.count("") == 1
    assert any(line.startswith("po/tomcat-") for line in lines)
    assert any(line.startswith("svc/tomcat ") for line in lines)


@pytest.mark.parametrize("selector", ["", "  selector: {matchLabels: {app: web}}\n"])
def test_35_apps_v1beta2_needs_a_selector(selector: str) -> None:
    cluster = cluster_of("release: v1.8\nnodes: 2\nobjects: []\n")
    printed = typed(
        cluster,
        "kubectl apply -f -\napiVersion: apps/v1beta2\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        f"{selector}  template:\n    metadata: {{labels: {{app: web}}}}\n"
        "    spec: {containers: [{name: web, image: 'nginx:1.13'}]}\n",
    )
    if selector:
        assert printed == 'deployment "web" created'
    else:
        assert printed.startswith('The Deployment "web" is invalid:')
        assert "spec.selector: " in printed


TYPO = (
    "kubectl create%s -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    "spec: {containers: [{name: a, image: x, prots: [{containerPort: 80}]}]}\n"
)


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("v1.7", "found invalid field prots for v1.Container"),
        ("v1.8", 'unknown field "prots" in io.k8s.api.core.v1.Container'),
        ("v1.36", 'strict decoding error: unknown field "spec.containers[0].prots"'),
    ],
)
def test_36_an_unknown_field_is_refused_in_the_words_of_the_release(release: str, words: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    assert words in typed(cluster, TYPO % "")
    assert "created" in typed(cluster, TYPO % " --validate=false")


def test_37_pods_are_spread_however_rarely_kubelets_report() -> None:
    for period in ("10s", "30s", "1m"):
        cluster = cluster_of(
            f"release: v1.7\nflags: {{kubelet: {{node-status-update-frequency: {period}}}, "
            "controller-manager: "
            "{node-monitor-grace-period: 5m, pod-eviction-timeout: 1m}}\nnodes: 3\n"
        )
        nodes = [
            row[6] for row in rows(typed(cluster, "kubectl get pods -o wide")) if row[0].startswith("tomcat")
        ]
        assert sorted(nodes) == ["n1", "n2", "n3"]


def test_38_what_kubectl_itself_prints_is_taken() -> None:
    cluster = cluster_of(EMPTY)
    printed = typed(cluster, "kubectl run nginx --image=nginx --dry-run -o yaml")
    assert "creationTimestamp: null" in printed
    assert typed(cluster, f"kubectl create -f -\n{printed}") == 'deployment "nginx" created'


C = "{name: a, image: x}"
T = f"template: {{metadata: {{labels: {{app: z}}}}, spec: {{containers: [{C}]}}}}"


@pytest.mark.parametrize(
    ("kind", "name", "spec", "words"),
    [
        (
            "Pod",
            "MyApp",
            f"{{containers: [{C}]}}",
            'The Pod "MyApp" is invalid: metadata.name: Invalid value',
        ),
        (
            "ReplicationController",
            "r",
            f"{{{T}, selector: {{app: x}}}}",
            "`selector` does not match template",
        ),
        ("ReplicationController", "r", f"{{{T}, replicas: -1}}", "spec.replicas: Invalid value: -1: must be"),
        ("Pod", "p", "{containers: []}", "spec.containers: Required value"),
        ("Service", "s", "{clusterIP: 192.168.0.1, ports: [{port: 80}]}", "spec.clusterIP: Invalid value"),
        ("Pod", "p", f"{{restartPolicy: Sometimes, containers: [{C}]}}", 'Unsupported value: "Sometimes"'),
        ("Pod", "p", f"{{containers: [{C}, {C}]}}", "spec.containers[1].name: Duplicate value"),
        ("Service", "s", "{ports: [{port: 70000}]}", "spec.ports[0].port: Invalid value: 70000"),
    ],
)
def test_39_and_40_what_the_api_server_refuses_is_not_said_to_be_created(
    kind: str, name: str, spec: str, words: str
) -> None:
    cluster = cluster_of(EMPTY)
    manifest = (
        f"kubectl create -f -\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    )
    printed = typed(cluster, manifest)
    assert words in printed
    assert "created" not in printed
    assert typed(cluster, "kubectl get pods,rc") == "No resources found."
    assert list(cluster.objects("services")) == ["default/kubernetes"]


@pytest.mark.parametrize("labels", ["{a/b/c: x}", "{app: 'a b'}"])
def test_40_labels_are_checked(labels: str) -> None:
    pod = f"metadata: {{name: p, labels: {labels}}}\nspec: {{containers: [{{name: a, image: x}}]}}\n"
    printed = typed(cluster_of(EMPTY), f"kubectl create -f -\napiVersion: v1\nkind: Pod\n{pod}")
    assert printed.startswith('The Pod "p" is invalid: metadata.labels: Invalid value')


@pytest.mark.parametrize(
    ("manifest", "printed"),
    [
        ("apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80, targetPort: "
            "http}]}", 'service "s" created'),
        ("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: "
            "b}}", 'namespace "b" created'),
        ("apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  labels:\nspec: {ports: [{port: "
            "80}]}", 'service "s" created'),
    ],
)  # fmt: skip
def test_41_valid_forms_are_taken(manifest: str, printed: str) -> None:
    assert typed(cluster_of(EMPTY), f"kubectl create -f -\n{manifest}\n") == printed


def test_42_long_manifests_are_taken_and_one_bad_object_leaves_the_others() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {ports: [{port: 80}]}\n---\n"
    comment = "# a line of a licence, as published manifests have\n" * 200
    unknown = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\n---\n"
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {accessModes: "
        "[ReadWriteOnce], "
        "resources: {requests: {storage: 1Gi}}}\n---\n"
    )
    text = "kubectl create -f -\n" + comment + unknown + claim + "".join(service % n for n in range(20))
    printed = typed(cluster_of(EMPTY), text)
    assert printed.count("created") == 21
    assert 'error: unable to recognize "STDIN": no matches for example.com/, Kind=Thing' in printed


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_what_get_prints_applies_and_changes_nothing_but_what_is_remembered(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 2\nobjects: []\n")
    for made in ("create deployment web --image=nginx", "create cm web --from-literal=a=b"):
        made += " --dry-run=client -o yaml" if release == "v1.36" else " --dry-run -o yaml"
        typed(cluster, f"kubectl {made} | kubectl apply -f -")
    at(cluster, "20s")
    for kind in ("deploy", "cm"):
        for _time in range(2):
            before = _without_memory(cluster, kind)
            told = typed(cluster, f"kubectl get {kind} web -o yaml | kubectl apply -f -")
            assert told.endswith("configured")
            assert _without_memory(cluster, kind) == before


def _without_memory(cluster: Cluster, kind: str) -> Any:
    """Without what was applied last, and the generation of a Deployment, which any annotation raises."""
    plain = yaml.safe_load(typed(cluster, f"kubectl get {kind} web -o yaml"))
    plain["metadata"].pop("resourceVersion")
    plain["metadata"].pop("generation", None)
    plain.get("status", {}).pop("observedGeneration", None)
    plain["metadata"]["annotations"].pop("kubectl.kubernetes.io/last-applied-configuration")
    return plain


def test_a_scenario_refuses_a_manifest_as_the_api_server_would() -> None:
    with pytest.raises(ScenarioError, match="the API server refuses this"):
        cluster_of(
            "nodes: 1\nmanifests:\n- {apiVersion: v1, kind: Pod, metadata: {name: X}, spec: "
            "{containers: []}}\n"
        )


@pytest.mark.parametrize(("release", "nulls"), [("v1.7", True), ("v1.8", True), ("v1.36", False)])
def test_only_old_releases_print_that_a_template_was_never_created(release: str, nulls: bool) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\n")
    assert ("creationTimestamp: null" in typed(cluster, "kubectl get rc tomcat -o yaml")) is nulls


ROLES = """kubectl apply -f -
apiVersion: rbac.authorization.k8s.io/{version}
kind: ClusterRole
metadata: {{name: 'system:viewer'}}
rules: [{{apiGroups: [''], resources: [pods], verbs: [get]}}]
---
apiVersion: rbac.authorization.k8s.io/{version}
kind: ClusterRoleBinding
metadata: {{name: viewers}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:viewer'}}
subjects: [{{kind: ServiceAccount, name: default, namespace: default}}]
"""


@pytest.mark.parametrize(("release", "version"), [("v1.7", "v1beta1"), ("v1.8", "v1"), ("v1.36", "v1")])
def test_roles_of_published_manifests_are_kept(release: str, version: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    told = typed(cluster, ROLES.format(version=version))
    assert told.count("created") == 2
    assert "system:viewer" in typed(cluster, "kubectl get clusterroles")
    assert "pods" in typed(cluster, "kubectl describe clusterrole system:viewer")
    again = typed(cluster, "kubectl get clusterrole system:viewer -o yaml | kubectl apply -f -")
    assert "configured" in again


def test_a_rule_without_verbs_is_refused() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    told = typed(
        cluster,
        "kubectl create -f -\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n"
        "rules: [{apiGroups: [''], resources: [pods], verbs: []}]\n",
    )
    assert told == (
        'The Role "r" is invalid: rules[0].verbs: Required value: verbs must contain at least one value'
    )


FIELD_OF_POD = (
    "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n"
    "  - name: a\n    image: x\n    env: [{{name: A, valueFrom: {{fieldRef: {{fieldPath: {path}}}}}}}]\n"
)


@pytest.mark.parametrize(
    ("release", "path", "told"),
    [
        ("v1.7", "spec.foo", "error converting fieldPath: field label not supported: spec.foo"),
        ("v1.7", "metadata.uid", 'Unsupported value: "metadata.uid": supported values: metadata.name, '),
        ("v1.8", "metadata.uid", "created"),
        (
            "v1.36",
            "metadata.labels",
            'Unsupported value: "metadata.labels": supported values: "metadata.name"',
        ),
        ("v1.36", "\"metadata.labels['app']\"", "created"),
    ],
)
def test_a_variable_may_have_some_fields_of_its_pod(release: str, path: str, told: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    assert told in typed(cluster, FIELD_OF_POD.format(path=path))


@pytest.mark.parametrize(("release", "field"), [("v1.7", "spec.clusterIP"), ("v1.36", "spec.clusterIPs[0]")])
def test_a_service_of_nodes_is_not_headless(release: str, field: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    told = typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
        "spec: {type: NodePort, clusterIP: None, ports: [{port: 80}]}\n",
    )
    assert told == (
        f'The Service "s" is invalid: {field}: Invalid value: "None": may not be set to \'None\' for '
        "NodePort services"
    )


WEB = (
    "kubectl apply -f -\napiVersion: {version}\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n"
    "  replicas: 2\n  selector: {{matchLabels: {{app: {app}}}}}\n  template:\n"
    "    metadata: {{labels: {{app: {app}}}}}\n    spec: {{containers: [{{name: a, image: 'nginx:1.13'}}]}}\n"
)


def test_35b_the_selector_of_v1beta2_never_changes() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    typed(cluster, WEB.format(version="apps/v1beta2", app="web"))
    assert typed(cluster, WEB.format(version="apps/v1beta2", app="other")) == (
        'The Deployment "web" is invalid: spec.selector: Invalid value: v1.LabelSelector{MatchLabels:'
        'map[string]string{"app":"other"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is '
        "immutable"
    )


def test_another_selector_in_extensions_leaves_the_old_replica_set_behind() -> None:
    cluster = cluster_of("release: v1.7\nnodes: 2\nobjects: []\n")
    typed(cluster, WEB.format(version="extensions/v1beta1", app="web"))
    at(cluster, "5s")
    typed(cluster, WEB.format(version="extensions/v1beta1", app="other"))
    at(cluster, "30s")
    assert [row[1:4] for row in rows(typed(cluster, "kubectl get rs"))] == [["2", "2", "2"]] * 2
    assert len(rows(typed(cluster, "kubectl get pods"))) == 4


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_an_autoscaler_without_a_metric_wants_80_percent_of_the_cpu(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")
    typed(cluster, "kubectl autoscale deploy web --max=3")
    assert "80%" in typed(cluster, "kubectl get hpa")
