"""Containers, probes and termination: what people reported, and what the documentation and e2e tests expect.

kk: github.com/kubernetes/kubernetes.
"""

import json

import pytest

from clustersim import Cluster, Command
from tests.model.reports.typed import at, cluster_of, rows, typed

RELEASES = ("v1.7", "v1.8", "v1.36")


def empty(release: str, nodes: int = 1) -> Cluster:
    return cluster_of(f"release: {release}\nnodes: {nodes}\nobjects: []\n")


def pod(cluster: Cluster, spec: str, name: str = "p", meta: str = "") -> str:
    manifest = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}{meta}}}\nspec: {spec}\n"
    return typed(cluster, f"kubectl create -f -\n{manifest}")


def row(cluster: Cluster, name: str = "p") -> list[str]:
    """READY, STATUS, RESTARTS of a pod; empty where it is gone."""
    return next((one[1:4] for one in rows(typed(cluster, "kubectl get pods")) if one[0] == name), [])


@pytest.mark.parametrize("release", RELEASES)
def test_a_probe_of_a_port_where_nobody_listens_restarts_the_container(release: str) -> None:
    """kk#48918: a liveness probe on a port that the container does not serve."""
    cluster = empty(release)
    pod(cluster, "{containers: [{name: a, image: nginx, livenessProbe: {httpGet: {path: /, port: 8074}}}]}")
    at(cluster, "40s")
    assert row(cluster)[2] == "1"
    told = typed(cluster, "kubectl describe pod p")
    assert ":8074: " in told
    assert "connection refused" in told


@pytest.mark.parametrize("release", RELEASES)
def test_a_path_that_the_server_does_not_have_keeps_a_pod_unready(release: str) -> None:
    """The web server's image answers 404 there; kubernetes.io, "Configure Liveness, Readiness and Startup
    Probes": any code from 200 up to 400 is success."""
    cluster = empty(release)
    probe = "readinessProbe: {httpGet: {path: /healthz, port: 80}}"
    pod(cluster, f"{{containers: [{{name: a, image: 'nginx:1.13', {probe}}}]}}")
    at(cluster, "40s")
    assert row(cluster)[:2] == ["0/1", "Running"]
    told = typed(cluster, "kubectl describe pod p")
    assert "Readiness probe failed: HTTP probe failed with statuscode: 404" in told


def test_a_probe_may_go_to_another_container_of_the_pod() -> None:
    """kubernetes.io, "Pods": the containers of a pod share its address and its ports."""
    cluster = empty("v1.36")
    probe = "readinessProbe: {tcpSocket: {port: 6379}}"
    pod(
        cluster,
        f"{{containers: [{{name: a, image: busybox, command: [sleep, '3600'], {probe}}}, "
        "{name: b, image: redis}]}",
    )
    at(cluster, "40s")
    assert row(cluster)[0] == "2/2"
    cluster.apply(Command("stop-answering", "p", {"container": "b"}))
    at(cluster, "90s")
    assert row(cluster)[0] == "1/2"


def test_the_published_http_probe_hears_500_after_ten_seconds() -> None:
    """kubernetes.io, "Define a liveness HTTP request": the container's server answers 500 from then on."""
    cluster = empty("v1.36")
    probe = "livenessProbe: {httpGet: {path: /healthz, port: 8080}, initialDelaySeconds: 3, periodSeconds: 3}"
    image = "image: 'registry.k8s.io/e2e-test-images/agnhost:2.40', args: [liveness]"
    pod(cluster, f"{{containers: [{{name: a, {image}, {probe}}}]}}")
    at(cluster, "30s")
    told = typed(cluster, "kubectl describe pod p")
    assert "Liveness probe failed: HTTP probe failed with statuscode: 500" in told
    assert row(cluster)[2] == "1"


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_shell_or_a_sleep_does_not_heed_sigterm(release: str) -> None:
    """kk#127188, kk#64015, openshift/verification-tests#1640: the first process of a container has no default
    handler, so the pod stays Terminating for its whole grace period."""
    cluster = empty(release)
    sleeps = "[{name: a, image: busybox, command: [sleep, '3600']}]"
    pod(cluster, f"{{terminationGracePeriodSeconds: 45, containers: {sleeps}}}")
    at(cluster, "20s")
    typed(cluster, "kubectl delete pod p")
    at(cluster, "60s")
    assert row(cluster)[1] == "Terminating"
    at(cluster, "3m")
    assert row(cluster) == []


