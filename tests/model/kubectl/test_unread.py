"""Columns of v1.36 as its printers_test.go has them: kinds that nothing acts on, sidecars, bindings."""

from typing import Any

import pytest
import yaml

from clustersim.api.decoding import decode_object
from clustersim.engine.time import MINUTE
from clustersim.kubectl.tables import table_of


def row(manifest: str, release: str = "v1.36") -> dict[str, str]:
    """The cells of an object by column, -o wide."""
    decoded = decode_object(yaml.safe_load(manifest), release)
    table = table_of(decoded.resource.plural, release)
    cells = table.row(decoded.obj, MINUTE, wide=True)
    return dict(zip(table.header(wide=True), cells, strict=True))


STORAGE = "apiVersion: storage.k8s.io/v1\nmetadata: {name: x}\n"
POLICY = "apiVersion: admissionregistration.k8s.io/v1\nmetadata: {name: x}\n"
DEVICES = "apiVersion: resource.k8s.io/v1\nmetadata: {name: x}\n"
NETWORK = "apiVersion: networking.k8s.io/v1\nmetadata: {name: x}\n"


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (
            STORAGE + "kind: CSIDriver\nspec: {podInfoOnMount: true, tokenRequests: [{audience: a}]}",
            "ATTACHREQUIRED=true PODINFOONMOUNT=true STORAGECAPACITY=false TOKENREQUESTS=a MODES=<none>",
        ),
        (STORAGE + "kind: CSINode\nspec: {drivers: [{name: d, nodeID: n}]}", "DRIVERS=1"),
        (
            STORAGE + "kind: CSIStorageCapacity\nstorageClassName: fast\ncapacity: 4Gi",
            "STORAGECLASSNAME=fast CAPACITY=4Gi",
        ),
        (STORAGE + "kind: VolumeAttributesClass\ndriverName: d", "DRIVERNAME=d"),
        (POLICY + "kind: ValidatingWebhookConfiguration\nwebhooks: [{name: a}, {name: b}]", "WEBHOOKS=2"),
        (
            POLICY + "kind: ValidatingAdmissionPolicy\nspec: {validations: [{expression: 'true'}],"
            " paramKind: {apiVersion: a/v1, kind: P}}",
            "VALIDATIONS=1 PARAMKIND=a/v1/P",
        ),
        (
            POLICY + "kind: ValidatingAdmissionPolicyBinding\nspec: {policyName: p, paramRef: {name: n}}",
            "POLICYNAME=p PARAMREF=*/n",
        ),
        (
            POLICY + "kind: MutatingAdmissionPolicyBinding\n"
            "spec: {policyName: p, paramRef: {selector: {matchLabels: {a: b}}}}",
            "PARAMREF=&LabelSelector{MatchLabels:map[string]string{a:",
        ),
        (DEVICES + "kind: ResourceClaim\nspec: {}", "STATE=pending"),
        (
            DEVICES + "kind: ResourceClaim\nstatus: {allocation: {devices: {}}, reservedFor: [{name: p}]}",
            "STATE=allocated,reserved",
        ),
        (
            DEVICES + "kind: ResourceSlice\nspec: {driver: d, nodeName: n1, pool: {name: p}}",
            "NODE=n1 DRIVER=d POOL=p",
        ),
        (
            "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: x}\nhandler: gvisor",
            "HANDLER=gvisor",
        ),
        (NETWORK + "kind: ServiceCIDR\nspec: {cidrs: [10.0.0.0/16, 'fd::/64']}", "CIDRS=10.0.0.0/16,fd::/64"),
        (
            NETWORK + "kind: IPAddress\n"
            "spec: {parentRef: {resource: services, namespace: default, name: kubernetes}}",
            "PARENTREF=services/default/kubernetes",
        ),
        (
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x}\n"
            "roleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: u}, {kind: Group, name: g},"
            " {kind: ServiceAccount, name: s, namespace: n}]",
            "ROLE=Role/r USERS=u GROUPS=g SERVICEACCOUNTS=n/s",
        ),
        (
            "apiVersion: apps/v1\nkind: ControllerRevision\nmetadata: {name: x, ownerReferences:"
            " [{apiVersion: apps/v1, kind: DaemonSet, name: d, uid: u, controller: true}]}\nrevision: 1",
            "CONTROLLER=daemonset.apps/d",
        ),
        (
            NETWORK.replace("{name: x}", "{name: x, annotations: "
            "{ingressclass.kubernetes.io/is-default-class: 'true'}}")
            + "kind: IngressClass\nspec: {controller: c}",
            "CONTROLLER=c",
        ),
        (
            "apiVersion: v1\nkind: Endpoints\nmetadata: {name: x}\n"
            "subsets: [{addresses: [{ip: 1.2.3.4}]}, {addresses: [{ip: 'fd00::1'}], ports: [{port: 80}]}]",
            "ENDPOINTS=1.2.3.4,[fd00::1]:80",
        ),
    ],
)  # fmt: skip
def test_what_the_columns_of_a_kind_say(manifest: str, told: str) -> None:
    found = row(manifest)
    for said in told.split():
        column, _sign, cell = said.partition("=")
        assert found[column].split(" ")[0] == cell
    if "is-default-class" in manifest:
        assert found["NAME"] == "x (default)"


