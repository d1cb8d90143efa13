"""What differs between the releases of the controller-manager where the logic is otherwise the same."""

from typing import Final

import msgspec

from clustersim.client.recorder import RECORDER_OF_TODAY, RECORDER_OF_V1_7, RECORDER_OF_V1_8, RecorderTraits
from clustersim.controllermanager.deployment import templatehash
from clustersim.controllermanager.deployment.templatehash import TemplateHash
from clustersim.controllermanager.ranking import Ranking, by_usefulness, by_usefulness_and_place
from clustersim.engine.time import MILLISECOND, SECOND, Micros


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """One release.

    release: whose versions of the API it speaks.
    controllers_start: from becoming leader until the controllers wait for their caches; with their first look
    at them it makes the median of 22 and 21 recorded starts, 0.21 s and 1.0 s.
    gc_pass_cost: what a pass of the pod garbage collector takes besides its requests (measured: the median of
    the recorded times between two passes that left a trace).
    node_controller: what the node controller calls itself in Events and log lines. node_source: its file.
    unknown_conditions: conditions that turn Unknown together with Ready.
    template_hash: how the ReplicaSets of a Deployment are told apart.
    daemons_avoid_full_disks: DaemonSets leave out nodes that are out of disk.
    extended_resources: DaemonSets count resources of other names than the built-in ones.
    backoff_limit: failures after which a Job without a limit of its own fails; None: never.
    job_backoff: the first and the longest pause before a Job is looked at again after a failure; None: it is
    looked at at once.
    awaits_deadlines: a Job is looked at when its deadline is over; before, something else had to
    happen to it.
    warns_of_failed_jobs: the Event about a failed Job is a Warning; before it was Normal.
    slow_start: pods are created in batches of 1, 2, 4, ... instead of all at once.
    rank_for_deletion: which of too many pods go first.
    created_by: pods carry an annotation that says who created them.
    counts_terminating: statuses tell how many pods are being deleted.
    recounts_deadlines: quotas are counted anew when a pod gets a deadline.
    looks_in_time: ReplicaSets and StatefulSets look again when a pod becomes available, not a second later.
    null_creation_times: revisions keep templates with `creationTimestamp: null`.
    history_by_revision: of too many old ReplicaSets those of the lowest revisions go, not the oldest.
    revisions_are_texts: revisions of a Deployment are compared as texts, "9" after "10".
    history_of_annotations: any annotation that a ReplicaSet is given makes its history of revisions longer.
    ended_pods_count_as_old: a Deployment that recreates waits for old pods that have ended, too.
    daemons_bear_pressure: pods of DaemonSets tolerate taints of nodes that are short of memory or disk.
    names_failed_pods: Events about a failed pod of a DaemonSet name first the pod, and then its node.
    tell_both_sizes: Events about a ReplicaSet's new size tell the old one, too.
    forgives_ending_namespaces: that a pod cannot be created in a namespace that is being deleted is no error.
    forgives_pods_that_are_gone: that a pod to be deleted is gone already is no error.
    ranges_are_a_list: nodes have their range of addresses in `podCIDRs`, too.
    collects_added_kinds: the garbage collector looks at objects of added kinds, too.
    speaks_csi: disks of clouds are volumes of CSI drivers.
    recorder: how its recorders tell of things.
    """

    release: str
    controllers_start: Micros
    gc_pass_cost: Micros
    node_controller: str
    node_source: str
    unknown_conditions: tuple[str, ...]
    slow_start: bool
    template_hash: TemplateHash
    daemons_avoid_full_disks: bool
    extended_resources: bool
    backoff_limit: int | None
    job_backoff: tuple[Micros, Micros] | None
    rank_for_deletion: Ranking
    created_by: bool
    counts_terminating: bool
    recounts_deadlines: bool = False
    awaits_deadlines: bool = True
    warns_of_failed_jobs: bool = True
    looks_in_time: bool = False
    null_creation_times: bool = True
    history_by_revision: bool = False
    revisions_are_texts: bool = False
    history_of_annotations: bool = False
    ended_pods_count_as_old: bool = False
    daemons_bear_pressure: bool = True
    names_failed_pods: bool = True
    tell_both_sizes: bool
    forgives_ending_namespaces: bool
    forgives_pods_that_are_gone: bool = False
    ranges_are_a_list: bool
    collects_added_kinds: bool = True
    speaks_csi: bool = False
    recorder: RecorderTraits


V1_7: Final = Traits(
    release="v1.7",
    controllers_start=110 * MILLISECOND,
    gc_pass_cost=37 * MILLISECOND,
    node_controller="NodeController",
    node_source="nodecontroller.go",
    unknown_conditions=("OutOfDisk", "MemoryPressure", "DiskPressure"),
    slow_start=False,
    template_hash=templatehash.V1_7,
    daemons_avoid_full_disks=True,
    extended_resources=False,
    backoff_limit=None,
    job_backoff=None,
    awaits_deadlines=False,
    warns_of_failed_jobs=False,
    revisions_are_texts=True,
    history_of_annotations=True,
    ended_pods_count_as_old=True,
    daemons_bear_pressure=False,
    names_failed_pods=False,
    collects_added_kinds=False,
    rank_for_deletion=by_usefulness,
    created_by=True,
    counts_terminating=False,
    tell_both_sizes=False,
    forgives_ending_namespaces=False,
    ranges_are_a_list=False,
    recorder=RECORDER_OF_V1_7,
)
"""v1.7.5."""

V1_8: Final = Traits(
    release="v1.8",
    controllers_start=900 * MILLISECOND,
    gc_pass_cost=4 * MILLISECOND,
    node_controller="Controller",
    node_source="node_controller.go",
    unknown_conditions=("MemoryPressure", "DiskPressure"),
    slow_start=True,
    template_hash=templatehash.V1_8,
    daemons_avoid_full_disks=False,
    extended_resources=True,
    backoff_limit=6,
    job_backoff=(10 * SECOND, 360 * SECOND),
    history_of_annotations=True,
    ended_pods_count_as_old=True,
    rank_for_deletion=by_usefulness,
    created_by=True,
    counts_terminating=False,
    tell_both_sizes=False,
    forgives_ending_namespaces=False,
    ranges_are_a_list=False,
    recorder=RECORDER_OF_V1_8,
)
"""v1.8.0."""

V1_36: Final = Traits(
    release="v1.36",
    controllers_start=470 * MILLISECOND,
    gc_pass_cost=600,
    node_controller="Controller",
    node_source="node_lifecycle_controller.go",
    unknown_conditions=("MemoryPressure", "DiskPressure", "PIDPressure"),
    slow_start=True,
    template_hash=templatehash.V1_36,
    daemons_avoid_full_disks=False,
    extended_resources=True,
    backoff_limit=6,
    job_backoff=(10 * SECOND, 600 * SECOND),
    rank_for_deletion=by_usefulness_and_place,
    created_by=False,
    counts_terminating=True,
    recounts_deadlines=True,
    looks_in_time=True,
    null_creation_times=False,
    history_by_revision=True,
    tell_both_sizes=True,
    forgives_ending_namespaces=True,
    forgives_pods_that_are_gone=True,
    ranges_are_a_list=True,
    speaks_csi=True,
    recorder=RECORDER_OF_TODAY,
)
"""v1.36.2."""
