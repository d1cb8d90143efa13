"""One or two sentences on what each part of the picture is for."""

from typing import Final

from clustersim.i18n import _

JOBS: Final = {
    "etcd": _("Keeps every object of the cluster, with a revision that grows by one at every change."),
    "apiserver": _(
        "The only door to the cluster's objects: everybody reads, writes and watches through it, and nobody "
        "talks to anybody else."
    ),
    "controller-manager": _(
        "Runs the control loops: each compares what is wanted with what there is and takes the next step. "
        "One of them looks at the age of every node's heartbeat."
    ),
    "scheduler": _("Gives each new pod a node, once; it never moves a pod that has one."),
    "kubelet": _(
        "The node's agent: makes docker run the pods bound to its node, reports their status, and says every "
        "few seconds that the node lives."
    ),
    "docker": _("Really runs the containers. It knows nothing of Kubernetes, and goes on without it."),
    "kube-proxy": _(
        "Writes the Services into the node's kernel as rules. Requests follow the rules, not the process: "
        "they work on when it is stopped."
    ),
    "machine": _("The computer under the node: power, network, kernel and disk."),
    "node": _("A machine as the API server knows it: what its kubelet last reported, and since when."),
    "pod": _("The smallest thing that is scheduled: containers that share an address. It is never moved."),
    "owner": _("Keeps so many pods of its template alive: it counts, and makes or deletes what differs."),
    "deployment": _("Rolls a new template out over the old one, step by step, by way of two ReplicaSets."),
    "statefulset": _("Pods with a name that stays: at most one of each, made and taken away in order."),
    "daemonset": _("One pod on every node, bound by its controller, whether the node is ready or not."),
    "job": _("Runs pods until enough of them have ended well."),
    "service": _("One steady address for the pods that its labels choose, as long as they are ready."),
    "client": _("Somebody outside who calls a Service, again and again, and waits for the answer."),
}
