"""Watching the clocks: the ladder of reminders and the board of what is overdue or near."""
