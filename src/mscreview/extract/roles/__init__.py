"""Whose count or share each number is: two small regressions over hand-made features.

`guess` gives the probabilities; `features`, `words` and `sums` make what the first regression sees, `cues` and `shares`
read what is printed about a number.
"""
