"""kube-scheduler: decides on which node a pod will run, one pod at a time.

`scheduler.py` is the process that all releases share. v1.7 and v1.8 have a FIFO, predicates and priorities
(`fifo_scheduler.py`), v1.36 a scheduling framework with plugins (`framework/`).
"""

from clustersim.scheduler.fifo_scheduler import SchedulerV17, SchedulerV18
from clustersim.scheduler.framework.scheduler import SchedulerV136
from clustersim.scheduler.scheduler import Scheduler

__all__ = ["Scheduler", "SchedulerV17", "SchedulerV18", "SchedulerV136"]
