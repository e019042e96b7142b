"""Benchmarks: each runs both sides in one go and writes its own page of results."""
