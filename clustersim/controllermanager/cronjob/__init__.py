"""CronJobs: schedule.py reads schedules, moments.py says which start is due, controller.py acts."""
