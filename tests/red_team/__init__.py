"""Hostile and broken submissions: none may gain a point, harm another, or stop the run."""
