"""Explorers: move a control, see the picture answer. One module a lesson."""
