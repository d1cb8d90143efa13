"""Swap: the kubelet looks at /proc/swaps when it starts, and only then (v1.7.5, v1.8.0, v1.36.2
pkg/kubelet/cm/container_manager_linux.go NewContainerManager)."""

from typing import TYPE_CHECKING

from clustersim.flags.configuration import ConfigurationError

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet


def look(kubelet: "Kubelet") -> None:
    """Raises ConfigurationError where swap is on and the kubelet does not start with that."""
    swaps, words = kubelet.host.swaps, kubelet.words
    if len(swaps) == 1:
        return
    if words.fails_with_swap(kubelet.flags):
        raise ConfigurationError(f"failed to run Kubelet: {words.swap_is_on(swaps)}")
    if words.swap_is_odd:
        kubelet.log(words.swap_is_odd, "W", source="container_manager_linux.go")
