"""Sheets of projects with their status: what a portfolio or an office publishes or keeps, one report per project and date."""
