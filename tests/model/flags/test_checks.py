import pytest

from clustersim.flags import Flags, refusal, warnings


def warned(**manager: str) -> list[str]:
    texts = {"controller-manager": {name.replace("_", "-"): text for name, text in manager.items()}}
    return [f"{found.flag}: {found.message}" for found in warnings(Flags().with_texts(texts))]


def test_the_defaults_of_the_era_are_neither_refused_nor_warned_of() -> None:
    assert refusal(Flags()) is None
    assert warnings(Flags()) == ()


def test_a_grace_period_of_two_heartbeats_is_allowed_with_a_warning() -> None:
    assert warned(node_monitor_grace_period="20s") == [
        "node-monitor-grace-period: The grace period (20s) is shorter than 3 heartbeats (10s apart): one "
        "that is late or lost is enough to turn a healthy node Unknown."
    ]


def test_a_grace_period_shorter_than_a_pass_is_said_to_flap() -> None:
    (warning,) = warned(node_monitor_grace_period="5s")
    assert "healthy nodes will turn Unknown again and again" in warning


def test_an_eviction_timeout_within_the_grace_period_is_warned_of() -> None:
    (warning,) = warned(pod_eviction_timeout="30s")
    assert "deleted as soon as the node is Unknown" in warning


@pytest.mark.parametrize(
    ("flag", "text", "words"),
    [
        ("node_eviction_rate", "0", "never replaced"),
        ("node_eviction_rate", "1", "stay stopped"),
        ("secondary_node_eviction_rate", "0.2", "faster"),
        ("unhealthy_zone_threshold", "1.5", "never counts as partially disrupted"),
        ("terminated_pod_gc_threshold", "0", "kept for ever"),
        ("node_monitor_period", "1m0s", "cannot be kept"),
    ],
)
def test_an_unwise_value_is_warned_of(flag: str, text: str, words: str) -> None:
    assert any(words in warning for warning in warned(**{flag: text}))


def test_a_cgroup_driver_unlike_docker_s_is_warned_of() -> None:
    (warning,) = warnings(Flags().with_texts({"docker": {"cgroup-driver": "systemd"}}))
    assert str(warning.message).startswith(
        'misconfiguration: kubelet cgroup driver: "cgroupfs" is different from docker cgroup driver: '
        '"systemd"'
    )


@pytest.mark.parametrize("component", ["controller-manager", "scheduler"])
def test_a_lease_not_longer_than_the_renew_deadline_is_refused_as_by_the_binary(component: str) -> None:
    found = refusal(Flags().with_texts({component: {"leader-elect-lease-duration": "10s"}}))
    assert found is not None
    assert (found.component, str(found.message)) == (
        component,
        "leaseDuration must be greater than renewDeadline",
    )


def test_a_renew_deadline_within_the_jittered_retry_period_is_refused_as_by_the_binary() -> None:
    found = refusal(Flags().with_texts({"scheduler": {"leader-elect-retry-period": "9s"}}))
    assert found is not None
    assert str(found.message) == "renewDeadline must be greater than retryPeriod*JitterFactor"


def test_leader_election_times_do_not_matter_when_it_is_off() -> None:
    texts = {"scheduler": {"leader-elect": "false", "leader-elect-lease-duration": "1s"}}
    assert refusal(Flags().with_texts(texts)) is None


def test_an_image_threshold_below_its_lower_one_is_refused_as_by_the_binary() -> None:
    found = refusal(Flags().with_texts({"kubelet": {"image-gc-high-threshold": "50"}}))
    assert found is not None
    assert (
        str(found.message) == "invalid LowThresholdPercent 80, can not be higher than HighThresholdPercent 50"
    )


