"""HorizontalPodAutoscalers: targets.py reads what is asked for, replicas.py computes how many pods that
takes, limits.py how many there may be now, controller.py acts."""
