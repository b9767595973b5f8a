"""One view per page; each makes one call of the domain."""
