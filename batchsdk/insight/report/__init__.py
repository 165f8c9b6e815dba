"""A self-contained HTML page about jobs: timeline, dependencies, usage, failures.

``gather`` asks AWS and makes a :class:`~batchsdk.insight.report.model.Report`; ``page`` turns it
into HTML without any I/O. ``timeline`` and ``layout`` are the pure parts between.
"""
