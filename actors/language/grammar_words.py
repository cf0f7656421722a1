"""Words that carry meaning in our sentences: no readable name of a column may hold one."""

_WORDS = """
a above again all among an and any as at average band before below between both by centred change
clipped coefficient column columns common compute consider correlation count counted counting data
dataframe dataset day days deviation deviations differ difference different distance duplicates each
either entropy exceed exceeds falls fewer fewest fifth figure filter first for fourth from gap gini
greatest group groups had has have highest how if imputed in included indicator interquartile is
known kurtosis largest last least left less lie lies logarithm lowest many maximum mean means median
minimum missing more most no normalised not number of on only or order other over own p per
percentile previous product quantile quantiles quartile quartiles range ranges rank ratio record
records removed replaced rolling running same sample second share since skewness smallest spearman
standard step sum take than that the their them then they third this those three times to total
trailing two uncorrected under unscaled value values variance what when where which whose with
within without
"""
RESERVED = frozenset(_WORDS.split())
