"""What becomes of a claim to an orphan, and of letting go what is selected no longer
(pkg/controller/controller_ref_manager.go).
"""

from clustersim.api.status import Reply
from clustersim.client.workqueue import BASE_DELAY, WorkQueue
from clustersim.controllermanager.part import Controller


class Claiming(Controller):
    """A controller whose objects adopt others. Works through a queue of the keys of its objects."""

    queue: WorkQueue

    def adopted(self, reply: Reply, key: str) -> None:
        """An orphan was adopted, or is gone; where somebody was faster the object is looked at again."""
        if not reply.ok and reply.status != 404:
            self.queue.add_after(key, BASE_DELAY)

    def let_go(self, reply: Reply, key: str) -> None:
        """It was released, or is gone, or another one has its name."""
        if not reply.ok and reply.status not in (404, 422):
            self.queue.add_after(key, BASE_DELAY)
