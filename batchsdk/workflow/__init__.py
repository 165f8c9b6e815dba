"""Workflows: steps that come after one another, kept by Batch itself wherever it can."""
