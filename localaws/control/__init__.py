"""What the command line asks of a running server: its requests, and the client that sends them."""
