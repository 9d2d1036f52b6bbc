"""What was measured: means, changes, medians and differences with their spread.

`numbers` lists every printed number with its `spreads`, without those of `reserved` stretches; `joins` tells lists
and pairs. `measured` tells what each is, by the learned `scorer` over `features`, `weighed` by list, and by what is
`printed` in the number and around it: `phrased` with `starts` and `moved`, `compared`, `dosed`, `chinese_scored`,
`sample`. `continuous` makes facts, `chinese` those of Chinese sentences; `signs` and `courses` refine.
"""
