"""What a graph costs: counted, sized in memory, and told in the conventions of the tools that count."""
