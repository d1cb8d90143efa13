"""What people do inside containers, with kubectl exec, and what comes of it."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

POD = (
    "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{containers: [{{name: a, "
    "image: {image}, {more}}}], volumes: [{{name: c, configMap: {{name: special, optional: true}}}}]}}\n"
)


def with_pod(image: str, more: str, release: str = "v1.36") -> Cluster:
    """A cluster with one pod, which has had ten seconds."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create configmap special --from-literal=how=very --from-literal=type=charm")
    typed(cluster, POD.format(image=image, more=more))
    at(cluster, "10s")
    return cluster


def ready(cluster: Cluster) -> str:
    """How many of the pod's containers are ready."""
    return rows(typed(cluster, "kubectl get pod p"))[0][1]


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_pod_is_ready_once_somebody_touches_the_file_its_probe_lists(release: str) -> None:
    # https://github.com/luksa/kubernetes-in-action Chapter05/kubia-rc-readinessprobe.yaml
    probe = "readinessProbe: {exec: {command: [ls, /var/ready]}, periodSeconds: 2}"
    cluster = with_pod("luksa/kubia", probe, release)
    assert ready(cluster) == "0/1"
    typed(cluster, "kubectl exec p -- touch /var/ready")
    at(cluster, "13s")
    assert ready(cluster) == "1/1"
    typed(cluster, "kubectl exec p -- rm /var/ready")
    at(cluster, "25s")
    assert ready(cluster) == "0/1"


def test_a_file_removed_by_hand_fails_a_liveness_probe_and_is_back_after_the_restart() -> None:
    script = "command: [sh, -c, 'touch /tmp/healthy; sleep 3600'], livenessProbe: {exec: {command: [cat, "
    cluster = with_pod("busybox", script + "/tmp/healthy]}, periodSeconds: 5}")
    typed(cluster, "kubectl exec p -- rm -f /tmp/healthy")
    at(cluster, "80s")
    assert rows(typed(cluster, "kubectl get pod p"))[0][3] == "1"
    assert typed(cluster, "kubectl exec p -- ls /tmp") == "healthy"


def test_a_server_of_files_answers_a_probe_by_the_files_there_are() -> None:
    # https://kubernetes.io/docs/concepts/siteloads/pods/pod-lifecycle/#container-probes
    cluster = with_pod("nginx", "readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 2}")
    assert ready(cluster) == "1/1"
    typed(cluster, "kubectl exec p -- mv /usr/share/nginx/html/index.html /usr/share/nginx/html/away.html")
    at(cluster, "20s")
    assert ready(cluster) == "0/1"
    assert "HTTP probe failed with statuscode: 403" in typed(cluster, "kubectl describe pod p")


def test_what_a_shell_writes_it_reads_again() -> None:
    cluster = with_pod("busybox", "command: [sleep, '3600']")
    script = "kubectl exec p -- sh -c 'echo \"one; two\" > /tmp/x && cat /tmp/x; ls /tmp; rm /tmp/x'"
    assert typed(cluster, script) == "one; two\nx"
    assert typed(cluster, "kubectl exec p -- cat /tmp/x") == (
        "cat: can't open '/tmp/x': No such file or directory\ncommand terminated with exit code 1"
    )


def test_keys_of_a_config_map_are_files_where_it_is_mounted() -> None:
    # https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/
    mount = "command: [sleep, '3600'], volumeMounts: [{name: c, mountPath: /etc/config}]"
    cluster = with_pod("busybox", mount)
    assert typed(cluster, "kubectl exec p -- ls /etc/config/") == "how\ntype"
    assert typed(cluster, "kubectl exec p -- cat /etc/config/how") == "very"
    assert "No such file" in typed(cluster, "kubectl exec p -- ls /etc/config/other")


def test_a_server_told_to_end_from_inside_is_started_again_and_a_shell_is_not_told() -> None:
    cluster = with_pod("nginx", "stdin: true")
    typed(cluster, "kubectl exec p -- kill 1")
    at(cluster, "15s")
    assert rows(typed(cluster, "kubectl get pod p"))[0][3] == "1"
    cluster = with_pod("busybox", "command: [sleep, '3600']")
    typed(cluster, "kubectl exec p -- kill 1")
    at(cluster, "15s")
    assert rows(typed(cluster, "kubectl get pod p"))[0][3] == "0"


def test_services_are_in_the_environment_as_dockers_links_are() -> None:
    # https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Service\nmetadata: {name: redis-primary}\n"
        "spec: {clusterIP: 10.0.0.11, ports: [{name: db, port: 6379}, "
        "{name: dns-in, port: 53, protocol: UDP}]}",
    )
    at(cluster, "2s")
    typed(cluster, POD.format(image="busybox", more="command: [sleep, '3600']"))
    at(cluster, "10s")
    told = typed(cluster, "kubectl exec p -- env | grep REDIS").splitlines()
    assert told == [
        "REDIS_PRIMARY_SERVICE_HOST=10.0.0.11",
        "REDIS_PRIMARY_SERVICE_PORT=6379",
        "REDIS_PRIMARY_SERVICE_PORT_DB=6379",
        "REDIS_PRIMARY_SERVICE_PORT_DNS_IN=53",
        "REDIS_PRIMARY_PORT=tcp://10.0.0.11:6379",
        "REDIS_PRIMARY_PORT_6379_TCP=tcp://10.0.0.11:6379",
        "REDIS_PRIMARY_PORT_6379_TCP_PROTO=tcp",
        "REDIS_PRIMARY_PORT_6379_TCP_PORT=6379",
        "REDIS_PRIMARY_PORT_6379_TCP_ADDR=10.0.0.11",
        "REDIS_PRIMARY_PORT_53_UDP=udp://10.0.0.11:53",
        "REDIS_PRIMARY_PORT_53_UDP_PROTO=udp",
        "REDIS_PRIMARY_PORT_53_UDP_PORT=53",
        "REDIS_PRIMARY_PORT_53_UDP_ADDR=10.0.0.11",
    ]


