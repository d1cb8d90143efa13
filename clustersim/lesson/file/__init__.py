"""The lesson file: how it is read, what it may say, and how it is changed in places."""
