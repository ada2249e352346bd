"""How diagnostics are shown: text with carets for people, and the formats of other programs."""
