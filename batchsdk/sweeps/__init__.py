"""Sweeps: one job definition run for many parameters, as few jobs as can be."""
