"""What a stack tells: patterns of events, the dashboard."""
