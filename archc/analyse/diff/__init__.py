"""What changed between two networks: their graphs aligned, the differences in the field's words, costs, and weights."""
