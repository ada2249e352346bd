"""Figures of networks: a graph is read, laid out as a scene, and the scene written in one of several inks."""
