"""EC2 instance types: what each has, and which image boots it. No I/O but the table's file."""
