"""The names of the flags that programs have."""

import pytest

from clustersim.flags.catalogue import catalogue, has
from clustersim.flags.flag_names import is_real
from clustersim.flags.setting import Origin

PROGRAMS = ("apiserver", "controller-manager", "scheduler", "kubelet", "kube-proxy")
RELEASES = ("v1.7", "v1.8", "v1.36")


@pytest.mark.parametrize("release", RELEASES)
def test_whatever_the_model_heeds_is_real(release: str) -> None:
    flags = [one for one in catalogue() if one.component in PROGRAMS and one.origin is Origin.FLAG]
    assert [one.flag for one in flags if has(one, release) and not is_real(one.flag, release)] == []


@pytest.mark.parametrize(
    ("name", "releases"),
    [
        ("v", RELEASES),
        ("housekeeping-interval", RELEASES),
        ("housekeeping_interval", RELEASES),
        ("fail-swap-on", ("v1.8", "v1.36")),
        ("require-kubeconfig", ("v1.7", "v1.8")),
        ("enable-admission-plugins", ("v1.36",)),
        ("fail-on-swap", ()),
    ],
)
def test_names_are_those_of_the_release(name: str, releases: tuple[str, ...]) -> None:
    assert tuple(release for release in RELEASES if is_real(name, release)) == releases