def test_a_service_account_of_today_shows_no_secrets() -> None:
    manifest = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: x}\nsecrets: [{name: a}]"
    assert list(row(manifest)) == ["NAME", "AGE"]
    assert row(manifest, "v1.8")["SECRETS"] == "1"


SIDECARS = """
apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  initContainers: [{name: a, restartPolicy: Always}, {name: b, restartPolicy: Always}]
  containers: [{name: c}]
status:
  phase: %s
  conditions: [{type: Initialized, status: "%s"}]
  initContainerStatuses: [%s, %s]
  containerStatuses: [%s]
"""
_RUNS = "{name: a, ready: true, started: true, restartCount: 3, state: {running: {}}}"
_WAITS = "{name: b, ready: false, started: false, restartCount: 0, state: {waiting: {}}}"
_NOT_READY = "{name: b, ready: false, started: true, restartCount: 4, state: {running: {}}}"
_MAIN = "{name: c, ready: %s, restartCount: 0, state: {%s}}"


@pytest.mark.parametrize(
    ("parts", "ready", "status", "restarts"),
    [
        (("Pending", "False", _RUNS, _WAITS, _MAIN % ("false", "waiting: {}")), "1/3", "Init:1/2", "3"),
        (("Running", "True", _RUNS, _NOT_READY, _MAIN % ("true", "running: {}")), "2/3", "Running", "7"),
    ],
)
def test_a_sidecar_that_started_is_counted_with_its_restarts(
    parts: tuple[Any, ...], ready: str, status: str, restarts: str
) -> None:
    found = row(SIDECARS % parts)
    assert (found["READY"], found["STATUS"], found["RESTARTS"]) == (ready, status, restarts)


@pytest.mark.parametrize(
    ("kind", "target", "current", "told"),
    [
        ("external", "{type: AverageValue, averageValue: 100m}", "{averageValue: 50m}", "50m/100m (avg)"),
        ("external", "{type: Value, value: 100m}", "{value: 50m}", "50m/100m"),
        ("object", "{type: Value, value: 100m}", "{value: 50m}", "50m/100m"),
        ("pods", "{type: AverageValue, averageValue: 100m}", "{averageValue: 50m}", "50m/100m"),
        ("pods", "{type: AverageValue, averageValue: 100m}", "", "<unknown>/100m"),
    ],
)
def test_an_autoscaler_tells_what_a_metric_of_others_was(
    kind: str, target: str, current: str, told: str
) -> None:
    measured = f"[{{type: {kind.title()}, {kind}: {{metric: {{name: m}}, current: {current}}}}}]"
    manifest = (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x}\n"
        "spec:\n  scaleTargetRef: {kind: Deployment, name: web}\n  maxReplicas: 3\n"
        f"  metrics: [{{type: {kind.title()}, {kind}: {{metric: {{name: m}}, target: {target}}}}}]\n"
        f"status: {{currentMetrics: {measured if current else '[]'}}}\n"
    )
    assert row(manifest)["TARGETS"] == told
