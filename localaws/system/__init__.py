"""What the operating system tells and keeps: processes, owners, private files and folders."""
