"""Leader election by a Lease (v1.36: client-go tools/leaderelection, resourcelock/leaselock.go).

```
  candidate --acquired--> leading --every 2 s--> renewing --renewed--> leading
                                                          --not for 10 s--> the process exits
```
The identity is the host's name and a UUID of the process, so one that is restarted waits, like any other,
until the Lease of the old one has not changed for its whole duration. Requests give up after half of the
renew deadline. A leader first writes the Lease as it knows it, and reads it only when that fails.
"""

from typing import Final

from clustersim.api.coordination import Lease, LeaseSpec
from clustersim.api.meta import ObjectMeta, ObjectReference, replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339_micro
from clustersim.client.client import Client
from clustersim.client.leaderelection import JITTER, NAMESPACE, ElectionState, Elector
from clustersim.engine.time import SECOND, Micros

SOURCE: Final = "leaderelection.go"


class LeaseElectionState(ElectionState):
    """identity: of this life of the process. lease: as last seen, and when it was seen to change is
    `observed_at`. renewing: since when the renewal under way is being tried, None while none is; period:
    the retry period of it that was last used."""

    identity: str = ""
    lease: Lease | None = None
    renewing: Micros | None = None
    period: int = 0


class LeaseElector(Elector):
    """With a lock that is a Lease."""

    def client_for(self, client: Client, deadline: Micros) -> Client:
        """One of its own, that waits half as long as a leader may go on."""
        return Client(client.process, timeout=deadline // 2, name="leader-election")

    @property
    def state(self) -> LeaseElectionState:
        """The elector's memory."""
        return self.remember(LeaseElectionState)

    @property
    def reference(self) -> ObjectReference:
        return ObjectReference(
            kind="Lease", namespace=NAMESPACE, name=self.lock, api_version="coordination.k8s.io/v1"
        )

    @property
    def identity(self) -> str:
        return self.state.identity

    def start(self) -> None:
        stream = self.process.random("identity")
        digits = f"{stream.below(1 << 64):016x}{stream.below(1 << 64):016x}"
        uuid = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
        self.state.identity = f"{self.host}_{uuid}"
        self._log(f'"Attempting to acquire leader lease..." lock="{NAMESPACE}/{self.lock}"')
        self.read_lease()

    # --- reading and competing --------------------------------------------------------------------

    def read_lease(self) -> None:
        """Read the lock; what follows depends on who holds it."""
        self.state.attempt += 1
        self.client.get("leases", NAMESPACE, self.lock, self.then(self.read, self.state.attempt))

    def read(self, reply: Reply, attempt: int) -> None:
        """The lock was read: create it, take it, renew it, or leave it to its holder."""
        state = self.state
        if attempt != state.attempt:
            return
        if reply.status == 404:
            self._create()
        elif not reply.ok:
            self._log(f'"Error retrieving lease lock" lock="{NAMESPACE}/{self.lock}" err="{reply.message}"')
            self._failed()
        else:
            self._see(reply.body)
            holder = reply.body.spec.holder_identity
            length = (reply.body.spec.lease_duration_seconds or 0) * SECOND
            if holder not in ("", state.identity) and self.now < state.observed_at + length:
                self._failed()
            else:
                self._update(reply.body)

    def _see(self, lease: Lease) -> None:
        """Remember when the Lease was seen to change."""
        state = self.state
        if state.lease is None or state.lease.spec != lease.spec:
            state.observed_at = self.now
        state.lease = lease

    def _create(self) -> None:
        now = rfc3339_micro(self.now)
        spec = LeaseSpec(
            holder_identity=self.state.identity,
            lease_duration_seconds=self.lease // SECOND,
            acquire_time=now,
            renew_time=now,
            lease_transitions=0,
        )
        lease = Lease(metadata=ObjectMeta(name=self.lock, namespace=NAMESPACE), spec=spec)
        self.client.create(lease, self.then(self.written, self.state.attempt))

    def _update(self, lease: Lease) -> None:
        state, now, old = self.state, rfc3339_micro(self.now), lease.spec
        mine = old.holder_identity == state.identity
        spec = replace(
            old,
            holder_identity=state.identity,
            lease_duration_seconds=self.lease // SECOND,
            acquire_time=old.acquire_time if mine else now,
            renew_time=now,
            lease_transitions=(old.lease_transitions or 0) + (0 if mine else 1),
        )
        self.client.update(replace(lease, spec=spec), self.then(self.written, state.attempt))

    def written(self, reply: Reply, attempt: int) -> None:
        """The lock was written, or somebody was faster, or nobody answered."""
        state = self.state
        if attempt != state.attempt:
            return
        if not reply.ok:
            self._failed()
            return
        self._see(reply.body)
        state.renewed_at, state.renewing = self.now, None
        if self.carry is None or not self.carry(reply):
            self.post(self.retry, self.renew)
        if not state.leading:
            state.leading = True
            self.process.emit("decision", "became-leader", f"leases/{NAMESPACE}/{self.lock}")
            self._log(f'"Successfully acquired lease" lock="{NAMESPACE}/{self.lock}"')
            self.on_leading()

    # --- leading ----------------------------------------------------------------------------------

    def renew(self) -> None:
        """It is time for another renewal: from now on there is a deadline for it."""
        self.state.renewing, self.state.period = self.now, 0
        self.post(self.deadline, self.give_up, self.now)
        self.write_as_known()

    def write_as_known(self) -> None:
        """Write the Lease as it was last seen, if it was one's own then and is still good; otherwise, and
        where that fails, read it (tryAcquireOrRenew)."""
        state = self.state
        assert state.lease is not None
        known = state.lease.spec
        good = self.now < state.observed_at + (known.lease_duration_seconds or 0) * SECOND
        if known.holder_identity != state.identity or not good:
            self.read_lease()
            return
        state.attempt += 1
        now = rfc3339_micro(self.now)
        renewed = replace(state.lease, spec=replace(state.lease.spec, renew_time=now))
        self.client.update(renewed, self.then(self.written_as_known, state.attempt))

    def written_as_known(self, reply: Reply, attempt: int) -> None:
        """Mostly this is all."""
        if attempt != self.state.attempt:
            return
        if reply.ok:
            self.written(reply, attempt)
        else:
            text = '"Failed to update lease optimistically, falling back to slow path"'
            self._log(f'{text} lock="{NAMESPACE}/{self.lock}" err="{reply.message}"')
            self.read_lease()

    def give_up(self, since: Micros) -> None:
        """A renewal that has not come about by its deadline ends the process."""
        if self.state.renewing == since:
            self._log(f'"Failed to renew lease" lock="{NAMESPACE}/{self.lock}"')
            self.process.exit("leaderelection lost")

    # --- again ------------------------------------------------------------------------------------

    def _failed(self) -> None:
        """A leader tries again at the next whole retry period since the renewal began, at once if that has
        passed; a candidate after 1.0 to 2.2 retry periods (JitterUntil)."""
        state = self.state
        if state.renewing is None:
            stream = self.process.chancy_random("election")
            self.post(self.retry + int(stream.random() * JITTER * self.retry), self.read_lease)
            return
        passed = (self.now - state.renewing) // self.retry
        if state.period < passed:
            state.period = passed
            self.write_as_known()
        else:
            state.period = passed + 1
            self.post(state.renewing + (passed + 1) * self.retry - self.now, self.write_again, state.renewing)

    def write_again(self, since: Micros) -> None:
        """The next period has come, if the renewal is still the same."""
        if self.state.renewing == since:
            self.write_as_known()

    def _log(self, text: str) -> None:
        self.process.log(text, source=SOURCE)
