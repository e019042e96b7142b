"""Exporting marks: as a table of its own, or into a sheet that Moodle or Canvas gave.

``marks`` reads the gradebook.
"""
