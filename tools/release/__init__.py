"""Builds a release, tries it, and records what it registers."""
