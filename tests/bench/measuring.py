"""Measuring several things in turn, and what is said of the figures."""

import random
from statistics import median, quantiles

RESAMPLES = 1000


def interleave(contenders, times, warm_up=5):
    """Measure things in turn, in random order, so that a busy moment hits them all.

    :param dict contenders: functions that return seconds, or None: don't count, by name
    :param int times: how often each
    :param int warm_up: how often each before the clock counts
    :return: the seconds, by name; those of one turn have one place
    :rtype: dict[str, list[float]]
    """
    seconds = {name: [] for name in contenders}
    for turn in range(warm_up + times):
        order = list(contenders)
        random.shuffle(order)
        for name in order:
            lasted = contenders[name]()
            if turn >= warm_up:
                seconds[name].append(lasted)
    return seconds


def p95(values):
    """Return the value below which 95 % of them lie.

    :rtype: float
    """
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def ratio(ours, theirs):
    """Return the ratio of two medians, and the bounds of 95 % of its resamples.

    :rtype: tuple[float, float, float]
    """
    chance = random.Random(1)
    turns = list(zip(ours, theirs, strict=True))
    samples = []
    for _sample in range(RESAMPLES):
        a, b = zip(*chance.choices(turns, k=len(turns)), strict=True)
        samples.append(median(a) / median(b))
    samples.sort()
    low, high = samples[RESAMPLES // 40], samples[-RESAMPLES // 40]
    return median(ours) / median(theirs), low, high
