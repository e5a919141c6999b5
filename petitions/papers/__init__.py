"""文书中心: every paper a person may see, the register of numbers, and the Word templates of an office."""
