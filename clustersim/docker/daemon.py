"""The docker daemon: what it has beyond any container runtime, and what its command line prints."""

from typing import ClassVar, Final

import msgspec

from clustersim.api.quantity import byte_count
from clustersim.docker import storage
from clustersim.engine.time import SECOND
from clustersim.flags import docker_configuration
from clustersim.flags.configuration import DAEMON_JSON, ConfigurationError
from clustersim.flags.node import DockerFlags
from clustersim.runtime.records import RUNNING, Container, RuntimeDisk
from clustersim.runtime.runtime import ContainerRuntime

LEAST_MEMORY: Final = 4 << 20
"""Bytes."""


class Docker(ContainerRuntime):
    """dockerd. Without --live-restore its containers end with it."""

    kind: ClassVar[str] = "docker"
    flags: DockerFlags

    def cannot_start(self) -> str:
        """Its file of settings is wrong, or the machine cannot do the storage driver."""
        files = self.host.state.configurations
        if DAEMON_JSON in files:
            try:
                self.state.settings = docker_configuration.read(
                    files[DAEMON_JSON], self.given, DockerFlags()
                ).flags
            except ConfigurationError as error:
                return str(error)
            self.flags = self.state.settings
        driver, host = self.flags.storage_driver, self.host.state
        if storage.supports(driver, host.kernel, host.filesystem).holds:
            if complaint := storage.warning(driver, host.filesystem):
                self.log(complaint, "W")
            self._find_records(driver)
            return ""
        return storage.message(driver, host.kernel, host.filesystem)

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
        files = self.host.state.configurations
        if DAEMON_JSON not in files:
            return
        try:
            found = docker_configuration.read(files[DAEMON_JSON], self.given, DockerFlags()).flags
        except ConfigurationError as error:
            self.log(f"Error reconfiguring the daemon: {error}", "E")
            return
        changed = {name: getattr(found, name) for name in docker_configuration.RELOADED}
        self.flags = self.state.settings = msgspec.structs.replace(self.flags, **changed)

    @property
    def outlived(self) -> bool:
        return self.flags.live_restore

    def not_found(self, image: str) -> str:
        return f"Error response from daemon: manifest for {image} not found"

    def no_network(self, pod: str) -> str:
        return f'NetworkPlugin cni failed to set up pod "{pod}" network: cni config uninitialized'

    def refusal(self, wanted: Container) -> str:
        """A limit that no container can live within (daemon/daemon_unix.go, linuxMinMemory)."""
        limit = wanted.spec.resources.limits.get("memory")
        if limit is None or not 0 < byte_count(limit) < LEAST_MEMORY:
            return ""
        return 'Error response from daemon: {"message":"Minimum memory limit allowed is 4MB"}'

    # --- looking ----------------------------------------------------------------------------------

    def info(self) -> tuple[tuple[str, str], ...]:
        """What `docker info` prints of it."""
        containers = self.disk.containers.values()
        running = sum(container.state == RUNNING for container in containers)
        return (
            ("Containers", str(len(containers))),
            ("Running", str(running)),
            ("Stopped", str(len(containers) - running)),
            ("Images", str(len(self.disk.images))),
            ("Storage Driver", self.flags.storage_driver),
            ("Backing Filesystem", self.host.state.filesystem.partition(" ")[0]),
            *self._types_told(),
            ("Cgroup Driver", self.flags.cgroup_driver),
            ("Kernel Version", self.host.state.kernel),
            ("Live Restore Enabled", str(self.flags.live_restore).lower()),
        )

    def _types_told(self) -> tuple[tuple[str, str], ...]:
        told = storage.tells_types(self.flags.storage_driver, self.host.state.filesystem)
        return () if told is None else (("Supports d_type", str(told).lower()),)

    def ps(self) -> tuple[tuple[str, str, str, str], ...]:
        """What `docker ps` prints of running containers: id, image, status, name; the newest first."""
        rows = []
        for container in reversed(self.disk.containers.values()):
            if container.state == RUNNING and container.started_at is not None:
                up = (self.now - container.started_at) // SECOND
                status = f"Up {up} seconds" if up < 60 else f"Up {up // 60} minutes"
                rows.append((container.id[:12], container.image, status, container.docker_name))
        return tuple(rows)
