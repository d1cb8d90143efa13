"""CronJobs: api/cron_schedule.py reads schedules, moments.py says which start is due, controller.py acts."""
