"""``batch-platform images``: builds the images of a stack, and pushes them to its repositories."""
