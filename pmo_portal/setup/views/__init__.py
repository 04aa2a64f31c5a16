"""The set-up pages, by subject."""
