"""Where a pod may run: affinity, tolerations, spreading."""

from clustersim.api.meta import ApiStruct, Int32, Int64, LabelSelector, written


class NodeSelectorRequirement(ApiStruct, frozen=True, kw_only=True):
    """One requirement on a label or field of a node."""

    key: str = written("")
    operator: str = written("")
    values: tuple[str, ...] = ()


class NodeSelectorTerm(ApiStruct, frozen=True, kw_only=True):
    """Requirements of which a node must meet all."""

    match_expressions: tuple[NodeSelectorRequirement, ...] = ()
    match_fields: tuple[NodeSelectorRequirement, ...] = ()


class NodeSelector(ApiStruct, frozen=True, kw_only=True):
    """Terms of which a node must meet one."""

    node_selector_terms: tuple[NodeSelectorTerm, ...] = written(())


class PreferredSchedulingTerm(ApiStruct, frozen=True, kw_only=True):
    """A wish about nodes, and how much it counts."""

    preference: NodeSelectorTerm = written(NodeSelectorTerm())
    weight: Int32 = written(0)


class NodeAffinity(ApiStruct, frozen=True, kw_only=True):
    """Which nodes a pod must or would like to run on."""

    preferred_during_scheduling_ignored_during_execution: tuple[PreferredSchedulingTerm, ...] = ()
    required_during_scheduling_ignored_during_execution: NodeSelector | None = None


class PodAffinityTerm(ApiStruct, frozen=True, kw_only=True):
    """Pods, and the topology in which they count as near."""

    topology_key: str = written("")
    label_selector: LabelSelector | None = None
    match_label_keys: tuple[str, ...] = ()
    mismatch_label_keys: tuple[str, ...] = ()
    namespace_selector: LabelSelector | None = None
    namespaces: tuple[str, ...] = ()


class WeightedPodAffinityTerm(ApiStruct, frozen=True, kw_only=True):
    """A wish about pods, and how much it counts."""

    pod_affinity_term: PodAffinityTerm = written(PodAffinityTerm())
    weight: Int32 = written(0)


class PodAffinity(ApiStruct, frozen=True, kw_only=True):
    """Which pods a pod must or would like to be near."""

    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] = ()
    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] = ()


class PodAntiAffinity(ApiStruct, frozen=True, kw_only=True):
    """Which pods a pod must or would like to be far from."""

    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] = ()
    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] = ()


class Affinity(ApiStruct, frozen=True, kw_only=True):
    """What a pod wants to be near to or far from."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAntiAffinity | None = None


class Toleration(ApiStruct, frozen=True, kw_only=True):
    """Which taints a pod tolerates, and for how long."""

    effect: str = ""
    key: str = ""
    operator: str = ""
    toleration_seconds: Int64 | None = None
    value: str = ""


class TopologySpreadConstraint(ApiStruct, frozen=True, kw_only=True):
    """How evenly pods are spread over a topology."""

    max_skew: Int32 = written(0)
    topology_key: str = written("")
    when_unsatisfiable: str = written("")
    label_selector: LabelSelector | None = None
    match_label_keys: tuple[str, ...] = ()
    min_domains: Int32 | None = None
    node_affinity_policy: str = ""
    node_taints_policy: str = ""
