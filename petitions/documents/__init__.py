"""文书: the text of a paper from a template and plain values, and its number. Knows no case."""
