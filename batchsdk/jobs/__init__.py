"""Jobs: their details, listing, waiting, stopping, and why they failed."""
