"""How many people: totals, sizes of arms, events, shares, and harm that nobody had.

`people` turns roles into facts, with `alike`, `befell`, `graded`, `shown` and `slashed` where roles are unsure, `whose`
for sizes and `uncounted` for what counts no people; `chinese`, `chinese_sizes`, `chinese_shares`, `chinese_events` and
`chinese_plain` read Chinese. `named`, `sizes`, `beside` and `evenly` refine; `safety` and `nobody` read what did not happen.
"""
