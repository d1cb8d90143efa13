"""What tutorials of kubernetes.io do inside of containers, and what they show."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, create, typed


@pytest.fixture
def cluster() -> Cluster:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    at(cluster, "5s")
    return cluster


SECURED = """metadata: {name: demo}
spec:
  securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000]}
  volumes: [{name: v, emptyDir: {}}]
  containers:
  - name: a
    image: busybox:1.28
    command: [sh, -c, sleep 1h]
    volumeMounts: [{name: v, mountPath: /data/demo}]
"""


def test_a_security_context_is_seen_inside(cluster: Cluster) -> None:
    """tasks/configure-pod-container/security-context"""
    create(cluster, "Pod", SECURED)
    at(cluster, "15s")
    assert typed(cluster, "kubectl exec demo -- ps").splitlines()[1] == "    1 1000     0:00 sleep 1h"
    listed = typed(cluster, "kubectl exec demo -- ls -l /data").splitlines()
    assert listed == ["total 4", "drwxrwsrwx    2 root     2000          4096 Nov 22 07:00 demo"]
    assert typed(cluster, "kubectl exec demo -- ls -ld /data/demo").startswith(
        "drwxrwsrwx    2 root     2000"
    )
    typed(cluster, "kubectl exec demo -- sh -c 'cd /data/demo; echo hello > testfile'")
    listed = typed(cluster, "kubectl exec demo -- sh -c 'cd /data/demo; ls -l'").splitlines()
    assert listed[1] == "-rw-r--r--    1 1000     2000             6 Nov 22 07:00 testfile"
    assert typed(cluster, "kubectl exec demo -- id") == "uid=1000 gid=3000 groups=2000,3000,4000"


def test_gnu_columns_are_as_wide_as_they_must_be(cluster: Cluster) -> None:
    typed(cluster, "kubectl run web --image=nginx")
    at(cluster, "15s")
    typed(cluster, "kubectl exec web -- sh -c 'echo 123456789 > /tmp/long; echo > /tmp/short'")
    assert typed(cluster, "kubectl exec web -- ls -la /tmp").splitlines() == [
        "total 16",
        "drwxr-xr-x 2 root root 4096 Nov 22 07:00 .",
        "drwxr-xr-x 2 root root 4096 Nov 22 07:00 ..",
        "-rw-r--r-- 1 root root   10 Nov 22 07:00 long",
        "-rw-r--r-- 1 root root    1 Nov 22 07:00 short",
    ]
    assert typed(cluster, "kubectl exec web -- ls -l /nosuch").startswith("ls: cannot access '/nosuch'")


VOLUME = """metadata: {name: task-pv-volume}
spec:
  storageClassName: manual
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /mnt/data}
"""
CLAIM = "metadata: {name: c}\nspec: {storageClassName: manual, accessModes: [ReadWriteOnce], " + (
    "resources: {requests: {storage: 3Gi}}}"
)
MOUNTS = "volumeMounts: [{name: v, mountPath: /usr/share/nginx/html}]"


def test_nginx_serves_what_somebody_wrote_on_its_node(cluster: Cluster) -> None:
    """tasks/configure-pod-container/configure-persistent-volume-storage"""
    typed(cluster, "echo 'Hello from Kubernetes storage' > /mnt/data/index.html", where="n1")
    create(cluster, "PersistentVolume", VOLUME)
    create(cluster, "PersistentVolumeClaim", CLAIM)
    pod = "metadata: {name: p}\nspec:\n  volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\n"
    create(cluster, "Pod", f"{pod}  containers: [{{name: a, image: nginx, {MOUNTS}}}]")
    at(cluster, "20s")
    assert typed(cluster, "kubectl exec p -- cat /usr/share/nginx/html/index.html") == (
        "Hello from Kubernetes storage"
    )
    assert typed(cluster, "kubectl exec p -- curl -s http://localhost/") == "Hello from Kubernetes storage"


def test_nginx_serves_what_another_container_or_a_config_map_brings(cluster: Cluster) -> None:
    """tasks/access-application-cluster/communicate-containers-same-pod-shared-volume"""
    create(cluster, "ConfigMap", "metadata: {name: html}\ndata: {index.html: from a map}")
    pod = "metadata: {name: map}\nspec:\n  volumes: [{name: v, configMap: {name: html}}]\n"
    create(cluster, "Pod", f"{pod}  containers: [{{name: a, image: nginx, {MOUNTS}}}]")
    pod = "metadata: {name: two}\nspec:\n  volumes: [{name: v, emptyDir: {}}]\n"
    writes = "{name: b, image: debian, volumeMounts: [{name: v, mountPath: /pod-data}], command: [/bin/sh], "
    says = "args: [-c, echo Hello from the debian container > /pod-data/index.html; sleep 1d]}"
    create(cluster, "Pod", f"{pod}  containers: [{{name: a, image: nginx, {MOUNTS}}}, {writes}{says}]")
    at(cluster, "20s")
    assert typed(cluster, "kubectl exec map -- curl -s localhost") == "from a map"
    assert typed(cluster, "kubectl exec two -c a -- curl -s localhost") == "Hello from the debian container"


@pytest.mark.parametrize(
    ("command", "note"),
    [("kubectl get pods", "inside a container"), ("apt-get update", "Nothing is installed")],
)
def test_what_does_not_work_inside_is_told(cluster: Cluster, command: str, note: str) -> None:
    typed(cluster, "kubectl run web --image=nginx")
    at(cluster, "15s")
    assert note in typed(cluster, f"kubectl exec web -- sh -c '{command}'")


INDEXED = """metadata: {name: indexed}
spec:
  completions: 3
  parallelism: 2
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      volumes: [{name: input, emptyDir: {}}]
      initContainers:
      - name: input
        image: docker.io/library/bash
        command: [bash, -c, "items=(foo bar baz)\\necho ${items[$JOB_COMPLETION_INDEX]} > /input/data.txt"]
        volumeMounts: [{name: input, mountPath: /input}]
      containers:
      - name: worker
        image: docker.io/library/busybox
        command: [rev, /input/data.txt]
        volumeMounts: [{name: input, mountPath: /input}]
