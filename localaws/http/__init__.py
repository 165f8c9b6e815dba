"""The HTTP server of the local AWS: connections, who may speak to it, signatures, faults."""
