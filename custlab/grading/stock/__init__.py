"""Where marks are kept: the course as nbgrader sees it, its gradebook, results as files."""
