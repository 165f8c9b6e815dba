"""What survives a stop and a start: the data directory, and the state of the Pulumi engine."""
