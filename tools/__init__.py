"""What maintains this repository: generated pages, the engine, the site, releases."""
