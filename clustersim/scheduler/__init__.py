"""kube-scheduler of v1.7 and v1.8: decides on which node a pod will run, one pod at a time.

Queue, cache, predicates, priorities and the choice among equals are a module each; `scheduler.py` is the
process around them.
"""

from clustersim.scheduler.scheduler import Scheduler, SchedulerV17, SchedulerV18

__all__ = ["Scheduler", "SchedulerV17", "SchedulerV18"]
