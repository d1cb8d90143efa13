import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.engine.time import MINUTE, SECOND
from clustersim.flags import (
    COMPONENTS,
    FlagError,
    Flags,
    Origin,
    catalogue,
    find,
    format_value,
    parse_value,
)

NAMED_BY_THE_REFERENCE = [
    ("controller-manager", "node-monitor-period", "5s"),
    ("controller-manager", "node-monitor-grace-period", "40s"),
    ("controller-manager", "node-startup-grace-period", "1m0s"),
    ("controller-manager", "pod-eviction-timeout", "5m0s"),
    ("controller-manager", "node-eviction-rate", "0.1"),
    ("controller-manager", "secondary-node-eviction-rate", "0.01"),
    ("controller-manager", "unhealthy-zone-threshold", "0.55"),
    ("controller-manager", "large-cluster-size-threshold", "50"),
    ("controller-manager", "enable-taint-manager", "true"),
    ("controller-manager", "terminated-pod-gc-threshold", "12500"),
    ("controller-manager", "kube-api-qps", "20"),
    ("controller-manager", "kube-api-burst", "30"),
    ("controller-manager", "leader-elect-lease-duration", "15s"),
    ("controller-manager", "leader-elect-renew-deadline", "10s"),
    ("controller-manager", "leader-elect-retry-period", "2s"),
    ("controller-manager", "port", "10252"),
    ("scheduler", "port", "10251"),
    ("scheduler", "kube-api-qps", "50"),
    ("apiserver", "admission-control", "AlwaysAdmit"),
    ("apiserver", "event-ttl", "1h0m0s"),
    ("kubelet", "node-status-update-frequency", "10s"),
    ("kubelet", "sync-frequency", "1m0s"),
    ("kubelet", "file-check-frequency", "20s"),
    ("kubelet", "max-pods", "110"),
    ("kubelet", "runtime-request-timeout", "2m0s"),
    ("kubelet", "pleg-relist-threshold", "3m0s"),
    ("kubelet", "container-gc-period", "1m0s"),
    ("kubelet", "image-gc-high-threshold", "85"),
    ("kubelet", "healthz-bind-address", "127.0.0.1"),
    ("kubelet", "healthz-port", "10248"),
    ("kube-proxy", "iptables-sync-period", "30s"),
]


@pytest.mark.parametrize(("component", "flag", "default"), NAMED_BY_THE_REFERENCE)
def test_a_flag_of_the_reference_has_its_default(component: str, flag: str, default: str) -> None:
    assert find(component, flag).default_text == default


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: f"{info.component}.{info.flag}")
def test_a_setting_has_help_and_its_default_can_be_read_back(info) -> None:
    assert info.help.endswith(".")
    assert parse_value(info, format_value(info, info.default)) == info.default


def test_every_component_has_settings_and_real_flags_come_from_real_components() -> None:
    assert tuple(dict.fromkeys(info.component for info in catalogue())) == COMPONENTS
    assert {info.origin for info in catalogue() if info.component == "runtime"} == {Origin.MODEL}


def test_flags_are_set_as_on_the_command_line() -> None:
    flags = Flags().with_texts(
        {
            "controller-manager": {"pod-eviction-timeout": "1m0s", "node-eviction-rate": "0.5"},
            "apiserver": {"admission-control": "NamespaceLifecycle,DefaultTolerationSeconds"},
            "docker": {"live-restore": "true"},
        }
    )
    assert flags.controller_manager.pod_eviction_timeout == MINUTE
    assert flags.controller_manager.node_monitor_grace_period == 40 * SECOND
    assert flags.controller_manager.node_eviction_rate == 0.5
    assert flags.apiserver.admission_control == ("NamespaceLifecycle", "DefaultTolerationSeconds")
    assert flags.docker.live_restore is True


