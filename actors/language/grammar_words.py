"""Words that carry meaning in our sentences: no readable name of a column may hold one."""

_WORDS = """
a above all among an and any as at average before below between by change column columns compute
consider correlation count data dataframe dataset deviation deviations difference distance each
exceed exceeds fewer fewest figure filter first for from gap greatest group groups had has have
highest how if in interquartile is known largest last least left less lie lies lowest many mean
means median missing more most no not number of on only or other over own p per quartile
quartiles range ranges rank ratio record records same sample share smallest spearman standard
step sum take than that the their them then they this those times to total two under value
values what when where which whose with within without
"""
RESERVED = frozenset(_WORDS.split())
