"""Files that a container's server sends: those of its image, what somebody has written there, and what its
volumes bring."""

from typing import Any

from clustersim.console.api import Api
from clustersim.console.nodes.volume_files import files_of_volumes
from clustersim.programs.agnhost_servers import File
from clustersim.runtime.records import Container


def served_file(cluster: Any, record: Container) -> File:
    """What is known of the files of a running container."""

    def text(path: str) -> str | None:
        if (found := record.text(path)) is not None or record.file(path) is not None:
            return found
        pod = cluster.find_pod(record.pod_uid)
        if pod is None or not record.spec.volume_mounts:
            return None
        there = files_of_volumes(Api(cluster), pod, record.spec, record).get(path)
        return None if there is None else there.text

    return text