"""


def test_an_indexed_job_says_its_word_backwards(cluster: Cluster) -> None:
    """tasks/job/indexed-parallel-processing-static"""
    create(cluster, "Job", INDEXED, "batch/v1")
    at(cluster, "40s")
    assert typed(cluster, "kubectl get job indexed -o jsonpath={.status.completedIndexes}") == "0-2"
    told = typed(cluster, "kubectl logs -l batch.kubernetes.io/job-name=indexed -c worker")
    assert sorted(told.splitlines()) == ["oof", "rab", "zab"]


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ('a=(one "two three" $(echo four)); echo ${a[1]} ${#a[@]} ${a[-1]} $a', "two three 3 four one"),
        ('a=(one "two three"); for x in p"${a[@]}"; do echo $x; done', "pone\ntwo three"),
        ("a=(1 2\n3); i=2; echo ${a[$i]} ${a[9]}- ${a[*]}", "3 - 1 2 3"),
        ('b=(); x=one; echo ${#b[@]} "${b[@]}" ${x[0]} ${#x[0]}', "0 one 3"),
        ("a=(1 2 3); a=(4); echo ${#a[@]} ${a[1]}.", "1 ."),
        ("printf 'abc\\ndef\\n' | rev", "cba\nfed"),
    ],
)
def test_arrays_of_bash(cluster: Cluster, script: str, printed: str) -> None:
    typed(cluster, "kubectl run b --image=bash --command -- sleep 1h")
    at(cluster, "15s")
    assert typed(cluster, f"kubectl exec -i b -- bash <<'EOF'\n{script}\nEOF") == printed


SHIRTS = """metadata: {name: shirts.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: shirts, singular: shirt, kind: Shirt}
  versions:
  - name: v1
    served: true
    storage: true
    selectableFields: [{jsonPath: .spec.color}]
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {color: {type: string}}}}
"""


def test_added_kinds_are_selected_by_their_own_fields(cluster: Cluster) -> None:
    """tasks/extend-kubernetes/custom-resources/custom-resource-definitions"""
    create(cluster, "CustomResourceDefinition", SHIRTS, "apiextensions.k8s.io/v1")
    at(cluster, "10s")
    for name, color in (("one", "blue"), ("two", "green")):
        rest = f"metadata: {{name: {name}}}\nspec: {{color: {color}}}"
        create(cluster, "Shirt", rest, "stable.example.com/v1")
    assert typed(cluster, "kubectl get shirts --field-selector spec.color=blue -o name").endswith("/one")
    told = typed(cluster, "kubectl get shirts.stable.example.com --field-selector spec.size=M")
    assert told.endswith('"spec.size=M": field label not supported: spec.size')
