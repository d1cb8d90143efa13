"""Kubernetes v1.7: commit 17d7182a of 2017-08-31, the release of the source post's own cluster."""

from typing import Final

from clustersim.apiserver.server import ApiServer
from clustersim.controllermanager.process import ControllerManagerV17
from clustersim.docker.daemon import Docker
from clustersim.engine.calendar import OF_2017
from clustersim.kubelet.kubelet import KubeletV17
from clustersim.kubeproxy import KubeProxyV17
from clustersim.releases.release import Release
from clustersim.scheduler import SchedulerV17
from clustersim.traffic import Client

V1_7: Final = Release(
    name="v1.7",
    version="v1.7.5",
    runtime_version="1.12.6",
    kernel="4.4.0-96-generic",
    calendar=OF_2017,
    components={
        "apiserver": ApiServer,
        "controller-manager": ControllerManagerV17,
        "scheduler": SchedulerV17,
        "runtime": Docker,
        "kubelet": KubeletV17,
        "kube-proxy": KubeProxyV17,
        "client": Client,
    },
    # apimachinery/pkg/util/rand/rand.go; v1.8 has left out the digits that look like letters
    name_alphabet="bcdfghjklmnpqrstvwxz0123456789",
)
