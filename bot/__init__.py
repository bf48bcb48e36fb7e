"""The world: the service that meets people, remembers, reminds and reports."""
