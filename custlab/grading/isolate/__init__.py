"""Where learners' code runs: processes, forks, limits and the sandbox around them."""