@pytest.mark.parametrize(
    ("script", "more"),
    [
        ("trap exit TERM; while true; do sleep 1; done", ""),
        ("while true; do sleep 1; done", "shareProcessNamespace: true, "),
    ],
)
def test_a_trap_or_shared_processes_end_a_shell_at_once(script: str, more: str) -> None:
    """The remedies that are given there."""
    cluster = empty("v1.36")
    pod(cluster, f"{{{more}containers: [{{name: a, image: busybox, command: [sh, -c, '{script}']}}]}}")
    at(cluster, "20s")
    typed(cluster, "kubectl delete pod p")
    at(cluster, "26s")
    assert row(cluster) == []


@pytest.mark.parametrize(
    ("script", "ends"),
    [
        ("trap : TERM INT; sleep infinity & wait", True),
        ("cleanup() { echo bye; exit 0; }; trap cleanup TERM; while true; do sleep 1; done", True),
        ("trap '' TERM; while true; do sleep 1; done", False),
        ('trap "" SIGTERM; sleep 3600', False),
        ("trap 'echo told' TERM; while true; do sleep 1; done", False),
        ("trap 'exit 0' TERM; sleep 3600", False),
        ("trap 'exit 0' INT; while true; do sleep 1; done", False),
        ("trap 'exit 0' TERM; tail -f /dev/null", False),
        ("trap 'exit 0' TERM; tail -f /dev/null & wait $!", True),
    ],
)
def test_not_every_trap_ends_a_shell(script: str, ends: bool) -> None:
    """An empty one ignores the signal, one that only prints goes on, and none is run before the command that
    the shell waits for has ended."""
    cluster = empty("v1.36")
    spec = json.dumps({"containers": [{"name": "a", "image": "bash", "command": ["bash", "-c", script]}]})
    pod(cluster, spec)
    at(cluster, "20s")
    typed(cluster, "kubectl delete pod p")
    at(cluster, "26s")
    assert (row(cluster) == []) is ends
    at(cluster, "60s")
    assert row(cluster) == []


@pytest.mark.parametrize("release", RELEASES)
def test_an_init_container_that_fails_is_started_again_and_again(release: str) -> None:
    """kk#63135; test/e2e/common/node/init_container.go, "should not start app containers if init containers
    fail on a RestartAlways pod"."""
    cluster = empty(release)
    pod(
        cluster,
        "{initContainers: [{name: i, image: busybox, command: [sh, -c, exit 1]}], "
        "containers: [{name: a, image: nginx}]}",
    )
    seen = set()
    for second in range(1, 60):
        at(cluster, f"{second}s")
        seen.add(row(cluster)[1])
    assert seen == {"Init:0/1", "Init:Error", "Init:CrashLoopBackOff"}


def test_an_init_container_that_fails_fails_a_pod_that_is_never_restarted() -> None:
    """test/e2e/common/node/init_container.go, "... and fail the pod if init containers fail on a RestartNever
    pod"."""
    cluster = empty("v1.36")
    pod(
        cluster,
        "{restartPolicy: Never, initContainers: [{name: i, image: busybox, command: [sh, -c, exit 1]}], "
        "containers: [{name: a, image: nginx}]}",
    )
    at(cluster, "60s")
    assert row(cluster) == ["0/1", "Init:Error", "0"]
    assert typed(cluster, "kubectl get pod p -o jsonpath={.status.phase}") == "Failed"


def test_a_sidecar_does_not_keep_a_job_from_its_end() -> None:
    """kk#25908: the sidecar of a Job ran on for ever; as a restartable init container it ends with it."""
    cluster = empty("v1.36")
    spec = (
        "{initContainers: [{name: s, image: nginx, restartPolicy: Always}], restartPolicy: Never, "
        "containers: [{name: a, image: busybox, command: [sleep, '5']}]}"
    )
    typed(
        cluster,
        "kubectl create -f -\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\n"
        f"spec: {{template: {{spec: {spec}}}}}\n",
    )
    at(cluster, "40s")
    assert rows(typed(cluster, "kubectl get jobs"))[0][1] == "Complete"


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_container_that_takes_more_memory_than_its_limit_is_killed(release: str) -> None:
    """kubernetes.io, "Assign Memory Resources": the pod of polinux/stress."""
    cluster = empty(release)
    pod(
        cluster,
        "{containers: [{name: a, image: polinux/stress, resources: {limits: {memory: 100Mi}}, "
        "command: [stress], args: [--vm, '1', --vm-bytes, 250M]}]}",
    )
    seen = set()
    for second in range(4, 60):
        at(cluster, f"{second}s")
        seen.add(row(cluster)[1])
    assert seen == {"OOMKilled", "CrashLoopBackOff"}
    told = typed(cluster, "kubectl describe pod p")
    assert "OOMKilled" in told
    assert "137" in told