SHARING = """kubectl create -f -
apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  volumes: [{name: shared, emptyDir: {}}]
  initContainers:
  - name: fetch
    image: busybox
    command: [sh, -c, "echo hello > /site/index.html"]
    volumeMounts: [{name: shared, mountPath: /site}]
  containers:
  - {name: web, image: nginx, volumeMounts: [{name: shared, mountPath: /usr/share/nginx/html}]}
  - {name: side, image: debian, command: [sleep, "3600"], volumeMounts: [{name: shared, mountPath: /pod}]}
"""


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_containers_of_a_pod_share_an_empty_directory(release: str) -> None:
    """kubernetes.io, "Communicate Between Containers in the Same Pod Using a Shared Volume" and "Configure
    Pod Initialization"; it lives as long as the pod, not as long as a container."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []")
    typed(cluster, SHARING)
    at(cluster, "20s")
    assert typed(cluster, "kubectl exec two -c web -- cat /usr/share/nginx/html/index.html") == "hello"
    typed(cluster, "kubectl exec two -c side -- touch /pod/more /own")
    typed(cluster, "kubectl exec two -c web -- kill 1")
    at(cluster, "40s")
    assert typed(cluster, "kubectl exec two -c web -- ls /usr/share/nginx/html") == "index.html\nmore"
    typed(cluster, "kubectl exec two -c web -- rm /usr/share/nginx/html/index.html")
    assert typed(cluster, "kubectl exec two -c side -- ls /pod") == "more"


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_script_finds_what_an_init_container_left_and_its_log_says_so(slash: str) -> None:
    """kubernetes.io, "Init Containers"; the kubelet mounts at a folder, whether its path ends in a slash or
    not."""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []")
    line = SHARING.replace("/site}", f"/site{slash}}}").replace("/pod}", f"/pod{slash}}}")
    typed(cluster, line.replace('[sleep, "3600"]', '[sh, -c, "cat /pod/index.html; sleep 3600"]'))
    at(cluster, "20s")
    typed(cluster, "kubectl exec two -c web -- rm /usr/share/nginx/html/index.html")
    assert typed(cluster, "kubectl logs two -c side") == "hello"


@pytest.mark.parametrize(
    ("release", "told"),
    [
        (
            "v1.7",
            "Defaulting container name to web.\nUse 'kubectl describe pod/two' to see all of the containers "
            "in this pod.\ntwo",
        ),
        ("v1.36", 'Defaulted container "web" out of: web, side, fetch (init)\ntwo'),
    ],
)
def test_kubectl_says_into_which_container_it_goes(release: str, told: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []")
    typed(cluster, SHARING)
    at(cluster, "20s")
    assert typed(cluster, "kubectl exec two -- hostname") == told
    assert typed(cluster, "kubectl exec two -- hostname | wc -l").endswith("1")


TOLD_OF_ITSELF = """kubectl create -f -
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {x: y1, b: c}}
spec:
  volumes:
  - name: v
    downwardAPI:
      items:
      - {path: labels, fieldRef: {fieldPath: metadata.labels}}
      - {path: mib, resourceFieldRef: {containerName: a, resource: limits.memory, divisor: 1Mi}}
  containers:
  - name: a
    image: busybox
    command: [sleep, '3600']
    resources: {requests: {cpu: 250m}}
    volumeMounts: [{name: v, mountPath: /info}]
    env:
    - {name: HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
    - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory}}}
    - {name: CPUS, valueFrom: {resourceFieldRef: {resource: requests.cpu}}}
    - {name: MILLICPUS, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}
"""


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_container_knows_its_node_and_what_it_may_take(release: str) -> None:
    """Without a limit that is what the node can give; a divisor rounds up (the tasks "inject data")."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, TOLD_OF_ITSELF)
    at(cluster, "20s")
    environment = typed(cluster, "kubectl exec p -- env")
    for line in ("HOST=10.0.0.11", "MEMORY=2042626048", "CPUS=1", "MILLICPUS=250"):
        assert line in environment
    assert typed(cluster, "kubectl exec p -- cat /info/labels /info/mib") == 'b="c"\nx="y1"1948'


def test_a_value_stands_for_variables_of_the_pod_and_not_for_those_of_its_image() -> None:
    env = "env: [{name: HOME, value: /data}, {name: OWN, value: $(HOME)}, {name: IMAGES, value: $(HOSTNAME)}]"
    cluster = with_pod("busybox", f"command: [sleep, infinity], {env}")
    told = typed(cluster, "kubectl exec p -- env").splitlines()
    assert {"HOME=/data", "OWN=/data", "IMAGES=$(HOSTNAME)", "HOSTNAME=p"} <= set(told)
