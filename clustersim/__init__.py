"""clustersim: a faithful, deterministic, pure-Python model of a Kubernetes control plane and its nodes.

cluster = Cluster(default_scenario("v1.7"))
cluster.apply(Command("stop-kubelet", "n1"))
cluster.run_until(seconds(45))
"""
