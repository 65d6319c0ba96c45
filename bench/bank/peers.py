"""What Python reaches: `peers.py` prints a JSON object of rates, each by processor time of one thread."""

import json
import random
import sys
import time


def rate(many, work):
    began = time.thread_time()
    work()
    return many / (time.thread_time() - began)


def rolling_z_scores(values, window):
    """Plain Python, running sums over a ring."""
    ring, total, squares, found = [0.0] * window, 0.0, 0.0, 0
    for i, value in enumerate(values):
        if i >= window:
            mean = total / window
            variance = squares / window - mean * mean
            if variance > 0 and abs(value - mean) > 3 * variance**0.5:
                found += 1
        at = i % window
        old = ring[at]
        ring[at] = value
        total += value - old
        squares += value * value - old * old
    return found


def forest(features, rows=10_000, singles=100):
    import numpy
    from sklearn.ensemble import IsolationForest

    data = numpy.random.default_rng(1).random((rows, features))
    model = IsolationForest(n_estimators=100, max_samples=256, random_state=1).fit(data)
    one = lambda: [model.score_samples(data[i : i + 1]) for i in range(singles)]
    return {"single": rate(singles, one), "batch": rate(rows, lambda: model.score_samples(data))}


random.seed(1)
window = int(sys.argv[1])
values = [100 + random.random() for _ in range(400_000)]
found = {"zScores": rate(len(values), lambda: rolling_z_scores(values, window))}
try:
    found["forests"] = {str(features): forest(features) for features in (4, 38)}
except ImportError:
    pass
print(json.dumps(found))
