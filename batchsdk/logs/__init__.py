"""Logs of jobs: which streams there are, reading one, following all."""
