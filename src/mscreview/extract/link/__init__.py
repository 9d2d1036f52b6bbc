"""Which arm, time and outcome a number belongs to, once all numbers are read.

`fill` gives the links, with `arms` for lists and `place` for weeks and outcomes. `labels` and `runs` come before it,
`pairs` and `settle` after it.
"""
