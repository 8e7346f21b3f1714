"""The life of a rule, without I/O: stages and their steps, what a rule did, and when it runs away."""
