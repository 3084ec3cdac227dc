"""What is counted and summed over the numbers of one layer, compiled: each kernel goes over them once. Loads numba: for workers only.

All sums are taken in double precision, which squares whatever single precision can hold. Of 65,536 numbers, on one core of a shared
virtual machine: measured in 26 microseconds, counted in 51, silence in 18; in torch's and numpy's own passes it took 210, 230 and 60.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainers.kernel_cache import cache_folder_of, prepared
from trainers.kernel_compiling import compile_kernel

_AT_ONCE = 1024  # numbers whose bins are found before they are counted: 2 KB
_MOST_OF_A_PAIR = 80  # places whose pairs are counted together: 26 KB
_FOLDER = prepared(cache_folder_of([Path(__file__)]))

# Loops go by number and conditions are expressions, or the compiler does not take several numbers at a time: `for row in values`
# made the first of these four times slower.


def _measure(values: np.ndarray) -> tuple[float, float, float, float, float]:
    """Least, greatest, mean, variance over all, and variance down the columns in the mean over them, of float32 (rows, columns).

    The variances are not finite where a number is not. Each column is compared with its first number: rows that are all the same
    differ by exactly 0, and a small difference about a large mean keeps its digits.
    """
    rows, columns = values.shape
    first, shift, square = np.empty(columns), np.zeros(columns), np.zeros(columns)
    low, high = np.empty(columns, np.float32), np.empty(columns, np.float32)
    for j in range(columns):
        first[j] = low[j] = high[j] = values[0, j]
    for i in range(rows):
        row = values[i]
        for j in range(columns):
            number = row[j]
            difference = np.float64(number) - first[j]
            shift[j] += difference
            square[j] += difference * difference
            low[j] = number if number < low[j] else low[j]
            high[j] = number if number > high[j] else high[j]
    least, greatest, mean, within, apart = low[0], high[0], 0.0, 0.0, 0.0
    for j in range(columns):
        least = low[j] if low[j] < least else least
        greatest = high[j] if high[j] > greatest else greatest
        moved = shift[j] / rows
        spread = square[j] / rows - moved * moved
        within += 0.0 if spread < 0.0 else spread
        first[j] += moved
        mean += first[j] / columns
    for j in range(columns):
        apart += (first[j] - mean) * (first[j] - mean)
    within /= columns
    return np.float64(least), np.float64(greatest), mean, within + apart / columns, within


def _count(numbers: np.ndarray, bins: int, low: float, high: float) -> np.ndarray:
    """int64 (bins,): how many of float32 (n,) lie in each of `bins` equal parts of low to high, both inside; outside in none.

    Two numbers at a time are counted as one pair where there are few bins: half as many steps that wait for one another.
    """
    places = bins + 1  # the last one is that of what lies outside
    in_pairs = places <= _MOST_OF_A_PAIR
    stride, scale, last, outside = np.uint32(places), bins / (high - low), bins - 1.0, np.float64(bins)
    table = np.zeros(places * places if in_pairs else places, np.int32)
    place = np.empty(_AT_ONCE, np.uint16)
    for begin in range(0, len(numbers), _AT_ONCE):
        part = numbers[begin : begin + _AT_ONCE]
        size = len(part)
        for i in range(size):
            number = np.float64(part[i])
            found: float = (number - low) * scale
            found = found if found < last else last
            found = outside if number < low else found
            found = outside if number > high else found
            place[i] = np.uint16(np.int32(found))
        if not in_pairs:
            for i in range(size):
                table[place[i]] += 1
            continue
        if size % 2:
            place[size] = bins
        for i in range(0, size, 2):
            table[place[i] * stride + place[i + 1]] += 1
    counts = np.zeros(places, np.int64)
    for one in range(places):
        if not in_pairs:
            counts[one] = table[one]
            continue
        for other in range(places):
            times = table[one * places + other]
            counts[one] += times
            counts[other] += times
    return counts[:bins]


def _silence(slopes: np.ndarray, threshold: float) -> tuple[int, int]:
    """Of float32 (rows, columns): columns in which every number is 0, and numbers whose size is below `threshold`."""
    rows, columns = slopes.shape
    is_alive = np.zeros(columns, np.int8)
    limit = np.float32(threshold)
    small = dead = 0
    for i in range(rows):
        row = slopes[i]
        here = 0
        for j in range(columns):
            is_alive[j] |= np.int8(row[j] != 0)
            here += 1 if abs(row[j]) < limit else 0
        small += here
    for j in range(columns):
        dead += 1 - is_alive[j]
    return dead, small


measure = compile_kernel(_measure, _FOLDER)
count = compile_kernel(_count, _FOLDER)
silence = compile_kernel(_silence, _FOLDER)


def load() -> None:
    """Fetch the kernels from where they are kept, or compile them."""
    few = np.arange(6, dtype=np.float32).reshape(2, 3)
    measure(few)
    count(few.reshape(-1), 2, 0.0, 5.0)
    silence(few, 0.5)
