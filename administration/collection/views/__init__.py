"""The PMO staff's dashboard, reminders, arrangements, calls and campaigns, by subject."""
