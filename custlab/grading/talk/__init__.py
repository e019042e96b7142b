"""How the grader's processes and kernels speak: messages, values as plain data, kernels."""
