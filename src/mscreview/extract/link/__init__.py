"""Which arm, time and outcome a number belongs to, once all numbers are read.

`fill` gives the links: numbers in cells and lists (`parts`), their `arms` by name (`between` them or around) or by
`order`, `place` for weeks and outcomes. `labels` and `runs` come before it, `pairs` and `settle` after it.
"""
