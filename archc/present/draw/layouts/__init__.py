"""Where things stand: each layout turns what was read off a graph into a scene."""
