"""A simulated class that goes through nbgrader's real steps; every mark is known beforehand."""
