"""What a page shows of a cluster: belief beside reality, deadlines, workloads, traffic, and what can be done.

Nothing in here changes a cluster: whoever looks, and how often, makes no difference.
"""

from clustersim.view.builder import ViewBuilder, build_view
from clustersim.view.changes import Changes, diff_view
from clustersim.view.events import EventItem, event_item, event_items, event_text, newest_items
from clustersim.view.messages import MessageItem, messages_since
from clustersim.view.parts import PartInfo, describe_part
from clustersim.view.structs import View, covered

__all__ = [
    "Changes",
    "EventItem",
    "MessageItem",
    "PartInfo",
    "View",
    "ViewBuilder",
    "build_view",
    "covered",
    "describe_part",
    "diff_view",
    "event_item",
    "event_items",
    "event_text",
    "messages_since",
    "newest_items",
]
