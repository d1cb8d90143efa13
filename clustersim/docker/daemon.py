"""The docker daemon: what it has beyond any container runtime.

Each container has a shim, which outlives a daemon that is killed outright. Without --live-restore the next
daemon tells what it finds running to stop, and kills after ten seconds, before it answers anybody.
Source: docker 1.13 libcontainerd/client_linux.go Restore, daemon/daemon.go restore.
"""

import json
from typing import ClassVar, Final

import msgspec
from msgspec.structs import replace

from clustersim.api.quantity import byte_count
from clustersim.docker import storage
from clustersim.flags import docker_configuration
from clustersim.flags.configuration import DAEMON_JSON, DOCKER_UNIT, ConfigurationError
from clustersim.flags.node import DockerFlags
from clustersim.flags.unit_files import words_of
from clustersim.runtime.ending import STOP_TIMEOUT
from clustersim.runtime.records import RUNNING, Container, RuntimeDisk
from clustersim.runtime.runtime import ContainerRuntime

LEAST_MEMORY: Final = 4 << 20
"""Bytes."""


class Docker(ContainerRuntime):
    """dockerd. Without --live-restore it takes its containers with it, or stops them when it is back."""

    kind: ClassVar[str] = "docker"
    flags: DockerFlags

    def cannot_start(self) -> str:
        """Its file of settings is wrong, or the machine cannot do the storage driver."""
        try:
            if (settings := self._settings()) is not None:
                self.flags = self.state.settings = settings
        except ConfigurationError as error:
            return str(error)
        driver, host = self.flags.storage_driver, self.host.state
        if storage.supports(driver, host.kernel, host.filesystem).holds:
            if complaint := storage.warning(driver, host.filesystem):
                self.log(complaint, "W")
            self._find_records(driver)
            return ""
        return storage.message(driver, host.kernel, host.filesystem)

    def _settings(self) -> DockerFlags | None:
        """What its file and its unit say, as far as somebody has changed them; None: nobody has. Raises
        ConfigurationError."""
        files, usual = self.host.state.configurations, DockerFlags()
        unit = files.get(DOCKER_UNIT)
        if unit is None and DAEMON_JSON not in files:
            return None
        text = files.get(DAEMON_JSON, docker_configuration.written(self.given, usual))
        words = {} if unit is None else words_of(unit, "dockerd")
        return docker_configuration.with_flags(words, text, self.given, usual)

    def _find_records(self, driver: str) -> None:
        """Each driver has images and containers of its own: those of another stay on the disk, and nobody
        sees them until it is back (daemon/daemon.go restore; layers and images by driver)."""
        disk, before = self.host.state.disk, self.disk
        if before.driver not in ("", driver):
            disk[f"runtime/{before.driver}"] = before
            disk["runtime"] = disk.pop(f"runtime/{driver}", None) or RuntimeDisk(
                last_address=before.last_address
            )
            self.contents_changed()
        self.disk.driver = driver

    def reload(self) -> None:
        """SIGHUP: the file is read anew, and what needs no restart is heeded (daemon/reload.go)."""
        self.log(f"Got signal to reload configuration, reloading from: {DAEMON_JSON}")
        try:
            found = self._settings()
        except ConfigurationError as error:
            self.log(f"Error reconfiguring the daemon: {error}", "E")
            return
        if found is None:
            return
        changed = {name: getattr(found, name) for name in docker_configuration.RELOADED}
        self.flags = self.state.settings = msgspec.structs.replace(self.flags, **changed)

    def became_ready(self) -> None:
        found = [one for one in self.disk.containers.values() if one.state == RUNNING]
        if self.outlived or not found:
            super().became_ready()
            return
        waits = []
        for container in found:
            waits.append(self.delays.stop if self.obeys(container, STOP_TIMEOUT) else STOP_TIMEOUT)
            code = self.stop_code(container, STOP_TIMEOUT)
            self.post(waits[-1], self.container_obeys, container.id, code)
        self.post(max(waits), self.restored)

    def restored(self) -> None:
        """Nothing runs any more that it has not started itself."""
        self.end_sandboxes()
        super().became_ready()

    @property
    def outlived(self) -> bool:
        return self.flags.live_restore

    def not_found(self, image: str) -> str:
        return f"Error response from daemon: manifest for {image} not found"

    def no_network(self, pod: str) -> str:
        return f'NetworkPlugin cni failed to set up pod "{pod}" network: cni config uninitialized'

    def unstartable(self, container: Container, missing: str) -> Container:
        """It has an exit code and no moment of its end; dockershim takes that of its beginning (v1.7.5
        pkg/kubelet/dockershim/docker_container.go ContainerStatus)."""
        quoted = missing.replace('"', '\\"')
        caused = f'container_linux.go:247: starting container process caused "{quoted}"'
        error = f"oci runtime error: {caused}\n"
        made = container.created_at
        return replace(container, start_error=error, exit_code=127, started_at=made, finished_at=made)

    def start_refused(self, container: Container) -> str:
        """As dockershim passes it on (helpers.go transformStartContainerError)."""
        error = container.start_error
        why = f'Error response from daemon: {{"message":{json.dumps(error)}}}'
        if "executable file not found" in error:
            why = "executable not found in $PATH"
        return f'rpc error: code = 2 desc = failed to start container "{container.id}": {why}'

    def refusal(self, wanted: Container) -> str:
        """A limit that no container can live within (daemon/daemon_unix.go, linuxMinMemory)."""
        limit = wanted.spec.resources.limits.get("memory")
        if limit is None or not 0 < byte_count(limit) < LEAST_MEMORY:
            return ""
        return 'Error response from daemon: {"message":"Minimum memory limit allowed is 4MB"}'
