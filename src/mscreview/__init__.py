"""A systematic review that runs: raw abstracts in, pooled results out, every number traceable to its words."""
