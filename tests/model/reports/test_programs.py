"""What containers run, and what they need to be made: published examples, each by its right value."""

import json

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, empty, rows, typed

EXAMPLE = "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n{rest}"


def status_of(cluster: Cluster, name: str = "p") -> tuple[str, str]:
    """STATUS and RESTARTS of a pod."""
    row = next(row for row in rows(typed(cluster, "kubectl get pods")) if row[0] == name)
    return row[2], row[3]


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_the_published_liveness_probe_restarts_its_container(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    rest = (
        "    image: busybox\n"
        "    args: [/bin/sh, -c, touch /tmp/healthy; sleep 30; rm -rf /tmp/healthy; sleep 600]\n"
        "    livenessProbe:\n      exec: {command: [cat, /tmp/healthy]}\n"
        "      initialDelaySeconds: 5\n      periodSeconds: 5\n"
    )
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "30s")
    assert status_of(cluster) == ("Running", "0")
    at(cluster, "40s")
    told = typed(cluster, "kubectl describe pod p")
    assert "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory" in told
    at(cluster, "70s")
    assert status_of(cluster) == ("Running", "0"), "a shell does not heed SIGTERM"
    at(cluster, "90s")
    assert status_of(cluster) == ("Running", "1")


def test_a_readiness_file_that_nobody_makes_keeps_a_pod_unready() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    rest = "    image: nginx:1.13\n    readinessProbe: {exec: {command: [cat, /tmp/ready]}}\n"
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "2m")
    assert rows(typed(cluster, "kubectl get pods"))[0][1:4] == ["0/1", "Running", "0"]


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_script_may_begin_with_functions(release: str) -> None:
    """The pod of kubernetes#110309: its container ran on, and here it ended with exit code 2."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    script = (
        '_term() {\n  echo "Caught SIGTERM"\n  kill -TERM "$child" 2>/dev/null\n}\n'
        "trap _term TERM\nwhile true; do sleep 1; done\n"
    )
    lines = "".join(f"      {line}\n" for line in script.splitlines())
    rest = f"    image: busybox\n    command:\n    - sh\n    - -c\n    - |\n{lines}"
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "2m")
    assert status_of(cluster) == ("Running", "0")


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_script_may_choose_by_the_name_of_its_pod(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    script = "case $(hostname)/$HOSTNAME in *-0|p/p) echo master; exit 3;; *) echo slave;; esac"
    rest = f'    image: busybox\n    command: [sh, -c, "{script}"]\n  restartPolicy: Never\n'
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "1m")
    code = "{.status.containerStatuses[0].state.terminated.exitCode}"
    assert typed(cluster, f"kubectl get pod p -o jsonpath={code}") == "3"
    assert typed(cluster, "kubectl logs p") == "master"


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_an_init_container_waits_for_the_name_of_its_service(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    manifest = EXAMPLE.format(rest="    image: nginx:1.13\n") + (
        "  initContainers:\n  - name: i\n    image: busybox:1.28\n"
        "    command: [sh, -c, until nslookup db; do echo waiting; sleep 2; done]\n"
    )
    typed(cluster, "kubectl create -f -\n" + manifest)
    at(cluster, "60s")
    assert status_of(cluster) == ("Init:0/1", "0")
    typed(cluster, "kubectl create service clusterip db --tcp=5432")
    at(cluster, "70s")
    assert status_of(cluster) == ("Running", "0")


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_program_that_asks_a_service_for_a_page_ends_well_where_somebody_serves_it(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    asks = EXAMPLE.format(rest="    image: busybox\n    command: [wget]\n    args: ['web:80']\n")
    asks += "  restartPolicy: Never\n"
    typed(cluster, "kubectl create -f -\n" + asks)
    typed(cluster, "kubectl run web --image=nginx:1.13 --restart=Never --labels=app=web")
    at(cluster, "30s")
    phase = "kubectl get pod {} -o jsonpath={{.status.phase}}"
    assert typed(cluster, phase.format("p")) == "Failed", "there is no such Service"
    typed(cluster, "kubectl expose pod web --port=80")
    typed(cluster, "kubectl create -f -\n" + asks.replace("name: p}", "name: q}"))
    at(cluster, "60s")
    assert typed(cluster, phase.format("q")) == "Succeeded"


def test_a_shell_that_nobody_types_into_ends_and_is_started_again_and_again() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest="    image: busybox\n"))
    at(cluster, "60s")
    assert status_of(cluster)[0] in ("Completed", "CrashLoopBackOff")
    assert int(status_of(cluster)[1]) >= 2


def test_a_program_that_takes_more_memory_than_its_limit_is_killed() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    rest = (
        "    image: polinux/stress\n    command: [stress]\n    args: [--vm, '1', --vm-bytes, 250M]\n"
        "    resources: {limits: {memory: 100Mi}}\n"
    )
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "60s")
    told = typed(cluster, "kubectl describe pod p")
    assert "Reason:       OOMKilled" in told
    assert "Exit Code:    137" in told


def test_a_program_may_say_when_it_answers_and_when_no_more() -> None:
    cluster = cluster_of(
        "release: v1.8\nnodes: 1\nobjects:\n- kind: Pod\n  name: p\n  at: 0s\n"
        "  containers: [{name: c, image: 'x:1', program: answers after 20s; silent after 60s}]\n"
    )
    typed(
        cluster,
        "kubectl create -f -\n"
        + EXAMPLE.format(
            rest="    image: x:1\n    readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}\n"
        ).replace(
            "{name: p}", "{name: q, annotations: {program.clustersim/c: answers after 20s; silent after 60s}}"
        ),
    )
    ready = []
    for time in ("15s", "30s", "80s"):
        at(cluster, time)
        ready.append(next(row[1] for row in rows(typed(cluster, "kubectl get pods")) if row[0] == "q"))
    assert ready == ["0/1", "1/1", "0/1"]


def test_a_part_of_an_object_is_printed_by_its_path() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest="    image: nginx:1.13\n"))
    assert typed(cluster, "kubectl get pod p -o jsonpath='{.spec.containers[0].image}'") == "nginx:1.13"
    assert typed(cluster, "kubectl get pods -o jsonpath='{.items[*].spec.containers[*].name}'") == "c"


MISSING = [
    ("v1.7", 'configmaps "nope" not found', 'Error: configmaps "nope" not found'),
    ("v1.8", "CreateContainerConfigError", 'Error: configmaps "nope" not found'),
    ("v1.36", "CreateContainerConfigError", 'Error: configmap "nope" not found'),
]


@pytest.mark.parametrize(("release", "status", "event"), MISSING)
def test_a_container_is_not_made_without_the_config_map_of_its_environment(
    release: str, status: str, event: str
) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    rest = "    image: nginx:1.13\n    env: [{name: A, valueFrom: {configMapKeyRef: {name: nope, key: k}}}]\n"
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "10s")
    assert status in typed(cluster, "kubectl get pods")
    assert event in typed(cluster, "kubectl describe pod p")
    typed(cluster, "kubectl create cm nope --from-literal=other=v")
    at(cluster, "40s")
    assert "couldn't find key k in ConfigMap default/nope" in typed(cluster, "kubectl describe pod p")
    typed(cluster, "kubectl delete cm nope && kubectl create cm nope --from-literal=k=v")
    at(cluster, "80s")
    assert status_of(cluster)[0] == "Running"


@pytest.mark.parametrize(
    ("release", "secret", "late"),
    [
        ("v1.8", "secrets", "timeout expired waiting for volumes to attach/mount for pod"),
        ("v1.36", "secret", "Unable to attach or mount volumes: unmounted volumes=[v]"),
    ],
)
def test_a_volume_is_not_mounted_without_its_secret(release: str, secret: str, late: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    rest = "    image: nginx:1.13\n  volumes: [{name: v, secret: {secretName: nope}}]\n"
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "60s")
    assert status_of(cluster) == ("ContainerCreating", "0")
    told = typed(cluster, "kubectl describe pod p")
    assert f'MountVolume.SetUp failed for volume "v" : {secret} "nope" not found' in told
    at(cluster, "3m")
    assert late in typed(cluster, "kubectl describe pod p")
    typed(cluster, "kubectl create secret generic nope --from-literal=a=b")
    at(cluster, "6m")
    assert status_of(cluster) == ("Running", "0")


def test_what_is_optional_need_not_be_there() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    rest = (
        "    image: nginx:1.13\n    envFrom: [{configMapRef: {name: nope, optional: true}}]\n"
        "  volumes: [{name: v, secret: {secretName: nope, optional: true}}]\n"
    )
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "20s")
    assert status_of(cluster) == ("Running", "0")


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("v1.7", "invalid reference format: repository name must be lowercase"),
        ("v1.36", "invalid reference format: repository name (library/Nginx) must be lowercase"),
    ],
)
def test_the_name_of_an_image_is_in_lower_case(release: str, told: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest="    image: 'Nginx:1'\n"))
    at(cluster, "20s")
    assert status_of(cluster) == ("InvalidImageName", "0")
    assert told in typed(cluster, "kubectl describe pod p")


@pytest.mark.parametrize(
    ("release", "kept", "told"),
    [
        ("v1.7", ["good_key"], "Keys [bad.key, other-key] from the EnvFrom configMap default/settings"),
        ("v1.8", ["bad.key", "good_key", "other-key"], ""),
        ("v1.36", ["bad.key", "good_key", "other-key"], ""),
    ],
)
def test_keys_that_can_be_no_variables_are_left_out(release: str, kept: list[str], told: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    literals = " ".join(f"--from-literal={key}=x" for key in ("good_key", "bad.key", "other-key"))
    typed(cluster, f"kubectl create configmap settings {literals}")
    rest = "    image: nginx:1.13\n    envFrom: [{configMapRef: {name: settings}}]\n"
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "20s")
    lines = typed(cluster, "kubectl exec p -- env").splitlines()
    assert sorted(line.partition("=")[0] for line in lines if line.endswith("=x")) == kept
    described = typed(cluster, "kubectl describe pod p")
    assert told in described
    assert ("InvalidEnvironmentVariableNames" in described) is bool(told)


@pytest.mark.parametrize(("release", "told"), [("v1.8", False), ("v1.36", True)])
def test_a_pull_without_its_secret_is_tried_all_the_same(release: str, told: bool) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    rest = "    image: nginx:1.13\n  imagePullSecrets: [{name: nope}, {name: neither}]\n"
    typed(cluster, "kubectl create -f -\n" + EXAMPLE.format(rest=rest))
    at(cluster, "20s")
    assert status_of(cluster) == ("Running", "0")
    text = "Unable to retrieve some image pull secrets (nope, neither); attempting to pull the image may not"
    assert (text in typed(cluster, "kubectl describe pod p")) is told
    for name in ("nope", "neither"):
        typed(cluster, f"kubectl create secret generic {name} --from-literal=a=b")
    typed(cluster, "kubectl delete events --all")
    at(cluster, "5m")
    assert "FailedToRetrieveImagePullSecret" not in typed(cluster, "kubectl get events")
    typed(cluster, "kubectl delete secret nope")
    at(cluster, "8m")
    again = "Unable to retrieve some image pull secrets (nope); attempting to pull the image may not succeed."
    assert (again in typed(cluster, "kubectl describe pod p")) is told


def test_an_init_script_of_which_not_all_is_known_ends_well() -> None:
    """The load generator of GoogleCloudPlatform/microservices-demo looks at a status code."""
    script = (
        'echo "Init container pinging frontend: ${FRONTEND_ADDR}..."\n'
        "STATUSCODE=$(wget --server-response http://${FRONTEND_ADDR} 2>&1 | awk '/^  HTTP/{print $2}')\n"
        "if test $STATUSCODE -ne 200; then\n"
        '  echo "Error: Could not reach frontend - Status code: ${STATUSCODE}"\n  exit 1\nfi\n'
    )
    spec = {
        "initContainers": [
            {
                "name": "check",
                "image": "busybox",
                "command": ["/bin/sh", "-exc", script],
                "env": [{"name": "FRONTEND_ADDR", "value": "frontend:80"}],
            }
        ],
        "containers": [{"name": "main", "image": "nginx"}],
    }
    cluster = empty("v1.36")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "load"}, "spec": spec}
    typed(cluster, f"kubectl create -f -\n{json.dumps(pod)}")
    at(cluster, "10s")
    assert rows(typed(cluster, "kubectl get pod load"))[0][1:3] == ["1/1", "Running"]


@pytest.mark.parametrize("command", ["[cowsay, 'This is a Kubernetes Job!']", "[sh, -c, 'cowsay hello']"])
def test_the_whale_says_it_and_ends(command: str) -> None:
    """kubernetes/kubernetes#62382, and the first workflows of Argo."""
    cluster = empty("v1.36")
    rest = f"    image: docker/whalesay\n    command: {command}\n  restartPolicy: Never"
    typed(cluster, f"kubectl create -f -\n{EXAMPLE.format(rest=rest)}")
    at(cluster, "10s")
    assert status_of(cluster)[0] == "Completed"
