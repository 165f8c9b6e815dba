"""From a submission to a request that has passed every check, one or many."""
