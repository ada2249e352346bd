"""From a document to a checked graph: lowering, what is checked of the graph, lints, and where its problems are told."""
