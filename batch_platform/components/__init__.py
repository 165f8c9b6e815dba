"""The resources, one Pulumi component a concern; every decision is made in settings and plan."""
