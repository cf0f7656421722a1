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
_OF_INFERENCE = """
about adjusted against alone analysis anova area autocorrelation beside beyond bootstrap brought center
classical comparison component correction curve cut direction distributed distribution does equal equally
exact explains factor farthest finds fixed held inside intercept interval it its lag latter leaving level
line linear logistic longest moves nearest neighbour normality normally outlier outliers overall paired pairs
partial pass passes pearson permutation permutations place plane pooled predicts principal provided regression
resamples residual result rule run seed sign significant skewed slope spread squared squares standardised
statistic strongest strongly taken takes test unbroken upper variable whatever whether without
"""
RESERVED = frozenset((_WORDS + _OF_INFERENCE).split())
