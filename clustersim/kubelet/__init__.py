r"""The kubelet, one module for each of its parts under the part's real name.

```
 API server --watch--> config ----+                     +--> status_manager --> API server
                                  v                     |
 docker <--relist-- pleg ----> sync_loop --> pod_workers --> pod_sync --> runtime_manager --> docker
                                  ^                               \-----> container_killer -> docker
 housekeeping, sync ticker -------+        node_status: heartbeats;  container_gc: dead containers
```
"""
