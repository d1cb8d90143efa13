"""What every component links against: the API client, informers, work queues, event recording, leader
election."""
