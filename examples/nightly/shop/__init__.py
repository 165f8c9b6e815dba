"""What the shop orders again, worked out each night."""
