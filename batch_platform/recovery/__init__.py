"""What an update that was killed has left behind: found, deleted, and forgotten by the state.

The engine notes each operation before it asks AWS for it. When it dies in between, the note stays
in the state as a pending operation, and AWS may have a resource whose id nobody was ever told.
"""
