"""Benchmarks that anyone can run: `make bench`. What decides are ratios within one run, not absolute times."""
