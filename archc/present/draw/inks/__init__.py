"""What a scene is written in: each ink turns one into the bytes of a file."""
