"""Simulated vendors for demonstrations and tests: real shapes, real errors, and faults on request."""
