"""kubectl on the workstation: its verbs by what they do, and here what all of them share."""
