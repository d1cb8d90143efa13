"""The DaemonSet controller: nodes.py says which nodes want a pod, update.py which pods are replaced,
controller.py acts."""