def test_a_program_that_starts_slowly_is_killed_by_its_startup_probe() -> None:
    """test/e2e/common/node/container_probe.go, "should be restarted startup probe fails"."""
    cluster = empty("v1.36")
    probe = "startupProbe: {httpGet: {path: /, port: 8080}, failureThreshold: 3, periodSeconds: 5}"
    slow = ", annotations: {program.clustersim/a: 'answers after 60s'}"
    pod(cluster, f"{{containers: [{{name: a, image: app, {probe}}}]}}", meta=slow)
    at(cluster, "50s")
    assert int(row(cluster)[2]) >= 2
    assert "failed startup probe, will be restarted" in typed(cluster, "kubectl describe pod p")


def test_liveness_waits_until_the_startup_probe_has_succeeded() -> None:
    """test/e2e/common/node/container_probe.go, "should *not* be restarted by liveness probe because startup
    probe delays it"."""
    cluster = empty("v1.36")
    get = "httpGet: {path: /, port: 8080}"
    probes = f"startupProbe: {{{get}, failureThreshold: 30}}, livenessProbe: {{{get}, failureThreshold: 1}}"
    slow = ", annotations: {program.clustersim/a: 'answers after 60s'}"
    pod(cluster, f"{{containers: [{{name: a, image: app, {probes}}}]}}", meta=slow)
    at(cluster, "2m")
    assert row(cluster) == ["1/1", "Running", "0"]


def test_a_container_may_be_started_again_by_a_rule_of_its_own() -> None:
    # https://github.com/kubernetes/enhancements/issues/5307
    pod = (
        "kubectl apply -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {restartPolicy: Never, "
        "containers: [{name: a, image: busybox, command: [sh, -c, 'sleep 2; exit %s'], restartPolicy: Never, "
        "restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]}]}\n"
    )
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, pod % ("again", 42))
    typed(cluster, pod % ("once", 1))
    at(cluster, "40s")
    told = "kubectl get pods -o custom-columns=:.status.phase,:.status.containerStatuses[0].restartCount"
    phases = [line.split() for line in typed(cluster, f"{told} --no-headers").splitlines()]
    assert phases[0][0] == "Running"
    assert int(phases[0][1]) >= 2
    assert phases[1] == ["Failed", "0"]


def test_a_readiness_gate_keeps_a_pod_from_being_ready_until_somebody_says_so() -> None:
    """https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate"""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n"
        "  readinessGates: [{conditionType: example.com/ok}]\n  containers: [{name: a, image: nginx}]\n",
    )
    typed(cluster, "kubectl expose pod p --port=80")
    at(cluster, "10s")
    assert rows(typed(cluster, "kubectl get pods"))[0][1] == "1/1"
    ready = "kubectl get pod p -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}'"
    said = 'corresponding condition of pod readiness gate "example.com/ok" does not exist.'
    assert typed(cluster, ready) == said
    assert ":80" not in typed(cluster, "kubectl get endpoints p")
    for status, listed in (("True", True), ("False", False)):
        patch = f'{{"status":{{"conditions":[{{"type":"example.com/ok","status":"{status}"}}]}}}}'
        typed(cluster, f"kubectl patch pod p --subresource=status -p '{patch}'")
        at(cluster, "15s" if status == "True" else "20s")
        assert (":80" in typed(cluster, "kubectl get endpoints p")) is listed
    assert (
        typed(cluster, ready) == 'the status of pod readiness gate "example.com/ok" is not "True", but False'
    )


@pytest.mark.parametrize(
    ("release", "status"),
    [("v1.7", "Error response from daemon"), ("v1.8", "CreateContainerError"), ("v1.36", "Running")],
)
def test_docker_makes_no_container_with_less_memory_than_4_mb(release: str, status: str) -> None:
    """kk#79950: `128m` of memory are millibytes."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
        "  containers: [{name: a, image: 'nginx:1.13', resources: {limits: {memory: 128m}}}]\n",
    )
    at(cluster, "20s")
    assert status in typed(cluster, "kubectl get pods")
    told = 'Error: Error response from daemon: {"message":"Minimum memory limit allowed is 4MB"}'
    assert (told in typed(cluster, "kubectl describe pod p")) is (release != "v1.36")
