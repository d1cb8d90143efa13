"""Kubernetes v1.8: commit 0b9efaeb of 2017-09-28, and what its defaults have otherwise than v1.7."""

from typing import Final

import msgspec

from clustersim.engine.time import SECOND
from clustersim.flags import Flags, KubeletFlags
from clustersim.releases.release import Release

# cmd/kubelet/app/server.go: heartbeats have a client of their own whose time limit is the heartbeat's period.
_FLAGS: Final = msgspec.structs.replace(Flags(), kubelet=KubeletFlags(heartbeat_timeout=10 * SECOND))

V1_8: Final = Release(name="v1.8", version="v1.8.0", docker_version="1.12.6", flags=_FLAGS, node_roles=True)
