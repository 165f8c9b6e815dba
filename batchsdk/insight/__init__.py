"""What goes on in queues, what jobs used, and what that cost by the user's prices."""
