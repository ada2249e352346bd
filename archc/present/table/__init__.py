"""Tables of networks, in six formats: side by side as in a paper, or a row for each network, stage, block, layer or operation."""
