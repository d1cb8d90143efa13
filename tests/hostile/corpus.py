"""What people really paste, type and set, and what ever broke: the seeds of hostile input."""

from typing import Any, Final

TEMPLATE: Final[dict[str, Any]] = {
    "metadata": {"labels": {"app": "p"}},
    "spec": {
        "containers": [
            {
                "name": "a",
                "image": "x",
                "ports": [{"containerPort": 80, "name": "http"}],
                "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
                "readinessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5},
                "livenessProbe": {"tcpSocket": {"port": 80}, "initialDelaySeconds": 3, "failureThreshold": 2},
                "env": [{"name": "A", "value": "b"}],
            }
        ],
        "terminationGracePeriodSeconds": 30,
        "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
        "nodeSelector": {},
    },
}


def workload(kind: str, api: str, **spec: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "apiVersion": api,
        "metadata": {"name": "p", "labels": {"app": "p"}, "annotations": {"a": "b"}},
        "spec": {"template": TEMPLATE, "selector": {"matchLabels": {"app": "p"}}, **spec},
    }


MANIFESTS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": TEMPLATE["spec"]},
    {
        **workload("ReplicationController", "v1", replicas=2),
        "spec": {"replicas": 2, "selector": {"app": "p"}, "template": TEMPLATE},
    },
    workload("ReplicaSet", "extensions/v1beta1", replicas=2, minReadySeconds=1),
    workload(
        "Deployment",
        "apps/v1beta1",
        replicas=2,
        minReadySeconds=1,
        progressDeadlineSeconds=60,
        revisionHistoryLimit=2,
        strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}},
    ),
    workload("StatefulSet", "apps/v1beta1", replicas=2, serviceName="p", podManagementPolicy="Parallel"),
    workload("DaemonSet", "extensions/v1beta1", updateStrategy={"type": "RollingUpdate"}),
    {
        "kind": "Job",
        "apiVersion": "batch/v1",
        "metadata": {"name": "p"},
        "spec": {
            "parallelism": 2,
            "completions": 3,
            "activeDeadlineSeconds": 60,
            "template": {**TEMPLATE, "spec": {**TEMPLATE["spec"], "restartPolicy": "Never"}},
        },
    },
    {
        "kind": "Service",
        "apiVersion": "v1",
        "metadata": {"name": "p"},
        "spec": {"selector": {"app": "p"}, "ports": [{"port": 80, "targetPort": 80}], "type": "NodePort"},
    },
    {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "team"}},
    {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": "n1", "labels": {"a": "b"}},
        "spec": {"unschedulable": True, "taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]},
        "status": {"capacity": {"cpu": "4", "memory": "8Gi", "pods": "110"}},
    },
)

EXTREMES: Final[tuple[Any, ...]] = (
    0, -1, 1, 2, 100, 10**9, -(10**9), 2**31 - 1, 2**31, 2**53, 2**62, 2**63, 2**64, 10**30, 0.5, -0.5, 1e400,
    True, False, None, "", " ", "0", "-1", "1", "128m", "1Ei", "12E", "lots", "0.5m", "1k", "1e400", "1e-400",
    "abc", "25%", "-5%", "1000%", "%", "1ns", "0s", "-1s", "292y", "x" * 300, "\u202e\x00", "a/b/c", "Never",
    "Always", "Recreate", "OnDelete", "default", "kube-system", "n1", "p", [], {}, [None], [{}], [1],
    {"app": "q"}, [{"name": "a"}, {"name": "a"}], "2017-01-01T00:00:00Z", "yesterday", "NaN", "inf",
    "\u00b2", "\u0663", "9" * 19, "9" * 5000,
)  # fmt: skip
"""Values that are put in place of others."""

LINES: Final = (
    "kubectl get pods -o yaml",
    "kubectl describe node n1",
    "kubectl describe pods",
    "kubectl scale rc tomcat --replicas=0",
    "kubectl drain n1 --force --ignore-daemonsets",
    "kubectl delete pods --all",
    "kubectl delete ns default",
    "kubectl delete node n2",
    "kubectl taint nodes n1 a=b:NoExecute",
    "kubectl label node n1 zone=a",
    "kubectl annotate rc tomcat a=b",
    "kubectl rollout undo deployment/p",
    "kubectl set image deployment/p a=y",
    "kubectl expose rc tomcat --port=80",
    "kubectl autoscale rc tomcat --max=3",
    "kubectl run x --image=y --replicas=2",
    'kubectl patch rc tomcat -p {"spec":{"replicas":1e9}}',
    "kubectl get events -o wide",
    "kubectl annotate deployment p deployment.kubernetes.io/revision=7",
    "kubectl create service clusterip s --tcp=80:90",
    "kubectl create quota q --hard=pods=3",
    "kubectl rollout history deployment/p --revision=1",
    "kubectl get pods | head -n 3 | cut -d=a -f=1 | sort -k=2 | tail -n=2",
    "kubectl get pods -l a>1",
    "ping -c 2 n1",
    "journalctl -n 5",
    "kill -9 12",
    "kubectl get all --all-namespaces",
    "kubectl top nodes",
    "kubectl explain pod.spec",
    "docker ps -a",
    "systemctl restart docker",
    "reboot",
    "journalctl -u kubelet",
)

_ROOM: Final = 256 * 1024 - 100
"""Characters that may be pasted below a command."""

PASTED: Final = (
    "---\n" * (_ROOM // 4),
    "a: 1\n---\n" * (_ROOM // 9),
    f"a: [{'[],' * (_ROOM // 3)}]",
    "- - - - - 1\n" * (_ROOM // 12),
    f'{{"kind": "List", "items": [{"{}," * (_ROOM // 3 - 20)}{{}}]}}',
    "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec:\n  containers:\n"
    + "".join(f"  - {{name: a{n}, image: x}}\n" for n in range(6000)),
    "kind: ConfigMap\napiVersion: v1\nmetadata: {name: p}\ndata:\n"
    + "".join(f"  a{n}: b\n" for n in range(12_000)),
    "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n",
)
"""What takes longest to read: some of it once held up every room for seconds."""
