"""Metrics of the server itself, in Prometheus' format at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

rooms = Gauge("clustersim_rooms", "Rooms in this process, by what they do.", ["state"])
queues = Gauge("clustersim_queue", "Long computations that wait or run, by lane.", ["lane"])
disk_free = Gauge("clustersim_disk_free_bytes", "Space left where the server keeps its files.")
over_budget = Counter("clustersim_steps_over_budget", "Steps that took more than twice their budget.")
viewers = Gauge("clustersim_viewers", "Viewers connected to this process.")
ticks = Counter("clustersim_ticks", "Ticks published.")
deliveries = Counter("clustersim_deliveries", "Ticks sent to viewers.")
snapshots = Counter("clustersim_snapshots", "Snapshots sent to viewers.")
commands = Counter("clustersim_commands", "Commands written to the log.", ["do"])
writes_failed = Counter("clustersim_writes_failed", "Failed writes to the database, tried again.")
troubles = Counter("clustersim_troubles", "Errors that the log has under a reference.")
recoveries = Counter("clustersim_recoveries", "Runs that broke and were repaired.")
refused_frames = Counter("clustersim_refused_frames", "Frames of viewers that were refused.", ["why"])
step_seconds = Histogram(
    "clustersim_step_seconds",
    "Time the event loop was held up by one step of a room.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25),
)
