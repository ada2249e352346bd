"""Operations and all that is known of each, the graph they stand in, its sizes, its text and its hash."""
