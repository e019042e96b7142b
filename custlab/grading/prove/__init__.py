"""How an answer is proven: hidden tests run where no learner's code runs, and ask for values."""
