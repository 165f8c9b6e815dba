"""Compute environments: images, user data, which edits replace one."""
