"""kube-scheduler of v1.36: a scheduling framework whose plugins filter and score nodes.

`plugin.py` says what a plugin is, `plugins/` holds them, `cycle.py` runs them over the nodes, `queue.py`
keeps the pods that wait, `preemption.py` makes room for important ones, `scheduler.py` is the process.
"""
