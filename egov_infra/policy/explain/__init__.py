"""Why a rule says what it says of a subject: its formula with the value at each leaf, where each was written, and what would change it."""