@pytest.mark.parametrize(
    ("cidr", "words"),
    [
        ("-1s", "invalid CIDR address: -1s"),
        ("10.0.0.1/24", "invalid CIDR address: 10.0.0.1/24"),
        ("10.0.0.0/30", "The service cluster IP range must be at least 8 IP addresses"),
        ("10.0.0.0/11", "specified --service-cluster-ip-range is too large"),
        ("10.0.0.0/29", None),
        ("10.0.0.0/12", None),
    ],
)
def test_the_range_of_services_is_one_that_the_api_server_takes(cidr: str, words: str | None) -> None:
    found = refusal(Flags().with_texts({"apiserver": {"service-cluster-ip-range": cidr}}))
    assert (found and str(found.message)) == words


@pytest.mark.parametrize(
    ("cidr", "mask", "words"),
    [
        ("", "24", "Must specify --cluster-cidr"),
        ("10.244.0.0/99", "24", "invalid CIDR address: 10.244.0.0/99"),
        ("10.244.0.0/25", "24", "mask size of cluster CIDR"),
        ("10.0.0.0/7", "24", "mask size of cluster CIDR"),
        ("10.244.0.0/16", "24", None),
    ],
)
def test_ranges_of_nodes_need_a_range_of_the_cluster(cidr: str, mask: str, words: str | None) -> None:
    texts = {"allocate-node-cidrs": "true", "cluster-cidr": cidr, "node-cidr-mask-size": mask}
    found = refusal(Flags().with_texts({"controller-manager": texts}))
    assert (found is None) if words is None else (found is not None and words in str(found.message))


@pytest.mark.parametrize(
    ("flag", "text", "told"),
    [
        (
            "eviction-hard",
            "memory.available",
            "invalid eviction threshold syntax memory.available, expected <signal><operator><value>",
        ),
        ("eviction-hard", "memory.free<1Gi", "unsupported eviction signal memory.free"),
        ("eviction-hard", "memory.available<lots", "quantities must match the regular expression "),
        (
            "eviction-hard",
            "memory.available<-150Mi",
            "eviction threshold memory.available must be positive: -150Mi",
        ),
        ("eviction-hard", "memory.available<0", "eviction threshold memory.available must be positive: 0"),
        (
            "eviction-hard",
            "memory.available<-15%",
            "eviction percentage threshold memory.available must be >= 0%: -15%",
        ),
        (
            "eviction-hard",
            "memory.available<150%",
            "eviction percentage threshold memory.available must be <= 100%: 150%",
        ),
        (
            "eviction-soft-grace-period",
            "memory.available=-30s",
            "invalid eviction grace period specified: -30s, must be a positive value",
        ),
        (
            "eviction-minimum-reclaim",
            "memory.available=-300Mi",
            "negative eviction minimum reclaim specified for memory.available",
        ),
        (
            "eviction-minimum-reclaim",
            "memory.available=-15%",
            "eviction percentage minimum reclaim memory.available must be positive: -15%",
        ),
        (
            "eviction-soft",
            "memory.available<1Gi",
            "grace period must be specified for the soft eviction threshold memory.available",
        ),
        (
            "eviction-soft-grace-period",
            "memory.available=soon",
            "invalid eviction grace period syntax memory.available=soon, expected <signal>=<duration>",
        ),
        (
            "eviction-minimum-reclaim",
            "memory.available",
            "invalid eviction minimum reclaim syntax: memory.available, expected <signal>=<value>",
        ),
    ],
)
def test_a_kubelet_refuses_thresholds_that_it_cannot_read(flag: str, text: str, told: str) -> None:
    """v1.7.5, v1.8.0 pkg/kubelet/eviction/helpers.go ParseThresholdConfig."""
    found = refusal(Flags().with_texts({"kubelet": {flag: text}}))
    assert found is not None
    assert (found.component, found.flag) == ("kubelet", flag)
    assert str(found.message).startswith(told)


def test_thresholds_with_their_grace_periods_and_reclaims_are_taken() -> None:
    texts = {
        "eviction-soft": "memory.available<1.5Gi,nodefs.available<15%",
        "eviction-soft-grace-period": "memory.available=1m30s,nodefs.available=2m",
        "eviction-minimum-reclaim": "memory.available=0Mi,nodefs.available=500Mi",
    }
    assert refusal(Flags().with_texts({"kubelet": texts})) is None