def test_what_differs_from_a_base_is_written_back_as_texts() -> None:
    texts = {"controller-manager": {"pod-eviction-timeout": "1m0s"}, "kubelet": {"max-pods": "20"}}
    assert Flags().with_texts(texts).texts(Flags()) == texts
    assert Flags().with_texts(Flags().texts()) == Flags()


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(AttributeError):
        Flags().kubelet.max_pods = 5  # type: ignore[misc]
    assert msgspec.structs.replace(Flags().kubelet, max_pods=5).max_pods == 5


def test_an_unknown_flag_names_the_nearest() -> None:
    with pytest.raises(FlagError, match="controller-manager has no flag node-monitor-grace") as refused:
        Flags().with_texts({"controller-manager": {"node-monitor-grace": "40s"}})
    assert refused.value.nearest == "node-monitor-grace-period"


def test_an_unknown_component_names_the_nearest() -> None:
    with pytest.raises(FlagError, match="no component kublet") as refused:
        Flags().with_texts({"kublet": {"max-pods": "1"}})
    assert refused.value.nearest == "kubelet"


@pytest.mark.parametrize(
    ("component", "flag", "text", "message"),
    [
        (
            "controller-manager",
            "node-monitor-grace-period",
            "40",
            'invalid argument "40" for --node-monitor-grace-period=40: time: missing unit in duration 40',
        ),
        (
            "kubelet",
            "max-pods",
            "many",
            'invalid argument "many" for --max-pods=many: strconv.ParseInt: parsing "many": invalid syntax',
        ),
        (
            "kubelet",
            "max-pods",
            "-1",
            "invalid configuration: MaxPods (--max-pods) -1 must not be a negative number",
        ),
        ("apiserver", "admission-control", "AlwaysAdmit,Nonsense", "Unknown admission plugin: Nonsense"),
        (
            "controller-manager",
            "node-monitor-period",
            "0s",
            "controller-manager: --node-monitor-period must be in 10ms .. 1h0m0s in this model, not 0s",
        ),
        (
            "controller-manager",
            "feature-gates",
            "Accelerators=true",
            "controller-manager: --feature-gates may only be TaintBasedEvictions=true | "
            "TaintBasedEvictions=false | TaintNodesByCondition=true | TaintNodesByCondition=false | "
            "PodPriority=true | PodPriority=false in this model, not Accelerators=true",
        ),
        (
            "controller-manager",
            "node-eviction-rate",
            "nan",
            'invalid argument "nan" for --node-eviction-rate=nan: strconv.ParseFloat: parsing "nan": '
            "invalid syntax",
        ),
    ],
)
def test_a_refused_value_says_why(component: str, flag: str, text: str, message: str) -> None:
    with pytest.raises(FlagError) as refused:
        Flags().with_texts({component: {flag: text}})
    assert str(refused.value) == message


def test_v1_7_does_not_know_the_gates_of_v1_8() -> None:
    asked = {"controller-manager": {"feature-gates": "PodPriority=true"}}
    assert Flags().with_texts(asked, "v1.8").controller_manager.feature_gates == ("PodPriority=true",)
    with pytest.raises(FlagError) as refused:
        Flags().with_texts(asked, "v1.7")
    assert str(refused.value) == "unrecognized key: PodPriority"


@given(st.data())
def test_any_allowed_value_can_be_written_and_read_back(data: st.DataObject) -> None:
    info = data.draw(st.sampled_from(catalogue()))
    low, high = info.setting.minimum, info.setting.maximum
    match info.kind:
        case "duration" | "int":
            value = data.draw(st.integers(int(low or 0), int(high or 0)))
        case "float":
            value = data.draw(st.floats(low, high))
        case "bool":
            value = data.draw(st.booleans())
        case "list":
            value = tuple(data.draw(st.lists(st.sampled_from(info.setting.choices or ("a<1", "b<2")))))
        case _:
            value = data.draw(st.sampled_from(info.setting.choices or ("127.0.0.1", "::1")))
    text = format_value(info, value)
    assert parse_value(info, text) == value
    assert Flags().with_texts({info.component: {info.flag: text}}).value(info) == value
