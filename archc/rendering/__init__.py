"""How diagnostics are shown: text with carets for people, JSON for programs."""
