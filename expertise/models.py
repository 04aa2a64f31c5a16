"""The models of the expertise tier: its rooms are still to come."""
