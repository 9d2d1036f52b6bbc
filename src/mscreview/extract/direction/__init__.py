"""Which way an outcome moved, as words tell it: `clauses` reads `words` and what they compare `against`."""
