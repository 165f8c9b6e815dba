"""Pipelines that run: each is a program of its own."""
